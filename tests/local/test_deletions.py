"""What holds the data of custom models, and who can delete it."""

from collections.abc import Callable
from typing import Any

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"


async def test_undeployment_without_waits(boto: Boto, service: LocalService) -> None:
    """A custom model is removed from top to bottom without a wait, as AWS's own samples do."""
    association = service.add_configured_model_algorithm_association()
    membership = {"membershipIdentifier": association.split("/")[1]}
    view = await boto(
        "get_configured_model_algorithm_association",
        **membership,
        configuredModelAlgorithmAssociationArn=association,
    )
    training, inference = [
        service.add_ml_input_channel(configured_model_algorithm_association_arn=association) for _ in range(2)
    ]
    model = service.add_trained_model(
        configured_model_algorithm_association_arn=association,
        data_channels=[{"mlInputChannelArn": training, "channelName": "training"}],
    )
    job = service.add_trained_model_inference_job(
        status="CREATE_IN_PROGRESS", trained_model_arn=model, data_source={"mlInputChannelArn": inference}
    )
    await boto("cancel_trained_model_inference_job", **membership, trainedModelInferenceJobArn=job)
    await boto("delete_trained_model_output", **membership, trainedModelArn=model)
    for channel in (training, inference):
        await boto("delete_ml_input_channel_data", **membership, mlInputChannelArn=channel)
    identity = {"configuredModelAlgorithmAssociationArn": association}
    await boto("delete_configured_model_algorithm_association", **membership, **identity)
    algorithm = view["configuredModelAlgorithmArn"]
    await boto("delete_configured_model_algorithm", configuredModelAlgorithmArn=algorithm)


async def test_output_of_a_cancelled_start(boto: Boto, service: LocalService) -> None:
    """Incremental training that is being cancelled does not hold the version that it starts from."""
    model = service.add_trained_model()
    membership = {"membershipIdentifier": model.split("/")[1], "trainedModelArn": model}
    version: dict[str, Any] = {"incremental_training_data_channels": [{"trainedModelArn": model, "channelName": "m"}]}
    service.add_trained_model(
        status="CREATE_PENDING", membership_identifier=membership["membershipIdentifier"], **version
    )
    latest = (await boto("get_trained_model", **membership))["versionIdentifier"]
    assert (await boto.refused("delete_trained_model_output", **membership)).startswith("ConflictException")
    await boto("cancel_trained_model", **membership, versionIdentifier=latest)
    await boto("delete_trained_model_output", **membership)


async def test_any_member_deletes_data(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """Any member can delete the data of a channel and the output of a model; who is no member cannot."""
    model, channel = service.add_trained_model(), service.add_ml_input_channel()
    other, requests = connect_boto(OTHER), list[tuple[str, dict[str, str]]]()
    for operation, name, arn in (
        ("delete_trained_model_output", "trainedModelArn", model),
        ("delete_ml_input_channel_data", "mlInputChannelArn", channel),
    ):
        mine = arn.split("/")[1]
        stranger = service.add_membership(account_id=OTHER)
        refused = await other.refused(operation, membershipIdentifier=stranger, **{name: arn})
        assert refused == f"ResourceNotFoundException: Resource {arn} was not found."
        assert (await other.refused(operation, membershipIdentifier=mine, **{name: arn})).startswith("AccessDenied")
        theirs = service.add_membership(account_id=OTHER, collaboration_identifier=service.collaboration_of(mine))
        requests.append((operation, {"membershipIdentifier": theirs, name: arn}))
    for operation, sent in requests:
        await other(operation, **sent)


async def test_versions_have_readable_names(boto: Boto, service: LocalService) -> None:
    """Messages name a version by its ARN and its identifier, and an export, which has no ARN, by its name."""
    model = service.add_trained_model()
    membership = model.split("/")[1]
    identity = {"membershipIdentifier": membership, "trainedModelArn": model}
    channels = [{"trainedModelArn": model, "channelName": "m"}]
    service.add_trained_model(membership_identifier=membership, incremental_training_data_channels=channels)
    version = (await boto("get_trained_model", **identity))["versionIdentifier"]
    named = {**identity, "versionIdentifier": version}
    refused = await boto.refused("cancel_trained_model", **named)
    assert refused == f"ConflictException: Trained model {model}, version {version} is ACTIVE."
    service.add_trained_model_export_job(
        name="weekly", status="CREATE_PENDING", trained_model_arn=model, trained_model_version_identifier=version
    )
    refused = await boto.refused("delete_trained_model_output", **named)
    assert refused == (
        f"ConflictException: Trained model {model}, version {version} is still in use by export job weekly."
    )
    channels = [{"trainedModelArn": model, "channelName": "m", "versionIdentifier": version}]
    service.add_trained_model(
        membership_identifier=membership, incremental_training_data_channels=channels, status="CREATE_PENDING"
    )
    latest = (await boto("get_trained_model", **identity))["versionIdentifier"]
    refused = await boto.refused("delete_trained_model_output", **named)
    assert refused.endswith(f"in use by export job weekly, trained model {model}, version {latest}.")
