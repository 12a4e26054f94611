"""The quotas that AWS publishes: where each of them ends, and what does not count."""

from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from cleanroomsml_client.local.quotas import QUOTAS
from tests.local.conftest import Boto

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/clean-rooms-ml"
INFERENCE = "Pending/in progress custom model inference jobs per"


async def exceeded(boto: Boto, operation: str, sent: dict[str, Any]) -> tuple[str, int]:
    """Return the name and value of the quota that a request exceeds."""
    with pytest.raises(boto.client.exceptions.ServiceQuotaExceededException) as caught:
        await boto(operation, **sent)
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    assert response["Error"]["Message"] == f"The quota '{response['quotaName']}' is {response['quotaValue']:g}."
    return response["quotaName"], response["quotaValue"]


def channel(association: str) -> dict[str, Any]:
    """Return the parameters of a channel."""
    source = {"protectedQueryInputParameters": {"sqlParameters": {"queryString": "SELECT 1"}}}
    return {
        "membershipIdentifier": association.split("/")[1],
        "configuredModelAlgorithmAssociations": [association],
        "inputChannel": {"dataSource": source, "roleArn": ROLE},
        "name": "c",
        "retentionInDays": 2,
    }


async def inference(boto: Boto, service: LocalService) -> dict[str, Any]:
    """Add a membership with a model and an ML configuration; return the parameters of an inference job."""
    arn = service.add_trained_model()
    membership = {"membershipIdentifier": arn.split("/")[1]}
    await boto("put_ml_configuration", **membership, defaultOutputLocation={"roleArn": ROLE})
    model = await boto("get_trained_model", **membership, trainedModelArn=arn)
    return {
        **membership,
        "name": "j",
        "trainedModelArn": arn,
        "resourceConfig": {"instanceType": "ml.m5.xlarge"},
        "outputConfiguration": {"members": [{"accountId": ACCOUNT}]},
        "dataSource": {"mlInputChannelArn": model["dataChannels"][0]["mlInputChannelArn"]},
    }


def test_quotas_are_those_of_aws() -> None:
    """The names and limits are those that AWS publishes."""
    assert {quota.name: quota.limit for quota in QUOTAS} == {
        "Active audience export jobs per audience generation job": 25,
        "Active configured model algorithm associations per membership": 1000,
        "Active configured model algorithms per membership": 1000,
        "Active custom model input channels per membership": 100,
        "Pending/in progress audience export jobs per customer": 20,
        "Pending/in progress audience generation jobs per customer": 10,
        "Pending/in progress audience models per customer": 2,
        f"{INFERENCE} account": 10,
        f"{INFERENCE} membership": 5,
        "Pending/in progress custom model training jobs per account": 10,
        "Pending/in progress custom model training jobs per membership": 5,
    }


async def test_inference_job_quotas(boto: Boto, service: LocalService, clock: Clock) -> None:
    """At most five inference jobs are in progress in a membership, and ten in an account; others do not count."""
    first, second, third = [await inference(boto, service) for _ in range(3)]
    operation = "start_trained_model_inference_job"
    started = [await boto(operation, **sent) for sent in (first, second) for _ in range(5)]
    assert await exceeded(boto, operation, third) == (f"{INFERENCE} account", 10)
    await boto(
        "cancel_trained_model_inference_job",
        membershipIdentifier=second["membershipIdentifier"],
        **started[-1],
    )
    assert await exceeded(boto, operation, first) == (f"{INFERENCE} membership", 5)
    await boto(operation, **third)
    clock.advance(600)
    await boto(operation, **first)


async def test_active_export_quota(boto: Boto, service: LocalService) -> None:
    """A generation job has at most 25 exports that are active or in progress; failed ones do not count."""
    job, other = service.add_audience_generation_job(), service.add_audience_generation_job()
    sent = {"name": "e", "audienceGenerationJobArn": job, "audienceSize": {"type": "PERCENTAGE", "value": 5}}
    for status in ["CREATE_FAILED", *["ACTIVE"] * 24]:
        service.add_audience_export_job(audience_generation_job_arn=job, status=status)
    await boto("start_audience_export_job", **sent)
    name = "Active audience export jobs per audience generation job"
    assert await exceeded(boto, "start_audience_export_job", sent) == (name, 25)
    await boto("start_audience_export_job", **{**sent, "audienceGenerationJobArn": other})


async def test_channel_quota(boto: Boto, service: LocalService) -> None:
    """A membership has at most a hundred channels with data; those that failed or are being deleted do not count."""
    association = service.add_configured_model_algorithm_association()
    for status in ["CREATE_FAILED", "INACTIVE", "DELETE_PENDING", "CREATE_PENDING", *["ACTIVE"] * 98]:
        service.add_ml_input_channel(status=status, configured_model_algorithm_association_arn=association)
    last = (await boto("create_ml_input_channel", **channel(association)))["mlInputChannelArn"]
    name = "Active custom model input channels per membership"
    assert await exceeded(boto, "create_ml_input_channel", channel(association)) == (name, 100)
    await boto("create_ml_input_channel", **channel(service.add_configured_model_algorithm_association()))
    service.clock.advance(600)
    membership = association.split("/")[1]
    await boto("delete_ml_input_channel_data", membershipIdentifier=membership, mlInputChannelArn=last)
    await boto("create_ml_input_channel", **channel(association))


async def test_algorithm_quotas(boto: Boto, service: LocalService) -> None:
    """An account has at most a thousand algorithms, and a membership at most a thousand associations."""
    membership = service.add_membership()
    algorithm = service.add_configured_model_algorithm()
    for _ in range(999):
        service.add_configured_model_algorithm()
        service.add_configured_model_algorithm_association(
            membership_identifier=membership, configured_model_algorithm_arn=algorithm
        )
    sent = {"name": "a", "roleArn": ROLE}
    name = "Active configured model algorithms per membership"
    assert await exceeded(boto, "create_configured_model_algorithm", sent) == (name, 1000)
    associated = {"name": "a", "membershipIdentifier": membership, "configuredModelAlgorithmArn": algorithm}
    operation = "create_configured_model_algorithm_association"
    await boto(operation, **associated)
    name = "Active configured model algorithm associations per membership"
    assert await exceeded(boto, operation, associated) == (name, 1000)
    await boto(operation, **{**associated, "membershipIdentifier": service.add_membership()})
