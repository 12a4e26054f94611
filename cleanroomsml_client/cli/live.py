"""The output on a terminal: of `watch`, every status as it comes and, in between, a spinner."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

import attrs
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .._display.terminal import render_items, render_rich, row_table, status_style
from .._display.values import one_line
from ..kinds import Waitable
from . import reports

__all__ = ["LiveReport", "LiveTable", "show", "show_items"]


def _since(resource: Waitable) -> datetime:
    """Return since when a resource has its status: since its last update, which may be long before the first poll."""
    now = reports.now()
    updated: datetime = getattr(resource, "update_time", now)
    # The clock of the service may be ahead.
    return min(updated, now)


@attrs.frozen
class _State:
    since: datetime
    status: str
    reason: str


@attrs.define
class LiveReport:
    """Draws each status of one resource until the context ends; the last output stays."""

    arn: str
    kind: str
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

    def __enter__(self) -> list[Self]:
        # Above what is redrawn: the terminal wraps it, so that it is copied as one line.
        self.console.print(Text(self.arn, style="dim"), soft_wrap=True)
        self._live.__enter__()
        return [self]

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        self._live.__exit__(exc_type, exc, traceback)

    def changed(self, resource: Waitable) -> None:
        """Add a status."""
        self._title = one_line(resource.name)
        self._states.append(_State(_since(resource), resource.status, reports.status_reason(resource)))

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
        title = Text.assemble((self.kind, "bold"), "  ", self._title)
        return Group(title, Text(), self._table(), *self._measured)

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


_NARROW = 80
"""Columns; on a narrower terminal, a resource has lines of its own in place of a row."""


@attrs.define
class _Row:
    """One of several resources."""

    kind: str
    name: str = ""
    status: str = ""
    since: datetime | None = None
    reason: str = ""
    is_over: bool = False

    def changed(self, resource: Waitable) -> None:
        """Show the status, and since when the resource has it."""
        self.name, self.status, self.since = one_line(resource.name), resource.status, _since(resource)
        self.reason = reports.status_reason(resource)
        self.is_over = resource.status.endswith("_FAILED")

    def deleted(self) -> None:
        """Show the deletion as a status."""
        self.status, self.since, self.reason, self.is_over = "deleted", None, "", True

    def reached(self, resource: Waitable) -> None:
        """Mark the resource as done."""
        del resource
        self.is_over = True


@attrs.define
class LiveTable:
    """Draws a table with a row for each of several resources until the context ends; the last output stays."""

    kinds: list[str]
    console: Console = attrs.field(factory=Console)
    _rows: list[_Row] = attrs.field(init=False)
    _over: bool = attrs.field(default=False, init=False)
    _spinner: Spinner = attrs.field(init=False)
    _live: Live = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._rows = [_Row(kind) for kind in self.kinds]
        self._spinner = Spinner("line" if self.console.options.ascii_only else "dots")
        self._live = Live(console=self.console, get_renderable=self.render, refresh_per_second=8)

    def __enter__(self) -> list[_Row]:
        self._live.__enter__()
        return self._rows

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over = True
        self._live.__exit__(exc_type, exc, traceback)

    def render(self) -> RenderableType:
        """Return the whole output."""
        is_narrow = self.console.width < _NARROW
        table = Table.grid(padding=(0, 2))
        for row in self._rows:
            mark = " " if self._over or row.is_over else self._spinner
            status = Text(row.status or "polling", style=status_style(row.status) if row.status else "dim")
            lasted = "" if row.since is None else reports.duration((reports.now() - row.since).total_seconds())
            if is_narrow:
                table.add_row(mark, Text(row.name or row.kind, style="bold"))
                table.add_row("", Text("  ").join([status, Text(lasted, style="dim")]))
                if row.reason:
                    table.add_row("", Text(row.reason))
            else:
                cells = (Text(row.name, style="bold"), Text(row.kind, style="dim"), status, Text(lasted, style="dim"))
                table.add_row(mark, *cells, Text(row.reason))
        return table


def show_items(items: Sequence[object]) -> None:
    """Print a list with rich. The terminal wraps ARNs, so that each is copied as one line."""
    Console().print(render_items(items), soft_wrap=True)


def show(resource: object) -> None:
    """Print a resource with rich."""
    Console().print(render_rich(resource))
