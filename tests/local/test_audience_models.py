import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto


async def statuses(boto: Boto, clock: Clock, arn: str, *seconds: float) -> list[str]:
    """Return the status after each of these simulated pauses."""
    statuses: list[str] = []
    for step in seconds:
        clock.advance(step)
        statuses.append((await boto("get_audience_model", audienceModelArn=arn))["status"])
    return statuses


async def test_audience_model_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A model is pending, in progress, then ACTIVE; its deletion is pending, in progress, then the model is deleted."""
    dataset = service.add_training_dataset()
    window = {
        "trainingDataStartTime": datetime(2026, 1, 1, tzinfo=UTC),
        "trainingDataEndTime": datetime(2026, 7, 1, tzinfo=UTC),
    }
    details = {"kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/a", "tags": {"team": "ads"}, **window}
    created = await boto("create_audience_model", name="m", trainingDatasetArn=dataset, description="d", **details)
    arn = created["audienceModelArn"]
    created_at = clock.now()
    assert await statuses(boto, clock, arn, 0, 120) == ["CREATE_PENDING", "CREATE_IN_PROGRESS"]
    clock.advance(480)
    model = await boto("get_audience_model", audienceModelArn=arn)
    summary = {
        "audienceModelArn": arn,
        "name": "m",
        "description": "d",
        "status": "ACTIVE",
        "trainingDatasetArn": dataset,
        "createTime": created_at,
        "updateTime": clock.now(),
    }
    assert model == {**summary, **details}
    assert await boto("list_audience_models") == {"audienceModels": [summary]}
    assert await boto("delete_audience_model", audienceModelArn=arn) == {}
    assert await statuses(boto, clock, arn, 0, 60) == ["DELETE_PENDING", "DELETE_IN_PROGRESS"]
    clock.advance(60)
    not_found = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("get_audience_model", audienceModelArn=arn) == not_found
    assert await boto("list_audience_models") == {"audienceModels": []}


async def test_injected_training_failure(boto: Boto, service: LocalService, clock: Clock) -> None:
    """An injected failure ends the training, with its reason; the next model succeeds."""
    service.fail_next("CreateAudienceModel", status_code="NO_DATA", message="The table is empty.")
    dataset = service.add_training_dataset()
    failed = await boto("create_audience_model", name="m", trainingDatasetArn=dataset)
    succeeding = await boto("create_audience_model", name="m", trainingDatasetArn=dataset)
    assert await statuses(boto, clock, failed["audienceModelArn"], 599) == ["CREATE_IN_PROGRESS"]
    clock.advance(1)
    model = await boto("get_audience_model", **failed)
    assert model["status"] == "CREATE_FAILED"
    assert model["statusDetails"] == {"statusCode": "NO_DATA", "message": "The table is empty."}
    assert (await boto("get_audience_model", **succeeding))["status"] == "ACTIVE"


async def test_injected_deletion_failure(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A model whose deletion failed still exists, and can be deleted again."""
    arn = service.add_audience_model()
    service.fail_next("DeleteAudienceModel")
    await boto("delete_audience_model", audienceModelArn=arn)
    clock.advance(120)
    model = await boto("get_audience_model", audienceModelArn=arn)
    assert model["status"] == "DELETE_FAILED"
    assert model["statusDetails"] == {"statusCode": "INTERNAL_ERROR", "message": "An injected failure."}
    await boto("delete_audience_model", audienceModelArn=arn)
    clock.advance(120)
    assert (await boto.refused("get_audience_model", audienceModelArn=arn)).startswith("ResourceNotFoundException")


@pytest.mark.parametrize("status", ["CREATE_PENDING", "CREATE_IN_PROGRESS", "DELETE_PENDING", "DELETE_IN_PROGRESS"])
async def test_model_in_transition_is_not_deleted(boto: Boto, service: LocalService, status: str) -> None:
    """A model in a transition cannot be deleted."""
    arn = service.add_audience_model(status=status)
    message = f"ConflictException: Resource {arn} is {status}."
    assert await boto.refused("delete_audience_model", audienceModelArn=arn) == message


async def test_dataset_in_use_is_not_deleted(boto: Boto, service: LocalService) -> None:
    """A dataset cannot be deleted before its models are being deleted."""
    dataset = service.add_training_dataset()
    model = service.add_audience_model(training_dataset_arn=dataset)
    message = f"ConflictException: Resource {dataset} is still in use by {model}."
    assert await boto.refused("delete_training_dataset", trainingDatasetArn=dataset) == message
    await boto("delete_audience_model", audienceModelArn=model)
    await boto("delete_training_dataset", trainingDatasetArn=dataset)


async def test_missing_dataset(boto: Boto) -> None:
    """The training dataset must exist."""
    arn = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/nowhere"
    message = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("create_audience_model", name="m", trainingDatasetArn=arn) == message


async def test_training_window(boto: Boto, service: LocalService) -> None:
    """A training window must end after it starts; its start or its end can be omitted."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    model = {"name": "m", "trainingDatasetArn": service.add_training_dataset()}
    refused = await boto.refused("create_audience_model", **model, trainingDataStartTime=noon, trainingDataEndTime=noon)
    assert refused == "ValidationException: trainingDataEndTime must be after trainingDataStartTime."
    await boto("create_audience_model", **model, trainingDataStartTime=noon)
    await boto("create_audience_model", **model, trainingDataEndTime=noon)


async def test_audience_model_quota(boto: Boto, service: LocalService, clock: Clock) -> None:
    """An account can train at most two models at a time; finished ones do not count."""
    model = {"name": "m", "trainingDatasetArn": service.add_training_dataset()}
    service.add_audience_model()
    for _ in range(2):
        await boto("create_audience_model", **model)
    with pytest.raises(boto.client.exceptions.ServiceQuotaExceededException) as caught:
        await boto("create_audience_model", **model)
    response = caught.value.response
    name = "Pending/in progress audience models per customer"
    assert response["Error"]["Message"] == f"The quota '{name}' is 2."
    assert (response["quotaName"], response["quotaValue"]) == (name, 2)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 402
    clock.advance(600)
    await boto("create_audience_model", **model)


async def test_audience_model_metrics(boto: Boto, service: LocalService) -> None:
    """Metrics that are set on the service are sent for ACTIVE models, although botocore's model lacks them."""
    metrics = [{"type": "RECALL", "forTopKItemPredictions": 50, "value": 0.25}]
    arn, training = service.add_audience_model(), service.add_audience_model(status="CREATE_PENDING")
    bodies: list[bytes] = []

    def record_body(response_dict: dict[str, Any], **_: object) -> None:
        bodies.append(response_dict["body"])

    boto.client.meta.events.register("before-parse.cleanroomsml", record_body)
    await boto("get_audience_model", audienceModelArn=arn)
    service.audience_model_metrics = metrics
    await boto("get_audience_model", audienceModelArn=arn)
    await boto("get_audience_model", audienceModelArn=training)
    assert ["metrics" in json.loads(body) for body in bodies] == [False, True, False]
    assert json.loads(bodies[1])["metrics"] == metrics == service.audience_model_metrics
