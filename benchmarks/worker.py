"""Runs a competitor in a process of its own: `python -m benchmarks.worker COMPETITOR URL`.

It prints the cost of its first response, and then executes commands, a line of JSON each, until its standard input is
closed.
"""

import asyncio
import gc
import json
import os
import sys
import time
import tracemalloc

from .competitors import Competitor, load
from .workloads import WORK, Work

__all__ = ["MARK"]

MARK = "getsid"
"""Under callgrind, a call of this function of libc ends what is counted; Python does not call it otherwise."""

_HOLDS = 10
"""How many copies of all summaries are held."""


def _mark() -> None:
    getattr(os, MARK)(0)


async def _measure(competitor: Competitor, work: Work) -> dict[str, float]:
    """Return the CPU seconds of all threads for one call."""
    # The server may have closed a connection that was idle for too long.
    await competitor.get_audience_model()
    gc.collect()
    started = time.process_time()
    await _repeat(competitor, work, work.times)
    return {"cpu": (time.process_time() - started) / (work.times * work.calls)}


async def _count(competitor: Competitor, work: Work) -> dict[str, float]:
    """Do the work between two marks of callgrind, after twice as much work that fills caches."""
    await competitor.get_audience_model()
    if work.calls == 1:
        await _repeat(competitor, work, 2 * work.counted)
    gc.collect()
    _mark()
    await _repeat(competitor, work, work.counted)
    _mark()
    return {}


async def _repeat(competitor: Competitor, work: Work, times: int) -> None:
    for _ in range(times):
        result = await work.do(competitor)
        if result != work.result:
            raise ValueError(f"{work.title}: {work.result!r} expected, not {result!r}")


async def _hold(competitor: Competitor) -> dict[str, float]:
    """Return the bytes that a held summary takes."""
    await competitor.drain()
    gc.collect()
    tracemalloc.start()
    held = [await competitor.drain() for _ in range(_HOLDS)]
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"bytes": taken / sum(len(summaries) for summaries in held)}


def _print(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


async def main(name: str, url: str) -> None:
    """Execute commands until the input ends."""
    async with load(name, url) as competitor:
        await competitor.get_audience_model()
        _print({"cpu": time.process_time()})
        # This blocks the event loop, so that nothing else runs while another competitor has its turn.
        for line in sys.stdin:
            match json.loads(line):
                case {"work": str(name)}:
                    _print(await _measure(competitor, WORK[name]))
                case {"count": str(name)}:
                    _print(await _count(competitor, WORK[name]))
                case {"mark": True}:
                    _mark()
                    _print({})
                case _:
                    _print(await _hold(competitor))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
