"""What mutation testing found that no other test would notice. `make mutate` repeats it."""

import asyncio

import pytest

from cleanroomsml_client import Polling, RetryPolicy
from cleanroomsml_client._retry import Attempt, RetryQuota, run
from tests.support.outcomes import SUCCESS, ScriptedSend, service_error


@pytest.mark.parametrize(("value", "bare"), [(Polling, (3,)), (RetryPolicy, (3,)), (Attempt, ("GetX", 1, 0.5))])
def test_values_are_made_by_keyword(value: type, bare: tuple[object, ...]) -> None:
    """Bare numbers, of which nobody knows what they are, make no policy and no attempt."""
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        value(*bare)


def test_pollings_may_be_brisk() -> None:
    """Pauses below a second are allowed, as a local service wants them."""
    assert Polling(initial=0.01, maximum=0.5, timeout=0.5).maximum == 0.5


def test_the_default_policy() -> None:
    """Left alone, a call has these limits, which the documentation promises."""
    assert RetryPolicy() == RetryPolicy(max_attempts=5, max_delay=20.0, timeout=60.0, retry_creates=False)


@pytest.mark.virtual_time
async def test_a_calls_time_begins_with_the_call() -> None:
    """However long the event loop has run, a call has its whole time before it."""
    await asyncio.sleep(1000)
    send = ScriptedSend(service_error("ThrottlingException", 429), SUCCESS)
    assert await run("GetAudienceModel", send, policy=RetryPolicy(), quota=RetryQuota(), observer=None) is SUCCESS
    assert len(send.started) == 2
