"""Encodes the arguments of operations for botocore, whose validator is to refuse all that is wrong.

What the validator would accept becomes an `Unencodable`: a mapping in place of a class, text in place of a datetime, a
datetime without a time zone, a bool in place of a number, a number that is not finite. `_aws/validation.py` translates
the validator's report. A valid call pays for comparisons of types only.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from . import _codec
from ._fields import is_sequence
from ._models import Unencodable, kind_of, wire_name
from .errors import RequestError

__all__ = ["encode_arguments", "encode_parameters"]

_MAPS = frozenset({"environment", "hyperparameters", "tags"})
"""The arguments that are mappings. Anywhere else, a mapping stands where a class is expected."""

_DATETIMES = frozenset({"training_data_end_time", "training_data_start_time"})
"""The arguments that are datetimes. botocore would read text as a local time."""

_FLAGS = frozenset({"include_seed_in_output"})
"""The arguments that are bools. Anywhere else, a bool stands where a number is expected."""


def encode_arguments(operation: str, arguments: Mapping[str, object]) -> dict[str, Any]:
    """Return the arguments of one of our functions as botocore takes them; None is left out."""
    return {
        wire_name(name): value if type(value) is str and name not in _DATETIMES else _encode(operation, name, value)
        for name, value in arguments.items()
        if value is not None
    }


def encode_parameters(operation: str, parameters: Mapping[str, object]) -> dict[str, Any]:
    """Return the parameters of any operation as botocore takes them; None is left out, a mapping stays one."""
    return {
        wire_name(name): _encode_value(operation, name, value)
        for name, value in parameters.items()
        if value is not None
    }


def _encode(operation: str, name: str, value: object) -> Any:
    if _is_misplaced(name, value):
        return Unencodable(kind_of(value))
    if is_sequence(value):
        return [_encode(operation, "", item) for item in cast("Sequence[object]", value)]
    return _encode_value(operation, name, value)


def _is_misplaced(name: str, value: object) -> bool:
    return (
        (isinstance(value, Mapping) and name not in _MAPS)
        or (isinstance(value, str) and name in _DATETIMES)
        or (isinstance(value, bool) and name not in _FLAGS)
    )


def _encode_value(operation: str, name: str, value: object) -> Any:
    try:
        return _codec.encode(value)
    except (AttributeError, RecursionError, TypeError) as error:
        problem = f"{operation}: {name}: a member of {kind_of(value)} has the wrong type"
        raise RequestError(problem, operation) from error
