"""`RetryPolicy` and `Polling` refuse what they cannot mean, and name the field."""

import math
from typing import Any

import pytest

from cleanroomsml_client import Polling, RetryPolicy


@pytest.mark.parametrize(
    ("policy", "field", "values"),
    [
        (RetryPolicy, "max_attempts", [0, -1]),
        (RetryPolicy, "max_delay", [-0.1, math.inf, math.nan]),
        (RetryPolicy, "timeout", [0, -1, math.inf, math.nan]),
        (Polling, "initial", [0, -1, math.inf, math.nan]),
        (Polling, "maximum", [0, math.inf, math.nan]),
        (Polling, "multiplier", [0.9, math.inf, math.nan]),
        (Polling, "timeout", [0, -1, math.inf, math.nan]),
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
