"""All 59 operations receive damaged, hostile and future documents.

Each response is processed completely, from its bytes to the result of the function. `tests.support.documents` says,
independently of the codec, whether it fits the declared type.
"""

import asyncio
import copy
import gc
import json
import math
import sys
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroomsml_client import NO_RETRY, CleanRoomsMLError, Client, ResponseError
from cleanroomsml_client._aws import BODY
from tests.parity.support.botocore_model import OPERATIONS, Operation, members
from tests.parity.support.expected_api import field_type, function_of, returned_member
from tests.parity.support.sample_values import Generator
from tests.parity.support.wire_exchange import arguments
from tests.support.documents import SETTINGS, assert_path_is_right, damage, fits, is_exactly, places

pytestmark = pytest.mark.slow

_PAGINATED = [operation for operation in OPERATIONS if operation.paginator is not None]
_WITH_OUTPUT = [operation for operation in OPERATIONS if operation.output is not None]
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
every_output = pytest.mark.parametrize("operation", _WITH_OUTPUT, ids=str)
every_list = pytest.mark.parametrize("operation", _PAGINATED, ids=str)

Json = Any
"""Any JSON value."""


class _FakeAws:
    """An aiobotocore client whose every operation succeeds with one body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __getattr__(self, operation: str) -> Any:  # any operation
        async def respond(**_: object) -> dict[str, Any]:
            return {"ResponseMetadata": {"RequestId": "request-1", "HTTPStatusCode": 200}, BODY: self._body}

        return respond


def _call(operation: Operation, body: bytes) -> Coroutine[Any, Any, Any]:
    """Call an operation that receives this body; of a list, return its first page."""
    positional, by_keyword = arguments(operation, Generator(is_full=False).values(operation.parameters, operation.name))
    result = function_of(operation)(Client(_FakeAws(body), NO_RETRY), *positional, **by_keyword)
    call: Coroutine[Any, Any, Any] = result if operation.paginator is None else anext(result.pages())
    return call


def _outcome(operation: Operation, body: bytes) -> Any:
    """Return the result of the function, or the exception of ours that it raises; any other exception is a failure."""
    try:
        return asyncio.run(_call(operation, body))
    except CleanRoomsMLError as error:
        return error


def _document(operation: Operation, *, is_full: bool = True) -> dict[str, Json]:
    return Generator(is_full).values(members(operation.output), operation.name)


def _declared(operation: Operation) -> dict[str, Any]:
    """Return the types that a response is read as, by member; the empty name stands for the whole response."""
    if operation.paginator is not None:
        return {operation.items.wire: field_type(operation.items.shape)}
    member = returned_member(operation)
    return {"": field_type(operation.output)} if member is None else {member.wire: field_type(member.shape)}


def _assert_read_or_refused(operation: Operation, document: dict[str, Json]) -> None:
    """Check that a valid response is read as the declared types, and any other is refused with the right path."""
    outcome = _outcome(operation, json.dumps(document).encode())
    if operation.output is None:
        assert outcome is None or (isinstance(outcome, ResponseError) and not _is_json(document))
        return
    ((name, declared),) = _declared(operation).items()
    value = document.get(name) if name else document
    if operation.paginator is not None:
        token = document.get("nextToken")
        is_kept = fits(value, declared) and (token is None or type(token) is str)
        got = getattr(outcome, "items", None)
    else:
        is_kept, got = fits(value, declared), outcome
    if is_kept and document and _is_json(document):
        assert is_exactly(got, declared)
        return
    assert type(outcome) is ResponseError
    assert (outcome.operation, outcome.request_id, outcome.incomplete) == (operation.name, "request-1", False)
    if not document or not _is_json(document):
        assert outcome.path == "$"
    elif fits(value, declared):
        assert outcome.path == "$.nextToken"
    else:
        prefix = f"$.{name}" if name else "$"
        assert outcome.path.startswith(prefix)
        assert_path_is_right("$" + outcome.path.removeprefix(prefix), value, declared)


def _is_json(document: dict[str, Json]) -> bool:
    """Return whether JSON can represent the document, and Python can read it."""
    try:
        json.loads(json.dumps(document, allow_nan=False))
    except ValueError:
        return False
    return True


# --- damaged, hostile and future responses


@every_operation
@settings(SETTINGS, max_examples=12)
@given(data=st.data())
def test_damaged_responses(operation: Operation, data: st.DataObject) -> None:
    """A response with any damage is read as the declared types, or refused with the right path."""
    document = copy.deepcopy(_document(operation, is_full=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 3))):
        damage(document, data)
    _assert_read_or_refused(operation, document)


HOSTILE: list[Json] = [
    None,
    True,
    10**400,
    -(10**400),
    1e308,
    math.nan,
    -math.inf,
    "\ud800",
    "\x00",
    "x" * 1_000_000,
    [],
    {},
    [None],
    {"": None},
    [[[[[[[[]]]]]]]],
]


@every_output
def test_hostile_values_everywhere(operation: Operation) -> None:
    """Each member in turn has a hostile value; it is read as the declared type or refused with its path."""
    document = _document(operation)
    # The second of two similar items needs no test of its own.
    spots = [(container, key) for container, key in places(document) if key != 1]
    for number, (container, key) in enumerate(spots):
        kept = container[key]
        for hostile in (HOSTILE[number % len(HOSTILE)], HOSTILE[(number * 7 + 3) % len(HOSTILE)]):
            container[key] = hostile
            _assert_read_or_refused(operation, document)
        container[key] = kept


@every_output
def test_future_responses(operation: Operation) -> None:
    """Members that AWS adds later, with any value at any place, change nothing; nor does the order of members."""
    document = _document(operation)
    expected = _outcome(operation, json.dumps(document).encode())
    reordered = json.loads(json.dumps(document), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert _outcome(operation, json.dumps(reordered).encode()) == expected
    novelties: list[Json] = [{"deep": [[{}]]}, 10**400, "\udfff"]
    for novel in novelties:
        assert _outcome(operation, json.dumps({"aNovelMember": novel, **document}).encode()) == expected


HOSTILE_BODIES = [
    b"[]",
    b"null",
    b"<html>",
    b'{"a": NaN}',
    b'{"a": \xff}',
    b'{"a": "' + b"x" * 1_000_000,
    b'{"a":' * 100_000,
    b"[" * 1_000_000,
    b'{"a": ' + b"9" * 1_000_000 + b"}",
    b"{}" * 100_000,
]


@every_operation
def test_hostile_bodies(operation: Operation) -> None:
    """A body that is not an object is refused as a whole, however large or deep it is."""
    for body in HOSTILE_BODIES:
        outcome = _outcome(operation, body)
        assert type(outcome) is ResponseError
        assert outcome.path == "$"


# --- the cost, in function calls


def _work(operation: Operation, document: dict[str, Json]) -> int:
    """Return how many function calls a response takes, in Python and in C."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    coroutine = _call(operation, json.dumps(document).encode())

    async def counted() -> None:
        # Garbage collection calls hooks of other packages, which would be counted.
        gc.disable()
        sys.setprofile(count)
        try:
            with suppress(ResponseError):
                await coroutine
        finally:
            sys.setprofile(None)
            gc.enable()

    asyncio.run(counted())
    return calls


