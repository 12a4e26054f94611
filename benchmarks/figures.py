"""What was measured: the best of all rounds."""

from collections.abc import Mapping
from typing import Literal

__all__ = ["Figures", "Unit"]

Unit = Literal["cpu", "wall", "bytes"]


class Figures:
    """The least that a piece of work has cost a competitor, by unit: what is more is the machine's noise."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str, str], float] = {}

    def add(self, work: str, competitor: str, measured: Mapping[str, float]) -> None:
        """Keep what is better than before."""
        for unit, value in measured.items():
            key = work, competitor, unit
            self._best[key] = min(value, self._best.get(key, value))

    def get(self, work: str, competitor: str, unit: Unit) -> float | None:
        """None: not measured."""
        return self._best.get((work, competitor, unit))
