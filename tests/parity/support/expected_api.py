"""The public API that follows from botocore's model: names, types and signatures, with the differences applied."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import GenericAlias
from typing import Any, ForwardRef

import pytest

import cleanroomsml_client
from cleanroomsml_client import Pages, SequenceNotStr
from tests.parity.support.botocore_model import Member, Operation, Shape, members
from tests.parity.support.differences import is_dropped, renamed
from tests.support.public_names import PUBLIC_NAMES

__all__ = [
    "class_name",
    "field_type",
    "function_of",
    "parameter_name",
    "parameter_type",
    "public_class",
    "return_type",
    "returned_member",
    "spelled",
]

_SCALARS: Mapping[str, type] = {
    "boolean": bool,
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": str,
    "timestamp": datetime,
}


def class_name(shape: Shape) -> str:
    """Return the class name of a structure or an enum."""
    return renamed(shape.name) or str(shape.name)


def public_class(shape: Shape) -> Any:  # any class
    """Return the class of a structure or an enum; if it is missing, a reference that equals no type."""
    return getattr(cleanroomsml_client, class_name(shape), ForwardRef(class_name(shape)))


def field_type(shape: Shape) -> Any:  # any type
    """Return the type that a field has when it is read."""
    if shape.type_name == "structure" or getattr(shape, "enum", None):
        return public_class(shape)
    if shape.type_name == "list":
        return GenericAlias(tuple, (field_type(shape.member), ...))
    if shape.type_name == "map":
        return Mapping[field_type(shape.key), field_type(shape.value)]  # type: ignore[misc]  # a type that is computed
    return _SCALARS[shape.type_name]


def parameter_type(shape: Shape) -> Any:  # any type
    """Return the type of an argument: any sequence is accepted for a list."""
    if shape.type_name == "list":
        return SequenceNotStr[field_type(shape.member)]  # type: ignore[misc]  # a type that is computed
    return field_type(shape)


def parameter_name(operation: Operation, parameter: Member) -> str:
    """Return the name of a parameter of our function."""
    return renamed(f"{operation.name}Request.{parameter.wire}") or parameter.name


def function_of(operation: Operation) -> Callable[..., Any]:
    """Return the function of an operation; fail the test if it is missing."""
    if operation.function not in PUBLIC_NAMES:
        pytest.fail(f"{operation.name}: there is no public function {operation.function}")
    function: Callable[..., Any] = getattr(cleanroomsml_client, operation.function)
    return function


def returned_member(operation: Operation) -> Member | None:
    """Return the member that a function returns because its output has only one."""
    if operation.output is None or operation.paginator is not None:
        return None
    kept = [member for member in members(operation.output) if not is_dropped(f"{operation.output.name}.{member.wire}")]
    return kept[0] if len(kept) == 1 else None


def return_type(operation: Operation) -> Any:  # any type
    """Return the type of the result of a function."""
    if operation.output is None:
        return None
    if operation.paginator is not None:
        return Pages[field_type(operation.items.shape.member)]  # type: ignore[misc]  # a type that is computed
    member = returned_member(operation)
    return field_type(operation.output if member is None else member.shape)


def spelled(type_: Any) -> str:  # any type
    """Return a type as source code."""
    return type_.__name__ if isinstance(type_, type) and not isinstance(type_, GenericAlias) else str(type_)
