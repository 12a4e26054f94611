"""An event loop with virtual time: hours of waiting pass immediately, while loopback connections really work."""

import asyncio
import selectors
from asyncio import Future
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple

__all__ = ["VirtualTimeLoop"]

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")

_LOOPBACK_LATENCY = 0.005
"""Real seconds to wait for data between two sockets of this process before the clock moves."""


_LONGEST = 30 * 24 * 3600
"""Virtual seconds after which a test fails, because its wait has no end."""


class _JumpingSelector(selectors.DefaultSelector):
    """Moves the clock to the next timer of the loop, instead of sleeping until then."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.jobs = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(self._patience(timeout))
        if not events:
            # Rounded to nanoseconds, the resolution of the loop's timers, so that sums of pauses stay exact.
            self.now = round(self.now + timeout, 9)
            if self.now > _LONGEST:
                raise RuntimeError(
                    "a month of virtual time has passed: the test waits for something that never happens"
                )
        return events

    def _patience(self, timeout: float) -> float:
        """Return the real seconds to wait for an event before the clock moves."""
        if self.jobs:
            # A thread takes real time, and may wait for a timer of the loop, for example for a delayed response.
            return timeout
        # One socket is the loop's own, through which threads wake it.
        return _LOOPBACK_LATENCY if len(self.get_map()) > 1 else 0


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that never sleeps: when nothing is ready and no thread runs for it, it jumps to its next timer.

    `time()` returns virtual seconds. They do not pass while code runs, so durations are exact. The loop waits for
    connections within the process, but not for slower ones, such as those to another machine.
    """

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Return the virtual seconds since the loop was created."""
        return self._clock.now

    @property
    def open_sockets(self) -> int:
        """How many sockets are registered with the loop."""
        return len(self._clock.get_map()) - 1

    def run_in_executor(self, executor: Executor | None, func: Callable[[*_Ts], _T], *args: *_Ts) -> Future[_T]:
        """Run a function in a thread; until it ends, timers take real time."""
        job: Future[_T] = super().run_in_executor(executor, func, *args)
        self._clock.jobs += 1
        job.add_done_callback(self._job_done)
        return job

    def _job_done(self, _: object) -> None:
        self._clock.jobs -= 1

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's own signature
        """Wait for the threads without a timeout, because a virtual one would expire immediately."""
        del timeout
        await super().shutdown_default_executor()
