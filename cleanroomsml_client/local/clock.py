"""The time that the local service lives by."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Simulated time: `speed` simulated seconds pass in each real one, and `advance` adds more at once.

    `Clock(speed=0)` stands still between calls of `advance`, so a test decides when anything happens.
    """

    def __init__(self, *, speed: float = 1.0, start: datetime | None = None) -> None:
        if speed < 0:
            raise ValueError(f"speed must not be negative: {speed}")
        self._speed = speed
        self._start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._began = time.monotonic()
        self._advanced = 0.0

    def now(self) -> datetime:
        """The simulated moment, in UTC."""
        elapsed = (time.monotonic() - self._began) * self._speed
        return self._start + timedelta(seconds=elapsed + self._advanced)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; time never goes back."""
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._advanced += seconds
