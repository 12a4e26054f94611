"""Random calls, cancellations and timeouts: whatever happens to a call, it leaves its place in the queue."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest

from cleanroomsml_client import DeadlineError, Pacing, RequestError, RetryPolicy, ThrottlingError
from cleanroomsml_client._pacing import Pacer, is_poll
from cleanroomsml_client._retry import AttemptState, RetryQuota, run
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time

_PACINGS = (Pacing(), Pacing(window=2), Pacing(window=None, limit_rate=False))
_CALLS = 100


def _sender(random: Random, in_progress: list[int]) -> Callable[[AttemptState], Awaitable[int]]:
    """Return a function that takes some time, and then succeeds or fails; it records how many run at once."""

    async def send(attempt: AttemptState) -> int:
        in_progress.append(in_progress[-1] + 1)
        try:
            await asyncio.sleep(random.choice([0, 0.01, 0.5, 3]))
            match random.randrange(20):
                case 0:
                    raise RequestError("refused", "Get")
                case 1 | 2 | 3:
                    pause = random.choice([None, 1.0])
                    raise ThrottlingError("slow", "Get", "ThrottlingException", 429, None, attempt.number, pause)
                case _:
                    return attempt.number
        finally:
            in_progress.append(in_progress[-1] - 1)

    return send


@pytest.mark.parametrize("seed", range(20))
async def test_every_call_leaves_its_place(seed: int) -> None:
    """No more calls are in progress than there are connections; in the end none is in progress, queued or timed."""
    random, in_progress = Random(seed), [0]  # noqa: S311  # no secret
    connections = random.choice([1, 3, 8])
    pacer, quota, send = Pacer(connections), RetryQuota(running_loop().time), _sender(random, in_progress)

    async def call() -> int:
        is_poll.set(random.random() < 0.2)
        await asyncio.sleep(random.random() * 2)
        policy = RetryPolicy(timeout=random.choice([None, 0.05, 1, 5, 60]), max_attempts=random.choice([1, 3]))
        return await run(
            random.choice(["Get", "List"]),
            send,
            policy=policy,
            quota=quota,
            observer=None,
            pacer=pacer,
            pacing=random.choice(_PACINGS),
        )

    calls = [asyncio.create_task(call()) for _ in range(_CALLS)]
    for each in random.sample(calls, _CALLS // 5):
        running_loop().call_later(random.random() * 4, each.cancel)
    results = await asyncio.gather(*calls, return_exceptions=True)
    expected = (int, ThrottlingError, RequestError, DeadlineError, asyncio.CancelledError)
    assert [result for result in results if not isinstance(result, expected)] == []
    assert max(in_progress) <= connections
    state: dict[str, Any] = vars(pacer)
    assert (state["_in_progress"], state["_queues"]) == (0, {})
    assert [(each.in_progress, each.queued) for each in state["_operations"].values()] == [(0, 0)] * 2
    assert vars(state["_deadlines"]) == {"_deadlines": {}, "_timer": None}
