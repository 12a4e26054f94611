import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/clean-rooms-ml:training"
RESOURCES = {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10}
CANCELLABLE = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CANCEL_FAILED"]
SETTLED = ["ACTIVE", "CREATE_FAILED", "DELETE_FAILED", "CANCEL_FAILED"]
DELETING_OR_CANCELLING = ["DELETE_PENDING", "DELETE_IN_PROGRESS", "CANCEL_PENDING", "CANCEL_IN_PROGRESS"]


def identity(arn: str) -> dict[str, str]:
    """Return the parameters that identify the model."""
    return {"membershipIdentifier": arn.split("/")[1], "trainedModelArn": arn}


def request(service: LocalService, **members: Any) -> dict[str, Any]:
    """Add an association with these members, and a channel; return the parameters of a model."""
    association = service.add_configured_model_algorithm_association(**members)
    channel = service.add_ml_input_channel(configured_model_algorithm_association_arn=association)
    return {
        "membershipIdentifier": association.split("/")[1],
        "name": "m",
        "configuredModelAlgorithmAssociationArn": association,
        "resourceConfig": RESOURCES,
        "dataChannels": [{"mlInputChannelArn": channel, "channelName": "past"}],
    }


def continue_from(sent: dict[str, Any], arn: str, **version: str) -> dict[str, Any]:
    """Return the parameters for incremental training that continues from a model."""
    return {**sent, "incrementalTrainingDataChannels": [{"trainedModelArn": arn, "channelName": "model", **version}]}


async def status_of(boto: Boto, arn: str, **version: str) -> str:
    """Return the status of the latest version, or of the given one."""
    status: str = (await boto("get_trained_model", **identity(arn), **version))["status"]
    return status


