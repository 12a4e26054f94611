"""Models in notebooks: HTML and inline SVG, in colours that suit light and dark."""

from collections.abc import Iterator, Sequence
from html import escape

from .chart import Chart, chart_of
from .values import Row, as_rows, as_table

__all__ = ["render_html", "render_items"]

_BEST_SCORE = 10.0
_LEFT_ALIGNED = ' style="text-align: left"'
_ITEMS = 100
"""Rows of a list; the rest is counted."""
_DATA = "#3b82c4"
_CHANCE = "#d97706"
# The plot of relevance and, to its right, the bar of recall; in pixels.
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 360.0, 28.0, 168.0
_BAR_LEFT, _BAR_RIGHT = 430.0, 460.0
_LABEL_WIDTH = 44.0


def render_html(model: object) -> str:
    """Return a table of the members that are set; for metrics, a chart."""
    if (chart := chart_of(model)) is not None:
        return _chart(chart)
    body = "".join(map(_table_row, as_rows(model)))
    return f"<table><caption>{escape(type(model).__name__)}</caption><tbody>{body}</tbody></table>"


def render_items(items: Sequence[object]) -> str:
    """Return a table with a row for each item, as many as a page shows."""
    if not items:
        return "<p>no items</p>"
    table = as_table(items, _ITEMS)
    header = "".join(f"<th{_LEFT_ALIGNED}>{escape(name)}</th>" for name in table.header)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    more = f"<p>... and {table.more} more</p>" if table.more else ""
    return f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _cell(text: str) -> str:
    return f"<td{_LEFT_ALIGNED}>{escape(text)}</td>"


def _table_row(row: Row) -> str:
    value = _chart(row.value) if isinstance(row.value, Chart) else escape(row.value)
    name = f'<th style="text-align: left; padding-left: {0.5 + 1.5 * row.depth}em">{escape(row.name)}</th>'
    return f"<tr>{name}<td{_LEFT_ALIGNED}>{value}</td></tr>"


def _chart(chart: Chart) -> str:
    """Return a plot of relevance by size, and a bar of recall with a line for a random choice."""
    parts = "".join((*_relevance(chart), *_recall(chart)))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 540 200" width="540" height="200" role="img" '
        f'font-family="sans-serif" font-size="11" fill="currentColor"><title>{_summary(chart)}</title>{parts}</svg>'
    )


def _summary(chart: Chart) -> str:
    scores = ", ".join(f"{score.value:.2f} at {score.label}" for score in chart.scores)
    return f"relevance {scores or 'not available'}; {chart.recall_text}"


def _relevance(chart: Chart) -> Iterator[str]:
    yield _text(_LEFT, 14, "Relevance by audience size", anchor="start")
    for tick in (0, 5, 10):
        yield _line(_LEFT, _RIGHT, _height(tick / _BEST_SCORE), "currentColor", opacity=0.25)
        yield _text(_LEFT - 6, _height(tick / _BEST_SCORE) + 4, str(tick), anchor="end")
    if not chart.scores:
        return
    largest = chart.scores[-1].position
    points = [
        (
            _LEFT + (_RIGHT - _LEFT) * score.position / largest,
            _height(score.value / _BEST_SCORE),
            score.label,
            f"{score.value:.2f}",
        )
        for score in chart.scores
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in points)
    yield f'<polyline points="{path}" fill="none" stroke="{_DATA}" stroke-width="2"/>'
    labelled = 0.0
    for x, y, label, value in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_DATA}"><title>{label}: {value}</title></circle>'
        # Labels that would overlap are left out: the tooltip of the circle shows the same.
        if x - labelled >= _LABEL_WIDTH:
            labelled = x
            yield _text(x, y - 8, value)
            yield _text(x, _BOTTOM + 16, label)


def _recall(chart: Chart) -> Iterator[str]:
    yield _text(_BAR_LEFT, 14, "Recall", anchor="start")
    if chart.recall is None:
        yield _text(_BAR_LEFT, _BOTTOM, "not available", anchor="start")
        return
    middle, top = (_BAR_LEFT + _BAR_RIGHT) / 2, _height(chart.recall)
    yield _line(_BAR_LEFT - 10, _BAR_RIGHT + 10, _BOTTOM, "currentColor", opacity=0.25)
    yield (
        f'<rect x="{_BAR_LEFT:.1f}" y="{top:.1f}" width="{_BAR_RIGHT - _BAR_LEFT:.1f}" height="{_BOTTOM - top:.1f}" '
        f'fill="{_DATA}"/>'
    )
    yield _text(middle, top - 6, f"{chart.recall:.2f}")
    if chart.chance is not None:
        yield _line(_BAR_LEFT - 10, _BAR_RIGHT + 10, _height(chart.chance), _CHANCE, dashes="4 3")
        yield _text(_BAR_RIGHT + 14, _height(chart.chance) + 4, f"chance {chart.chance:.2f}", anchor="start")


def _height(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP - 12) * share


def _line(left: float, right: float, y: float, colour: str, *, opacity: float = 1.0, dashes: str = "none") -> str:
    return (
        f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" '
        f'stroke-opacity="{opacity:g}" stroke-dasharray="{dashes}"/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
