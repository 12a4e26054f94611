"""The responses of the stub server, and what competitors must read in them."""

import json
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

__all__ = [
    "AUDIENCE_GENERATION_JOB",
    "AUDIENCE_MODEL",
    "DATASET_ARN",
    "ITEMS",
    "MEMBERSHIP",
    "MISSING",
    "ROLE",
    "TRAINED_MODEL",
    "TRAINING_DATA",
    "http_response",
]

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
_TIMES = {"createTime": "2024-01-02T03:04:05.678Z", "updateTime": "2024-01-02T04:05:06.789Z"}
_TAGS = {"team": "marketing", "stage": "production"}
ROLE = "arn:aws:iam::111122223333:role/clean-rooms-ml"
_KEY = "arn:aws:kms:us-east-1:111122223333:key/8f3a5c1e-2b4d-4f60-9a7b-3c5d7e9f1a2b"
_STATUS_DETAILS = {"statusCode": "OK", "message": "Everything went as it should."}

MEMBERSHIP = "3f8a1c2e-5b7d-4e90-8a6b-1c3d5e7f9a0b"
MISSING = f"{_ARN}audience-model/missing"
DATASET_ARN = f"{_ARN}training-dataset/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

_PAGE = 100
_PAGES = 100
ITEMS = _PAGE * _PAGES
"""How many audience models there are."""

AUDIENCE_MODEL: dict[str, Any] = {
    **_TIMES,
    "audienceModelArn": f"{_ARN}audience-model/7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "name": "holiday shoppers",
    "status": "ACTIVE",
    "statusDetails": _STATUS_DETAILS,
    "trainingDatasetArn": DATASET_ARN,
    "trainingDataStartTime": "2023-01-01T00:00:00Z",
    "trainingDataEndTime": "2023-12-31T23:59:59Z",
    "kmsKeyArn": _KEY,
    "tags": _TAGS,
    "description": "Everyone who bought something in December.",
}

AUDIENCE_GENERATION_JOB: dict[str, Any] = {
    **_TIMES,
    "audienceGenerationJobArn": f"{_ARN}audience-generation-job/16fd2706-8baf-433b-82eb-8c7fada847da",
    "name": "january audience",
    "status": "ACTIVE",
    "statusDetails": _STATUS_DETAILS,
    "configuredAudienceModelArn": f"{_ARN}configured-audience-model/886313e1-3b8a-4372-9b90-0c9aee199e5d",
    "seedAudience": {"roleArn": ROLE, "dataSource": {"s3Uri": "s3://seeds/january.jsonl"}},
    "includeSeedInOutput": False,
    "collaborationId": "2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e",
    "metrics": {
        "relevanceMetrics": [
            {"audienceSize": {"type": "PERCENTAGE", "value": size}, "score": 10.0 - size / 3} for size in range(1, 21)
        ],
        "recallMetric": 0.66,
    },
    "startedBy": "111122223333",
    "tags": _TAGS,
    "description": "Those most like the buyers of January.",
}

