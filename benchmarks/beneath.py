"""How near our calls are to the least that they can cost through aiobotocore: `python -m benchmarks.beneath`.

Beneath our classes there is still aiobotocore: it builds, signs and sends the request. What that costs, with the body
read as plain JSON and nothing else, no typed client on top of it can undercut. Three ways to do the same work, in turn.
"""

import asyncio
import gc
import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import cleanroomsml_client as ml

from .answers import AUDIENCE_MODEL
from .competitors.raw_aiobotocore import create_client
from .processes import ENVIRONMENT, Stub
from .report import machine, today

__all__: list[str] = []

_ARN: str = AUDIENCE_MODEL["audienceModelArn"]
_ROUNDS = 40
_CALLS = 8
_RECORD = Path(__file__).with_name("beneath.md")

_PAGE = """\
# What is beneath

As measured by `make bench-beneath` on {date}: CPU time of the client for one call, best of {rounds} rounds in turn.
"beneath" is aiobotocore's request, built, signed and sent as ours is, and the body read by `json.loads`: no class, no
retry, no deadline. A ratio to raw aiobotocore below its own is out of reach for whatever calls aiobotocore.

{machine}

{table}
"""

Work = Callable[[], Awaitable[object]]


def _works(client: ml.Client, raw: Any) -> Mapping[str, Mapping[str, Work]]:  # noqa: ANN401  # aiobotocore is untyped
    async def ours_page() -> object:
        return await anext(aiter(ml.list_audience_models(client, page_size=100).pages()))

    async def beneath_get() -> object:
        return _document(await client.aws.get_audience_model(audienceModelArn=_ARN))

    async def beneath_page() -> object:
        return _document(await client.aws.list_audience_models(maxResults=100))

    return {
        "get_audience_model": {
            "ours": lambda: ml.get_audience_model(client, _ARN),
            "beneath": beneath_get,
            "aiobotocore": lambda: raw.get_audience_model(audienceModelArn=_ARN),
        },
        "a list page of 100": {
            "ours": ours_page,
            "beneath": beneath_page,
            "aiobotocore": lambda: raw.list_audience_models(maxResults=100),
        },
    }


def _document(answer: Mapping[str, object]) -> object:
    """What a client of ours keeps from botocore's parser: the body as it came."""
    return next(json.loads(value) for value in answer.values() if isinstance(value, bytes))


async def _cost(work: Work) -> float:
    """Seconds of CPU time for one call."""
    await work()
    gc.collect()
    began = time.process_time()
    for _ in range(_CALLS):
        await work()
    return (time.process_time() - began) / _CALLS


async def _measure(url: str) -> str:
    async with ml.connect(endpoint_url=url) as client, create_client(url) as raw:
        works = _works(client, raw)
        best: dict[tuple[str, str], float] = {}
        for _ in range(_ROUNDS):
            for name, ways in works.items():
                for way, work in ways.items():
                    best[name, way] = min(await _cost(work), best.get((name, way), float("inf")))
    head = "| | ours | beneath | aiobotocore | ours / aiobotocore | beneath / aiobotocore |"
    rows = [head, "|---|--:|--:|--:|--:|--:|"]
    for name in works:
        ours, beneath, raw_cost = (best[name, way] for way in ("ours", "beneath", "aiobotocore"))
        costs = " | ".join(f"{cost * 1e6:,.0f} µs" for cost in (ours, beneath, raw_cost))
        rows.append(f"| {name} | {costs} | {ours / raw_cost:.3f} | {beneath / raw_cost:.3f} |")
    return "\n".join(rows)


def main() -> None:
    """Measure, print, and record."""
    os.environ |= ENVIRONMENT
    with Stub() as stub:
        table = asyncio.run(_measure(stub.url))
    print(table)
    page = _PAGE.format(date=today(), rounds=_ROUNDS, machine=machine(), table=table)
    _RECORD.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
