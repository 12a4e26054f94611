"""Models and lists of them at a prompt of IPython: text that fits on a screen."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Protocol

from .chart import chart_of
from .values import Table, as_rows, as_table, as_text, chart_lines, short

__all__ = ["print_items", "print_model", "table_lines"]

_SCREEN = 40
"""Lines; what has more is cut."""


class _Printer(Protocol):
    def text(self, text: str) -> None: ...
    def break_(self) -> None: ...


def print_model(model: object, printer: _Printer, *, is_nested: bool) -> None:
    """Print the members that are set, one a line; inside something else, one short line."""
    if is_nested:
        printer.text(short(model))
    elif (chart := chart_of(model)) is not None:
        _print_lines(chart_lines(chart), printer)
    else:
        lines = list(as_text(as_rows(model)))
        more = len(lines) - _SCREEN
        shown = [type(model).__name__, *(f"  {line}" for line in lines[:_SCREEN])]
        _print_lines([*shown, f"  ... {more} more lines; to_dict(...) has all"] if more > 0 else shown, printer)


def print_items(items: Sequence[object], printer: _Printer) -> None:
    """Print a table with a line for each item."""
    _print_lines(table_lines(as_table(items, _SCREEN)) if items else ["[]"], printer)


def table_lines(table: Table) -> Iterator[str]:
    """Yield a table as lines of text."""
    widths = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    for row in (table.header, *table.rows):
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    if table.more:
        yield f"... and {table.more} more"


def _print_lines(lines: Iterable[str], printer: _Printer) -> None:
    iterator = iter(lines)
    for line in islice(iterator, 1):
        printer.text(line)
    for line in iterator:
        printer.break_()
        printer.text(line)
