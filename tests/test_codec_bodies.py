import codecs
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanroomsml_client._codec import MalformedError, parse, structure
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
)
from tests.support.documents import SETTINGS, TEXT, Json, assert_read_or_refused, outcome, wire


def refusal(body: bytes) -> MalformedError:
    """The error for a body that is refused, always as a whole."""
    with pytest.raises(MalformedError) as caught:
        parse(body)
    assert caught.value.path == "$"
    return caught.value


RICH = (
    '{"a": -1.5e+10, "b": [true, false, null, 1E5, -0.25], "c": "\\u00e9\\n\\"\\ud83d\\ude00", '
    '"dé": "é€😀", "e": {"f": 12, "": {}}, "g":1e-9 , "h":[]\n}'
).encode()


def test_parse_gives_the_object() -> None:
    """A JSON object is itself, with white space around it."""
    assert parse(b' \r\n\t{"a": [1, 2.5, "\\ud800"], "b": null} \n') == {"a": [1, 2.5, "\ud800"], "b": None}
    assert parse(b"{}") == {}
    assert parse(RICH)["dé"] == "é€😀"


@pytest.mark.parametrize("cut", range(1, len(RICH)))
def test_every_prefix_is_incomplete(cut: int) -> None:
    """A body cut at any byte is known to be cut: in a number, a literal, an escape, or a character."""
    error = refusal(RICH[:cut])
    assert error.problem == "the body is truncated"
    assert error.incomplete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def as_body(document: Json, *, ascii_only: bool, indent: int | None) -> bytes:
    """A document in one of the ways to write it."""
    return json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode(errors="replace")


BODIES = st.builds(
    as_body,
    st.dictionaries(TEXT, JSON, max_size=3),
    ascii_only=st.booleans(),
    indent=st.none() | st.integers(0, 2),
)


@SETTINGS
@given(BODIES, st.data())
def test_prefixes_are_incomplete(body: bytes, data: st.DataObject) -> None:
    """The beginning of any object, however it is written, is known to be cut."""
    assert parse(body) == json.loads(body)
    assert refusal(body[: data.draw(st.integers(1, len(body) - 1))]).incomplete


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t "])
def test_empty_body(body: bytes) -> None:
    """An empty body is called so; nothing says that it was to be JSON."""
    error = refusal(body)
    assert error.problem == "the body is empty"
    assert not error.incomplete


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html><body>503</body></html>", b"<", b"Service Unavailable", b"\x00", b"true story"),
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
def test_what_more_text_cannot_mend(body: bytes) -> None:
    """A body that no continuation makes JSON is not reported as truncated."""
    error = refusal(body)
    assert error.problem == "the body is not JSON"
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
def test_other_kinds_of_json(body: bytes, kind: str) -> None:
    """JSON that is no object is refused by its kind."""
    error = refusal(body)
    assert error.problem == f"the body is not an object but {kind}"
    assert not error.incomplete


@pytest.mark.parametrize("body", [b"[", b"[1", b'"tex', b"tru", b"nul", b"-", b'[{"a": 1}'])
def test_cut_kinds_other_than_objects(body: bytes) -> None:
    """The beginning of JSON that is not an object is not reported as truncated."""
    assert not refusal(body).incomplete


@pytest.mark.parametrize("body", [b'{"a": ' + b"[" * 200_000, b'{"a":' * 200_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_what_python_cannot_hold(body: bytes) -> None:
    """Nesting and digits beyond Python's limits are refused like any other body."""
    assert refusal(body).problem in {"the body is not JSON", "the body is truncated"}


def test_number_beyond_float() -> None:
    """A number that a float cannot hold is refused where it is read, not made infinite."""
    document = parse(b'{"name": "x", "ratio": 1e999}')
    with pytest.raises(MalformedError):
        structure(document["ratio"], float)


# What may be lacking from a number, an escape or a literal.
TOKENS = ["", "0", "00", "000", "0000", "rue", "ue", "e", "alse", "lse", "se", "ull", "ll", "l", "\\"]


def is_json(text: str) -> bool:
    """Whether a text is JSON in the strict sense, without NaN."""

    def refuse(_: str) -> None:
        raise ValueError

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def can_be_completed(body: bytes) -> bool:
    """Whether some text after it would make the body a JSON object: found by trying."""
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
    """JSON objects are parsed; all else is refused, and incomplete exactly if more text could make it an object."""
    parsed = outcome(parse, body)
    if type(parsed) is MalformedError:
        assert parsed.path == "$"
        assert parsed.incomplete is can_be_completed(body)
    else:
        assert parsed == json.loads(body)
        assert_read_or_refused(parsed, AudienceModel)


@settings(SETTINGS, max_examples=300)
@given(BODIES | wire(AudienceModel).map(lambda document: as_body(document, ascii_only=True, indent=None)), st.data())
def test_spoilt_bodies(body: bytes, data: st.DataObject) -> None:
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
    """No bytes raise anything but MalformedError."""
    assert_parsed_or_refused(body)
