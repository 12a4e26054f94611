"""One run: several rounds, in each of which every competitor has a turn; then instructions are counted."""

import sys
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

from .competitors import BASE, FLOOR, OURS, PEER
from .figures import Figures
from .instructions import CountedWorker
from .processes import Stub, Worker, seconds_to_import
from .workloads import WORK

__all__ = ["ALONE", "COUNTED", "COUNTED_WORK", "IMPORTS", "count", "run"]

IMPORTS = {
    OURS: "from cleanroomsml_client import connect",
    f"{OURS}, with one function": "from cleanroomsml_client import connect, get_audience_model",
    BASE: "from aiobotocore.session import get_session",
    PEER: "from capo_cleanroomsml import AsyncCleanRoomsMLClient",
    "boto3 in a thread": "import boto3",
    FLOOR: "import aiohttp",
}
"""The import statement of each."""

_HOLDERS = (OURS, BASE, PEER, FLOOR)
"""The competitors whose values are measured: each returns a type of its own."""

_LIFE = 5
"""Rounds of a process. Its memory layout makes a process faster or slower for its whole life."""

ALONE = ("cold-start", "import", "memory")
"""Measured in new processes, in addition to the pieces of work."""


COUNTED = (OURS, BASE, PEER, FLOOR)
COUNTED_WORK = ("get", "create", "error", "page-100", "burst")
"""Whose instructions are counted, and in what: counting takes long."""


def run(figures: Figures, rounds: int, starts: int, wanted: Collection[str], competitors: Collection[str]) -> None:
    """Measure the wanted pieces of work, and the wanted ones of ALONE."""
    with Stub() as stub:
        _work(figures, stub.url, rounds, [name for name in WORK if name in wanted], competitors)
        for number in range(1, starts + 1):
            if "cold-start" in wanted:
                _progress(f"cold start {number} of {starts}")
                _cold_start(figures, stub.url, competitors)
            if "import" in wanted:
                _progress(f"import {number} of {starts}")
                for competitor, statement in IMPORTS.items():
                    figures.add("import", competitor, seconds_to_import(statement))
        if "memory" in wanted:
            _memory(figures, stub.url)


def count(figures: Figures, wanted: Collection[str], competitors: Collection[str]) -> None:
    """Count the instructions of a start, and of the wanted pieces of work; of two competitors at a time."""
    with Stub() as stub, ThreadPoolExecutor(max_workers=2) as pool:
        for _ in pool.map(partial(_count, figures, stub.url, [name for name in WORK if name in wanted]), competitors):
            pass


def _count(figures: Figures, url: str, names: Collection[str], competitor: str) -> None:
    # The first process after a change of its code also compiles it.
    with Worker(competitor, url):
        pass
    _progress(f"instructions of {competitor}: cold start")
    with CountedWorker(competitor, url) as worker:
        figures.add("cold-start", competitor, {"instructions": worker.start})
        for name in names:
            _progress(f"instructions of {competitor}: {name}")
            figures.add(name, competitor, {"instructions": worker.count(name, WORK[name])})


def _work(figures: Figures, url: str, rounds: int, names: Collection[str], competitors: Collection[str]) -> None:
    if not names:
        return
    for first in range(1, rounds + 1, _LIFE):
        with ExitStack() as stack:
            workers = {name: stack.enter_context(Worker(name, url)) for name in competitors}
            for number in range(first, min(first + _LIFE, rounds + 1)):
                _progress(f"round {number} of {rounds}")
                _round(figures, workers, [name for name in names if number % WORK[name].every == 0])


def _round(figures: Figures, workers: Mapping[str, Worker], names: Collection[str]) -> None:
    for name in names:
        for competitor, worker in workers.items():
            figures.add(name, competitor, worker.ask(work=name))


def _cold_start(figures: Figures, url: str, competitors: Collection[str]) -> None:
    for competitor in competitors:
        with Worker(competitor, url) as worker:
            figures.add("cold-start", competitor, worker.cold_start)


def _memory(figures: Figures, url: str) -> None:
    for competitor in _HOLDERS:
        _progress(f"memory of {competitor}")
        with Worker(competitor, url) as worker:
            figures.add("memory", competitor, worker.ask(hold=True))


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
