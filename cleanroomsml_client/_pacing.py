"""Pacing: how many calls of a client are in progress at a time, and how fast a throttled operation is sent."""

import asyncio
import math
import sys
from collections import OrderedDict, deque
from contextvars import ContextVar

import attrs

from ._deadlines import Deadlines
from ._settings import check_boolean, whole_number
from .errors import ThrottlingError

__all__ = ["NO_PACING", "Pacer", "Pacing", "is_poll"]

_CUT, _GROWTH_PER_SECOND, _MIN_RATE, _QUIET, _MAX_SERVICE_PAUSE = 0.7, 1.03, 0.5, 60.0, 5.0
# Timers may ring early. What is due within this time begins: on a virtual clock, a timer for the rest rings for ever.
_SLACK = 0.02

is_poll: ContextVar[bool] = ContextVar("cleanroomsml_client.is_poll", default=False)


@attrs.frozen(kw_only=True)
class Pacing:
    """How a client adapts to throttling. A plain value: share it, or change one with `attrs.evolve`."""

    __module__ = "cleanroomsml_client"

    window: int | None = attrs.field(
        default=16, validator=whole_number("a whole number of at least 1", 1, optional=True)
    )
    """How many calls are in progress at most, in the beginning and after throttling; at least 1. Each success adds
    one, up to the connections of the pool. None: always as many as the pool has connections."""
    limit_rate: bool = attrs.field(default=True, validator=check_boolean)
    """True: an operation that is throttled while several of its calls are made gets a rate, which adapts."""


NO_PACING = Pacing(window=None, limit_rate=False)
"""Calls queue only while all connections of the pool are in use."""


class _Operation:
    """The calls of one operation and their rate."""

    def __init__(self) -> None:
        self.in_progress = self.queued = 0
        self.keys = (self, False), (self, True)
        self.begun: deque[float] = deque()  # when the calls of the last second began
        self.rate: float | None = None  # calls per second
        self.due = self.grown = self.cut = self.refused = -math.inf

    def begin(self, now: float) -> None:
        self.in_progress += 1
        self.begun.append(now)
        while self.begun[0] <= now - 1:
            self.begun.popleft()
        if self.rate is not None:
            self.due = max(self.due, now) + 1 / self.rate

    def refuse(self, error: ThrottlingError, begun: float, now: float) -> None:
        """Reduce the rate after a call that began at `begun` was refused."""
        self.refused = now
        # A lone call needs no rate: the pause before its retry is enough.
        if self.rate is None and (self.in_progress or self.queued):
            self.rate, self.cut = float(sum(time > now - 1 for time in self.begun)), -math.inf
        if self.rate is not None and begun > self.cut:
            self.rate, self.cut, self.grown = max(_MIN_RATE, self.rate * _CUT), now, now
            self.due = now + max(1 / self.rate, min(error.retry_after or 0.0, _MAX_SERVICE_PAUSE))

    def is_due(self, now: float) -> bool:
        """Whether the rate lets a queued call begin. It grows while calls queue, and ends after a quiet minute."""
        if now - self.refused > _QUIET:
            self.rate = None
        if self.rate is not None:
            self.rate, self.grown = self.rate * _GROWTH_PER_SECOND ** (now - self.grown), now
        return self.rate is None or self.due <= now + _SLACK


