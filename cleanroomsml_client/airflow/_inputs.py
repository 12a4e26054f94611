"""Turns the fields of an operator, which may hold templates and JSON, into the arguments of a function."""

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

import attrs

from .._codec import without_none
from .._dicts import from_dict, to_dict
from .._fields import SequenceNotStr, is_sequence

__all__ = ["arguments_of", "parameters_of"]

_has_fields: Callable[[Any], bool] = attrs.has


@cache
def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the parameters of a function but the client: the fields of its operator."""
    return tuple(name for name in inspect.signature(function).parameters if name != "client")


def arguments_of(
    function: Callable[..., Any], fields: Mapping[str, Any], render: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return the arguments for a function.

    Args:
        function: The function that is going to be called.
        fields: The values by parameter. Airflow has rendered the templates in text, lists and dicts.
        render: Renders the templates in a dict, for instances of model classes, which Airflow leaves as they are.

    Returns:
        The values with the types of the parameters: a dict becomes an instance of a model class, text a time.

    Raises:
        ValueError: A value does not fit; the text names the parameter.
    """
    hints = get_type_hints(function)
    arguments: dict[str, Any] = {}
    for name in parameters_of(function):
        if fields[name] is not None:
            try:
                arguments[name] = _typed(fields[name], hints[name], render)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
    return arguments


def _typed(value: Any, hint: Any, render: Callable[[Any], Any]) -> Any:
    hint = without_none(hint)
    if get_origin(hint) is SequenceNotStr and is_sequence(value):
        [element] = get_args(hint)
        return [_typed(item, element, render) for item in value]
    if _has_fields(hint):
        if isinstance(value, hint):
            value = render(to_dict(value, include_sensitive=True))
        return from_dict(hint, cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
    if isinstance(value, str) and hint is datetime:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and hint is int:
        return int(value)
    return value
