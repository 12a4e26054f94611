from collections.abc import Callable

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
LOGS = [{"allowedAccountIds": ["111122223333"], "logType": "ALL"}]
PRIVACY = {
    "policies": {
        "trainedModels": {"containerLogs": LOGS, "maxArtifactSize": {"unit": "GB", "value": 2.5}},
        "trainedModelExports": {"maxSize": {"unit": "GB", "value": 1.0}, "filesToExport": ["MODEL"]},
    }
}


async def test_configured_model_algorithm_association_lifecycle(
    boto: Boto, service: LocalService, clock: Clock
) -> None:
    """An association is created with its privacy configuration and deleted; both take effect immediately."""
    membership = service.add_membership()
    request = {
        "membershipIdentifier": membership,
        "configuredModelAlgorithmArn": service.add_configured_model_algorithm(),
        "name": "a",
        "description": "d",
        "privacyConfiguration": PRIVACY,
        "tags": {"team": "ads"},
    }
    created = await boto("create_configured_model_algorithm_association", **request)
    arn = created["configuredModelAlgorithmAssociationArn"]
    prefix = f"arn:aws:cleanrooms-ml:us-east-1:111122223333:membership/{membership}/"
    assert arn.startswith(f"{prefix}configured-model-algorithm-association/")
    identity = {"membershipIdentifier": membership, **created}
    association = await boto("get_configured_model_algorithm_association", **identity)
    known = {
        "collaborationIdentifier": service.collaboration_of(membership),
        "createTime": clock.now(),
        "updateTime": clock.now(),
    }
    assert association == {**request, **created, **known}
    summary = {name: value for name, value in association.items() if name not in {"privacyConfiguration", "tags"}}
    listed = await boto("list_configured_model_algorithm_associations", membershipIdentifier=membership)
    assert listed == {"configuredModelAlgorithmAssociations": [summary]}
    assert await boto("delete_configured_model_algorithm_association", **identity) == {}
    not_found = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("get_configured_model_algorithm_association", **identity) == not_found


async def test_algorithm_of_another_account(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """An account cannot associate the algorithm of another account."""
    request = {
        "membershipIdentifier": service.add_membership(account_id=OTHER),
        "configuredModelAlgorithmArn": service.add_configured_model_algorithm(),
        "name": "a",
    }
    refused = await connect_boto(OTHER).refused("create_configured_model_algorithm_association", **request)
    assert refused.startswith("AccessDeniedException")


async def test_log_readers_are_members(boto: Boto, service: LocalService) -> None:
    """Only members can be allowed to read logs."""
    policies = {"trainedModelInferenceJobs": {"containerLogs": [{"allowedAccountIds": [OTHER]}]}}
    request = {
        "membershipIdentifier": service.add_membership(),
        "configuredModelAlgorithmArn": service.add_configured_model_algorithm(),
        "name": "a",
        "privacyConfiguration": {"policies": policies},
    }
    refused = await boto.refused("create_configured_model_algorithm_association", **request)
    assert refused == f"ValidationException: Account {OTHER} is not a member of the collaboration."


@pytest.mark.parametrize("status", ["CREATE_PENDING", "ACTIVE", "DELETE_FAILED"])
async def test_association_in_use_by_data(boto: Boto, service: LocalService, status: str) -> None:
    """An association cannot be deleted while channels or models of it have data; the error names them."""
    arn = service.add_configured_model_algorithm_association()
    channel = service.add_ml_input_channel(status=status, configured_model_algorithm_association_arn=arn)
    finished = service.add_ml_input_channel(configured_model_algorithm_association_arn=arn)
    data = [{"mlInputChannelArn": finished, "channelName": "training"}]
    model = service.add_trained_model(status=status, configured_model_algorithm_association_arn=arn, data_channels=data)
    identity = {"membershipIdentifier": arn.split("/")[1], "configuredModelAlgorithmAssociationArn": arn}
    refused = await boto.refused("delete_configured_model_algorithm_association", **identity)
    assert refused == f"ConflictException: Resource {arn} is still in use by {channel}, {finished}, {model}."


@pytest.mark.parametrize("status", ["INACTIVE", "CREATE_FAILED", "DELETE_PENDING", "DELETE_IN_PROGRESS"])
async def test_association_out_of_use(boto: Boto, service: LocalService, status: str) -> None:
    """An association can be deleted when its channels and models have no data, and its inference jobs have ended."""
    arn = service.add_configured_model_algorithm_association()
    channel = service.add_ml_input_channel(configured_model_algorithm_association_arn=arn)
    data = [{"mlInputChannelArn": channel, "channelName": "training"}]
    model = service.add_trained_model(configured_model_algorithm_association_arn=arn, data_channels=data)
    job = service.add_trained_model_inference_job(
        status="CREATE_PENDING", trained_model_arn=model, data_source={"mlInputChannelArn": channel}
    )
    membership = {"membershipIdentifier": arn.split("/")[1]}
    service.clock.advance(600)
    await boto("delete_ml_input_channel_data", **membership, mlInputChannelArn=channel)
    await boto("delete_trained_model_output", **membership, trainedModelArn=model)
    service.clock.advance(120)
    service.add_ml_input_channel(status=status, configured_model_algorithm_association_arn=arn)
    job_view = await boto("get_trained_model_inference_job", **membership, trainedModelInferenceJobArn=job)
    assert job_view["status"] == "ACTIVE"
    identity = {**membership, "configuredModelAlgorithmAssociationArn": arn}
    assert await boto("delete_configured_model_algorithm_association", **identity) == {}


async def test_association_in_use_by_inference(boto: Boto, service: LocalService, clock: Clock) -> None:
    """An association cannot be deleted while an inference job uses it, even if the model was trained with another."""
    arn = service.add_configured_model_algorithm_association()
    membership = {"membershipIdentifier": arn.split("/")[1]}
    source = {"mlInputChannelArn": service.add_ml_input_channel(configured_model_algorithm_association_arn=arn)}
    job = service.add_trained_model_inference_job(
        status="CREATE_PENDING",
        membership_identifier=membership["membershipIdentifier"],
        configured_model_algorithm_association_arn=arn,
        data_source=source,
    )
    identity = {**membership, "configuredModelAlgorithmAssociationArn": arn}
    refused = await boto.refused("delete_configured_model_algorithm_association", **identity)
    message = f"ConflictException: Resource {arn} is still in use by {source['mlInputChannelArn']}, {job}."
    assert refused == message
    clock.advance(600)
    refused = await boto.refused("delete_configured_model_algorithm_association", **identity)
    assert refused == message.replace(f", {job}", "")
