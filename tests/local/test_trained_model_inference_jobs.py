import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/clean-rooms-ml:inference"


def identity(arn: str) -> dict[str, str]:
    """Return the parameters that identify the job."""
    return {"membershipIdentifier": arn.split("/")[1], "trainedModelInferenceJobArn": arn}


async def request(boto: Boto, service: LocalService, receiver: str = "111122223333") -> dict[str, Any]:
    """Add a model and an ML configuration; return the parameters of a job."""
    arn = service.add_trained_model()
    membership = {"membershipIdentifier": arn.split("/")[1]}
    location = {"roleArn": "arn:aws:iam::111122223333:role/writer"}
    await boto("put_ml_configuration", **membership, defaultOutputLocation=location)
    model = await boto("get_trained_model", **membership, trainedModelArn=arn)
    return {
        **membership,
        "name": "j",
        "trainedModelArn": arn,
        "resourceConfig": {"instanceType": "ml.m5.xlarge", "instanceCount": 2},
        "outputConfiguration": {"accept": "text/csv", "members": [{"accountId": receiver}]},
        "dataSource": {"mlInputChannelArn": model["dataChannels"][0]["mlInputChannelArn"]},
    }


async def test_trained_model_inference_job_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A job uses the association of its model; get and list have the status of its metrics and logs."""
    sent: dict[str, Any] = await request(boto, service) | {
        "containerExecutionParameters": {"maxPayloadInMB": 5},
        "environment": {"MODE": "fast"},
        "description": "d",
        "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k",
        "tags": {"a": "b"},
        "mlModelInferencePayerAccountId": "111122223333",
    }
    model = await boto(
        "get_trained_model", **{name: sent[name] for name in ("membershipIdentifier", "trainedModelArn")}
    )
    created = await boto("start_trained_model_inference_job", **sent)
    arn = created["trainedModelInferenceJobArn"]
    created_at = clock.now()
    job = await boto("get_trained_model_inference_job", **identity(arn))
    assert job == {
        **sent,
        **created,
        "configuredModelAlgorithmAssociationArn": model["configuredModelAlgorithmAssociationArn"],
        "inferenceContainerImageDigest": f"sha256:{hashlib.sha256(IMAGE.encode()).hexdigest()}",
        "status": "CREATE_PENDING",
        "createTime": created_at,
        "updateTime": created_at,
    }
    clock.advance(600)
    finished = await boto("get_trained_model_inference_job", **identity(arn))
    published = {"metricsStatus": "PUBLISH_SUCCEEDED", "logsStatus": "PUBLISH_SUCCEEDED"}
    assert finished == {**job, **published, "status": "ACTIVE", "updateTime": clock.now()}
    hidden = {
        "resourceConfig",
        "dataSource",
        "containerExecutionParameters",
        "environment",
        "kmsKeyArn",
        "tags",
        "inferenceContainerImageDigest",
    }
    summary = {name: value for name, value in finished.items() if name not in hidden}
    summary["collaborationIdentifier"] = service.collaboration_of(sent["membershipIdentifier"])
    listed = await boto("list_trained_model_inference_jobs", membershipIdentifier=sent["membershipIdentifier"])
    assert listed == {"trainedModelInferenceJobs": [summary]}


async def test_inference_job_model_versions(boto: Boto, service: LocalService) -> None:
    """A job uses the given version, by default the base version; lists can be filtered by model and version."""
    arn = service.add_trained_model()
    membership = {"membershipIdentifier": arn.split("/")[1]}
    channels = [{"trainedModelArn": arn, "channelName": "model"}]
    service.add_trained_model(
        membership_identifier=membership["membershipIdentifier"], incremental_training_data_channels=channels
    )
    version = (await boto("get_trained_model", **membership, trainedModelArn=arn))["versionIdentifier"]
    of_base = service.add_trained_model_inference_job(trained_model_arn=arn)
    association = (await boto("get_trained_model", **membership, trainedModelArn=arn, versionIdentifier=version))[
        "configuredModelAlgorithmAssociationArn"
    ]
    channel = service.add_ml_input_channel(configured_model_algorithm_association_arn=association)
    of_version = service.add_trained_model_inference_job(
        trained_model_arn=arn,
        trained_model_version_identifier=version,
        data_source={"mlInputChannelArn": channel},
    )
    elsewhere = service.add_trained_model_inference_job(membership_identifier=membership["membershipIdentifier"])
    jobs = [await boto("get_trained_model_inference_job", **identity(job)) for job in (of_base, of_version)]
    assert [job.get("trainedModelVersionIdentifier") for job in jobs] == [None, version]

    async def listed(**filters: str) -> list[str]:
        response = await boto("list_trained_model_inference_jobs", **membership, **filters)
        return [job["trainedModelInferenceJobArn"] for job in response["trainedModelInferenceJobs"]]

    assert await listed() == [of_base, of_version, elsewhere]
    assert await listed(trainedModelArn=arn) == [of_base, of_version]
    assert await listed(trainedModelArn=arn, trainedModelVersionIdentifier=version) == [of_version]


async def test_inference_receiver_has_an_ml_configuration(boto: Boto, service: LocalService) -> None:
    """A receiver of output must be a member with an ML configuration."""
    sent = await request(boto, service, OTHER)
    refused = await boto.refused("start_trained_model_inference_job", **sent)
    assert refused == f"ValidationException: Account {OTHER} is not a member of the collaboration."
    collaboration = service.collaboration_of(sent["membershipIdentifier"])
    service.add_membership(account_id=OTHER, collaboration_identifier=collaboration)
    refused = await boto.refused("start_trained_model_inference_job", **sent)
    assert refused == (
        f"ValidationException: Account {OTHER} has no ML configuration for its membership in the collaboration."
    )


async def test_inference_payer_is_a_member(boto: Boto, service: LocalService) -> None:
    """Only a member can be the payer."""
    sent = await request(boto, service) | {"mlModelInferencePayerAccountId": OTHER}
    refused = await boto.refused("start_trained_model_inference_job", **sent)
    assert refused == f"ValidationException: Account {OTHER} is not a member of the collaboration."


async def test_inference_needs_an_active_model(boto: Boto, service: LocalService) -> None:
    """Inference needs an ACTIVE model."""
    sent = await request(boto, service)
    for status in ("CREATE_IN_PROGRESS", "INACTIVE"):
        sent["trainedModelArn"] = service.add_trained_model(
            status=status, membership_identifier=sent["membershipIdentifier"]
        )
        refused = await boto.refused("start_trained_model_inference_job", **sent)
        assert refused == f"ConflictException: Resource {sent['trainedModelArn']} is {status}, not ACTIVE."


async def test_inference_logs_need_permission(boto: Boto, service: LocalService) -> None:
    """Logs are published only if the privacy configuration allows it; metrics are always published."""
    association = service.add_configured_model_algorithm_association(privacy_configuration={"policies": {}})
    model = service.add_trained_model(configured_model_algorithm_association_arn=association)
    arn = service.add_trained_model_inference_job(trained_model_arn=model)
    job = await boto("get_trained_model_inference_job", **identity(arn))
    assert (job["metricsStatus"], job.get("logsStatus")) == ("PUBLISH_SUCCEEDED", None)


async def test_inference_on_a_model_of_another_member(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A member can use the model of another member; only the member that started the job can cancel it."""
    model = service.add_trained_model()
    membership = model.split("/")[1]
    other = service.add_membership(account_id=OTHER, collaboration_identifier=service.collaboration_of(membership))
    arn = service.add_trained_model_inference_job(
        status="CREATE_PENDING", membership_identifier=other, trained_model_arn=model
    )
    assert arn.split(":")[4] == OTHER
    refused = await connect_boto().refused(
        "cancel_trained_model_inference_job", membershipIdentifier=membership, trainedModelInferenceJobArn=arn
    )
    assert refused == f"ResourceNotFoundException: Resource {arn} was not found."
    await connect_boto(OTHER)("cancel_trained_model_inference_job", **identity(arn))


