"""A competitor in a process of its own: `python -m benchmarks.worker COMPETITOR URL`.

It prints what its first response has cost, and then executes commands, line by line as JSON, until its
standard input is closed.
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
"""How many times all summaries are held at once."""


async def _measure(competitor: Competitor, work: Work) -> dict[str, float]:
    """CPU and wall seconds for doing it once; CPU is that of all threads."""
    # The connection may have been idle for too long.
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
    """Bytes that a held summary takes."""
    await competitor.drain()
    gc.collect()
    tracemalloc.start()
    held = [await competitor.drain() for _ in range(_HOLDS)]
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"bytes": taken / sum(len(summaries) for summaries in held)}


def _tell(figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)


async def main(name: str, url: str) -> None:
    """Work until nobody asks any more."""
    async with load(name, url) as competitor:
        await competitor.get_audience_model()
        _tell({"cpu": time.process_time()})
        # Nothing else is to happen in this process while it waits for its turn.
        for line in sys.stdin:
            command: dict[str, Any] = json.loads(line)
            if "work" in command:
                _tell(await _measure(competitor, WORK[command["work"]]))
            else:
                _tell(await _hold(competitor))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
