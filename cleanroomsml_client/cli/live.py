"""The output of `watch` on a terminal: every status as it comes and, in between, a spinner."""

from datetime import datetime
from types import TracebackType
from typing import Self

import attrs
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .._display.terminal import render_rich, row_table, status_style
from .._display.values import one_line
from . import reports
from .arns import ParsedArn, Waitable

__all__ = ["LiveReport", "show"]


@attrs.frozen
class _State:
    since: datetime
    status: str
    reason: str


@attrs.define
class LiveReport:
    """Redraws the output until the context ends; the last output stays."""

    arn: ParsedArn
    console: Console = attrs.field(factory=Console)
    _title: str = attrs.field(default="", init=False)
    _states: list[_State] = attrs.field(factory=list[_State], init=False)
    _measured: list[RenderableType] = attrs.field(factory=list[RenderableType], init=False)
    _over: bool = attrs.field(default=False, init=False)
    _spinner: Spinner = attrs.field(init=False)
    _live: Live = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._spinner = Spinner("line" if self.console.options.ascii_only else "dots")
        self._live = Live(console=self.console, get_renderable=self.render, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        self._live.__exit__(exc_type, exc, traceback)

    def changed(self, resource: Waitable) -> None:
        """Add a status."""
        self._title = one_line(resource.name)
        self._states.append(_State(reports.now(), resource.status, reports.status_reason(resource)))

    def deleted(self) -> None:
        """Add the deletion as a status."""
        self._states.append(_State(reports.now(), "deleted", ""))

    def reached(self, resource: Waitable) -> None:
        """Add the metrics."""
        measured = list(reports.metrics_rows(resource))
        if measured:
            self._measured = [Text(), row_table(measured)]

    def render(self) -> RenderableType:
        """Return the whole output."""
        title = Text.assemble((self.arn.kind.name, "bold"), "  ", self._title)
        return Group(title, Text(self.arn.arn, style="dim"), Text(), self._table(), *self._measured)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        ends: list[datetime | None] = [state.since for state in self._states[1:]]
        for state, end in zip(self._states, [*ends, None], strict=False):
            is_current = end is None and not self._over
            lasted = ((end or reports.now()) - state.since).total_seconds()
            table.add_row(
                Text(f"{state.since.astimezone():%H:%M:%S}", style="dim"),
                self._spinner if is_current else " ",
                Text(state.status, style=status_style(state.status)),
                Text(reports.duration(lasted) if end or is_current else "", style="dim"),
                Text(state.reason),
            )
        if not self._states and not self._over:
            table.add_row(self._spinner, Text("polling", style="dim"))
        return table


def show(resource: object) -> None:
    """Print a resource with rich."""
    Console().print(render_rich(resource))
