"""Measure, print, and write what the documentation shows: `python -m benchmarks`."""

import argparse
from pathlib import Path

from . import instructions
from .chart import chart
from .competitors import COMPETITORS
from .figures import Figures
from .report import page, tables, users_page
from .run import ALONE, COUNTED, COUNTED_WORK, count, run
from .workloads import WORK

_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs"
_EVERYTHING = [*WORK, *ALONE]


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="With one of --only, --competitors and --instructions, the documentation stays as it is. A quick check: "
        "python -m benchmarks --instructions --competitors ours --only get error",
    )
    parser.add_argument("--rounds", type=int, default=20, help="turns of each competitor (%(default)s)")
    parser.add_argument("--starts", type=int, default=30, help="new processes of each competitor (%(default)s)")
    parser.add_argument(
        "--only", nargs="+", choices=_EVERYTHING, metavar="WORK", help=f"only some of: {', '.join(_EVERYTHING)}"
    )
    parser.add_argument(
        "--competitors",
        nargs="+",
        choices=COMPETITORS.values(),
        metavar="COMPETITOR",
        help=f"only some of: {', '.join(COMPETITORS.values())}",
    )
    parser.add_argument("--instructions", action="store_true", help="count instructions instead of measuring CPU time")
    options = parser.parse_args()
    if options.instructions and not instructions.installed():
        parser.error("instructions are counted by valgrind, which is not installed")

    everything = not (options.only or options.competitors or options.instructions)
    chosen = [name for name, module in COMPETITORS.items() if module in (options.competitors or COMPETITORS.values())]
    figures = Figures()
    if not options.instructions:
        run(figures, options.rounds, options.starts, options.only or _EVERYTHING, chosen)
    if options.instructions or (everything and instructions.installed()):
        count(figures, options.only or COUNTED_WORK, chosen if options.competitors else COUNTED)
    print(tables(figures))
    if everything:
        for path, text in (
            (_HERE / "speed.md", page(figures, options.rounds)),
            (_DOCS / "explanation" / "speed.md", users_page(figures)),
            (_DOCS / "_static" / "speed.svg", chart(figures)),
        ):
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
