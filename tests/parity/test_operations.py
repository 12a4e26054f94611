import inspect
from collections.abc import Iterator

import pytest

import cleanroomsml_client
from cleanroomsml_client import Client
from tests.parity.support.botocore_model import OPERATIONS, Member, Operation
from tests.parity.support.differences import ENGINE
from tests.parity.support.expected_api import function_of, parameter_name, parameter_type, return_type, spelled
from tests.support.public_names import PUBLIC_NAMES

_FUNCTIONS = [name for name in PUBLIC_NAMES if inspect.isfunction(getattr(cleanroomsml_client, name))]


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_has_a_function(operation: Operation) -> None:
    """Each operation has a public function: a coroutine function, or one that returns pages."""
    assert inspect.iscoroutinefunction(function_of(operation)) is (operation.paginator is None)


@pytest.mark.parametrize("name", [name for name in _FUNCTIONS if not name.startswith(("wait_for_", "watch_"))])
def test_every_function_is_an_operation(name: str) -> None:
    """Each public function is an operation of the service, a wait, a watch, or one of the engine."""
    assert name in ENGINE | {*(operation.function for operation in OPERATIONS)}


def _parameter_problems(operation: Operation, parameter: Member, ours: inspect.Parameter) -> Iterator[str]:
    """Yield what is wrong with a parameter that both sides have."""
    subject = f"{operation.function}({ours.name})"
    expected = parameter_type(parameter.shape)
    if parameter.is_required and ours.default is not ours.empty:
        yield f"{subject}: botocore requires it"
    if not parameter.is_required:
        expected = expected | None
        if ours.default is ours.empty:
            yield f"{subject}: botocore does not require it"
        elif ours.default is not None:
            yield f"{subject}: its default is {ours.default!r}, not None"
    if ours.annotation != expected:
        yield f"{subject}: its type is {spelled(ours.annotation)}, botocore's is {spelled(expected)}"
    is_identity = parameter.location == "uri"
    if ours.kind is not (ours.POSITIONAL_OR_KEYWORD if is_identity else ours.KEYWORD_ONLY):
        yield f"{subject}: it is {'part' if is_identity else 'no part'} of the path, but {ours.kind.description}"


def _signature_problems(operation: Operation) -> Iterator[str]:
    client, *rest = inspect.signature(function_of(operation)).parameters.values()
    if (client.name, client.annotation) != ("client", Client):
        yield f"{operation.function}: its first parameter is not `client: Client`"
    theirs = {parameter_name(operation, parameter): parameter for parameter in operation.parameters}
    ours = {parameter.name: parameter for parameter in rest}
    for name in theirs.keys() - ours.keys():
        yield f"{operation.function}({name}): botocore has {operation.name}.{theirs[name].wire}"
    for name in ours.keys() - theirs.keys():
        yield f"{operation.function}({name}): botocore has no such parameter"
    for name in ours.keys() & theirs.keys():
        yield from _parameter_problems(operation, theirs[name], ours[name])
    identity = [name for name in ours if name in theirs and theirs[name].location == "uri"]
    if [theirs[name].wire for name in identity] != operation.identity:
        yield f"{operation.function}: {', '.join(identity)} are not in the order of {operation.uri}"
    required = [parameter.default is parameter.empty for parameter in ours.values()]
    if required != sorted(required, reverse=True):
        yield f"{operation.function}: an optional parameter stands before a required one"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_parameters_of_a_function(operation: Operation) -> None:
    """A function has exactly the parameters of the operation, with their types; those in the path can be positional."""
    problems = sorted(_signature_problems(operation))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_return_type_of_a_function(operation: Operation) -> None:
    """A function returns the class of its output, the only member, or nothing; pages if there is a paginator."""
    ours = inspect.signature(function_of(operation)).return_annotation
    expected = return_type(operation)
    assert ours == expected, f"{operation.function}: returns {spelled(ours)}, botocore {spelled(expected)}"


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation.paginator], ids=str)
def test_every_paginator_uses_the_same_tokens(operation: Operation) -> None:
    """Each paginator uses `nextToken` and `maxResults`, as `Pages` requires."""
    assert operation.paginator == {
        "input_token": "nextToken",
        "output_token": "nextToken",
        "limit_key": "maxResults",
        "result_key": operation.items.wire,
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_list_has_a_paginator(operation: Operation) -> None:
    """Each operation with a page token has a paginator."""
    takes_token = any(parameter.wire == "nextToken" for parameter in operation.parameters)
    assert takes_token is (operation.paginator is not None)
