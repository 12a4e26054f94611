"""Mutations of the code that no other test detects. `make mutate` finds them."""

import asyncio

import pytest

from cleanroomsml_client import Polling, RetryPolicy
from cleanroomsml_client._retry import Attempt, RetryQuota, run
from tests.support.outcomes import SUCCESS, ScriptedSend, service_error


@pytest.mark.parametrize(("value", "bare"), [(Polling, (3,)), (RetryPolicy, (3,)), (Attempt, ("GetX", 1, 0.5))])
def test_values_are_created_by_keyword(value: type, bare: tuple[object, ...]) -> None:
    """Policies and attempts do not accept positional values, whose meaning a reader could not see."""
    with pytest.raises(TypeError, match="takes 1 positional argument"):
        value(*bare)


def test_pauses_below_a_second_are_allowed() -> None:
    """Pauses and timeouts below a second are allowed, as tests with a local service need them."""
    assert Polling(initial=0.01, maximum=0.5, timeout=0.5).maximum == 0.5


def test_the_default_policy() -> None:
    """The default policy has the limits that the documentation names."""
    assert RetryPolicy() == RetryPolicy(max_attempts=5, max_delay=20.0, timeout=60.0, retry_creates=False)


@pytest.mark.virtual_time
async def test_the_timeout_starts_with_the_call() -> None:
    """A call has its whole timeout, however long the event loop has been running."""
    await asyncio.sleep(1000)
    send = ScriptedSend(service_error("ThrottlingException", 429), SUCCESS)
    assert await run("GetAudienceModel", send, policy=RetryPolicy(), quota=RetryQuota(), observer=None) is SUCCESS
    assert len(send.started) == 2
