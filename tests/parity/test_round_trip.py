import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, cast
from urllib.parse import parse_qsl, quote

import pytest

from cleanroomsml_client._codec import encode
from tests.parity.support.botocore_model import OPERATIONS, Operation, members
from tests.parity.support.expected_api import function_of, returned_member
from tests.parity.support.sample_values import Generator, iso
from tests.parity.support.wire_exchange import arguments, exchange
from tests.support.wire import Request, response

pytestmark = pytest.mark.slow

_ABSENT = "nothing"
_PAGINATED = [operation for operation in OPERATIONS if operation.paginator is not None]
_OTHERS = [operation for operation in OPERATIONS if operation.paginator is None]

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
full_and_minimal = pytest.mark.parametrize("is_full", [True, False], ids=["full", "minimal"])


def _body(operation: Operation, *, is_full: bool) -> dict[str, Any]:
    return Generator(is_full).values(members(operation.output), operation.name)


def _wire(value: object) -> Any:  # any JSON value
    """Return what we would send, after serialization as JSON."""
    return json.loads(json.dumps(encode(value), default=iso))


def _differences(actual: Any, expected: Any, path: str) -> Iterator[str]:  # any JSON value
    """Yield each place where values or types differ."""
    if type(actual) is not type(expected):
        yield f"{path}: {actual!r}, not {expected!r}"
    elif isinstance(actual, dict):
        ours, theirs = cast("dict[str, Any]", actual), cast("dict[str, Any]", expected)
        for name in sorted(ours.keys() | theirs.keys()):
            yield from _differences(ours.get(name, _ABSENT), theirs.get(name, _ABSENT), f"{path}.{name}")
    elif isinstance(actual, list):
        pairs = zip_longest(cast("Sequence[object]", actual), cast("Sequence[object]", expected), fillvalue=_ABSENT)
        for index, (our_item, their_item) in enumerate(pairs):
            yield from _differences(our_item, their_item, f"{path}[{index}]")
    elif actual != expected:
        yield f"{path}: {actual!r}, not {expected!r}"


def _assert_same(actual: object, expected: object, path: str) -> None:
    differences = list(_differences(actual, expected, path))
    assert not differences, "\n".join(differences)


async def _perform(operation: Operation, sent: dict[str, Any], *bodies: object) -> tuple[Any, list[Request]]:
    """Call the function with arguments for this input; return its result, pages as a list, and the requests."""
    positional, by_keyword = arguments(operation, sent)
    async with exchange(*(response(200, body) for body in bodies)) as (client, server):
        result = function_of(operation)(client, *positional, **by_keyword)
        returned = await result if operation.paginator is None else [page async for page in result.pages()]
        return returned, server.requests


# --- responses


@full_and_minimal
@pytest.mark.parametrize("operation", [operation for operation in _OTHERS if operation.output is not None], ids=str)
async def test_response_of_an_operation(operation: Operation, *, is_full: bool) -> None:
    """A response that is read and encoded again equals what the server sent."""
    sent = _body(operation, is_full=is_full)
    returned, _ = await _perform(operation, _parameters(operation, is_full=False), sent)
    member = returned_member(operation)
    _assert_same(_wire(returned), sent if member is None else sent[member.wire], operation.name)


@pytest.mark.parametrize("body", [b"", b"{}"], ids=["nothing", "empty object"])
@pytest.mark.parametrize("operation", [operation for operation in _OTHERS if operation.output is None], ids=str)
async def test_response_without_output(operation: Operation, body: bytes) -> None:
    """An operation without output returns None, for an empty body and for an empty object."""
    returned, _ = await _perform(operation, _parameters(operation, is_full=False), body)
    assert returned is None


@pytest.mark.parametrize("operation", _PAGINATED, ids=str)
async def test_pages_of_a_list(operation: Operation) -> None:
    """A full page and a minimal last page, read and encoded again, equal what the server sent; the token is used."""
    first, last = _body(operation, is_full=True), _body(operation, is_full=False)
    pages, requests = await _perform(operation, _parameters(operation, is_full=False), first, last)
    expected = [first[operation.items.wire], last[operation.items.wire]]
    _assert_same([_wire(page.items) for page in pages], expected, operation.name)
    assert [page.next_token for page in pages] == [first["nextToken"], None]
    assert [dict(_query(request)).get("nextToken") for request in requests] == [None, first["nextToken"]]


# --- requests


def _parameters(operation: Operation, *, is_full: bool) -> dict[str, Any]:
    return Generator(is_full).values(operation.parameters, operation.name)


def _query(request: Request) -> list[tuple[str, str]]:
    return sorted(parse_qsl(request.target.partition("?")[2], keep_blank_values=True))


def _expected_path(operation: Operation, sent: dict[str, Any]) -> str:
    """Return the path of the model, with each parameter as one escaped segment."""
    return operation.uri.format(**{name: quote(sent[name], safe="") for name in operation.identity})


def _expected_query(operation: Operation, sent: dict[str, Any]) -> list[tuple[str, str]]:
    query: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        if parameter.location == "querystring" and parameter.wire in sent:
            value = sent[parameter.wire]
            # For a list the key is repeated.
            items: list[object] = value if parameter.shape.type_name == "list" else [value]
            query += [(parameter.wire, str(item)) for item in items]
    return sorted(query)


def _expected_body(operation: Operation, sent: dict[str, Any]) -> object:
    """Return the members in the body; None: the operation has no body."""
    in_body = [parameter.wire for parameter in operation.parameters if parameter.location == "body"]
    return {name: sent[name] for name in in_body if name in sent} if in_body else None


@full_and_minimal
@every_operation
async def test_request_of_an_operation(operation: Operation, *, is_full: bool) -> None:
    """Method, path, query and body of a request contain exactly the parameters of the call."""
    sent = _parameters(operation, is_full=is_full)
    _, [request] = await _perform(operation, sent, _body(operation, is_full=False))
    assert request.method == operation.method
    assert request.target.partition("?")[0] == _expected_path(operation, sent)
    assert _query(request) == _expected_query(operation, sent)
    body = json.loads(request.body) if request.body else None
    _assert_same(body, _expected_body(operation, sent), operation.name)
