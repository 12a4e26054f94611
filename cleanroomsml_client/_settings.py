"""Validators for the fields of `RetryPolicy` and `Polling`: an error names the field and says what it takes."""

import math
from collections.abc import Callable
from typing import Any

import attrs

__all__ = ["check_boolean", "number", "whole_number"]

_Validator = Callable[[object, "attrs.Attribute[Any]", object], None]


def number(takes: str, accepts: Callable[[float], bool], *, optional: bool = False) -> _Validator:
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


def whole_number(takes: str, minimum: int) -> _Validator:
    """Return a validator for an integer of at least `minimum`; `takes` describes it."""

    def check(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(_message(instance, attribute, takes, value))
        if value < minimum:
            raise ValueError(_message(instance, attribute, takes, value))

    return check


def check_boolean(instance: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    """Refuse everything but True and False."""
    if type(value) is not bool:
        raise TypeError(_message(instance, attribute, "True or False", value))


def _message(instance: object, attribute: "attrs.Attribute[Any]", takes: str, value: object) -> str:
    return f"{type(instance).__name__}.{attribute.name} must be {takes}, not {value!r}"
