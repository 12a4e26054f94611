"""What is shown of a model, whatever it is shown on. Sensitive members never are."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import attrs

from .._models import wire_name
from ..resources.audience_generation_jobs import Metrics
from ..resources.shared import AudienceSize, AudienceSizeType

__all__ = ["Row", "by_size", "chance", "document", "lines", "one_line", "recall_text", "rows", "size_text"]

_HIDDEN = object()


@attrs.frozen
class Row:
    """A member of a model, or of what is nested in it."""

    depth: int
    name: str
    value: str | Metrics


def _members(model: object) -> Iterator[tuple[str, object]]:
    """The members that are set; `_HIDDEN` stands for a sensitive value."""
    class_: Any = type(model)
    for field in attrs.fields(class_):
        value: object = getattr(model, field.name)
        if value != field.default:
            yield field.name, value if field.repr else _HIDDEN


def rows(model: object, depth: int = 0) -> Iterator[Row]:
    """The model, a row for each value."""
    for name, value in _members(model):
        yield from _rows(name.replace("_", " "), value, depth)


def _rows(name: str, value: object, depth: int) -> Iterator[Row]:
    if value is _HIDDEN:
        yield Row(depth, name, "not shown")
    elif isinstance(value, Metrics):
        yield Row(depth, name, value)
    elif attrs.has(type(value)):
        yield Row(depth, name, "")
        yield from rows(value, depth + 1)
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
    """The text without line breaks and without what would steer a terminal."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def lines(shown: Iterator[Row]) -> Iterator[str]:
    """Rows as plain lines, values below each other."""
    table = list(shown)
    width = max((2 * row.depth + len(row.name) for row in table), default=0)
    for row in table:
        name = "  " * row.depth + row.name
        if isinstance(row.value, Metrics):
            yield name
            yield from ("  " * (row.depth + 1) + line for line in _metrics_lines(row.value))
        else:
            yield f"{name:{width}}  {row.value}".rstrip()


def _metrics_lines(metrics: Metrics) -> Iterator[str]:
    yield recall_text(metrics)
    table = [("size", "relevance"), *((size_text(size), f"{score:.2f}") for size, score in by_size(metrics))]
    width = max(len(size) for size, _ in table)
    for size, score in table:
        yield f"{size:>{width}}  {score:>9}"


def document(value: object) -> object:
    """A value as JSON has it on the wire, without what is absent or sensitive."""
    if attrs.has(type(value)):
        return {wire_name(name): document(member) for name, member in _members(value) if member is not _HIDDEN}
    if isinstance(value, tuple):
        return [document(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def by_size(metrics: Metrics) -> list[tuple[AudienceSize, float]]:
    """The scores that are told, the smallest audience first."""
    scores = [(metric.audience_size, metric.score) for metric in metrics.relevance_metrics if metric.score is not None]
    return sorted(scores, key=lambda pair: pair[0].value)


def size_text(size: AudienceSize) -> str:
    """An audience size in its unit."""
    return f"{size.value} %" if size.type is AudienceSizeType.PERCENTAGE else f"{size.value:,}"


def chance(metrics: Metrics) -> float | None:
    """The recall of users picked at random, as many as the largest audience; None where sizes are no percentages."""
    sizes = [metric.audience_size for metric in metrics.relevance_metrics]
    if not sizes or any(size.type is not AudienceSizeType.PERCENTAGE for size in sizes):
        return None
    return max(size.value for size in sizes) / 100


def recall_text(metrics: Metrics) -> str:
    """The recall, beside that of random choice."""
    if metrics.recall_metric is None:
        return "recall not told"
    by_chance = chance(metrics)
    return f"recall {metrics.recall_metric:.2f}" + ("" if by_chance is None else f" (random choice {by_chance:.2f})")
