"""`RetryPolicy` and `Polling` refuse what they cannot mean, and name the field."""

import math
from datetime import timedelta
from typing import Any

import pytest

from cleanroomsml_client import Attempt, Client, Polling, RequestError, RetryPolicy


@pytest.mark.parametrize(
    ("policy", "field", "values"),
    [
        (RetryPolicy, "max_attempts", [0, -1]),
        (RetryPolicy, "max_delay", [-0.1, math.inf, math.nan]),
        (RetryPolicy, "timeout", [0, -1, math.inf, math.nan]),
        (Polling, "initial", [0, -1, math.inf, math.nan]),
        (Polling, "maximum", [0, math.inf, math.nan]),
        (Polling, "multiplier", [0.9, math.inf, math.nan]),
        (Polling, "timeout", [-1, math.inf, math.nan]),
    ],
)
def test_values_without_a_meaning_are_refused(policy: Any, field: str, values: list[float]) -> None:
    """A number out of range, infinite or NaN is a ValueError that names class, field and value."""
    for value in values:
        with pytest.raises(ValueError, match=rf"^{policy.__name__}\.{field} must be .*, not {value!r}$"):
            policy(**{field: value})


@pytest.mark.parametrize(
    ("policy", "field", "values"),
    [
        (RetryPolicy, "max_attempts", [2.5, True, None, "3", math.inf]),
        (RetryPolicy, "max_delay", [True, None, "3"]),
        (RetryPolicy, "timeout", [True, "3", b""]),
        (RetryPolicy, "retry_creates", [1, None, "yes"]),
        (Polling, "initial", [True, None, "3"]),
        (Polling, "maximum", [True, None, "3"]),
        (Polling, "multiplier", [True, None, "3"]),
        (Polling, "timeout", [True, "3"]),
    ],
)
def test_values_of_other_types_are_refused(policy: Any, field: str, values: list[object]) -> None:
    """A value of another type is a TypeError that names class, field and value."""
    for value in values:
        with pytest.raises(TypeError, match=rf"^{policy.__name__}\.{field} must be "):
            policy(**{field: value})


def test_values_with_a_meaning_are_kept() -> None:
    """Whole numbers are accepted for seconds; None means that there is no limit."""
    assert RetryPolicy(max_attempts=1, max_delay=0, timeout=None, retry_creates=True).max_delay == 0
    assert Polling(initial=1, maximum=2, multiplier=1, timeout=3).timeout == 3


def test_durations_may_be_timedeltas() -> None:
    """A timedelta is stored in seconds, so that the policy equals the one with that number."""
    minute = timedelta(minutes=1)
    assert RetryPolicy(max_delay=minute, timeout=minute) == RetryPolicy(max_delay=60.0, timeout=60.0)
    assert Polling(initial=minute, maximum=minute, timeout=timedelta(hours=6)) == Polling(
        initial=60, maximum=60, timeout=21600
    )
    assert repr(Polling(timeout=minute)) == "Polling(initial=5.0, maximum=60.0, multiplier=1.5, timeout=60.0)"


def test_a_negative_timedelta_is_refused() -> None:
    """A timedelta out of range is refused as the number of its seconds is."""
    with pytest.raises(
        ValueError, match=r"^RetryPolicy\.timeout must be seconds or a timedelta, more than 0, or None, not -60\.0$"
    ):
        RetryPolicy(timeout=timedelta(minutes=-1))
    with pytest.raises(
        ValueError, match=r"^Polling\.timeout must be seconds or a timedelta, at least 0, or None, not -60\.0$"
    ):
        Polling(timeout=timedelta(minutes=-1))


async def observe(attempt: Attempt) -> None:
    """An observer that nothing would await."""


class Observing:
    """An object whose call is an `async def`."""

    async def __call__(self, attempt: Attempt) -> None:
        """Nothing would await this."""


@pytest.mark.parametrize("observer", [observe, Observing()], ids=["a function", "an object"])
def test_an_async_observer_is_refused(observer: Any) -> None:
    """An `async def` is refused when the client is made: its coroutine would never be awaited."""
    with pytest.raises(RequestError) as caught:
        Client(object(), observer=observer)
    assert str(caught.value) == (
        "observer must be a plain function, not an `async def`; to await something, "
        "start it with `asyncio.create_task` or put the attempt into an `asyncio.Queue`"
    )
