"""The time of the local service: a calendar, and simulated seconds for what is in progress."""

import time
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf

import attrs

_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""How far `advance` goes: far enough from the end of the calendar for all that is added to the time."""
_NEVER = datetime.max.replace(tzinfo=UTC)


@attrs.frozen
class _Pace:
    """From a moment on, how many simulated seconds pass per calendar second."""

    since: datetime
    rate: float


class Clock:
    """A clock whose calendar runs in real time, while what is in progress moves `speed` times faster.

    Transitions, such as the training of a model, take simulated seconds, of which `speed` pass per real second.
    Timestamps and the retention of data follow the calendar, `now()`, which runs in real time: a second per second.
    `advance` moves both by the same time. `Clock(speed=0)` moves only by `advance`, so that a test decides when
    something happens.

    Args:
        speed: Simulated seconds per real second; at least 0. At 0 the calendar stands still, too.
        start: The calendar time at the start. None: the present time.
        monotonic: Returns real seconds, such as `asyncio.get_running_loop().time`. None: `time.monotonic`.
    """

    def __init__(
        self, *, speed: float = 1.0, start: datetime | None = None, monotonic: Callable[[], float] | None = None
    ) -> None:
        self._speed = _checked(speed)
        self._start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._monotonic = time.monotonic if monotonic is None else monotonic
        # Calendar seconds until `_began`, and all advances.
        self._passed = 0.0
        self._began = self._monotonic()
        self._paces = [_Pace(datetime.min.replace(tzinfo=UTC), _rate(speed))]

    @property
    def speed(self) -> float:
        """Simulated seconds per real second; can be set, for the time from then on. 0: all stands still."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        _checked(speed)
        moment, real = self.now(), self._monotonic()
        if self._speed:
            self._passed += real - self._began
        self._began, self._speed = real, speed
        self._change_pace(moment, _rate(speed))

    def now(self) -> datetime:
        """Return the calendar time.

        Returns:
            The time, in UTC.
        """
        running = self._monotonic() - self._began if self._speed else 0.0
        return self._start + timedelta(seconds=self._passed + running)

    def after(self, start: datetime, seconds: float) -> datetime:
        """Return when something that takes simulated seconds ends.

        Args:
            start: The calendar time at which it starts.
            seconds: How many simulated seconds it takes; at least 0.

        Returns:
            The calendar time. One in the past is final; one in the future changes with `advance` and `speed`.
        """
        begin = bisect_right(self._paces, start, key=_since)
        rate = self._paces[begin - 1].rate
        for change in self._paces[begin:]:
            end = _later(start, seconds / rate)
            if end <= change.since:
                return end
            seconds = max(seconds - (change.since - start).total_seconds() * rate, 0.0)
            start, rate = change.since, change.rate
        return _later(start, seconds / rate)

    def advance(self, seconds: float) -> None:
        """Let time pass immediately: as much in the calendar as for what is in progress.

        Args:
            seconds: At least 0.

        Raises:
            ValueError: `seconds` is negative, or leads beyond the year 9000.
        """
        begin = self.now()
        if not 0 <= seconds <= (_LATEST - begin).total_seconds():
            raise ValueError(f"seconds must be at least 0 and not lead beyond the year 9000: {seconds}")
        rate = self._paces[-1].rate
        self._change_pace(begin, 1.0)
        self._change_pace(begin + timedelta(seconds=seconds), rate)
        self._passed += seconds

    def _change_pace(self, since: datetime, rate: float) -> None:
        last = self._paces[-1]
        if rate != last.rate:
            # Rounding to microseconds must not disorder them.
            self._paces.append(_Pace(max(since, last.since), rate))


def _checked(speed: float) -> float:
    if not 0 <= speed < inf:
        raise ValueError(f"speed must be at least 0 and finite: {speed}")
    return speed


def _rate(speed: float) -> float:
    """Return how many simulated seconds pass per calendar second: at speed 0, both pass only by `advance`."""
    return speed or 1.0


def _since(pace: _Pace) -> datetime:
    return pace.since


def _later(moment: datetime, seconds: float) -> datetime:
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return _NEVER