TRAINED_MODEL: dict[str, Any] = {
    **_TIMES,
    "trainedModelArn": f"{_ARN}membership/{MEMBERSHIP}/trained-model/6fa459ea-ee8a-4ca4-894e-db77e160355e",
    "versionIdentifier": "5d7e9f1a-2b4c-4d6e-8f0a-1b3c5d7e9f0a",
    "membershipIdentifier": MEMBERSHIP,
    "collaborationIdentifier": "2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e",
    "configuredModelAlgorithmAssociationArn": f"{_ARN}membership/{MEMBERSHIP}/configured-model-algorithm-association/a",
    "name": "churn",
    "status": "ACTIVE",
    "statusDetails": _STATUS_DETAILS,
    "resourceConfig": {"instanceType": "ml.g5.12xlarge", "instanceCount": 2, "volumeSizeInGB": 500},
    "trainingInputMode": "FastFile",
    "stoppingCondition": {"maxRuntimeInSeconds": 86400},
    "incrementalTrainingDataChannels": [{"channelName": "before", "modelName": "churn", "versionIdentifier": "NULL"}],
    "dataChannels": [
        {
            "mlInputChannelArn": f"{_ARN}membership/{MEMBERSHIP}/ml-input-channel/c{number}",
            "channelName": f"channel-{number}",
            "s3DataDistributionType": "FullyReplicated",
        }
        for number in range(19)
    ],
    "hyperparameters": {f"hyperparameter-{number}": f"{number / 100}" for number in range(100)},
    "environment": {f"VARIABLE_{number}": f"value of variable {number}" for number in range(100)},
    "metricsStatus": "PUBLISH_SUCCEEDED",
    "metricsStatusDetails": "All metrics are there.",
    "logsStatus": "PUBLISH_SUCCEEDED",
    "logsStatusDetails": "All logs are there.",
    "trainingContainerImageDigest": "sha256:" + 8 * "0123abcd",
    "mlModelTrainingPayerAccountId": "111122223333",
    "kmsKeyArn": _KEY,
    "tags": _TAGS,
    "description": "Who will leave us next month.",
}
"""Every member, as large as the service's limits allow."""

TRAINING_DATA: dict[str, Any] = {
    "type": "INTERACTIONS",
    "inputConfig": {
        "schema": [
            {"columnName": "user_id", "columnTypes": ["USER_ID"]},
            {"columnName": "item_id", "columnTypes": ["ITEM_ID"]},
            {"columnName": "seen_at", "columnTypes": ["TIMESTAMP"]},
            {"columnName": "price", "columnTypes": ["NUMERICAL_FEATURE"]},
            {"columnName": "category", "columnTypes": ["CATEGORICAL_FEATURE"]},
        ],
        "dataSource": {"glueDataSource": {"tableName": "interactions", "databaseName": "shop"}},
    },
}
"""The nested part of the request that creates a training dataset."""


def _summary(number: int) -> dict[str, Any]:
    return {
        **_TIMES,
        "audienceModelArn": f"{_ARN}audience-model/7c9e6679-7425-40de-944b-{number:012d}",
        "name": f"model {number}",
        "status": "ACTIVE",
        "trainingDatasetArn": DATASET_ARN,
        "description": f"Trained as number {number} of many.",
    }


def _audience_models(query: dict[str, list[str]]) -> dict[str, Any]:
    """Return a single page of `maxResults` items; without `maxResults`, one of many pages."""
    if "maxResults" in query:
        return {"audienceModels": [_summary(number) for number in range(int(query["maxResults"][0]))]}
    page = int(query.get("nextToken", ["0"])[0])
    items = [_summary(page * _PAGE + number) for number in range(_PAGE)]
    more = {"nextToken": str(page + 1)} if page + 1 < _PAGES else {}
    return {"audienceModels": items, **more}


def _document(method: str, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
    match method, path.strip("/").split("/")[0]:
        case "GET", "audience-model":
            return _audience_models(query) if path == "/audience-model" else AUDIENCE_MODEL
        case "GET", "audience-generation-job":
            return AUDIENCE_GENERATION_JOB
        case "GET", "memberships":
            return TRAINED_MODEL
        case "POST", "training-dataset":
            return {"trainingDatasetArn": DATASET_ARN}
        case _:
            raise ValueError(f"no response for {method} {path}")


@cache
def http_response(method: str, target: str) -> bytes:
    """Return the whole response to a request, made once."""
    url = urlsplit(target)
    if unquote(url.path).endswith(MISSING):
        status, document = "404 Not Found", {"message": "There is no such audience model."}
    else:
        status, document = "200 OK", _document(method, url.path, parse_qs(url.query))
    body = json.dumps(document, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status}\r\n"
        "Date: Tue, 02 Jan 2024 03:04:05 GMT\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\n"
        "x-amzn-RequestId: 9b2d4f60-1a3c-4e5f-8b7d-0c2e4a6f8b1d\r\n"
    )
    if not status.startswith("200"):
        head += "x-amzn-ErrorType: ResourceNotFoundException\r\n"
    return f"{head}\r\n".encode() + body
