"""Models on terminals, drawn by rich."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .chart import Chart, chart_of
from .values import Row, as_rows, as_table
from .values import Table as Content

__all__ = ["render_items", "render_rich", "row_table", "status_style"]

_BAR_WIDTH = 30
_BEST_SCORE = 10.0


def render_rich(model: object) -> RenderableType:
    """Return a table of the members that are set; for metrics, bars."""
    if (chart := chart_of(model)) is not None:
        return _bars(chart)
    return Group(Text(type(model).__name__, style="bold"), Padding(row_table(as_rows(model)), (0, 0, 0, 2)))


def render_items(items: Sequence[object]) -> RenderableType:
    """Return a table with a row for each item; where the terminal is too narrow for it, with two rows."""
    return _Items(as_table(items, len(items))) if items else Text("no items", style="dim")


class _Items:
    def __init__(self, content: Content) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = self._table()
        if Measurement.get(console, options.update(max_width=1000), table).maximum <= options.max_width:
            yield table
        else:
            # The ARN, which is the longest, on a line of its own: it can be copied.
            for *cells, last in self._cells():
                yield Text("  ").join(cell for cell in cells if cell)
                yield Text(f"  {last.plain}", style="dim")

    def _cells(self) -> Iterator[list[Text]]:
        for row in self._content.rows:
            named = zip(self._content.header, row, strict=True)
            yield [Text(cell, style=status_style(cell) if name == "status" else "") for name, cell in named]

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for name in self._content.header:
            table.add_column(name, header_style="dim", no_wrap=True)
        for cells in self._cells():
            table.add_row(*cells)
        return table


def row_table(rows: Iterable[Row]) -> RenderableType:
    """Return a table with names on the left and values on the right."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        name = Text("  " * row.depth + row.name, style="dim")
        if isinstance(row.value, Chart):
            table.add_row(name, _bars(row.value))
        else:
            table.add_row(name, Text(row.value, style=status_style(row.value) if row.name == "status" else ""))
    return table


def _bars(chart: Chart) -> RenderableType:
    """Return bars of relevance by size and, below, of recall and of a random choice."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=_BAR_WIDTH)
    table.add_column(justify="right", no_wrap=True)
    table.add_row(Text("size", style="dim"), Text("relevance", style="dim"), "")
    for score in chart.scores:
        table.add_row(Text(score.label), _bar(score.value / _BEST_SCORE, "cyan"), Text(f"{score.value:.2f}"))
    if chart.recall is None:
        return Group(table, Text(chart.recall_text, style="dim"))
    table.add_row("", "", "")
    table.add_row(Text("recall"), _bar(chart.recall, "green"), Text(f"{chart.recall:.2f}"))
    if chart.chance is not None:
        table.add_row(
            Text("random choice", style="dim"), _bar(chart.chance, "bright_black"), Text(f"{chart.chance:.2f}")
        )
    return table


def _bar(share: float, style: str) -> ProgressBar:
    return ProgressBar(total=1.0, completed=share, width=_BAR_WIDTH, complete_style=style, finished_style=style)


def status_style(status: str) -> str:
    """Return the colour of a status: green for done, red for failed, yellow for in progress."""
    if status == "ACTIVE":
        return "green"
    if status.endswith("_FAILED"):
        return "red"
    return "dim" if status == "INACTIVE" else "yellow"
