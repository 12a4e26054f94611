"""Runs a competitor in a process of its own: `python -m benchmarks.worker COMPETITOR URL`.

It prints the cost of its first response, and then executes commands, a line of JSON each, until its standard input is
closed.
"""

import asyncio
import gc
import json
import sys
import time
import tracemalloc
from typing import Any

from .competitors import Competitor, load
from .workloads import WORK, Work

_HOLDS = 10
"""How many copies of all summaries are held."""


async def _measure(competitor: Competitor, work: Work) -> dict[str, float]:
    """Return the CPU seconds of all threads and the wall seconds for doing the work once."""
    # The server may have closed a connection that was idle for too long.
    await competitor.get_audience_model()
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(work.times):
        result = await work.do(competitor)
        if result != work.result:
            raise ValueError(f"{work.title}: {work.result!r} expected, not {result!r}")
    return {
        "cpu": (time.process_time() - cpu) / work.times,
        "wall": (time.perf_counter() - wall) / work.times,
    }


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
            command: dict[str, Any] = json.loads(line)
            if "work" in command:
                _print(await _measure(competitor, WORK[command["work"]]))
            else:
                _print(await _hold(competitor))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
