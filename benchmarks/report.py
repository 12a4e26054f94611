"""The results as tables: for the terminal, and as pages."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import compress
from pathlib import Path

from cleanroomsml_client import __version__

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
this library reads the JSON [straight into its classes](codec.md). What remains is mostly the events of botocore,
signing and HTTP. The figures are from one run of `make bench` on {date}, on a machine with {cores} cores; absolute
times differ on yours, the ratios hardly. `benchmarks/speed.md` in the source has all figures, of start, memory and
other clients, and how they were measured.
"""

_PAGE = """\
# Speed

What a call costs its process, compared with raw aiobotocore and other clients. All figures come from one run of
`{command}` on {date}: one process per competitor, and one for the server, which responds from memory over
loopback. Every competitor signs its requests, except the last one, which does the least work that aiohttp allows.

{machine}

- **CPU time.** The competitors take turns (A B C A B C ...), in new processes every few rounds. A cell shows the lowest
  value of {rounds} rounds (fewer where the work takes long), because the others contain noise of the machine, and by
  how much the median is above it. Absolute times hold for this machine only; ratios are similar on others.
- **Instructions.** {instructions}

CPU time and instructions can disagree: the instructions of one client may take longer than those of another, for
example because they miss the processor's caches more often.

## Calls

For one call, or for one unit of the work that the row names; k: thousand instructions.

{calls}

## Start and memory

From the start of the process to the first response, the import alone, and the memory of a summary while 100,000 are
held, in a process whose time zone is UTC. In other time zones the summaries of aiobotocore and boto3 are smaller,
because botocore's datetimes then share one time zone object.

{start}

## Targets

{targets}

Our client calls aiobotocore, which builds and signs the request. `make bench-overhead` measures what that costs, and
which packages do the rest of the work: see overhead.md.
"""

_COUNTED = """\
They are counted by valgrind's tool callgrind, for some of the clients and of the work, without
  those of the operating system. They hardly depend on the machine or its load: repeats differ by less than 2 %. Work is
  done 3n times, of which the last n are counted; the 5,000 calls at once are made once."""

_NOT_COUNTED = "They are not counted, because valgrind is not installed on this machine."


def tables(figures: Figures) -> str:
    """Return all measured values, for the terminal."""
    parts = {
        "Calls": _call_table(figures),
        "Start and memory": _start_table(figures),
        "Targets": _target_table(figures),
    }
    return "\n".join(f"{title}\n\n{table}\n" for title, table in parts.items() if table)


def users_page(figures: Figures) -> str:
    """Return the page of the documentation, in MyST: one chart and one paragraph."""

    def percent(work: str) -> str:
        ours, base = figures.get(work, OURS, "cpu"), figures.get(work, BASE, "cpu")
        return "not measured" if ours is None or base is None else _percent(ours / base)

    return _USERS_PAGE.format(
        get=percent("get"), create=percent("create"), page=percent("page-100"), date=today(), cores=os.cpu_count()
    )


def page(figures: Figures, rounds: int) -> str:
    """Return all figures as a page for developers."""
    counted = figures.get("get", OURS, "instructions") is not None
    return _PAGE.format(
        command="make bench",
        date=today(),
        rounds=rounds,
        machine=machine(),
        instructions=_COUNTED if counted else _NOT_COUNTED,
        calls=_call_table(figures),
        start=_start_table(figures),
        targets=_target_table(figures),
    )


def _call_table(figures: Figures) -> str:
    rows = [
        [f"{measure} of {work.title}", *(cell(figures, name, competitor) for competitor in COMPETITORS)]
        for name, work in WORK.items()
        for measure, cell in (("instructions", _instructions), ("CPU time", _cpu_time))
    ]
    return table(["", *COMPETITORS], rows)


def _start_table(figures: Figures) -> str:
    rows = [
        [
            name,
            _instructions(figures, "cold-start", name),
            _cpu_time(figures, "cold-start", name),
            _cpu_time(figures, "import", name),
            "" if (size := figures.get("memory", name, "bytes")) is None else f"{size:,.0f} B",
        ]
        # Each name once, in order.
        for name in dict.fromkeys([*IMPORTS, *COMPETITORS])
    ]
    return table(["", "instructions of cold start", "cold start", "import", "a held summary"], rows)


_UNITS: dict[Unit, str] = {"cpu": "CPU time", "instructions": "instructions", "bytes": "bytes"}


def _target_table(figures: Figures) -> str:
    rows: list[list[str]] = []
    for target in TARGETS:
        if (ratio := target.ratio(figures)) is not None:
            reached = "yes" if ratio <= target.at_most else "**no**"
            rows.append(
                [target.title, _UNITS[target.unit], target.against, f"{target.at_most:.2f}", f"{ratio:.3f}", reached]
            )
    return table(["", "unit", "times", "at most", "measured", "reached"], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the rows and columns that have values as an aligned Markdown table; empty if there are none."""
    rows = [row for row in rows if any(row[1:])]
    if not rows:
        return ""
    kept = [column == 0 or any(row[column] for row in rows) for column in range(len(head))]
    head, *rows = ([*compress(row, kept)] for row in (head, *rows))
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(
        "| " + " | ".join([cells[0].ljust(widths[0]), *map(str.rjust, cells[1:], widths[1:])]) + " |"
        for cells in [head, rule, *rows]
    )


_SHOWN_AS_MILLISECONDS = 0.01
_SHOWN_AS_MILLIONS = 5e8


def _cpu_time(figures: Figures, work: str, competitor: str) -> str:
    """Return the lowest value and its spread. Empty: not measured."""
    seconds = figures.get(work, competitor, "cpu")
    if seconds is None:
        return ""
    time = f"{seconds * 1e3:,.1f} ms" if seconds >= _SHOWN_AS_MILLISECONDS else f"{seconds * 1e6:,.0f} µs"
    spread = figures.spread(work, competitor, "cpu")
    return time if spread is None else f"{time} +{_percent(spread)}"


def _instructions(figures: Figures, work: str, competitor: str) -> str:
    number = figures.get(work, competitor, "instructions")
    if number is None:
        return ""
    return f"{number / 1e6:,.0f} M" if number >= _SHOWN_AS_MILLIONS else f"{number / 1e3:,.0f} k"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def today() -> str:
    """Return the date of the run."""
    return datetime.now(UTC).date().isoformat()


def machine() -> str:
    """Return the machine, and the versions of Python and of the packages."""
    versions = ", ".join(
        # The metadata of an editable installation are as old as the installation.
        f"{name} {__version__ if name == 'cleanroomsml-client' else version(name)}"
        for name in _PACKAGES
    )
    machine = f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"
    return f"{machine}; Python {platform.python_version()}; {versions}."


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
