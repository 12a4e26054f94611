"""aiobotocore and the dicts it returns."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from .. import fixtures
from . import CONNECTIONS

__all__ = ["RawAiobotocore", "connect", "create_client"]


def create_client(url: str) -> Any:  # noqa: ANN401  # aiobotocore is untyped
    """Return a client with default settings, except for the number of connections of every competitor."""
    config = AioConfig(max_pool_connections=CONNECTIONS)
    return get_session().create_client("cleanroomsml", endpoint_url=url, config=config)


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["RawAiobotocore"]:
    """Connect as a user would."""
    async with create_client(url) as aws:
        yield RawAiobotocore(aws)


class RawAiobotocore:
    """Calls methods that botocore generates at run time."""

    def __init__(self, aws: Any) -> None:  # noqa: ANN401  # aiobotocore is untyped
        self._aws = aws

    async def get_audience_model(self) -> str:
        """The name, from a dict."""
        arn = fixtures.AUDIENCE_MODEL["audienceModelArn"]
        model: dict[str, Any] = await self._aws.get_audience_model(audienceModelArn=arn)
        return str(model["name"])

    async def get_audience_generation_job(self) -> str:
        """The name, from a dict."""
        arn = fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"]
        job: dict[str, Any] = await self._aws.get_audience_generation_job(audienceGenerationJobArn=arn)
        return str(job["name"])

    async def get_trained_model(self) -> str:
        """The name, from a dict."""
        model: dict[str, Any] = await self._aws.get_trained_model(
            membershipIdentifier=fixtures.MEMBERSHIP, trainedModelArn=fixtures.TRAINED_MODEL["trainedModelArn"]
        )
        return str(model["name"])

    async def page(self, size: int) -> Sequence[object]:
        """Dicts."""
        page: dict[str, Any] = await self._aws.list_audience_models(maxResults=size)
        models: list[object] = page["audienceModels"]
        return models

    async def drain(self) -> Sequence[object]:
        """Dicts."""
        models: list[object] = []
        async for page in self._aws.get_paginator("list_audience_models").paginate():
            models.extend(page["audienceModels"])
        return models

    async def create_training_dataset(self) -> str:
        """The ARN; the request is a dict."""
        created: dict[str, Any] = await self._aws.create_training_dataset(
            name="interactions", roleArn=fixtures.ROLE, trainingData=[fixtures.TRAINING_DATA]
        )
        return str(created["trainingDatasetArn"])

    async def get_missing(self) -> str:
        """Return the code of the ClientError."""
        try:
            await self._aws.get_audience_model(audienceModelArn=fixtures.MISSING)
        except ClientError as error:
            response: dict[str, Any] = error.response
            return str(response["Error"]["Code"])
        return ""
