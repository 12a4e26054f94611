"""A call, a page loop, a wait or a whole session that is cancelled at any await leaves nothing behind.

Work runs from one await to the next and is cancelled in each of them: when it starts waiting, or at the moment when the
awaited result arrives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    Client,
    Polling,
    connect,
    create_audience_model,
    delete_audience_model,
    get_audience_model,
    list_audience_models,
    wait_for_audience_model,
)
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import running_loop
from tests.support.wire import FaultServer, Pause, Script, error, response

pytestmark = pytest.mark.virtual_time

ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:audience-model/a1"
DATASET = "arn:aws:cleanrooms-ml:us-east-1:123456789012:training-dataset/d1"
MODEL: dict[str, Any] = {
    "audienceModelArn": ARN,
    "name": "a",
    "status": "ACTIVE",
    "trainingDatasetArn": DATASET,
    "createTime": "2024-01-02T03:04:05Z",
    "updateTime": "2024-01-02T03:04:05Z",
}
# Each is a valid response of a get and of a create, too.
PENDING = response(200, MODEL | {"status": "CREATE_PENDING"})
GOOD = response(200, MODEL)
PAGE = response(200, MODEL | {"audienceModels": [MODEL, MODEL], "nextToken": "t1"})
LAST_PAGE = response(200, MODEL | {"audienceModels": [MODEL]})
BUSY = error(429, "ThrottlingException", headers={"Retry-After": "3"})

ONE_CONNECTION = AioConfig(max_pool_connections=1)

SESSION = AioSession()
"""Shared by all tests: it keeps the parsed service model, which takes long to load."""


NOTICED = 2.0
"""Virtual seconds after which the server has noticed that its client is disconnected."""


class CancelledAt:
    """Work that is cancelled in its await with this number; the first is number 0."""

    def __init__(self, work: Coroutine[Any, Any, object], number: int, *, late: bool) -> None:
        self.waits = 0
        self._work = work
        self._number = number
        self._late = late

    def __await__(self) -> Generator[Any, Any, object]:
        steps = self._work.__await__()
        step: Callable[[], Any] = partial(next, steps)
        while True:
            try:
                awaited = step()
            except StopIteration as end:
                return end.value
            if self.waits == self._number:
                self._cancel(awaited)
            self.waits += 1
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  # `await` passes every exception into the coroutine
                step = partial(steps.throw, error)
            else:
                step = partial(next, steps)

    def _cancel(self, awaited: asyncio.Future[Any] | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        if self._late and awaited is not None:
            # This callback runs before the one that wakes the task.
            awaited.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()

    async def run(self) -> object:
        """Return the result; for `asyncio.create_task`, which needs a coroutine."""
        return await self


async def _get(client: Client) -> object:
    return (await get_audience_model(client, ARN)).name


async def _get_queued(client: Client) -> object:
    """Get behind two other gets: there is one connection. They are cancelled, too, when this one is."""
    others = [asyncio.create_task(_get(client)) for _ in range(2)]
    try:
        await asyncio.sleep(0)
        result = await _get(client)
        await asyncio.gather(*others)
    finally:
        for other in others:
            other.cancel()
    return result


async def _create(client: Client) -> object:
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


async def _delete(client: Client) -> object:
    await delete_audience_model(client, ARN)
    return None


async def _items(client: Client) -> object:
    return [item.name async for item in list_audience_models(client)]


async def _pages(client: Client) -> object:
    return [len(page.items) async for page in list_audience_models(client).pages()]


async def _wait(client: Client) -> object:
    return (await wait_for_audience_model(client, ARN, polling=Polling(timeout=3600))).status


Work = Callable[[Client], Coroutine[Any, Any, object]]
WORKS: dict[str, tuple[Work, tuple[Script, ...], object]] = {
    "a get": (_get, (GOOD,), "a"),
    "a get with a slow response": (_get, ((GOOD[:30], Pause(1), GOOD[30:90], Pause(1), GOOD[90:]),), "a"),
    "a get with two retries": (_get, (BUSY, error(500, "InternalServiceException"), GOOD), "a"),
    "a get that is queued": (_get_queued, ((Pause(1), GOOD), GOOD), "a"),
    "a get that is queued behind throttled ones": (_get_queued, (BUSY, GOOD), "a"),
    "a create": (_create, (GOOD,), ARN),
    "a create with a retry": (_create, (BUSY, GOOD), ARN),
    "a delete": (_delete, (GOOD,), None),
    "a loop over items": (_items, (PAGE, LAST_PAGE), ["a", "a", "a"]),
    "a loop over pages": (_pages, (PAGE, BUSY, LAST_PAGE), [2, 1]),
    "a wait": (_wait, (PENDING, PENDING, GOOD), "ACTIVE"),
    "a wait with failing polls": (_wait, (PENDING, *[BUSY] * 5, GOOD), "ACTIVE"),
}
every_work = pytest.mark.parametrize(("work", "scripts", "result"), WORKS.values(), ids=WORKS)
early_and_late = pytest.mark.parametrize("late", [False, True], ids=["while waiting", "as the result arrives"])


async def until_done(attempt: Callable[[int], Awaitable[bool]]) -> int:
    """Call `attempt` with 0, 1, 2, ... until one returns that it was not cancelled; return how many were cancelled."""
    number = 0
    while await attempt(number):
        number += 1
    return number


async def is_cancelled(work: CancelledAt, result: object) -> bool:
    """Return whether the work, in its own task, was cancelled; if it ended before, it must have its result."""
    task = asyncio.create_task(work.run())
    await asyncio.wait([task])
    if task.cancelled():
        return True
    assert task.result() == result
    return False


@pytest.mark.slow
@early_and_late
@every_work
async def test_work_can_be_cancelled_at_every_await(
    work: Work, scripts: tuple[Script, ...], result: object, *, late: bool
) -> None:
    """Whichever await is cancelled, no task, connection in use or warning is left, and the client still works."""

    async def attempt(number: int) -> bool:
        async with nothing_left_behind(), FaultServer(*scripts) as server:
            tasks, sockets = asyncio.all_tasks(), running_loop().open_sockets
            async with connect(endpoint_url=server.url, session=SESSION, config=ONE_CONNECTION) as client:
                cancelled = CancelledAt(work(client), number, late=late)
                was_cancelled = await is_cancelled(cancelled, result)
                await asyncio.sleep(NOTICED)
                # At most one connection is in the pool: a socket here, and a socket and a task at the server.
                assert running_loop().open_sockets - sockets in {0, 2}
                assert len(asyncio.all_tasks() - tasks) == (running_loop().open_sockets - sockets) / 2
                # From now on the server plays its last script, which is a success.
                server.played = len(scripts)
                assert (await get_audience_model(client, ARN)).name == "a"
        # The work was cancelled in the chosen await, or in a later one if it had to clean up.
        assert not was_cancelled or cancelled.waits > number
        return was_cancelled

    # A connection is opened, and the head and body of a response are read.
    assert await until_done(attempt) >= 3


@early_and_late
async def test_a_session_can_be_cancelled_at_every_await(*, late: bool) -> None:
    """A session that is cancelled while it connects, calls or closes leaves no task, socket or warning."""

    async def session(url: str) -> object:
        async with connect(endpoint_url=url, session=SESSION) as client:
            return await _get(client)

    async def attempt(number: int) -> bool:
        async with nothing_left_behind(), FaultServer(GOOD) as server:
            was_cancelled = await is_cancelled(CancelledAt(session(server.url), number, late=late), "a")
            await asyncio.sleep(NOTICED)
            return was_cancelled

    assert await until_done(attempt) >= 3


@every_work
async def test_cancelled_calls_do_not_affect_others(work: Work, scripts: tuple[Script, ...], result: object) -> None:
    """If some of the calls that share a client are cancelled, the others return their results."""
    del scripts, result
    async with (
        nothing_left_behind(),
        FaultServer((Pause(1), LAST_PAGE)) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        kept = [asyncio.create_task(_get(client)) for _ in range(5)]
        doomed = [asyncio.create_task(CancelledAt(work(client), number, late=False).run()) for number in range(5)]
        await asyncio.wait([*kept, *doomed])
        assert [task.result() for task in kept] == ["a"] * 5
        assert any(task.cancelled() for task in doomed)
