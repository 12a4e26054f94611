"""A client of a scripted server, and an audience model for its responses."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from cleanroomsml_client._client import Client
from cleanroomsml_client._connect import connect
from tests.support.leaks import nothing_left_behind
from tests.support.wire import FaultServer, Script

__all__ = ["ARN", "DATASET", "MODEL", "serving"]

ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:audience-model/a1"
DATASET = "arn:aws:cleanrooms-ml:us-east-1:123456789012:training-dataset/d1"
MODEL: dict[str, Any] = {
    "audienceModelArn": ARN,
    "name": "a",
    "status": "ACTIVE",
    "trainingDatasetArn": DATASET,
    "createTime": "2024-01-02T03:04:05Z",
    "updateTime": "2024-01-02T03:04:05.678Z",
    "tags": {"team": "x"},
}


@asynccontextmanager
async def serving(*scripts: Script, **arguments: Any) -> AsyncGenerator[tuple[FaultServer, Client]]:
    """A server that plays these scripts, and a client of it."""
    async with (
        nothing_left_behind(),
        FaultServer(*scripts) as server,
        connect(endpoint_url=server.url, **arguments) as client,
    ):
        yield server, client