@pytest.mark.parametrize("status", ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CANCEL_FAILED"])
async def test_inference_job_cancellation(boto: Boto, service: LocalService, clock: Clock, status: str) -> None:
    """A job that is in progress can be cancelled, and becomes INACTIVE."""
    arn = service.add_trained_model_inference_job(status=status)
    assert await boto("cancel_trained_model_inference_job", **identity(arn)) == {}
    statuses: list[str] = []
    for seconds in (0, 60, 60):
        clock.advance(seconds)
        statuses.append((await boto("get_trained_model_inference_job", **identity(arn)))["status"])
    assert statuses == ["CANCEL_PENDING", "CANCEL_IN_PROGRESS", "INACTIVE"]


@pytest.mark.parametrize("status", ["ACTIVE", "CREATE_FAILED", "CANCEL_PENDING", "INACTIVE"])
async def test_ended_inference_job_is_not_cancelled(boto: Boto, service: LocalService, status: str) -> None:
    """A job that has ended, or is being cancelled, cannot be cancelled."""
    arn = service.add_trained_model_inference_job(status=status)
    refused = await boto.refused("cancel_trained_model_inference_job", **identity(arn))
    assert refused == f"ConflictException: Resource {arn} is {status}."


async def test_inference_job_failures(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A failed job, and a failed cancellation, have status details."""
    sent = await request(boto, service)
    service.fail_next("StartTrainedModelInferenceJob", status_code="NO", message="started")
    service.fail_next("CancelTrainedModelInferenceJob", status_code="NO", message="cancelled")
    failed, kept = [(await boto("start_trained_model_inference_job", **sent)) for _ in range(2)]
    await boto("cancel_trained_model_inference_job", **identity(kept["trainedModelInferenceJobArn"]))
    clock.advance(600)
    for arn, status, message in (
        (failed["trainedModelInferenceJobArn"], "CREATE_FAILED", "started"),
        (kept["trainedModelInferenceJobArn"], "CANCEL_FAILED", "cancelled"),
    ):
        job = await boto("get_trained_model_inference_job", **identity(arn))
        assert (job["status"], job["statusDetails"]) == (status, {"statusCode": "NO", "message": message})
