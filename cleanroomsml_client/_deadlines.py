"""Deadlines of futures, with one timer for all of them: thousands of timers cost memory and garbage collection."""

import asyncio
from typing import Any

__all__ = ["Deadlines"]

# A thousand deadlines within a second need a hundred timers.
_MIN_INTERVAL = 0.01


class Deadlines:
    """Futures that end with a TimeoutError if they are not done at their deadline, or up to 10 ms later."""

    def __init__(self) -> None:
        self._deadlines: dict[asyncio.Future[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, future: asyncio.Future[Any], deadline: float) -> None:
        """Add a future; the deadline is a time of its event loop."""
        self._deadlines[future] = deadline
        if self._timer is None or deadline < self._timer.when():
            self._set_timer(future.get_loop(), deadline)

    def discard(self, future: asyncio.Future[Any]) -> None:
        """Remove a future, if it is here."""
        if self._deadlines.pop(future, None) is not None and not self._deadlines and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, loop: asyncio.AbstractEventLoop, time: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(time, self._expire, loop)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for future in [future for future, deadline in self._deadlines.items() if deadline <= now]:
            del self._deadlines[future]
            if not future.done():
                future.set_exception(TimeoutError())
        if self._deadlines:
            self._set_timer(loop, max(min(self._deadlines.values()), now + _MIN_INTERVAL))
