import codecs
import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroomsml_client import _codec
from cleanroomsml_client._codec import MalformedError, parse, structure
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
)
from tests.support.documents import SETTINGS, TEXT, Json, assert_read_or_refused, outcome, wire


def error_for(body: bytes) -> MalformedError:
    """Return the error for a body, which refers to the body as a whole."""
    with pytest.raises(MalformedError) as caught:
        parse(body)
    assert caught.value.path == "$"
    return caught.value


RICH = (
    '{"a": -1.5e+10, "b": [true, false, null, 1E5, -0.25], "c": "\\u00e9\\n\\"\\ud83d\\ude00", '
    '"dé": "é€😀", "e": {"f": 12, "": {}}, "g":1e-9 , "h":[]\n}'
).encode()


@pytest.mark.parametrize(
    "body", [b'{"a": [1, 2', b'{"a": tru', b'{"a": 1.', b'{"a": "\\u00', b'{"a": "\xe2\x82', b"{]", b"\xff"]
)
def test_a_body_is_decoded_once(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a body is truncated follows from the first attempt to decode it: large ones would block the loop."""
    calls: list[str] = []
    decode = _codec._decode_json  # pyright: ignore[reportPrivateUsage]

    def count(text: str) -> Any:
        calls.append(text)
        return decode(text)

    monkeypatch.setattr(_codec, "_decode_json", count)
    error_for(body)
    assert len(calls) <= 1


def test_an_object_is_parsed() -> None:
    """A JSON object is parsed, also with white space around it."""
    assert parse(b' \r\n\t{"a": [1, 2.5, "\\ud800"], "b": null} \n') == {"a": [1, 2.5, "\ud800"], "b": None}
    assert parse(b"{}") == {}
    assert parse(RICH)["dé"] == "é€😀"


@pytest.mark.parametrize("cut", range(1, len(RICH)))
def test_every_prefix_of_an_object_is_truncated(cut: int) -> None:
    """A body that ends after any byte is reported as truncated: in a number, a literal, an escape or a character."""
    error = error_for(RICH[:cut])
    assert error.problem == "the body is truncated"
    assert error.incomplete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def as_body(document: Json, *, ascii_only: bool, indent: int | None) -> bytes:
    """Write a document as JSON."""
    return json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode(errors="replace")


BODIES = st.builds(
    as_body,
    st.dictionaries(TEXT, JSON, max_size=3),
    ascii_only=st.booleans(),
    indent=st.none() | st.integers(0, 2),
)


@SETTINGS
@given(BODIES, st.data())
def test_prefixes_of_any_object_are_truncated(body: bytes, data: st.DataObject) -> None:
    """A prefix of any object, however it is formatted, is reported as truncated."""
    assert parse(body) == json.loads(body)
    assert error_for(body[: data.draw(st.integers(1, len(body) - 1))]).incomplete


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t "])
def test_an_empty_body_is_not_truncated(body: bytes) -> None:
    """An empty body is reported as empty, not as truncated."""
    error = error_for(body)
    assert error.problem == "the body is empty"
    assert not error.incomplete


@pytest.mark.parametrize(
    "body",
    [
        *(b"Service Unavailable", b"\x00", b"true story"),
        *(b'{"a": 1}}', b'{"a": 1}{', b'{"a": 1} x', b"{} t", b"{} nul", b"{}-", b"{}.", b"{} e", b'{}"', b'{} "a'),
        *(b"{t", b"{1", b"{a", b"{-", b'{"a" t', b'{"a" 1', b'{"a": 1 f', b'{"a": 1 -', b'{"a": 1 .', b'{"a": "b" e'),
        *(
            b'{"a": 1.5.',
            b'{"a": 1e5e',
            b'{"a": .',
            b'{"a": e',
            b'{"a": u',
            b'{"a": [1 t',
            b'{"a": true.',
            b'{"a": {}u12',
        ),
        *(
            b'{"a": 01',
            b'{"a": +',
            b'{"a": 1,}',
            b'{"a": [}',
            b'{"a": [1,]',
            b"{,",
            b"{]",
            b"{'a",
            b'{"a": True',
            b'{"a": trux',
        ),
        *(b'{"a": N', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": NaN', b'{"a": -I'),
        *(b'{"a": "\\x', b'{"a": "\\u12g', b'{"a": "\x01', b'{"a": "b\n'),
        *(b'{"a": "\xff"}', b'{"a": "\xff', b'{"a": "\xc3"', b"\xff\xfe{\x00}\x00", b'{"a": "\xed\xa0\x80"}'),
        *(b'{"a": \xe2', b"{}\xe2", b'{"a": 1\xf0\x9f', b"\xe2", b"\x80", b'{"a":\xc2\xa0', b"\xc2\xa0{", b"{\x0c"),
        *(codecs.BOM_UTF8, codecs.BOM_UTF8 + b'{"a": 1}', codecs.BOM_UTF8 + b'{"a": '),
    ],
    ids=ascii,
)
def test_invalid_json_is_not_truncated(body: bytes) -> None:
    """A body that no continuation makes JSON is not reported as truncated."""
    error = error_for(body)
    assert error.problem == "the body is not JSON"
    assert not error.incomplete


@pytest.mark.parametrize("body", [b"<html><body>503</body></html>", b"\r\n <!DOCTYPE html>", b"<?xml", b"<"])
def test_html_is_not_json(body: bytes) -> None:
    """The error for the page of a proxy says what to check."""
    error = error_for(body)
    assert error.problem == ("the body is not JSON but HTML or XML, as from a proxy; check the proxy and endpoint_url")
    assert not error.incomplete


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", "a list"),
        (b'[{"a": 1}]', "a list"),
        (b'"text"', "a string"),
        (b"5", "an integer"),
        (b"1.5", "a number"),
        (b"true", "a boolean"),
        (b"null", "null"),
    ],
)
def test_json_that_is_not_an_object(body: bytes, kind: str) -> None:
    """The error for JSON that is not an object names its type."""
    error = error_for(body)
    assert error.problem == f"the body is not an object but {kind}"
    assert not error.incomplete


@pytest.mark.parametrize("body", [b"[", b"[1", b'"tex', b"tru", b"nul", b"-", b'[{"a": 1}'])
def test_a_prefix_of_other_json_is_not_truncated(body: bytes) -> None:
    """A prefix of JSON that is not an object is not reported as truncated."""
    assert not error_for(body).incomplete


@pytest.mark.parametrize("body", [b'{"a": ' + b"[" * 200_000, b'{"a":' * 200_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_limits_of_python(body: bytes) -> None:
    """Nesting and digits beyond the limits of Python are refused like any other invalid body."""
    assert error_for(body).problem in {"the body is not JSON", "the body is truncated"}


def test_a_number_beyond_the_range_of_a_float() -> None:
    """A number that a float cannot represent is refused when it is read, not read as infinity."""
    document = parse(b'{"name": "x", "ratio": 1e999}')
    with pytest.raises(MalformedError):
        structure(document["ratio"], float)


# What can be missing at the end of a number, an escape or a literal.
TOKENS = ["", "0", "00", "000", "0000", "rue", "ue", "e", "alse", "lse", "se", "ull", "ll", "l", "\\"]


def is_json(text: str) -> bool:
    """Return whether a text is JSON in the strict sense, without NaN."""

    def refuse(_: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def can_be_completed(body: bytes) -> bool:
    """Return whether some continuation makes the body a JSON object, by trying continuations."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(body)
    except UnicodeDecodeError:
        return False
    text += "?" if decoder.getstate()[0] else ""
    outside = re.sub(r'"(\\.|[^"\\])*("|\\?\Z)', "", text, flags=re.DOTALL)
    closers = ""
    for character in outside:
        if character in "{[":
            closers = {"{": "}", "[": "]"}[character] + closers
        elif character in "}]":
            closers = closers[1:]
    return text.lstrip(" \t\r\n").startswith("{") and any(
        is_json(text + token + quote + rest + closers)
        for token in TOKENS
        for quote in ("", '"')
        for rest in ("", ":0", '"":0')
    )


def assert_parsed_or_refused(body: bytes) -> None:
    """Check that an object is parsed, and that all else is refused, as truncated exactly if it can be completed."""
    parsed = outcome(parse, body)
    if type(parsed) is MalformedError:
        assert parsed.path == "$"
        assert parsed.incomplete is can_be_completed(body)
    else:
        assert parsed == json.loads(body)
        assert_read_or_refused(parsed, AudienceModel)


@settings(SETTINGS, max_examples=300)
@given(BODIES | wire(AudienceModel).map(lambda document: as_body(document, ascii_only=True, indent=None)), st.data())
def test_damaged_bodies(body: bytes, data: st.DataObject) -> None:
    """A body with any damage is parsed or refused, and truncated exactly if more bytes could make it an object."""
    pieces = [codecs.BOM_UTF8, b"\xe2", b'"', b"\\", b"{", b"}", b"NaN", b"t", b"1"]
    piece = st.binary(max_size=3) | st.sampled_from(pieces)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, len(body)))
        body = body[:start] + data.draw(piece) + data.draw(st.sampled_from([body[end:], body[start:], b""]))
    assert_parsed_or_refused(body)


@SETTINGS
@given(st.binary())
def test_any_bytes(body: bytes) -> None:
    """Arbitrary bytes raise no other exception than MalformedError."""
    assert_parsed_or_refused(body)
