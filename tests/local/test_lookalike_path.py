"""boto3 with its usual settings runs the whole lookalike path against the service."""

import asyncio
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from cleanroomsml_client.local import Clock, LocalService

ROLE_ARN = "arn:aws:iam::111122223333:role/clean-rooms-ml"
DATASET = {
    "name": "interactions",
    "roleArn": ROLE_ARN,
    "trainingData": [
        {
            "type": "INTERACTIONS",
            "inputConfig": {
                "schema": [
                    {"columnName": "user_id", "columnTypes": ["USER_ID"]},
                    {"columnName": "item_id", "columnTypes": ["ITEM_ID"]},
                    {"columnName": "event_time", "columnTypes": ["TIMESTAMP"]},
                ],
                "dataSource": {"glueDataSource": {"tableName": "interactions", "databaseName": "shop"}},
            },
        }
    ],
}
OUTPUT = {"destination": {"s3Destination": {"s3Uri": "s3://bucket/audiences"}}, "roleArn": ROLE_ARN}
SIZES = {"audienceSizeType": "PERCENTAGE", "audienceSizeBins": [1, 5, 20]}


class Path:
    """The steps of a script that polls; the clock advances between its polls."""

    def __init__(self, ml: Any, clock: Clock) -> None:
        self.ml = ml
        self.clock = clock

    def states(self, get: str, **identity: str) -> list[str]:
        """Poll until no transition is in progress or the resource is deleted; return all states."""
        statuses: list[str] = []
        while True:
            try:
                status = getattr(self.ml, get)(**identity)["status"]
            except ClientError as error:
                return [*statuses, error.response["Error"]["Code"]]
            if not statuses or statuses[-1] != status:
                statuses.append(status)
            if not status.endswith(("PENDING", "IN_PROGRESS")):
                return statuses
            self.clock.advance(30)

    def run(self) -> None:
        """Go from a table to an exported audience, then delete all resources."""
        ml = self.ml
        created = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "ACTIVE"]
        deleted = ["DELETE_PENDING", "DELETE_IN_PROGRESS", "ResourceNotFoundException"]

        dataset = ml.create_training_dataset(**DATASET)["trainingDatasetArn"]
        model = ml.create_audience_model(name="model", trainingDatasetArn=dataset)["audienceModelArn"]
        assert self.states("get_audience_model", audienceModelArn=model) == created

        configured = ml.create_configured_audience_model(
            name="configured",
            audienceModelArn=model,
            outputConfig=OUTPUT,
            sharedAudienceMetrics=["ALL"],
            audienceSizeConfig=SIZES,
        )["configuredAudienceModelArn"]
        job = ml.start_audience_generation_job(
            name="job",
            configuredAudienceModelArn=configured,
            seedAudience={"dataSource": {"s3Uri": "s3://bucket/seed.jsonl"}, "roleArn": ROLE_ARN},
        )["audienceGenerationJobArn"]
        assert self.states("get_audience_generation_job", audienceGenerationJobArn=job) == created
        metrics = ml.get_audience_generation_job(audienceGenerationJobArn=job)["metrics"]
        assert [metric["audienceSize"]["value"] for metric in metrics["relevanceMetrics"]] == [1, 5, 20]

        size = {"type": "PERCENTAGE", "value": 5}
        ml.start_audience_export_job(name="export", audienceGenerationJobArn=job, audienceSize=size)
        self.clock.advance(600)
        pages = ml.get_paginator("list_audience_export_jobs").paginate(audienceGenerationJobArn=job)
        [export] = pages.build_full_result()["audienceExportJobs"]
        assert (export["name"], export["status"], export["audienceSize"]) == ("export", "ACTIVE", size)

        ml.delete_audience_generation_job(audienceGenerationJobArn=job)
        assert self.states("get_audience_generation_job", audienceGenerationJobArn=job) == deleted
        ml.delete_configured_audience_model(configuredAudienceModelArn=configured)
        ml.delete_audience_model(audienceModelArn=model)
        assert self.states("get_audience_model", audienceModelArn=model) == deleted
        ml.delete_training_dataset(trainingDatasetArn=dataset)
        for operation, member in (
            ("list_training_datasets", "trainingDatasets"),
            ("list_audience_models", "audienceModels"),
            ("list_configured_audience_models", "configuredAudienceModels"),
            ("list_audience_generation_jobs", "audienceGenerationJobs"),
        ):
            assert getattr(ml, operation)()[member] == []


async def test_lookalike_path(service: LocalService, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3, configured by environment variables only, runs the whole path and deletes all that it created."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", service.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    new_session: Any = boto3.Session
    ml: Any = new_session().client("cleanroomsml")
    await asyncio.to_thread(Path(ml, clock).run)
    ml.close()
    assert {request.status for request in service.requests} == {200, 404}
