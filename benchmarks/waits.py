"""What pacing saves, as counts and virtual seconds: `python -m benchmarks.waits`.

Every request is a real HTTP request to a local service in the same process; the event loop runs on virtual time, so
that the figures do not depend on the machine.
"""

import argparse
import asyncio
import gc
import logging
import os
import tracemalloc
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import attrs

import cleanroomsml_client as ml
from cleanroomsml_client.local import Clock, Delay, LocalService
from cleanroomsml_client.testing.event_loop import VirtualTimeLoop

from .processes import ENVIRONMENT
from .report import machine, today

__all__: list[str] = []

_WAITS = 1_000
_REQUESTS_A_SECOND = 50
_SPEED = 60.0
"""Simulated seconds per second of the event loop: the ten minutes of training take ten seconds."""
_POLLING = ml.Polling(initial=1.0, maximum=10.0)
_GETS = 1_000
_SECONDS_A_GET = 0.1
_QUEUED = 5_000

_T = TypeVar("_T")

_RECORD = Path(__file__).with_name("waits.md")

_PAGE = """\
# Pacing, in counts

Measured by `make bench-waits` on {date}. Seconds are seconds of the event loop, which runs on virtual time; the
requests are real.

{machine}

## {waits:,} concurrent waits

`wait_for_audience_model` for {waits:,} models concurrently, on a local service that accepts {limit} requests per
second. Training takes {training:.0f} s. At this limit {waits:,} requests take {least:.0f} s: no client can be faster.
After 5 s, one `get_audience_model` is called besides.

    {polling!r}

{table}

## Without throttling

{bulk}
"""


@attrs.frozen
class _Waits:
    """The outcome of all waits."""

    active: int
    counts: Counter[str]
    """Requests by outcome."""
    seconds: float
    """Until the last wait ended."""
    single: float
    """Seconds that the single get took."""

    def column(self) -> list[str]:
        """Return the cells of its column."""
        refused = self.counts.total() - self.counts["ok"]
        return [
            f"{self.active:,} of {_WAITS:,}",
            f"{self.counts.total():,}",
            f"{refused:,} ({refused / self.counts.total():.1%})",
            f"{self.single:.2f} s",
            f"{self.seconds:.0f} s",
        ]


_ROWS = (
    "waits that ended with the model ACTIVE",
    "requests",
    "refused",
    "the single get",
    "time until the last wait ended",
)


@asynccontextmanager
async def _service(rate_limit: float | None = None) -> AsyncGenerator[LocalService]:
    clock = Clock(speed=_SPEED, monotonic=asyncio.get_running_loop().time)
    async with LocalService(clock=clock, rate_limit=rate_limit) as service:
        yield service


async def _wait_for_all(pacing: ml.Pacing) -> _Waits:
    time = asyncio.get_running_loop().time
    counts: Counter[str] = Counter()

    def note(attempt: ml.Attempt) -> None:
        counts["ok" if attempt.error is None else getattr(attempt.error, "code", type(attempt.error).__name__)] += 1

    async with _service(_REQUESTS_A_SECOND) as service, service.connect(pacing=pacing, observer=note) as client:
        dataset = service.add_training_dataset()
        models = [
            service.add_audience_model(status="CREATE_PENDING", training_dataset_arn=dataset, name=f"model-{number}")
            for number in range(_WAITS)
        ]

        async def get_one() -> float:
            await asyncio.sleep(5)
            began = time()
            await ml.get_audience_model(client, models[0])
            return time() - began

        began = time()
        single = asyncio.create_task(get_one())
        waits = [ml.wait_for_audience_model(client, model, polling=_POLLING) for model in models]
        waited = await asyncio.gather(*waits)
        return _Waits(
            active=sum(model.status is ml.AudienceModelStatus.ACTIVE for model in waited),
            counts=counts,
            seconds=time() - began,
            single=await single,
        )


async def _get_all(pacing: ml.Pacing) -> float:
    """Return the seconds that many gets take that the service does not throttle."""
    time = asyncio.get_running_loop().time
    async with _service() as service, service.connect(pacing=pacing) as client:
        model = service.add_audience_model()
        service.inject(Delay(_SECONDS_A_GET), times=_GETS)
        began = time()
        await asyncio.gather(*(ml.get_audience_model(client, model) for _ in range(_GETS)))
        return time() - began


async def _bytes_of_a_task() -> float:
    """Return the memory of a task that waits for something."""
    forever = asyncio.Event()
    gc.collect()
    tracemalloc.start()
    tasks = [asyncio.create_task(forever.wait()) for _ in range(_QUEUED)]
    await asyncio.sleep(0)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    forever.set()
    await asyncio.gather(*tasks)
    return used / _QUEUED


async def _bytes_of_a_queued_call() -> float:
    """Return the memory of a call that is queued, its task included."""
    async with _service() as service, service.connect() as client:
        model = service.add_audience_model()
        await ml.get_audience_model(client, model)
        service.inject(Delay(1), times=17)
        # These are in progress while the memory of the others is measured.
        first = [asyncio.create_task(ml.get_audience_model(client, model)) for _ in range(17)]
        await asyncio.sleep(0.1)
        gc.collect()
        tracemalloc.start()
        queued = [asyncio.create_task(ml.get_audience_model(client, model)) for _ in range(_QUEUED)]
        await asyncio.sleep(0)
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        for task in [*queued, *first]:
            task.cancel()
        await asyncio.gather(*queued, *first, return_exceptions=True)
        return used / _QUEUED


def _table(paced: _Waits, unpaced: _Waits) -> str:
    rows = zip(_ROWS, paced.column(), unpaced.column(), strict=True)
    lines = [f"| {name} | {with_} | {without} |" for name, with_, without in rows]
    return "\n".join(["| | `Pacing()` | `NO_PACING` |", "|---|--:|--:|", *lines])


def _bulk(paced: float, unpaced: float, queued: float, task: float) -> str:
    gets = f"{_GETS:,} gets at once, {_SECONDS_A_GET * 1e3:.0f} ms each"
    return "\n".join(
        [
            "| | `Pacing()` | `NO_PACING` |",
            "|---|--:|--:|",
            f"| {gets} | {paced:.1f} s | {unpaced:.1f} s |",
            f"| memory of a call, of {_QUEUED:,} that are queued | {(queued - task) / 1e3:.1f} KB | |",
            f"| memory of its task, as of one that waits for an `asyncio.Event` | {task / 1e3:.1f} KB | |",
        ]
    )


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(work)


def main() -> None:
    """Measure, print, and write the page."""
    argparse.ArgumentParser(prog="python -m benchmarks.waits", description=__doc__).parse_args()
    os.environ |= ENVIRONMENT
    # Thousands of requests are throttled here, as intended: do not print the warnings.
    logging.getLogger("cleanroomsml_client").addHandler(logging.NullHandler())

    page = _PAGE.format(
        waits=_WAITS,
        date=today(),
        limit=_REQUESTS_A_SECOND,
        polling=_POLLING,
        training=600 / _SPEED,
        least=_WAITS / _REQUESTS_A_SECOND,
        machine=machine(),
        table=_table(_run(_wait_for_all(ml.Pacing())), _run(_wait_for_all(ml.NO_PACING))),
        bulk=_bulk(
            _run(_get_all(ml.Pacing())),
            _run(_get_all(ml.NO_PACING)),
            _run(_bytes_of_a_queued_call()),
            _run(_bytes_of_a_task()),
        ),
    )
    print(page)
    _RECORD.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
