"""The same work, done with each client. Each has a module; only the worker of a competitor imports its module."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import Any, Protocol

__all__ = ["BASE", "COMPETITORS", "CONNECTIONS", "FLOOR", "OURS", "PEER", "Competitor", "load"]

OURS = "cleanroomsml-client"
BASE = "aiobotocore"
PEER = "capo-cleanroomsml"
FLOOR = "aiohttp + json.loads"

COMPETITORS = {
    OURS: "ours",
    BASE: "raw_aiobotocore",
    "aiobotocore + cattrs": "cattrs_by_hand",
    PEER: "capo",
    "boto3 in a thread": "threaded_boto3",
    FLOOR: "aiohttp_baseline",
}
"""Modules by name, in the order of their turns. The last one does the least work that aiohttp allows."""

CONNECTIONS = 50
"""How many connections each may open: our default."""


class Competitor(Protocol):
    """Each method does one piece of work and returns a value that proves it."""

    async def get_audience_model(self) -> str:
        """The model's name."""
        ...

    async def get_audience_generation_job(self) -> str:
        """The job's name."""
        ...

    async def get_trained_model(self) -> str:
        """The model's name."""
        ...

    async def page(self, size: int) -> Sequence[object]:
        """One page of audience models."""
        ...

    async def drain(self) -> Sequence[object]:
        """All audience models, from many pages."""
        ...

    async def create_training_dataset(self) -> str:
        """The dataset's ARN."""
        ...

    async def get_missing(self) -> str:
        """Return the error code of the response for a model that does not exist."""
        ...


def load(name: str, url: str) -> AbstractAsyncContextManager[Competitor]:
    """Return a context manager that connects a competitor to the server."""
    module: Any = import_module(f".{COMPETITORS[name]}", __name__)
    competitor: AbstractAsyncContextManager[Competitor] = module.connect(url)
    return competitor
