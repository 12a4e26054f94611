"""1,000 concurrent waits for a service that accepts 50 requests per second: `python -m benchmarks.waits`.

Every wait has to end with its model ACTIVE, however often it is throttled. The local service runs in a process of its
own; its clock is fast, so that training takes seconds.
"""

import argparse
import asyncio
import json
import logging
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import cleanroomsml_client as ml
from cleanroomsml_client.local import LocalService

from .processes import ENVIRONMENT, Process
from .report import machine, today

__all__: list[str] = []

_WAITS = 1_000
_REQUESTS_A_SECOND = 50
_SPEED = 60.0
"""Simulated seconds per real second: the ten minutes of training take ten seconds."""
_POLLING = ml.Polling(initial=1.0, maximum=10.0, timeout=300.0)

_RECORD = Path(__file__).with_name("waits.md")

_PAGE = """\
# {waits:,} concurrent waits

Measured by `make bench-waits` on {date}: `wait_for_audience_model` for {waits:,} models concurrently, on a local
service that accepts {limit} requests per second. Training takes {training:.0f} s, because the clock of the service is
fast. At this limit {waits:,} requests take {least:.0f} s: no client can be faster.

    {polling!r}

{machine}

{table}
"""


class _Result(NamedTuple):
    active: int
    counts: Counter[str]
    """Requests by outcome."""
    wall: float
    cpu: float
    memory: int
    """Peak memory of this process in bytes, imported modules included."""
    before: int
    """The same before the first wait."""


async def _serve() -> None:
    """Run the service in a process of its own; print its address and the models that are in training."""
    async with LocalService(rate_limit=_REQUESTS_A_SECOND, speed=_SPEED) as service:
        dataset = service.add_training_dataset()
        models = [
            service.add_audience_model(status="CREATE_PENDING", training_dataset_arn=dataset, name=f"model-{number}")
            for number in range(_WAITS)
        ]
        print(json.dumps([service.endpoint_url, models]), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def _peak_memory() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


async def _wait_for_all(url: str, models: list[str]) -> _Result:
    counts: Counter[str] = Counter()

    def note(attempt: ml.Attempt) -> None:
        counts["ok" if attempt.error is None else getattr(attempt.error, "code", type(attempt.error).__name__)] += 1

    async with ml.connect(endpoint_url=url, observer=note) as client:
        before = _peak_memory()
        wall, cpu = time.perf_counter(), time.process_time()
        waited = await asyncio.gather(
            *(ml.wait_for_audience_model(client, model, polling=_POLLING) for model in models)
        )
        return _Result(
            active=sum(model.status is ml.AudienceModelStatus.ACTIVE for model in waited),
            counts=counts,
            wall=time.perf_counter() - wall,
            cpu=time.process_time() - cpu,
            memory=_peak_memory(),
            before=before,
        )


def _table(result: _Result) -> str:
    outcomes = ", ".join(f"{number:,} {outcome}" for outcome, number in sorted(result.counts.items()))
    rows = {
        "waits that ended with the model ACTIVE": f"{result.active:,} of {_WAITS:,}",
        "requests": f"{result.counts.total():,}: {outcomes}",
        "time until the last wait ended": f"{result.wall:.1f} s",
        "CPU time of the client": f"{result.cpu:.1f} s, {result.cpu / result.counts.total() * 1e3:.1f} ms per request",
        "peak memory of the client": f"{result.memory / 1e6:.0f} MB; before the waits {result.before / 1e6:.0f} MB",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def main() -> None:
    """Wait, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waits", description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().serve:
        asyncio.run(_serve())
        return
    os.environ |= ENVIRONMENT
    # Thousands of requests are throttled here, as intended: do not print the warnings.
    logging.getLogger("cleanroomsml_client").addHandler(logging.NullHandler())
    with Process("waits", "--serve") as service:
        url, models = json.loads(service.read())
        result = asyncio.run(_wait_for_all(url, models))
    if result.active != _WAITS:
        sys.exit(f"only {result.active} of {_WAITS} waits ended with the model ACTIVE")
    table = _table(result)
    print(table)
    _RECORD.write_text(
        _PAGE.format(
            waits=_WAITS,
            date=today(),
            limit=_REQUESTS_A_SECOND,
            polling=_POLLING,
            training=600 / _SPEED,
            least=_WAITS / _REQUESTS_A_SECOND,
            machine=machine(),
            table=table,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
