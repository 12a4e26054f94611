"""Converters and validators for the fields of `RetryPolicy` and `Polling`.

An error names the field and says what it takes.
"""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs

__all__ = ["check_boolean", "number", "optional_seconds", "seconds", "whole_number"]

# Declared for one type, although a validator receives anything: with `object`, ty ignores the converter of the field.
_NumberValidator = Callable[[Any, "attrs.Attribute[float]", float], None]
_IntegerValidator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


def seconds(value: float | timedelta) -> float:
    """Return a duration in seconds; what is no duration is returned as it is, for the validator to refuse."""
    return value.total_seconds() if isinstance(value, timedelta) else value


def optional_seconds(value: float | timedelta | None) -> float | None:
    """Return a duration in seconds, or None for no limit."""
    return None if value is None else seconds(value)


def number(takes: str, accepts: Callable[[float], bool], *, optional: bool = False) -> _NumberValidator:
    """Return a validator for a finite number that `accepts` accepts; `takes` describes it."""
    expected = f"{takes}, or None" if optional else takes

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is None and optional:
            return
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise TypeError(_message(instance, attribute, expected, value))
        if not math.isfinite(value) or not accepts(value):
            raise ValueError(_message(instance, attribute, expected, value))

    return check


def whole_number(takes: str, minimum: int, *, optional: bool = False) -> _IntegerValidator:
    """Return a validator for an integer of at least `minimum`; `takes` describes it."""
    expected = f"{takes}, or None" if optional else takes

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if value is None and optional:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(_message(instance, attribute, expected, value))
        if value < minimum:
            raise ValueError(_message(instance, attribute, expected, value))

    return check


def check_boolean(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse everything but True and False."""
    if type(value) is not bool:
        raise TypeError(_message(instance, attribute, "True or False", value))


def _message(instance: object, attribute: "attrs.Attribute[Any]", takes: str, value: object) -> str:
    return f"{type(instance).__name__}.{attribute.name} must be {takes}, not {value!r}"
