"""What our client costs in addition to aiobotocore: `python -m benchmarks.overhead`.

aiobotocore builds and signs the request. The same calls are made in four ways, in turn: with our client; with our
client, whose bodies only `json.loads` reads; with all of aiobotocore, whose parser gets an empty body; and with
aiobotocore unchanged. Then the function calls are counted, by package.
"""

import asyncio
import gc
import json
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cleanroomsml_client as ml

from .call_counts import calls_of, competitors
from .competitors.raw_aiobotocore import create_client
from .fixtures import AUDIENCE_MODEL
from .processes import ENVIRONMENT, Stub
from .report import machine, table, today

__all__: list[str] = []

_ARN: str = AUDIENCE_MODEL["audienceModelArn"]
_ROUNDS = 40
_CALLS = 20
_RECORD = Path(__file__).with_name("overhead.md")

_PAGE = """\
# Overhead

Measured by `make bench-overhead` on {date}.

{machine}

## Time

CPU time of the client for one call, the best of {rounds} rounds, and its ratio to that of aiobotocore. "Untyped" is a
call of our client whose body is read by `json.loads`: no classes, no retries, no timeout. "Unparsed" does the same with
aiobotocore's endpoint, whose parser gets an empty body: no client that uses this endpoint can cost less.

{times}

## Function calls

Python function calls of one call, by the package that defines the function. Those of aiohttp are not included: a
handler returns the response before a request is sent.

{calls}
"""

Work = Callable[[], Awaitable[object]]
_WAYS = ("ours", "untyped", "unparsed", "aiobotocore")
_MOST = 6
"""How many packages have a column."""


def _drop_body(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_more: object) -> None:
    customized_response_dict["body"] = response_dict["body"]
    response_dict["body"] = b""


def _works(client: ml.Client, unparsed: Any, raw: Any) -> Mapping[str, Sequence[Work]]:  # noqa: ANN401  # aiobotocore is untyped
    async def untyped_get(aws: Any) -> object:  # noqa: ANN401  # aiobotocore is untyped
        return _document(await aws.get_audience_model(audienceModelArn=_ARN))

    async def untyped_page(aws: Any) -> object:  # noqa: ANN401  # aiobotocore is untyped
        return _document(await aws.list_audience_models(maxResults=100))

    async def page() -> object:
        return await anext(ml.list_audience_models(client, page_size=100).pages())

    return {
        "get_audience_model": (
            lambda: ml.get_audience_model(client, _ARN),
            partial(untyped_get, client.aws),
            partial(untyped_get, unparsed),
            lambda: raw.get_audience_model(audienceModelArn=_ARN),
        ),
        "a list page of 100": (
            page,
            partial(untyped_page, client.aws),
            partial(untyped_page, unparsed),
            lambda: raw.list_audience_models(maxResults=100),
        ),
    }


def _document(parsed: Mapping[str, object]) -> object:
    """Return the body, which is the only value that is still bytes, as JSON."""
    return next(json.loads(value) for value in parsed.values() if isinstance(value, bytes))


async def _cost(work: Work) -> float:
    """Return the seconds of CPU time of one call."""
    await work()
    gc.collect()
    started = time.process_time()
    for _ in range(_CALLS):
        await work()
    return (time.process_time() - started) / _CALLS


async def _times(url: str) -> str:
    async with ml.connect(endpoint_url=url) as client, create_client(url) as unparsed, create_client(url) as raw:
        unparsed.meta.events.register("before-parse.cleanroomsml", _drop_body)
        works = _works(client, unparsed, raw)
        best: dict[tuple[str, str], float] = {}
        for _ in range(_ROUNDS):
            for name, works_of_it in works.items():
                for way, work in zip(_WAYS, works_of_it, strict=True):
                    best[name, way] = min(await _cost(work), best.get((name, way), float("inf")))
    rows = [
        [name, *(f"{best[name, way] * 1e6:,.0f} µs ({best[name, way] / best[name, _WAYS[-1]]:.3f})" for way in _WAYS)]
        for name in works
    ]
    return table(["", *_WAYS], rows)


async def _calls() -> str:
    async with competitors() as (ours, base):
        works: dict[str, Work] = {
            "get, ours": ours.get_audience_model,
            "get, aiobotocore": base.get_audience_model,
            "page of 100, ours": partial(ours.page, 100),
            "page of 100, aiobotocore": partial(base.page, 100),
        }
        calls = {name: await calls_of(work) for name, work in works.items()}
    packages = [package for package, _ in sum(calls.values(), Counter[str]()).most_common(_MOST)]
    rows = [
        [name, *(f"{of[package]:,}" for package in packages), f"{of.total() - sum(of[one] for one in packages):,}"]
        for name, of in calls.items()
    ]
    return table(["", *packages, "others"], rows)


def main() -> None:
    """Measure, print, and write the page."""
    os.environ |= ENVIRONMENT
    with Stub() as stub:
        times = asyncio.run(_times(stub.url))
    calls = asyncio.run(_calls())
    print(times, calls, sep="\n\n")
    page = _PAGE.format(date=today(), rounds=_ROUNDS, machine=machine(), times=times, calls=calls)
    _RECORD.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
