"""Python function calls of our client and of raw aiobotocore: counts, which do not depend on the machine's load.

`python -m benchmarks.call_counts` prints all calls of both, their ratio, and the calls of functions of this package,
which tests/test_call_counts.py compares with its ceilings.
"""

import asyncio
import gc
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

import attrs
from aiobotocore.awsrequest import AioAWSResponse
from botocore.awsrequest import HeadersDict

import cleanroomsml_client as ml

from .competitors import BASE, OURS, Competitor
from .competitors.ours import Ours
from .competitors.raw_aiobotocore import RawAiobotocore, create_client
from .fixtures import http_response
from .processes import ENVIRONMENT
from .run import IMPORTS

__all__ = ["Counts", "calls_of", "competitors", "count_all", "count_own"]

_SERVER = "http://127.0.0.1:9"
"""Receives no request: a `before-send` handler returns the responses."""


@attrs.frozen
class _Body:
    """The body of a response, as aiobotocore reads it."""

    content: bytes

    async def read(self) -> bytes:
        return self.content


def _respond(request: Any, **_more: object) -> Any:  # noqa: ANN401  # botocore's classes are untyped
    """Return a response in place of the network, as a `before-send` handler: nothing varies with time."""
    url = urlsplit(str(request.url))
    head, _, body = http_response(request.method, f"{url.path}?{url.query}").partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    headers: Any = HeadersDict(field.split(": ", 1) for field in fields)
    return AioAWSResponse(request.url, int(status.split()[1]), headers, _Body(body))


@asynccontextmanager
async def competitors() -> AsyncGenerator[tuple[Competitor, Competitor]]:
    """Yield our client and raw aiobotocore; a handler returns their responses."""
    async with ml.connect(endpoint_url=_SERVER) as client, create_client(_SERVER) as aws:
        for events in (client.aws.meta.events, aws.meta.events):
            events.register("before-send.cleanroomsml", _respond)
        yield Ours(client), RawAiobotocore(aws)


async def calls_of(work: Callable[[], Awaitable[object]]) -> Counter[str]:
    """Return how many Python functions of each package are called, after three calls that fill caches."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            # cattrs generates code without a module name, for our classes.
            calls[frame.f_globals.get("__name__", ml.__name__).partition(".")[0]] += 1

    for _ in range(3):
        await work()
    # Garbage collection can call functions at any time.
    gc.disable()
    sys.setprofile(note)
    try:
        await work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls


@attrs.frozen(kw_only=True)
class Counts:
    """Function calls of each piece of work."""

    get: int
    pages: tuple[int, int, int]
    """Pages of 100, 200 and 300 summaries."""
    error: int
    create: int
    connect: int
    """Making a client and closing it."""
    imported: int
    """Importing what a get needs, in a new process."""

    @property
    def item(self) -> float:
        """Function calls of one more summary on a page."""
        return (self.pages[1] - self.pages[0]) / 100


_COUNT_IMPORT = """\
import sys
calls = 0
def note(frame, event, argument):
    global calls
    calls += event == "call" and frame.f_globals.get("__name__", "").startswith({prefix!r})
sys.setprofile(note)
{statement}
sys.setprofile(None)
print(calls)
"""


def _count_import(statement: str, package: str | None) -> int:
    command = [sys.executable, "-c", _COUNT_IMPORT.format(statement=statement, prefix=package or "")]
    # Twice, because the first import also writes the compiled modules.
    outputs = [subprocess.check_output(command, env=ENVIRONMENT) for _ in range(2)]  # noqa: S603  # our own program
    return int(outputs[-1])


async def _counts(
    competitor: Competitor,
    connect: Callable[[str], AbstractAsyncContextManager[object]],
    statement: str,
    package: str | None,
) -> Counts:
    async def connect_once() -> None:
        async with connect(_SERVER):
            pass

    async def count(work: Callable[[], Awaitable[object]]) -> int:
        calls = await calls_of(work)
        return calls.total() if package is None else calls[package]

    first, second, third = [await count(partial(competitor.page, size)) for size in (100, 200, 300)]
    return Counts(
        get=await count(competitor.get_audience_model),
        pages=(first, second, third),
        error=await count(competitor.get_missing),
        create=await count(competitor.create_training_dataset),
        connect=await count(connect_once),
        imported=_count_import(statement, package),
    )


async def count_own() -> Counts:
    """Return how many functions of this package our client calls; those of its dependencies are not counted."""
    async with competitors() as (ours, _):
        return await _of_ours(ours, ml.__name__)


async def count_all() -> tuple[Counts, Counts]:
    """Return how many functions our client and raw aiobotocore call."""
    async with competitors() as (ours, base):
        return await _of_ours(ours, None), await _counts(base, create_client, IMPORTS[BASE], None)


async def _of_ours(ours: Competitor, package: str | None) -> Counts:
    statement = IMPORTS[f"{OURS}, with one function"]
    return await _counts(ours, lambda url: ml.connect(endpoint_url=url), statement, package)


def main() -> None:
    """Print the current numbers."""
    os.environ |= ENVIRONMENT
    ours, base = asyncio.run(count_all())
    own = asyncio.run(count_own())
    print(f"{'':16} {'ours':>8} {'base':>8}  ratio {'own':>8}")
    for name, mine, theirs, of_package in (
        ("get", ours.get, base.get, own.get),
        ("page of 100", ours.pages[0], base.pages[0], own.pages[0]),
        ("one more item", ours.item, base.item, own.item),
        ("error", ours.error, base.error, own.error),
        ("create", ours.create, base.create, own.create),
        ("connect", ours.connect, base.connect, own.connect),
        ("import", ours.imported, base.imported, own.imported),
    ):
        print(f"{name:16} {mine:8g} {theirs:8g}  {mine / theirs:.3f} {of_package:8g}")


if __name__ == "__main__":
    main()
