"""Real time that a test decides."""

__all__ = ["RealSeconds"]


class RealSeconds:
    """A `monotonic` for `Clock`: real seconds, which pass only when a test says so."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        """Return them."""
        return self.passed
