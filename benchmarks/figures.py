"""The measured values: the best of all rounds."""

from collections.abc import Mapping
from typing import Literal

__all__ = ["Figures", "Unit"]

Unit = Literal["cpu", "wall", "bytes"]


class Figures:
    """The lowest value of each piece of work, competitor and unit; higher values are noise of the machine."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str, str], float] = {}

    def add(self, work: str, competitor: str, measured: Mapping[str, float]) -> None:
        """Keep each value that is lower than the one before."""
        for unit, value in measured.items():
            key = work, competitor, unit
            self._best[key] = min(value, self._best.get(key, value))

    def get(self, work: str, competitor: str, unit: Unit) -> float | None:
        """Return a value. None: not measured."""
        return self._best.get((work, competitor, unit))
