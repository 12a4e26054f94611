"""The results as tables: for the terminal, and as pages."""

import os
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from .competitors import BASE, COMPETITORS, OURS
from .figures import Figures, Unit
from .goals import TARGETS
from .run import IMPORTS
from .workloads import WORK

__all__ = ["machine", "page", "table", "tables", "today", "users_page"]

_PACKAGES = ("cleanroomsml-client", "aiobotocore", "botocore", "aiohttp", "cattrs", "boto3", "capo-cleanroomsml")

_USERS_PAGE = """\
# How fast

![The CPU time of a call, by client](../_static/speed.svg)

With raw aiobotocore as 100 %, the CPU time of a call is {get} for `get_audience_model`, {create} for a create with
nested input, and {page} for a list page of 100 items. botocore parses JSON into dicts and then converts each timestamp;
this library reads the JSON [straight into its classes](codec.md). What remains is mostly signing and HTTP, which
aiobotocore does for both. The figures are from one run of `make bench` on {date}, on a machine with {cores} cores;
absolute times differ on yours, the ratios hardly. `benchmarks/speed.md` in the source has all figures, of start, memory
and other clients, and how they were measured.
"""

_PAGE = """\
# Speed

What a call costs its process, compared with raw aiobotocore and other clients. All figures come from one run
of `{command}` on {date}: one process per competitor, and one for the server, which responds from memory over loopback.
The competitors take turns (A B C A B C ...), in new processes every few rounds, and the best of {rounds} rounds counts,
because slower ones contain noise of the machine. Every competitor signs its requests, except the last one, which does
the least work that aiohttp allows. Absolute times hold for this machine only; ratios are similar on others.

{machine}

## CPU time of the client

For one call, or for one unit of the work that the row names.

{cpu}

## Wall time

The same work in wall time, which includes the time of the server and of the loopback interface.

{wall}

## Start and memory

CPU time from the start of the process to the first response, CPU time of the import alone, and the memory of a summary
while 100,000 are held, in a process whose time zone is UTC. In other time zones the summaries of aiobotocore and boto3
are smaller, because botocore's datetimes then share one time zone object.

{start}

## Targets

{targets}

Our client calls aiobotocore, which builds and signs the request. `make bench-overhead` measures what that costs, and
which packages do the rest of the work: see overhead.md.
"""


def tables(figures: Figures) -> str:
    """Return all measured values, for the terminal."""
    parts = {
        "CPU time": _work_table(figures, "cpu"),
        "Wall time": _work_table(figures, "wall"),
        "Start and memory": _start_table(figures),
        "Targets": _target_table(figures),
    }
    return "\n".join(f"{title}\n\n{table}\n" for title, table in parts.items() if table)


def users_page(figures: Figures) -> str:
    """Return the page of the documentation, in MyST: one chart and one paragraph."""

    def percent(work: str) -> str:
        ours, base = figures.get(work, OURS, "cpu"), figures.get(work, BASE, "cpu")
        return "not measured" if ours is None or base is None else f"{ours / base:.0%}".replace("%", " %")

    return _USERS_PAGE.format(
        get=percent("get"), create=percent("create"), page=percent("page-100"), date=today(), cores=os.cpu_count()
    )


def page(figures: Figures, rounds: int) -> str:
    """Return all figures as a page for developers."""
    return _PAGE.format(
        command="make bench",
        date=today(),
        rounds=rounds,
        machine=machine(),
        cpu=_work_table(figures, "cpu"),
        wall=_work_table(figures, "wall"),
        start=_start_table(figures),
        targets=_target_table(figures),
    )


def _work_table(figures: Figures, unit: Unit) -> str:
    rows = [
        [work.title, *(_cell(figures.get(name, competitor, unit), _duration) for competitor in COMPETITORS)]
        for name, work in WORK.items()
        if figures.get(name, OURS, unit) is not None
    ]
    return table(["", *COMPETITORS], rows)


def _start_table(figures: Figures) -> str:
    rows = [
        [
            name,
            _cell(figures.get("cold-start", name, "cpu"), _duration),
            _cell(figures.get("import", name, "cpu"), _duration),
            _cell(figures.get("memory", name, "bytes"), _bytes),
        ]
        # Each name once, in order.
        for name in dict.fromkeys([*IMPORTS, *COMPETITORS])
    ]
    return table(["", "cold start", "import", "a held summary"], rows)


def _target_table(figures: Figures) -> str:
    rows: list[list[str]] = []
    for target in TARGETS:
        if (ratio := target.ratio(figures)) is not None:
            reached = "yes" if ratio <= target.at_most else "**no**"
            rows.append([target.title, target.against, f"{target.at_most:.2f}", f"{ratio:.3f}", reached])
    return table(["", "times", "at most", "measured", "reached"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the rows that have values as a Markdown table with aligned columns; empty if there are none."""
    rows = [row for row in rows if any(row[1:])]
    if not rows:
        return ""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| " + " | ".join([cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])]) + " |"
        for cells in [head, rule, *rows]
    )


def _cell(value: float | None, text: Callable[[float], str]) -> str:
    return "" if value is None else text(value)


_SHOWN_AS_MILLISECONDS = 0.01


def _duration(seconds: float) -> str:
    return f"{seconds * 1e3:,.1f} ms" if seconds >= _SHOWN_AS_MILLISECONDS else f"{seconds * 1e6:,.0f} µs"


def _bytes(number: float) -> str:
    return f"{number:,.0f} B"


def today() -> str:
    """Return the date of the run."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Return the machine, and the versions of Python and of the packages."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"
    return f"{machine}; Python {platform.python_version()}; {versions}."


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
