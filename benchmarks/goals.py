"""The performance goals of this library, as ratios of values measured in one run."""

from typing import NamedTuple

from .competitors import BASE, OURS, PEER
from .figures import Figures, Unit

__all__ = ["TARGETS", "Target"]


class Target(NamedTuple):
    """Our cost is at most `at_most` times another cost."""

    title: str
    work: str
    at_most: float
    against: str
    """The competitor that we are compared with; may be our own client with other work."""
    unit: Unit = "cpu"
    other_work: str | None = None
    """None: the same work."""
    scale: float = 1.0
    """How many times the other work is done to be comparable."""

    def ratio(self, figures: Figures) -> float | None:
        """Return the measured ratio. None: not measured."""
        ours = figures.get(self.work, OURS, self.unit)
        theirs = figures.get(self.other_work or self.work, self.against, self.unit)
        return None if ours is None or theirs is None else ours / (theirs * self.scale)


TARGETS = (
    Target("get_audience_model", "get", 0.60, PEER, "instructions"),
    Target("get_audience_model", "get", 1.00, PEER),
    Target("get_audience_model", "get", 0.70, BASE),
    Target("create_training_dataset, nested", "create", 1.05, PEER, "instructions"),
    Target("an error response", "error", 0.70, PEER, "instructions"),
    Target("a list page of 100", "page-100", 0.85, PEER, "instructions"),
    Target("a list page of 100", "page-100", 1.00, PEER),
    Target("a list page of 100", "page-100", 0.08, BASE),
    Target("10,000 summaries over 100 pages", "drain", 0.08, BASE),
    Target("a page of 10,000, against ten of 1,000", "page-10000", 1.20, OURS, other_work="page-1000", scale=10),
    Target("a get of 5,000 at once, against one by one", "burst", 1.10, OURS, "instructions", other_work="get"),
    Target("a get of 5,000 at once, against one by one", "burst", 1.10, OURS, other_work="get"),
    Target("cold start", "cold-start", 1.00, BASE, "instructions"),
    Target("cold start", "cold-start", 1.00, BASE),
    Target("import", "import", 1.10, BASE),
    Target("memory of held summaries", "memory", 0.50, BASE, "bytes"),
)
