"""What notebooks and terminals draw of a model, as plain data: the model says what, the display says how."""

from collections.abc import Callable

import attrs

__all__ = ["Chart", "Score", "chart_of"]


@attrs.frozen(kw_only=True)
class Score:
    """The relevance of an audience of one size: one bar of the chart."""

    label: str
    """The size with its unit, such as `10 %` or `25,000`."""
    position: float
    """The size as a number: where the bar stands among the others."""
    value: float
    """0-10."""


@attrs.frozen(kw_only=True)
class Chart:
    """The quality of an audience: a score for each size, and the recall next to that of a random choice."""

    scores: tuple[Score, ...]
    """The smallest audience first; sizes without a score are left out."""
    recall: float | None
    """0-1; None: not measured."""
    chance: float | None
    """The recall of a random choice, 0-1; None: unknown, because the sizes are not percentages."""


def chart_of(value: object) -> Chart | None:
    """Return the chart of a model that has a `_chart_` method; None: the model has none."""
    # Looked up on the type, as Python does for special methods: an instance attribute is no chart.
    method: Callable[[object], Chart] | None = getattr(type(value), "_chart_", None)
    return None if method is None else method(value)
