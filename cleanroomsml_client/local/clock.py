"""The simulated time of the local service."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock on which `speed` simulated seconds pass per real second, and which `advance` moves forward.

    `Clock(speed=0)` moves only by `advance`, so that a test decides when something happens.

    Args:
        speed: Simulated seconds per real second; at least 0.
        start: The simulated time at the start. None: the present time.
        monotonic: Returns real seconds, such as `asyncio.get_running_loop().time`. None: `time.monotonic`.
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
        """Return the simulated time.

        Returns:
            The time, in UTC.
        """
        elapsed = (self._monotonic() - self._began) * self._speed
        return self._start + timedelta(seconds=elapsed + self._advanced)

    def advance(self, seconds: float) -> None:
        """Let simulated time pass immediately.

        Args:
            seconds: Simulated seconds; at least 0.
        """
        if seconds < 0:
            raise ValueError(f"seconds must not be negative: {seconds}")
        self._advanced += seconds
