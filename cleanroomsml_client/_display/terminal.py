"""Models in rich."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ..resources.audience_generation_jobs import Metrics
from .values import Row, by_size, chance, recall_text, rows, size_text

__all__ = ["picture", "row_table", "status_style"]

_BAR_WIDTH = 30
_BEST_SCORE = 10.0


def picture(model: object) -> RenderableType:
    """A table of the members that are set; for metrics, bars."""
    if isinstance(model, Metrics):
        return _metrics(model)
    return Group(Text(type(model).__name__, style="bold"), Padding(row_table(rows(model)), (0, 0, 0, 2)))


def row_table(shown: Iterable[Row]) -> RenderableType:
    """Names on the left, values on the right."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in shown:
        name = Text("  " * row.depth + row.name, style="dim")
        if isinstance(row.value, Metrics):
            table.add_row(name, _metrics(row.value))
        else:
            table.add_row(name, Text(row.value, style=status_style(row.value) if row.name == "status" else ""))
    return table


def _metrics(metrics: Metrics) -> RenderableType:
    """Relevance by size and, below, recall against random choice."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=_BAR_WIDTH)
    table.add_column(justify="right", no_wrap=True)
    table.add_row(Text("size", style="dim"), Text("relevance", style="dim"), "")
    for size, score in by_size(metrics):
        table.add_row(Text(size_text(size)), _bar(score / _BEST_SCORE, "cyan"), Text(f"{score:.2f}"))
    if metrics.recall_metric is None:
        return Group(table, Text(recall_text(metrics), style="dim"))
    table.add_row("", "", "")
    table.add_row(Text("recall"), _bar(metrics.recall_metric, "green"), Text(f"{metrics.recall_metric:.2f}"))
    by_chance = chance(metrics)
    if by_chance is not None:
        table.add_row(Text("random choice", style="dim"), _bar(by_chance, "bright_black"), Text(f"{by_chance:.2f}"))
    return table


def _bar(share: float, style: str) -> ProgressBar:
    return ProgressBar(total=1.0, completed=share, width=_BAR_WIDTH, complete_style=style, finished_style=style)


def status_style(status: str) -> str:
    """Green is done, red is failed, yellow is on its way."""
    if status == "ACTIVE":
        return "green"
    if status.endswith("_FAILED"):
        return "red"
    return "dim" if status == "INACTIVE" else "yellow"
