"""An event loop whose clock jumps: hours of waiting pass at once, while loopback connections work for real."""

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
"""Real seconds given to what is in flight between two sockets of this process before the clock outruns it."""


_LONGEST = 30 * 24 * 3600
"""Virtual seconds after which a test is taken to wait for ever."""


class _JumpingSelector(selectors.DefaultSelector):
    """Where a loop would sleep until its next timer, this one moves the clock there instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.jobs = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        events = super().select(self._patience(timeout))
        if not events:
            # To the nanosecond, as the loop reads its timers: sums of pauses stay exact.
            self.now = round(self.now + timeout, 9)
            if self.now > _LONGEST:
                raise RuntimeError("a month of virtual time has passed: something waits for ever")
        return events

    def _patience(self, timeout: float) -> float:
        """Real seconds to wait for something to happen before the clock moves."""
        if self.jobs:
            # A thread takes real time, and may itself wait for a timer of the loop: for a late answer, say.
            return timeout
        # One is the loop's own, by which threads wake it.
        return _LOOPBACK_LATENCY if len(self.get_map()) > 1 else 0


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """A loop that never sleeps: when nothing is ready and no thread works for it, it jumps to its next timer.

    `time()` tells the virtual time. It stands still while code runs, so durations are exact. Connections within the
    process are waited for; anything slower, such as another machine, is outrun.
    """

    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        """Virtual seconds."""
        return self._clock.now

    @property
    def open_sockets(self) -> int:
        """How many sockets the loop serves."""
        return len(self._clock.get_map()) - 1

    def run_in_executor(self, executor: Executor | None, func: Callable[[*_Ts], _T], *args: *_Ts) -> Future[_T]:
        """Run a job in a thread; meanwhile timers take as long as they say."""
        job: Future[_T] = super().run_in_executor(executor, func, *args)
        self._clock.jobs += 1
        job.add_done_callback(self._job_done)
        return job

    def _job_done(self, _: object) -> None:
        self._clock.jobs -= 1

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's own signature
        """Wait for the threads in real time: a driven timeout would be over at once."""
        del timeout
        await super().shutdown_default_executor()
