"""boto3, with each call in a thread, because it would block the event loop."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .. import fixtures
from . import CONNECTIONS

__all__ = ["connect"]


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["ThreadedBoto3"]:
    """Connect as a user would, with as many connections as every competitor."""
    config = Config(max_pool_connections=CONNECTIONS)
    aws: Any = boto3.client("cleanroomsml", endpoint_url=url, config=config)
    yield ThreadedBoto3(aws)
    aws.close()


class ThreadedBoto3:
    """Calls methods that botocore generates at run time."""

    def __init__(self, aws: Any) -> None:  # noqa: ANN401  # boto3 is untyped
        self._aws = aws

    async def get_audience_model(self) -> str:
        """The name, from a dict."""
        arn = fixtures.AUDIENCE_MODEL["audienceModelArn"]
        model: dict[str, Any] = await asyncio.to_thread(self._aws.get_audience_model, audienceModelArn=arn)
        return str(model["name"])

    async def get_audience_generation_job(self) -> str:
        """The name, from a dict."""
        job: dict[str, Any] = await asyncio.to_thread(
            self._aws.get_audience_generation_job,
            audienceGenerationJobArn=fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"],
        )
        return str(job["name"])

    async def get_trained_model(self) -> str:
        """The name, from a dict."""
        model: dict[str, Any] = await asyncio.to_thread(
            self._aws.get_trained_model,
            membershipIdentifier=fixtures.MEMBERSHIP,
            trainedModelArn=fixtures.TRAINED_MODEL["trainedModelArn"],
        )
        return str(model["name"])

    async def page(self, size: int) -> Sequence[object]:
        """Dicts."""
        page: dict[str, Any] = await asyncio.to_thread(self._aws.list_audience_models, maxResults=size)
        models: list[object] = page["audienceModels"]
        return models

    async def drain(self) -> Sequence[object]:
        """Dicts; one thread fetches all pages."""
        return await asyncio.to_thread(self._drain)

    def _drain(self) -> Sequence[object]:
        pages = self._aws.get_paginator("list_audience_models").paginate()
        return [model for page in pages for model in page["audienceModels"]]

    async def create_training_dataset(self) -> str:
        """The ARN; the request is a dict."""
        created: dict[str, Any] = await asyncio.to_thread(
            self._aws.create_training_dataset,
            name="interactions",
            roleArn=fixtures.ROLE,
            trainingData=[fixtures.TRAINING_DATA],
        )
        return str(created["trainingDatasetArn"])

    async def get_missing(self) -> str:
        """Return the code of the ClientError."""
        try:
            await asyncio.to_thread(self._aws.get_audience_model, audienceModelArn=fixtures.MISSING)
        except ClientError as error:
            response: dict[str, Any] = error.response
            return str(response["Error"]["Code"])
        return ""