class Pacer:
    """Begins the calls of one aiobotocore client, or queues them."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self._in_progress = self._grown = 0
        self._operations: dict[str, _Operation] = {}
        self._refused = -math.inf
        # Per operation, for its polls (True) and for its other calls; the next queue first.
        self._queues: dict[tuple[_Operation, bool], OrderedDict[asyncio.Future[None], Pacing]] = {}
        self._polls_next = False
        self._deadlines = Deadlines()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, name: str, pacing: Pacing, now: float) -> bool:
        """Begin a call and return True, or return False if it has to queue."""
        if (operation := self._operations.get(name)) is None:
            operation = self._operations[name] = _Operation()
        # While there is a place, only operations with a rate have a queue.
        if operation.rate is not None or not self._has_place(pacing):
            return False
        self._in_progress += 1
        operation.begin(now)
        return True

    def queue(self, name: str, pacing: Pacing, deadline: float | None) -> asyncio.Future[None]:
        """Queue a call, which begins when the future ends; at the deadline it ends with a TimeoutError.

        Not an `async def`: each coroutine takes memory.
        """
        loop, operation = asyncio.get_running_loop(), self._operations[name]
        if not operation.queued:
            operation.grown = loop.time()
        operation.queued += 1
        place, key = loop.create_future(), operation.keys[is_poll.get()]
        if (queue := self._queues.get(key)) is None:
            queue = self._queues[key] = OrderedDict()
        queue[place] = pacing
        if deadline is not None:
            self._deadlines.add(place, deadline)
        # Without a rate, the end of another call is what makes a place.
        if operation.rate is not None:
            self._serve(loop)
        return place

    def leave(self, place: asyncio.Future[None], name: str, pacing: Pacing, error: BaseException) -> None:
        """End what `queue` began, after the call was cancelled or its deadline passed."""
        key = self._operations[name].keys[is_poll.get()]
        self._deadlines.discard(place)
        if not place.cancelled() and place.exception() is None:  # begun, but cancelled before the task continued
            self.end(name, pacing, -math.inf, error)
        elif place in self._queues.get(key, ()):
            del self._queues[key][place]
            self._removed(key)
            self._serve(asyncio.get_running_loop())

    def end(self, name: str, pacing: Pacing, begun: float, error: BaseException | None) -> None:
        """End a call that began at `begun`; the error is None if it succeeded."""
        operation, loop = self._operations[name], asyncio.get_running_loop()
        operation.in_progress -= 1
        self._in_progress -= 1
        if isinstance(error, ThrottlingError):
            self._grown, self._refused = 0, loop.time()
            if pacing.limit_rate:
                operation.refuse(error, begun, self._refused)
        elif error is None and loop.time() - self._refused > _QUIET:
            self._grown += 1
        if self._queues:
            self._serve(loop)

    def close(self) -> None:
        """Begin everything that is queued, so that it fails without delay."""
        self._connections = self._grown = sys.maxsize
        for operation in self._operations.values():
            operation.rate = None
        if self._queues:
            self._serve(asyncio.get_running_loop())

    def _has_place(self, pacing: Pacing) -> bool:
        window = self._connections if pacing.window is None else pacing.window + self._grown
        return self._in_progress < min(window, self._connections)

    def _removed(self, key: tuple[_Operation, bool]) -> None:
        key[0].queued -= 1
        if not self._queues[key]:
            del self._queues[key]
        elif len(self._queues) > 1:
            # To the end: the operations take turns.
            self._queues[key] = self._queues.pop(key)

    def _next(self, now: float) -> tuple[_Operation, bool] | None:
        """Return the queue whose first call may begin; polls and other calls take turns."""
        found = None
        for key, queue in self._queues.items():
            pacing = next(iter(queue.values()))
            if self._has_place(pacing) and (key[0].is_due(now) or not pacing.limit_rate):
                if key[1] is self._polls_next:
                    return key
                found = found or key
        return found

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin what may begin, and set a timer for what is due later."""
        now = loop.time()
        while self._in_progress < self._connections and (key := self._next(now)) is not None:
            place, _ = self._queues[key].popitem(last=False)
            self._removed(key)
            self._deadlines.discard(place)
            if not place.done():
                self._polls_next = not key[1]
                self._in_progress += 1
                key[0].begin(now)
                place.set_result(None)
        if self._timer is not None:
            self._timer.cancel()
        dues = [operation.due for operation, _ in self._queues if operation.due > now + _SLACK]
        self._timer = loop.call_at(min(dues), self._serve, loop) if dues else None
