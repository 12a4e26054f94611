"""Wrong arguments of every operation: each is reported in our names, and nothing is sent."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest

from cleanroomsml_client import RequestError
from tests.parity.support.botocore_model import OPERATIONS, STRUCTURES, Member, Operation, Shape, members
from tests.parity.support.expected_api import function_of, parameter_name
from tests.parity.support.sample_values import Generator
from tests.parity.support.wire_exchange import arguments, exchange

_WIRE_NAMES = {
    member.wire for structure in STRUCTURES for member in members(structure) if member.wire != member.name
} | {"maxResults", "nextToken"}
_WITH_PARAMETERS = [operation for operation in OPERATIONS if operation.parameters]
_NAIVE = datetime(2026, 1, 31)  # noqa: DTZ001  # the test needs a time without zone

_WRONG: Mapping[str, list[object]] = {
    "boolean": ["text"],
    "double": ["text"],
    "float": ["text"],
    "integer": ["text", 1.5, True],
    "list": ["text", b"text", {"a": "b"}, 5, {1}],
    "long": ["text"],
    "map": ["text", [1], 5],
    "string": [5, b"text", ["text"], {"a": "b"}],
    "structure": ["text", 5, {"a": "b"}, [1]],
    "timestamp": ["2026-01-31", "noon", _NAIVE, [1], {"a": "b"}],
}
"""Values that are not of the type of a shape."""

_WRONG_MEMBERS: Mapping[type, Mapping[str, Any]] = {
    str: {"list": ["text"]},
    int: {"list": [5], "bool": True},
    float: {
        "list": [5.5],
        "bool": True,
        "nan": math.nan,
        "-inf": -math.inf,
        "Decimal beyond its range": Decimal("sNaN"),
        "int beyond its range": 10**400,
    },
}
"""Values that are not of the type of a member, by what errors say in place of them. botocore's validator accepts bools
and NaN as numbers."""


def _expected_type(shape: Shape) -> str:
    if shape.type_name == "list":
        return f"a sequence of {_expected_type(shape.member)}"
    if shape.type_name == "structure" or getattr(shape, "enum", None):
        return str(shape.name)
    names = {"string": "str", "integer": "int", "long": "int", "double": "float", "float": "float", "boolean": "bool"}
    return {**names, "map": "a mapping of str", "timestamp": "datetime with a time zone"}[shape.type_name]


def _keyword_arguments(operation: Operation, *, is_full: bool) -> dict[str, Any]:
    """Return valid arguments, all by keyword."""
    positional, by_keyword = arguments(operation, Generator(is_full).values(operation.parameters, "x"))
    identity = [parameter_name(operation, member) for member in operation.parameters if member.location == "uri"]
    return by_keyword | dict(zip(sorted(identity, key=_order(operation)), positional, strict=True))


def _order(operation: Operation) -> Any:
    names = list(function_of(operation).__annotations__)
    return names.index


async def _refusal(client: Any, operation: Operation, values: Mapping[str, Any]) -> str:
    """Call the function; return the message of its RequestError, which has no wire name and no cause."""
    result = function_of(operation)(client, **values)
    with pytest.raises(RequestError) as caught:
        await (result if operation.paginator is None else result.collect())
    assert caught.value.operation == operation.name
    assert caught.value.__cause__ is None
    message = str(caught.value)
    assert set(re.findall(r"\w+", message.removeprefix(operation.name))) & _WIRE_NAMES == set()
    return message


@pytest.mark.parametrize("operation", _WITH_PARAMETERS, ids=str)
async def test_each_required_argument_is_missed(operation: Operation) -> None:
    """None for a required argument is reported with the name of the parameter."""
    values = _keyword_arguments(operation, is_full=False)
    async with exchange() as (client, server):
        for parameter in operation.parameters:
            if parameter.is_required:
                name = parameter_name(operation, parameter)
                message = await _refusal(client, operation, {**values, name: None})
                assert message == f"{operation.name}: {name}: required, but missing"
    assert server.requests == []


@pytest.mark.parametrize("operation", _WITH_PARAMETERS, ids=str)
async def test_each_wrong_type_is_reported(operation: Operation) -> None:
    """An argument of a wrong type is reported with the name of the parameter and both types, without its value."""
    values = _keyword_arguments(operation, is_full=True)
    async with exchange() as (client, server):
        for parameter in operation.parameters:
            name = parameter_name(operation, parameter)
            for wrong in _WRONG[parameter.shape.type_name]:
                message = await _refusal(client, operation, {**values, name: wrong})
                kind = "datetime without a time zone" if wrong is _NAIVE else type(wrong).__name__
                expected = f"{operation.name}: {name}: {_expected_type(parameter.shape)} expected, not {kind}"
                assert message.partition("; write ")[0] == expected
    assert server.requests == []


# Re-typed: these are type guards.
_is_class: Callable[[Any], bool] = attrs.has
_fields: Callable[[Any], Iterable[Any]] = attrs.fields


def _wrong_members(value: Any, path: str) -> Iterator[tuple[Any, str, str]]:
    """Yield copies of an argument with one scalar of a wrong type, its path, and what errors say in place of it."""
    # Any, also after isinstance.
    items: Any = value
    if isinstance(value, tuple):
        for index, item in enumerate(items):
            wrong: list[tuple[Any, str, str]] = [(True, f"{path}[{index}]", "bool")] if type(item) is int else []
            for changed, where, kind in (*wrong, *_wrong_members(item, f"{path}[{index}]")):
                yield (*items[:index], changed, *items[index + 1 :]), where, kind
    elif _is_class(type(items)):
        for field in _fields(type(items)):
            part = getattr(items, field.name)
            where = f"{path}.{field.name}"
            for kind, wrong_part in _WRONG_MEMBERS.get(part.__class__, {}).items():
                yield attrs.evolve(items, **{field.alias: wrong_part}), where, kind
            for changed, nested, kind in _wrong_members(part, where):
                yield attrs.evolve(items, **{field.alias: changed}), nested, kind


@pytest.mark.parametrize("operation", _WITH_PARAMETERS, ids=str)
async def test_each_wrong_member_of_a_class_is_reported(operation: Operation) -> None:
    """A member of a wrong type, however deep, is reported with its path in our names."""
    values = _keyword_arguments(operation, is_full=True)
    async with exchange() as (client, server):
        for name, value in values.items():
            for changed, path, kind in _wrong_members(value, name):
                message = await _refusal(client, operation, {**values, name: changed})
                assert re.fullmatch(f"{operation.name}: {re.escape(path)}: \\w+ expected, not {kind}", message)
    assert server.requests == []


def _too_short(parameters: tuple[Member, ...]) -> Iterator[tuple[Member, Any, str]]:
    for parameter in parameters:
        least = parameter.shape.metadata.get("min", 0)
        match parameter.shape.type_name:
            case "string" if parameter.shape.metadata.get("pattern", "").startswith("arn:"):
                kind = (
                    "key" if parameter.name == "kms_key_arn" else parameter.name.removesuffix("_arn").replace("_", "-")
                )
                expected = "an ARN of a resource" if kind == "resource" else f"an ARN of kind {kind}"
                yield parameter, "my-model", f"{expected} expected, not other text"
            case "string" if least and not getattr(parameter.shape, "enum", None):
                yield parameter, "x" * (least - 1), f"at least {least} character{'s' if least > 1 else ''} expected"
            case "list" if least:
                yield parameter, [], f"at least {least} element{'s' if least > 1 else ''} expected"
            case "integer" if least:
                yield parameter, least - 1, f"at least {least} expected"
            case _:
                pass


@pytest.mark.parametrize("operation", _WITH_PARAMETERS, ids=str)
async def test_what_is_too_short_is_reported(operation: Operation) -> None:
    """Text, a sequence or a number below its minimum is reported with the minimum."""
    values = _keyword_arguments(operation, is_full=True)
    async with exchange() as (client, server):
        for parameter, short, problem in _too_short(operation.parameters):
            name = parameter_name(operation, parameter)
            message = await _refusal(client, operation, {**values, name: short})
            assert message == f"{operation.name}: {name}: {problem}"
    assert server.requests == []
