"""The least work of a client built on aiohttp: no signature, no checks, no types."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import aiohttp

from .. import fixtures
from . import CONNECTIONS

__all__ = ["connect"]


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["AiohttpBaseline"]:
    """Open a plain session, with as many connections as every competitor."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(base_url=url, connector=connector) as session:
        yield AiohttpBaseline(session)


class AiohttpBaseline:
    """Sends a request and calls json.loads."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def _get(self, target: str) -> Any:  # noqa: ANN401  # JSON
        async with self._session.get(target) as response:
            return json.loads(await response.read())

    async def get_audience_model(self) -> str:
        """The name, from a dict."""
        model = await self._get(f"/audience-model/{quote(fixtures.AUDIENCE_MODEL['audienceModelArn'], safe='')}")
        return str(model["name"])

    async def get_audience_generation_job(self) -> str:
        """The name, from a dict."""
        arn = quote(fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"], safe="")
        return str((await self._get(f"/audience-generation-job/{arn}"))["name"])

    async def get_trained_model(self) -> str:
        """The name, from a dict."""
        arn = quote(fixtures.TRAINED_MODEL["trainedModelArn"], safe="")
        return str((await self._get(f"/memberships/{fixtures.MEMBERSHIP}/trained-models/{arn}"))["name"])

    async def page(self, size: int) -> Sequence[object]:
        """Dicts."""
        models: list[object] = (await self._get(f"/audience-model?maxResults={size}"))["audienceModels"]
        return models

    async def drain(self) -> Sequence[object]:
        """Dicts."""
        models: list[object] = []
        target = "/audience-model"
        while True:
            page = await self._get(target)
            models += page["audienceModels"]
            if "nextToken" not in page:
                return models
            target = f"/audience-model?nextToken={page['nextToken']}"

    async def create_training_dataset(self) -> str:
        """The ARN; the request is a dict."""
        document = {"name": "interactions", "roleArn": fixtures.ROLE, "trainingData": [fixtures.TRAINING_DATA]}
        async with self._session.post("/training-dataset", data=json.dumps(document)) as response:
            return str(json.loads(await response.read())["trainingDatasetArn"])

    async def get_missing(self) -> str:
        """The error code, from a header: aiohttp raises nothing."""
        async with self._session.get(f"/audience-model/{quote(fixtures.MISSING, safe='')}") as response:
            json.loads(await response.read())
            return response.headers["x-amzn-ErrorType"]
