"""The content that is shown of a model, as rows or text. Sensitive members are never shown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import attrs

from .chart import Chart, chart_of

__all__ = ["Row", "Table", "as_rows", "as_table", "as_text", "chart_lines", "one_line", "short"]

_HIDDEN = object()


@attrs.frozen
class Row:
    """A member of a model, or of a model nested in it."""

    depth: int
    name: str
    value: str | Chart


def _members(model: object) -> Iterator[tuple[str, object]]:
    """Yield the members that are set; `_HIDDEN` in place of a sensitive value."""
    class_: Any = type(model)
    for field in attrs.fields(class_):
        value: object = getattr(model, field.name)
        if value != field.default:
            yield field.name, value if field.repr else _HIDDEN


def as_rows(model: object, depth: int = 0) -> Iterator[Row]:
    """Yield a row for each value of a model."""
    for name, value in _members(model):
        yield from _rows(name.replace("_", " "), value, depth)


def _rows(name: str, value: object, depth: int) -> Iterator[Row]:
    if value is _HIDDEN:
        yield Row(depth, name, "not shown")
    elif (chart := chart_of(value)) is not None:
        yield Row(depth, name, chart)
    elif attrs.has(type(value)):
        yield Row(depth, name, "")
        yield from as_rows(value, depth + 1)
    elif isinstance(value, Mapping):
        yield Row(depth, name, "")
        for key, text in cast("Mapping[str, str]", value).items():
            yield Row(depth + 1, one_line(key), one_line(text))
    elif isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        if any(attrs.has(type(item)) for item in items):
            for number, item in enumerate(items, 1):
                yield from _rows(f"{name} {number}", item, depth)
        else:
            yield Row(depth, name, ", ".join(map(_text, items)))
    else:
        yield Row(depth, name, _text(value))


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value))


def one_line(text: str) -> str:
    """Return the text without line breaks and without control characters of terminals."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def as_text(rows: Iterator[Row]) -> Iterator[str]:
    """Yield rows as lines of text, with the values in one column."""
    table = list(rows)
    width = max((2 * row.depth + len(row.name) for row in table), default=0)
    for row in table:
        name = "  " * row.depth + row.name
        if isinstance(row.value, Chart):
            yield name
            yield from ("  " * (row.depth + 1) + line for line in chart_lines(row.value))
        else:
            yield f"{name:{width}}  {row.value}".rstrip()


def chart_lines(chart: Chart) -> Iterator[str]:
    """Yield a chart as lines of text."""
    yield chart.recall_text
    table = [("size", "relevance"), *((score.label, f"{score.value:.2f}") for score in chart.scores)]
    width = max(len(size) for size, _ in table)
    for size, score in table:
        yield f"{size:>{width}}  {score:>9}"


_COLUMNS = ("name", "status", "version_identifier", "create_time")


@attrs.frozen(kw_only=True)
class Table:
    """What is shown of a list of models."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int
    """How many items have no row."""


def as_table(items: Sequence[object], limit: int) -> Table:
    """Return a table of the first items: name, status, version, time of creation, and the ARN that identifies it."""
    shown = items[:limit]
    names = [name for name in _COLUMNS if any(getattr(item, name, None) is not None for item in shown)]
    names += dict.fromkeys(name for item in shown if (name := _first_member(item)).endswith("_arn"))
    rows = [[getattr(item, name, None) for name in names] for item in shown]
    return Table(
        header=tuple(name.replace("_", " ") for name in names),
        rows=tuple(tuple("" if value is None else _text(value) for value in row) for row in rows),
        more=len(items) - len(shown),
    )


def short(model: object) -> str:
    """Return the class, name and status of a model."""
    parts = [getattr(model, name, None) for name in ("name", "version_identifier", "status")]
    return f"<{' '.join([type(model).__name__, *(_text(part) for part in parts if part is not None)])}>"


def _first_member(model: object) -> str:
    class_: Any = type(model)
    name: str = attrs.fields(class_)[0].name
    return name
