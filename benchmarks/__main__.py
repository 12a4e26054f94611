"""Measure, print, and write what the documentation shows: `python -m benchmarks`."""

import argparse
from pathlib import Path

from .chart import chart
from .report import page, tables, users_page
from .run import ALONE, run
from .workloads import WORK

_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs"
_EVERYTHING = [*WORK, *ALONE]


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="turns of each competitor (%(default)s)")
    parser.add_argument("--starts", type=int, default=30, help="new processes of each competitor (%(default)s)")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=_EVERYTHING,
        metavar="WORK",
        help=f"measure only some of: {', '.join(_EVERYTHING)}; then the documentation stays as it is",
    )
    options = parser.parse_args()
    figures = run(options.rounds, options.starts, options.only or _EVERYTHING)
    print(tables(figures))
    if options.only is None:
        for path, text in (
            (_HERE / "speed.md", page(figures, options.rounds)),
            (_DOCS / "explanation" / "speed.md", users_page(figures)),
            (_DOCS / "_static" / "speed.svg", chart(figures)),
        ):
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
