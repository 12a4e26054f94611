"""Deadlines of futures, in virtual time."""

import asyncio

import pytest

from cleanroomsml_client._deadlines import Deadlines
from tests.support.virtual_time import record_timers, running_loop

pytestmark = pytest.mark.virtual_time


async def _end(future: asyncio.Future[None]) -> float:
    """Wait for a TimeoutError; return when it came."""
    with pytest.raises(TimeoutError):
        await future
    return round(running_loop().time(), 3)


async def test_each_future_ends_at_its_deadline() -> None:
    """In any order of the deadlines."""
    loop, deadlines = running_loop(), Deadlines()
    begun = loop.time()
    futures = [loop.create_future() for _ in range(4)]
    for future, seconds in zip(futures, (3, 1, 1, 2), strict=True):
        deadlines.add(future, begun + seconds)
    ends = await asyncio.gather(*map(_end, futures))
    assert ends == [round(begun + seconds, 3) for seconds in (3, 1, 1, 2)]


async def test_a_removed_or_finished_future_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer goes on for the others, and is cancelled with the last of them."""
    timers = record_timers(monkeypatch)
    loop, deadlines = running_loop(), Deadlines()
    removed, finished, other = (loop.create_future() for _ in range(3))
    for future in (removed, finished, other):
        deadlines.add(future, loop.time() + 1)
    deadlines.discard(removed)
    deadlines.discard(removed)
    finished.set_result("done")
    await _end(other)
    assert not removed.done()
    assert finished.result() == "done"
    assert timers.count("Deadlines._expire") == 1
    deadlines.add(removed, loop.time() + 1)
    deadlines.discard(removed)
    await asyncio.sleep(2)
    assert not removed.done()
    assert timers.count("Deadlines._expire") == 2


async def test_a_timer_for_a_removed_future_ends_no_other() -> None:
    """The earliest future is removed, and its timer rings."""
    loop, deadlines = running_loop(), Deadlines()
    first, second = loop.create_future(), loop.create_future()
    begun = loop.time()
    deadlines.add(first, begun + 1)
    deadlines.add(second, begun + 5)
    deadlines.discard(first)
    assert await _end(second) == round(begun + 5, 3)


async def test_many_deadlines_share_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand deadlines within a second need a timer every 10 ms, and are late by that at most."""
    timers = record_timers(monkeypatch)
    loop, deadlines = running_loop(), Deadlines()
    begun = loop.time()
    futures = [loop.create_future() for _ in range(1_000)]
    for number, future in enumerate(futures):
        deadlines.add(future, begun + 60 + number / 1_000)
    ends = await asyncio.gather(*map(_end, futures))
    assert timers.count("Deadlines._expire") <= 101
    late = [end - begun - 60 - number / 1_000 for number, end in enumerate(ends)]
    assert min(late) >= -0.001
    assert max(late) <= 0.011
