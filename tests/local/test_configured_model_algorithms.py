from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto


async def test_configured_model_algorithm_lifecycle(boto: Boto, clock: Clock) -> None:
    """An algorithm is created with all its members and deleted; both take effect immediately."""
    request = {
        "name": "a",
        "description": "d",
        "roleArn": "arn:aws:iam::111122223333:role/reader",
        "trainingContainerConfig": {"imageUri": "train", "entrypoint": ["python"], "arguments": ["train.py"]},
        "inferenceContainerConfig": {"imageUri": "infer"},
        "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k",
        "tags": {"team": "ads"},
    }
    created = await boto("create_configured_model_algorithm", **request)
    times = {"createTime": clock.now(), "updateTime": clock.now()}
    assert await boto("get_configured_model_algorithm", **created) == {**created, **request, **times}
    summary = {**created, "name": "a", "description": "d", **times}
    assert await boto("list_configured_model_algorithms") == {"configuredModelAlgorithms": [summary]}
    assert await boto("delete_configured_model_algorithm", **created) == {}
    refused = await boto.refused("get_configured_model_algorithm", **created)
    assert refused == f"ResourceNotFoundException: Resource {created['configuredModelAlgorithmArn']} was not found."
    assert await boto("list_configured_model_algorithms") == {"configuredModelAlgorithms": []}


async def test_algorithm_in_use_is_not_deleted(boto: Boto, service: LocalService) -> None:
    """An algorithm cannot be deleted before its associations; the error names them."""
    algorithm = service.add_configured_model_algorithm()
    associations = [
        service.add_configured_model_algorithm_association(configured_model_algorithm_arn=algorithm) for _ in range(2)
    ]
    message = f"ConflictException: Resource {algorithm} is still in use by {associations[0]}, {associations[1]}."
    identity = {"configuredModelAlgorithmArn": algorithm}
    assert await boto.refused("delete_configured_model_algorithm", **identity) == message
    for arn in associations:
        await boto(
            "delete_configured_model_algorithm_association",
            membershipIdentifier=arn.split("/")[1],
            configuredModelAlgorithmAssociationArn=arn,
        )
    await boto("delete_configured_model_algorithm", **identity)
