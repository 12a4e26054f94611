"""The chart of a model's quality, as plain data: the model makes it, the modules of this package draw it."""

from collections.abc import Callable

import attrs

__all__ = ["Chart", "Score", "chart_of"]


@attrs.frozen(kw_only=True)
class Score:
    """The relevance of an audience of one size."""

    label: str
    """The size with its unit, such as `10 %` or `25,000`."""
    position: float
    """The size as a number: the position on the axis of sizes."""
    value: float
    """0-10."""


@attrs.frozen(kw_only=True)
class Chart:
    """The quality of an audience: a score for each size, and the recall compared with that of a random choice."""

    scores: tuple[Score, ...]
    """The smallest audience first; sizes without a score are left out."""
    recall: float | None
    """0-1. None: not measured."""
    chance: float | None
    """The recall of a random choice, 0-1. None: unknown, because the sizes are not percentages."""

    @property
    def recall_text(self) -> str:
        """The recall in words, compared with that of a random choice."""
        if self.recall is None:
            return "recall not available"
        return f"recall {self.recall:.2f}" + ("" if self.chance is None else f" (random choice {self.chance:.2f})")


def chart_of(value: object) -> Chart | None:
    """Return the chart that a model makes of itself with `_chart_`; None: it has no such method."""
    # Looked up on the type, as Python does for special methods.
    method: Callable[[object], Chart] | None = getattr(type(value), "_chart_", None)
    return None if method is None else method(value)
