"""The pieces of work that are measured, and the result that each must have."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from operator import methodcaller
from typing import NamedTuple

from . import fixtures
from .competitors import Competitor

__all__ = ["PAGE_SIZES", "WORK", "Work"]

PAGE_SIZES = (10, 100, 1_000, 10_000)

_AT_ONCE = 5_000
_LONG = 5_000
"""Work with more items than this is done less often."""


class Work(NamedTuple):
    """A piece of work."""

    title: str
    do: Callable[[Competitor], Awaitable[object]]
    result: object
    """What every competitor must return."""
    times: int
    """How many times a competitor does it in a turn: enough to fill the processor's caches, and few enough that some
    turns meet no other load."""
    every: int = 1
    """It is done in every n-th round only, because it takes long."""
    calls: int = 1
    """How many calls it makes at once; the cost of one is shown."""

    @property
    def counted(self) -> int:
        """How many times it is done while instructions are counted: these vary little."""
        return max(1, self.times * 2 // 5)


async def _page(size: int, competitor: Competitor) -> int:
    return len(await competitor.page(size))


async def _drain(competitor: Competitor) -> int:
    return len(await competitor.drain())


async def _burst(competitor: Competitor) -> set[str]:
    return set(await asyncio.gather(*(competitor.get_audience_model() for _ in range(_AT_ONCE))))


WORK = {
    "get": Work("get_audience_model", methodcaller("get_audience_model"), fixtures.AUDIENCE_MODEL["name"], 100),
    "get-job": Work(
        "get_audience_generation_job",
        methodcaller("get_audience_generation_job"),
        fixtures.AUDIENCE_GENERATION_JOB["name"],
        50,
    ),
    "get-largest": Work(
        "get_trained_model, maximum size",
        methodcaller("get_trained_model"),
        fixtures.TRAINED_MODEL["name"],
        50,
    ),
    "create": Work(
        "create_training_dataset, nested",
        methodcaller("create_training_dataset"),
        fixtures.DATASET_ARN,
        50,
    ),
    "error": Work("an error response", methodcaller("get_missing"), "ResourceNotFoundException", 50),
    "burst": Work(
        f"get_audience_model, each of {_AT_ONCE:,} at once",
        _burst,
        {fixtures.AUDIENCE_MODEL["name"]},
        1,
        every=4,
        calls=_AT_ONCE,
    ),
    **{
        f"page-{size}": Work(
            f"a list page of {size:,}", partial(_page, size), size, max(1, 2_000 // size), max(1, size // _LONG)
        )
        for size in PAGE_SIZES
    },
    "drain": Work(
        f"{fixtures.ITEMS:,} summaries over 100 pages", _drain, fixtures.ITEMS, 1, every=fixtures.ITEMS // _LONG
    ),
}
"""Pieces of work by the name that commands use."""
