"""Two get operations, compared with AWS's reference member by member.

Each response is written twice: as it is on the wire, and as the members that are expected.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from cleanroomsml_client._client import Client
from cleanroomsml_client._codec import structure
from cleanroomsml_client._connect import connect
from cleanroomsml_client._models import FrozenDict, OpenEnum
from cleanroomsml_client.errors import AccessDeniedError, ResourceNotFoundError, ServiceError, ValidationError
from cleanroomsml_client.resources.audience_generation_jobs import (
    AudienceGenerationJob,
    AudienceGenerationJobDataSource,
    AudienceGenerationJobStatus,
    Metrics,
    RelevanceMetric,
    get_audience_generation_job,
)
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
    AudienceModelMetric,
    AudienceModelMetricType,
    AudienceModelStatus,
    get_audience_model,
)
from cleanroomsml_client.resources.shared import AudienceSize, AudienceSizeType, S3ConfigMap, StatusDetails
from tests.support.wire import FaultServer, error, response

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
_MODEL_ARN = f"{_ARN}audience-model/m-1"
_JOB_ARN = f"{_ARN}audience-generation-job/j-1"

_MODEL_WIRE: dict[str, Any] = {
    "audienceModelArn": _MODEL_ARN,
    "createTime": "2024-03-01T09:15:00Z",
    "description": "spring",
    "kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k-1",
    "metrics": [
        {"forTopKItemPredictions": 10, "type": "NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN", "value": 0.5},
        {"forTopKItemPredictions": 20, "type": "MEAN_RECIPROCAL_RANK", "value": 0.25},
        {"forTopKItemPredictions": 30, "type": "PRECISION", "value": 0.125},
        {"forTopKItemPredictions": 40, "type": "RECALL", "value": 1},
    ],
    "name": "shoppers",
    "status": "ACTIVE",
    "statusDetails": {"message": "trained", "statusCode": "DONE"},
    "tags": {"costCenter": "42"},
    "trainingDataEndTime": "2024-02-29T00:00:00.5Z",
    "trainingDataStartTime": "2024-01-01T00:00:00Z",
    "trainingDatasetArn": f"{_ARN}training-dataset/d-1",
    "updateTime": "2024-03-01T12:45:30Z",
}
_MODEL_MEMBERS: dict[str, object] = {
    "audience_model_arn": _MODEL_ARN,
    "create_time": datetime(2024, 3, 1, 9, 15, tzinfo=UTC),
    "description": "spring",
    "kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/k-1",
    "metrics": (
        AudienceModelMetric(
            type=AudienceModelMetricType.NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN, for_top_k_item_predictions=10, value=0.5
        ),
        AudienceModelMetric(
            type=AudienceModelMetricType.MEAN_RECIPROCAL_RANK, for_top_k_item_predictions=20, value=0.25
        ),
        AudienceModelMetric(type=AudienceModelMetricType.PRECISION, for_top_k_item_predictions=30, value=0.125),
        AudienceModelMetric(type=AudienceModelMetricType.RECALL, for_top_k_item_predictions=40, value=1.0),
    ),
    "name": "shoppers",
    "status": AudienceModelStatus.ACTIVE,
    "status_details": StatusDetails(status_code="DONE", message="trained"),
    "tags": FrozenDict({"costCenter": "42"}),
    "training_data_end_time": datetime(2024, 2, 29, microsecond=500_000, tzinfo=UTC),
    "training_data_start_time": datetime(2024, 1, 1, tzinfo=UTC),
    "training_dataset_arn": f"{_ARN}training-dataset/d-1",
    "update_time": datetime(2024, 3, 1, 12, 45, 30, tzinfo=UTC),
}

_JOB_WIRE: dict[str, Any] = {
    "audienceGenerationJobArn": _JOB_ARN,
    "collaborationId": "11111111-2222-3333-4444-555555555555",
    "configuredAudienceModelArn": f"{_ARN}configured-audience-model/c-1",
    "createTime": "2024-04-01T08:00:00Z",
    "description": "like our best",
    "includeSeedInOutput": True,
    "metrics": {
        "recallMetric": 0.75,
        "relevanceMetrics": [
            {"audienceSize": {"type": "ABSOLUTE", "value": 10000}, "score": 4.5},
            {"audienceSize": {"type": "PERCENTAGE", "value": 20}, "score": 3},
        ],
    },
    "name": "likely-buyers",
    "seedAudience": {
        "dataSource": {"s3Uri": "s3://seeds/best.jsonl"},
        "roleArn": "arn:aws:iam::111122223333:role/reader",
    },
    "startedBy": "444455556666",
    "status": "CREATE_FAILED",
    "statusDetails": {"message": "too few matches", "statusCode": "SEED_TOO_SMALL"},
    "tags": {"team_name": "growth"},
    "updateTime": "2024-04-01T10:30:00Z",
}
_JOB_MEMBERS: dict[str, object] = {
    "audience_generation_job_arn": _JOB_ARN,
    "collaboration_id": "11111111-2222-3333-4444-555555555555",
    "configured_audience_model_arn": f"{_ARN}configured-audience-model/c-1",
    "create_time": datetime(2024, 4, 1, 8, tzinfo=UTC),
    "description": "like our best",
    "include_seed_in_output": True,
    "metrics": Metrics(
        relevance_metrics=(
            RelevanceMetric(audience_size=AudienceSize(type=AudienceSizeType.ABSOLUTE, value=10000), score=4.5),
            RelevanceMetric(audience_size=AudienceSize(type=AudienceSizeType.PERCENTAGE, value=20), score=3.0),
        ),
        recall_metric=0.75,
    ),
    "name": "likely-buyers",
    "seed_audience": AudienceGenerationJobDataSource(
        role_arn="arn:aws:iam::111122223333:role/reader",
        data_source=S3ConfigMap(s3_uri="s3://seeds/best.jsonl"),
    ),
    "started_by": "444455556666",
    "status": AudienceGenerationJobStatus.CREATE_FAILED,
    "status_details": StatusDetails(status_code="SEED_TOO_SMALL", message="too few matches"),
    "tags": FrozenDict({"team_name": "growth"}),
    "update_time": datetime(2024, 4, 1, 10, 30, tzinfo=UTC),
}


def _assert_exactly(value: object, expected: object) -> None:
    # Equality is not enough: 1 equals 1.0, and a member of an enum equals its text. Their reprs differ, at any depth.
    assert (type(value), value, repr(value)) == (type(expected), expected, repr(expected))


@pytest.mark.parametrize("member", _MODEL_MEMBERS)
def test_every_member_of_an_audience_model_is_read(member: str) -> None:
    """A documented member of an audience model is read with its value and its exact type."""
    _assert_exactly(getattr(structure(_MODEL_WIRE, AudienceModel), member), _MODEL_MEMBERS[member])


@pytest.mark.parametrize("member", _JOB_MEMBERS)
def test_every_member_of_an_audience_generation_job_is_read(member: str) -> None:
    """A documented member of an audience generation job is read with its value and its exact type."""
    _assert_exactly(getattr(structure(_JOB_WIRE, AudienceGenerationJob), member), _JOB_MEMBERS[member])


@pytest.mark.parametrize("value", [True, False])
def test_both_values_of_a_boolean_are_read(*, value: bool) -> None:
    """`includeSeedInOutput` is read as the boolean that was sent; False does not read as absent."""
    job = structure(_JOB_WIRE | {"includeSeedInOutput": value}, AudienceGenerationJob)
    assert job.include_seed_in_output is value


def test_absent_metrics_are_empty() -> None:
    """Absent metrics read as empty, and nothing else changes."""
    without = attrs.evolve(structure(_MODEL_WIRE, AudienceModel), metrics=())
    left_out = {name: value for name, value in _MODEL_WIRE.items() if name != "metrics"}
    _assert_exactly(structure(left_out, AudienceModel), without)
    _assert_exactly(structure(left_out | {"metrics": None}, AudienceModel), without)
    _assert_exactly(structure(left_out | {"metrics": []}, AudienceModel), without)


_STATUSES = (
    "CREATE_PENDING",
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "ACTIVE",
    "DELETE_PENDING",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
)
_METRIC_TYPES = ("NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN", "MEAN_RECIPROCAL_RANK", "PRECISION", "RECALL")


@pytest.mark.parametrize(
    ("enum", "values"),
    [
        (AudienceModelStatus, _STATUSES),
        (AudienceModelMetricType, _METRIC_TYPES),
        (AudienceGenerationJobStatus, _STATUSES),
        (AudienceSizeType, ("ABSOLUTE", "PERCENTAGE")),
    ],
)
def test_an_enum_has_exactly_the_documented_values(enum: type[OpenEnum], values: tuple[str, ...]) -> None:
    """A documented value is read as the member with that name, and the enum has no other members."""
    assert [structure(value, enum) for value in values] == list(enum)
    for value in values:
        assert structure(value, enum) is enum[value]


@pytest.mark.parametrize(
    ("get", "arn", "wire", "class_", "target"),
    [
        (get_audience_model, _MODEL_ARN, _MODEL_WIRE, AudienceModel, "/audience-model/"),
        (get_audience_generation_job, _JOB_ARN, _JOB_WIRE, AudienceGenerationJob, "/audience-generation-job/"),
    ],
)
async def test_a_get_function_returns_every_member(
    get: Callable[[Client, str], Awaitable[object]], arn: str, wire: dict[str, Any], class_: type[object], target: str
) -> None:
    """A get function returns all members on the wire, also those that botocore does not know."""
    async with FaultServer(response(200, wire)) as server, connect(endpoint_url=server.url) as client:
        resource = await get(client, arn)
    _assert_exactly(resource, structure(wire, class_))
    assert [(request.method, request.target) for request in server.requests] == [
        ("GET", target + arn.replace(":", "%3A").replace("/", "%2F"))
    ]


@pytest.mark.parametrize(
    ("get", "operation"),
    [(get_audience_model, "GetAudienceModel"), (get_audience_generation_job, "GetAudienceGenerationJob")],
)
@pytest.mark.parametrize(
    ("code", "status", "class_"),
    [
        ("ValidationException", 400, ValidationError),
        ("AccessDeniedException", 403, AccessDeniedError),
        ("ResourceNotFoundException", 404, ResourceNotFoundError),
    ],
)
async def test_every_documented_exception_is_raised(
    get: Callable[[Client, str], Awaitable[object]],
    operation: str,
    code: str,
    status: int,
    class_: type[ServiceError],
) -> None:
    """A documented exception is raised as its own class, with the facts of the response, after one request."""
    refusal = error(status, code, "not this one", {"x-amzn-RequestId": f"request-{status}"})
    async with FaultServer(refusal) as server, connect(endpoint_url=server.url) as client:
        with pytest.raises(ServiceError) as caught:
            await get(client, f"{_ARN}anything/a-1")
    refused = caught.value
    assert type(refused) is class_
    assert (refused.operation, refused.message) == (operation, "not this one")
    assert (refused.code, refused.status, refused.request_id) == (code, status, f"request-{status}")
    assert (refused.attempts, len(server.requests)) == (1, 1)
