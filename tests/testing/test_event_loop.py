"""The event loop with virtual time."""

import asyncio
import threading
from itertools import count

import pytest

from cleanroomsml_client.testing.event_loop import VirtualTimeLoop
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time


async def test_hours_pass_at_once() -> None:
    """A sleep moves the clock of the loop by exactly its duration."""
    start = running_loop().time()
    await asyncio.sleep(3 * 3600)
    assert running_loop().time() - start == 3 * 3600


async def test_timers_fire_in_order() -> None:
    """Tasks wake in the order of their timers, each at the right time."""
    start = running_loop().time()
    woken: list[float] = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(running_loop().time() - start)

    await asyncio.gather(sleeper(30), sleeper(10), sleeper(20))
    assert woken == [10, 20, 30]


async def test_timeouts_expire() -> None:
    """asyncio.timeout uses virtual time."""
    start = running_loop().time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60):
            await asyncio.Event().wait()
    assert running_loop().time() - start == 60


async def test_the_clock_waits_for_threads() -> None:
    """A timer does not fire before a function in a thread has returned."""
    release = threading.Event()

    def job() -> float:
        release.wait()
        return 1.0

    waiting = asyncio.create_task(asyncio.to_thread(job))
    timer = asyncio.create_task(asyncio.sleep(3600))
    # Called from outside the loop, after real time in which the timer would have fired.
    threading.Timer(0.02, release.set).start()
    assert await waiting == 1.0
    assert not timer.done()
    await timer


async def test_a_thread_can_wait_for_a_timer() -> None:
    """A timer fires on time while a thread waits for it."""
    release = threading.Event()
    asyncio.get_running_loop().call_later(0.005, release.set)
    assert await asyncio.to_thread(release.wait)
    assert running_loop().time() == 0.005


async def test_a_cancelled_job_does_not_stop_the_clock() -> None:
    """The clock continues after the future of a thread is cancelled."""
    release = threading.Event()
    job = asyncio.create_task(asyncio.to_thread(release.wait))
    await asyncio.sleep(0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    await asyncio.sleep(5)
    release.set()


async def test_the_clock_waits_for_loopback_connections() -> None:
    """A timer does not fire while data is in transit between two sockets of the loop."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(1000):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    start = running_loop().time()
    async with server, asyncio.timeout(0.001):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for number in range(100):
            writer.write(b"%3d" % number)
            assert await reader.readexactly(3) == b"%3d" % number
        writer.close()
        await writer.wait_closed()
    assert running_loop().time() == start


async def test_open_sockets_are_counted() -> None:
    """`open_sockets` counts the sockets that a test has left open."""
    assert running_loop().open_sockets == 0
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    assert running_loop().open_sockets == 1
    server.close()
    await server.wait_closed()
    assert running_loop().open_sockets == 0


def test_waiting_for_ever_is_an_error() -> None:
    """A test that waits for ever fails instead of running for ever."""

    async def wait_for_ever() -> None:
        for _ in count():
            await asyncio.sleep(3600)

    with (
        pytest.raises(RuntimeError, match="waits for something that never happens"),
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
    ):
        runner.run(wait_for_ever())


def test_the_loop_closes_with_its_threads() -> None:
    """Closing a loop joins its threads, however far the clock has jumped."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(asyncio.to_thread(threading.get_ident)) != threading.get_ident()
