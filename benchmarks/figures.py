"""The measured values: of the values of all rounds, the lowest one counts."""

from collections import defaultdict
from collections.abc import Mapping
from statistics import median
from typing import Literal

__all__ = ["Figures", "Unit"]

Unit = Literal["cpu", "instructions", "bytes"]


class Figures:
    """The values of each piece of work, competitor and unit; what is above the lowest one is noise of the machine."""

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)

    def add(self, work: str, competitor: str, measured: Mapping[str, float]) -> None:
        """Keep the values of a round."""
        for unit, value in measured.items():
            self._values[work, competitor, unit].append(value)

    def get(self, work: str, competitor: str, unit: Unit) -> float | None:
        """Return the lowest value. None: not measured."""
        return min(self._values.get((work, competitor, unit), ()), default=None)

    def spread(self, work: str, competitor: str, unit: Unit) -> float | None:
        """Return by how much the median is above the lowest value, as a share of it. None: measured only once."""
        values = self._values[work, competitor, unit]
        return median(values) / min(values) - 1 if len(values) > 1 else None