async def test_trained_model_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A model is trained and has the status of metrics and logs; after its output is deleted it is INACTIVE."""
    sent: dict[str, Any] = request(service) | {
        "hyperparameters": {"depth": "3"},
        "environment": {"MODE": "fast"},
        "stoppingCondition": {"maxRuntimeInSeconds": 3600},
        "trainingInputMode": "FastFile",
        "description": "d",
        "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k",
        "tags": {"a": "b"},
        "mlModelTrainingPayerAccountId": "111122223333",
    }
    created = await boto("create_trained_model", **sent)
    arn = created["trainedModelArn"]
    assert created == {"trainedModelArn": arn}
    created_at = clock.now()
    model = await boto("get_trained_model", **identity(arn))
    assert model == {
        **sent,
        **created,
        "collaborationIdentifier": service.collaboration_of(sent["membershipIdentifier"]),
        "trainingContainerImageDigest": f"sha256:{hashlib.sha256(IMAGE.encode()).hexdigest()}",
        "status": "CREATE_PENDING",
        "createTime": created_at,
        "updateTime": created_at,
    }
    clock.advance(600)
    active = await boto("get_trained_model", **identity(arn))
    published = {"metricsStatus": "PUBLISH_SUCCEEDED", "logsStatus": "PUBLISH_SUCCEEDED"}
    assert active == {**model, **published, "status": "ACTIVE", "updateTime": clock.now()}
    shown = {
        "trainedModelArn",
        "name",
        "description",
        "membershipIdentifier",
        "collaborationIdentifier",
        "status",
        "configuredModelAlgorithmAssociationArn",
        "mlModelTrainingPayerAccountId",
        "createTime",
        "updateTime",
    }
    listed = await boto("list_trained_models", membershipIdentifier=sent["membershipIdentifier"])
    assert listed == {"trainedModels": [{name: active[name] for name in shown}]}
    assert await boto("delete_trained_model_output", **identity(arn)) == {}
    statuses: list[str] = []
    for seconds in (0, 60, 60):
        clock.advance(seconds)
        statuses.append(await status_of(boto, arn))
    assert statuses == ["DELETE_PENDING", "DELETE_IN_PROGRESS", "INACTIVE"]


async def test_training_metrics_and_logs_need_permission(boto: Boto, service: LocalService, clock: Clock) -> None:
    """Metrics and logs are published inference_only if the privacy configuration allows it."""
    noise: dict[str, Any] = {"policies": {"trainedModels": {"containerMetrics": {"noiseLevel": "HIGH"}}}}
    nothing: dict[str, Any] = {"policies": {}}
    statuses: list[tuple[str, str | None, str | None]] = []
    for privacy in (noise, nothing):
        created = await boto("create_trained_model", **request(service, privacy_configuration=privacy))
        clock.advance(600)
        model = await boto("get_trained_model", **identity(created["trainedModelArn"]))
        statuses.append((model["status"], model.get("metricsStatus"), model.get("logsStatus")))
    assert statuses == [("ACTIVE", "PUBLISH_SUCCEEDED", None), ("ACTIVE", None, None)]


async def test_trained_model_versions(boto: Boto, service: LocalService, clock: Clock) -> None:
    """Incremental training on an own model creates its next version: same ARN, new identifier, name and status."""
    sent = request(service)
    base = await boto("create_trained_model", **sent)
    arn = base["trainedModelArn"]
    clock.advance(600)
    second = await boto("create_trained_model", **continue_from({**sent, "name": "m2"}, arn))
    version = {"versionIdentifier": second["versionIdentifier"]}
    assert second == {**base, **version}
    clock.advance(600)
    latest = await boto("get_trained_model", **identity(arn))
    assert (latest["name"], latest["versionIdentifier"]) == ("m2", version["versionIdentifier"])
    assert latest["incrementalTrainingDataChannels"] == [{"modelName": "m", "channelName": "model"}]
    assert await boto("get_trained_model", **identity(arn), **version) == latest
    third = await boto("create_trained_model", **continue_from({**sent, "name": "m3"}, arn))
    channels = (await boto("get_trained_model", **identity(arn)))["incrementalTrainingDataChannels"]
    assert channels == [{"modelName": "m2", "channelName": "model", **version}]
    members = {"membershipIdentifier": sent["membershipIdentifier"]}
    models = (await boto("list_trained_models", **members))["trainedModels"]
    assert [(model["trainedModelArn"], model["name"]) for model in models] == [(arn, "m3")]
    versions = (await boto("list_trained_model_versions", **identity(arn)))["trainedModels"]
    identifiers = [None, version["versionIdentifier"], third["versionIdentifier"]]
    assert [item.get("versionIdentifier") for item in versions] == identifiers
    active = (await boto("list_trained_model_versions", **identity(arn), status="ACTIVE"))["trainedModels"]
    assert [item["name"] for item in active] == ["m", "m2"]
    unknown = str(uuid4())
    refused = await boto.refused("get_trained_model", **identity(arn), versionIdentifier=unknown)
    assert refused == f"ResourceNotFoundException: Resource {arn}, version {unknown}, was not found."


async def test_order_of_trained_models(boto: Boto, service: LocalService) -> None:
    """Lists show each model once, in the order of the latest versions."""
    first = service.add_trained_model(name="first")
    members = {"membership_identifier": first.split("/")[1]}
    service.add_trained_model(name="second", **members)
    channels = [{"trainedModelArn": first, "channelName": "model"}]
    service.add_trained_model(name="third", incremental_training_data_channels=channels, **members)
    listed = await boto("list_trained_models", membershipIdentifier=first.split("/")[1])
    assert [model["name"] for model in listed["trainedModels"]] == ["second", "third"]


async def test_default_page_size_of_versions(boto: Boto, service: LocalService) -> None:
    """A page has ten versions unless the request asks for another number."""
    arn = service.add_trained_model()
    association = (await boto("get_trained_model", **identity(arn)))["configuredModelAlgorithmAssociationArn"]
    for _ in range(10):
        service.add_trained_model(
            configured_model_algorithm_association_arn=association,
            incremental_training_data_channels=[{"trainedModelArn": arn, "channelName": "model"}],
        )
    first = await boto("list_trained_model_versions", **identity(arn))
    rest = await boto("list_trained_model_versions", **identity(arn), nextToken=first["nextToken"])
    assert (len(first["trainedModels"]), len(rest["trainedModels"])) == (10, 1)
    assert "nextToken" not in rest
    assert len((await boto("list_trained_model_versions", **identity(arn), maxResults=100))["trainedModels"]) == 11


async def test_tags_of_versions(boto: Boto, service: LocalService, clock: Clock) -> None:
    """All versions share the tags of their ARN; the tags of a new version are added to them."""
    sent = request(service)
    arn = (await boto("create_trained_model", **sent, tags={"a": "1"}))["trainedModelArn"]
    clock.advance(600)
    await boto("create_trained_model", **continue_from(sent, arn), tags={"b": "2"})
    assert (await boto("get_trained_model", **identity(arn)))["tags"] == {"a": "1", "b": "2"}
    await boto("untag_resource", resourceArn=arn, tagKeys=["a"])
    assert (await boto("get_trained_model", **identity(arn)))["tags"] == {"b": "2"}
    await boto("untag_resource", resourceArn=arn, tagKeys=["b"])
    assert "tags" not in await boto("get_trained_model", **identity(arn))


async def test_default_version_of_changes(boto: Boto, service: LocalService, clock: Clock) -> None:
    """Without a version identifier, the base version is cancelled, and its output deleted."""
    sent = request(service)
    arn = (await boto("create_trained_model", **sent))["trainedModelArn"]
    clock.advance(600)
    version = {
        "versionIdentifier": (await boto("create_trained_model", **continue_from(sent, arn)))["versionIdentifier"]
    }
    refused = await boto.refused("cancel_trained_model", **identity(arn))
    assert refused == f"ConflictException: Resource {arn} is ACTIVE."
    await boto("cancel_trained_model", **identity(arn), **version)
    clock.advance(120)
    assert await status_of(boto, arn, **version) == "INACTIVE"
    await boto("delete_trained_model_output", **identity(arn))
    versions = (await boto("list_trained_model_versions", **identity(arn)))["trainedModels"]
    assert [item["status"] for item in versions] == ["DELETE_PENDING", "INACTIVE"]


async def test_incremental_training_on_a_model_of_another_member(
    connect_boto: Callable[..., Boto], service: LocalService
) -> None:
    """Incremental training on the model of another member creates a new model with a base version."""
    theirs = service.add_trained_model(name="theirs")
    membership = theirs.split("/")[1]
    mine = service.add_membership(account_id=OTHER, collaboration_identifier=service.collaboration_of(membership))
    other = connect_boto(OTHER)
    sent = request(service, membership_identifier=mine)
    created = await other("create_trained_model", **continue_from(sent, theirs))
    assert created["trainedModelArn"] != theirs
    assert "versionIdentifier" not in created
    model = await other("get_trained_model", membershipIdentifier=mine, **created)
    assert model["incrementalTrainingDataChannels"] == [{"modelName": "theirs", "channelName": "model"}]


async def test_incremental_training_needs_an_active_version(boto: Boto, service: LocalService) -> None:
    """Incremental training needs an existing version that is ACTIVE."""
    sent = request(service)
    arn = service.add_trained_model(status="INACTIVE", membership_identifier=sent["membershipIdentifier"])
    refused = await boto.refused("create_trained_model", **continue_from(sent, arn))
    assert refused == f"ConflictException: Resource {arn} is INACTIVE, not ACTIVE."
    unknown = str(uuid4())
    refused = await boto.refused("create_trained_model", **continue_from(sent, arn, versionIdentifier=unknown))
    assert refused == f"ResourceNotFoundException: Resource {arn}, version {unknown}, was not found."


async def test_training_channels(boto: Boto, service: LocalService) -> None:
    """Training takes at most twenty channels, with unique names; each is ACTIVE and for the algorithm."""
    sent = request(service)
    channel = sent["dataChannels"][0]["mlInputChannelArn"]

    async def refused(*names: str, arn: str = channel) -> str:
        channels = [{"mlInputChannelArn": arn, "channelName": name} for name in names]
        return await boto.refused(
            "create_trained_model", **{**continue_from(sent, arn_of_model), "dataChannels": channels}
        )

    arn_of_model = service.add_trained_model(membership_identifier=sent["membershipIdentifier"])
    many = await refused(*(f"c{number}" for number in range(20)))
    assert many == "ValidationException: A model is trained on at most 20 channels."
    assert await refused("model") == "ValidationException: Channel names must be unique."
    association = sent["configuredModelAlgorithmAssociationArn"]
    foreign = service.add_ml_input_channel(membership_identifier=sent["membershipIdentifier"])
    assert await refused("c", arn=foreign) == f"ValidationException: Channel {foreign} is not for {association}."
    pending = service.add_ml_input_channel(
        status="CREATE_PENDING", configured_model_algorithm_association_arn=association
    )
    message = f"ConflictException: Resource {pending} is CREATE_PENDING, not ACTIVE."
    assert await refused("c", arn=pending) == message


async def test_algorithm_without_training_container(boto: Boto, service: LocalService) -> None:
    """An algorithm without a training container cannot be used for training."""
    algorithm = service.add_configured_model_algorithm()
    algorithm_view = await boto("get_configured_model_algorithm", configuredModelAlgorithmArn=algorithm)
    inference_only = {name: algorithm_view[name] for name in ("roleArn", "inferenceContainerConfig")}
    created = await boto("create_configured_model_algorithm", name="infers", **inference_only)
    sent = request(service, configured_model_algorithm_arn=created["configuredModelAlgorithmArn"])
    association = sent["configuredModelAlgorithmAssociationArn"]
    assert await boto.refused("create_trained_model", **sent) == (
        f"ValidationException: The configured model algorithm of {association} has no trainingContainerConfig."
    )


async def test_training_payer_is_a_member(boto: Boto, service: LocalService) -> None:
    """Only members can be named to pay."""
    refused = await boto.refused("create_trained_model", **request(service), mlModelTrainingPayerAccountId=OTHER)
    assert refused == f"ValidationException: Account {OTHER} is not a member of the collaboration."


async def test_trained_model_quotas(boto: Boto, service: LocalService, clock: Clock) -> None:
    """At most five models are in training in a membership, and at most ten in an account."""
    first, second, third = (request(service) for _ in range(3))
    quota = "ServiceQuotaExceededException: The quota 'Pending/in progress custom model training jobs per"
    for sent in (first, second):
        for _ in range(5):
            await boto("create_trained_model", **sent)
        if sent is first:
            assert await boto.refused("create_trained_model", **sent) == f"{quota} membership' is 5."
    assert await boto.refused("create_trained_model", **third) == f"{quota} account' is 10."
    clock.advance(600)
    await boto("create_trained_model", **third)


@pytest.mark.parametrize("status", CANCELLABLE)
async def test_training_cancellation(boto: Boto, service: LocalService, clock: Clock, status: str) -> None:
    """Training that is in progress can be cancelled, and the model becomes INACTIVE."""
    arn = service.add_trained_model(status=status)
    assert await boto("cancel_trained_model", **identity(arn)) == {}
    statuses: list[str] = []
    for seconds in (0, 60, 60):
        clock.advance(seconds)
        statuses.append(await status_of(boto, arn))
    assert statuses == ["CANCEL_PENDING", "CANCEL_IN_PROGRESS", "INACTIVE"]


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE_FAILED", "DELETE_FAILED", "INACTIVE", *DELETING_OR_CANCELLING])
async def test_ended_training_is_not_cancelled(boto: Boto, service: LocalService, status: str) -> None:
    """Training that has ended, or is being cancelled, cannot be cancelled."""
    arn = service.add_trained_model(status=status)
    assert (
        await boto.refused("cancel_trained_model", **identity(arn)) == f"ConflictException: Resource {arn} is {status}."
    )


@pytest.mark.parametrize("status", SETTLED)
async def test_output_is_deleted(boto: Boto, service: LocalService, clock: Clock, status: str) -> None:
    """The output of a model that is not in a transition can be deleted."""
    arn = service.add_trained_model(status=status)
    await boto("delete_trained_model_output", **identity(arn))
    clock.advance(120)
    assert await status_of(boto, arn) == "INACTIVE"


@pytest.mark.parametrize("status", ["CREATE_PENDING", "CREATE_IN_PROGRESS", "INACTIVE", *DELETING_OR_CANCELLING])
async def test_model_without_deletable_output(boto: Boto, service: LocalService, status: str) -> None:
    """There is no output to delete before training has ended, or while or after it is deleted."""
    arn = service.add_trained_model(status=status)
    refused = await boto.refused("delete_trained_model_output", **identity(arn))
    assert refused == f"ConflictException: Resource {arn} is {status}."


async def test_trained_model_failures(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A failed training, cancellation or deletion gives the model status details."""
    for operation, status in {
        "CreateTrainedModel": "CREATE_FAILED",
        "CancelTrainedModel": "CANCEL_FAILED",
        "DeleteTrainedModelOutput": "DELETE_FAILED",
    }.items():
        service.fail_next(operation, status_code="NO", message=operation)
        arn = (await boto("create_trained_model", **request(service)))["trainedModelArn"]
        if status == "CANCEL_FAILED":
            await boto("cancel_trained_model", **identity(arn))
        clock.advance(600)
        if status == "DELETE_FAILED":
            await boto("delete_trained_model_output", **identity(arn))
            clock.advance(120)
        model = await boto("get_trained_model", **identity(arn))
        assert model["status"] == status
        assert model["statusDetails"] == {"statusCode": "NO", "message": operation}


async def test_output_in_use(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A version's output cannot be deleted while inference, an export or incremental training uses it."""
    sent = request(service)
    membership = sent["membershipIdentifier"]
    arn = (await boto("create_trained_model", **sent))["trainedModelArn"]
    clock.advance(600)
    job = service.add_trained_model_inference_job(status="CREATE_PENDING", trained_model_arn=arn)
    receivers = {"members": [{"accountId": "111122223333"}]}
    await boto("start_trained_model_export_job", **identity(arn), name="e", outputConfiguration=receivers)
    version = (await boto("create_trained_model", **continue_from(sent, arn)))["versionIdentifier"]
    service.add_trained_model(status="CREATE_PENDING", membership_identifier=membership)
    refused = await boto.refused("delete_trained_model_output", **identity(arn))
    users = f"{job}, export job e, trained model {arn}, version {version}"
    assert refused == f"ConflictException: Resource {arn} is still in use by {users}."
    clock.advance(600)
    service.add_trained_model_inference_job(
        status="CREATE_PENDING", trained_model_arn=arn, trained_model_version_identifier=version
    )
    assert await boto("delete_trained_model_output", **identity(arn)) == {}