def _growing(operation: Operation) -> Iterator[dict[str, Json]]:
    """Yield a page with 100, 200 and 300 times its items."""
    document = _document(operation)
    for times in (100, 200, 300):
        # Copies, because a parser creates each item separately.
        yield document | {operation.items.wire: copy.deepcopy(document[operation.items.wire] * times)}


def _assert_linear(first: int, second: int, third: int) -> None:
    assert third - second == second - first
    assert second <= 2 * first


@every_list
def test_the_cost_of_a_page_is_linear(operation: Operation) -> None:
    """Each further hundred items takes as many function calls as the previous hundred."""
    _work(operation, _document(operation))
    _assert_linear(*(_work(operation, document) for document in _growing(operation)))


@every_list
def test_the_cost_of_a_refusal_is_linear(operation: Operation) -> None:
    """Finding a wrong value in the last of many items takes at most three times the function calls of reading them."""
    costs: list[int] = []
    for document in _growing(operation):
        read = _work(operation, document)
        document[operation.items.wire][-1] = 5
        costs.append(_work(operation, document))
        assert costs[-1] <= 3 * read
    _assert_linear(*costs)


@every_output
def test_the_length_of_text_costs_no_calls(operation: Operation) -> None:
    """A megabyte of text takes as many function calls as a word; so does a truncated one."""
    document = _document(operation)
    container, key = next((c, k) for c, k in places(document) if type(c[k]) is str and not _is_parsed(c[k]))
    costs: list[int] = []
    for length in (10, 1_000_000):
        container[key] = "x" * length
        # The first two calls fill the caches of cattrs.
        costs.append([_work(operation, document) for _ in range(3)][-1])
    assert costs[0] == costs[1]


def _is_parsed(text: str) -> bool:
    """Return whether a text is a time or the value of an enum, which is converted when it is read."""
    return "/?#" not in text
