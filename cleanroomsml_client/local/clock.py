"""The time that the local service lives by."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Simulated time: `speed` simulated seconds pass in each real one, and `advance` adds more at once.

    `Clock(speed=0)` stands still between calls of `advance`, so a test decides when anything happens. Real seconds are
    those of `monotonic`, such as `asyncio.get_running_loop().time`; of the machine, unless told.
    """

    def __init__(
        self, *, speed: float = 1.0, start: datetime | None = None, monotonic: Callable[[], float] | None = None
    ) -> None:
        if speed < 0:
            raise ValueError(f"speed must not be negative: {speed}")
        self._speed = speed
        self._start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._monotonic = time.monotonic if monotonic is None else monotonic
        self._began = self._monotonic()
        self._advanced = 0.0

    def now(self) -> datetime:
        """The simulated moment, in UTC."""
        elapsed = (self._monotonic() - self._began) * self._speed
        return self._start + timedelta(seconds=elapsed + self._advanced)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; time never goes back."""
        if seconds < 0:
            raise ValueError(f"time does not go back: {seconds}")
        self._advanced += seconds
