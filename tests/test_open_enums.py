import copy
import json
import pickle
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client._models import OpenEnum
from cleanroomsml_client.resources.audience_models import AudienceModelStatus


class Size(OpenEnum):
    """An enum whose names and values differ."""

    SMALL = "ml.small"
    LARGE = "ml.2xlarge"


class Other(OpenEnum):
    """An enum that shares one value with Size."""

    SMALL = "ml.small"
    FUTURE = "ml.huge"


BOTH = pytest.mark.parametrize("size", [Size.SMALL, Size("ml.huge")], ids=["known", "unknown"])


def test_a_known_value_is_its_member() -> None:
    """A value that the enum has is the member itself."""
    assert Size("ml.small") is Size.SMALL
    assert Size.SMALL.is_known
    assert Size.SMALL.name == "SMALL"
    assert Size.SMALL.value == "ml.small"


def test_an_unknown_value_keeps_its_text() -> None:
    """A value that AWS adds later has the same class and its own text, and is marked as unknown."""
    size = Size("ml.huge")
    assert type(size) is Size
    assert isinstance(size, str)
    assert size == "ml.huge"
    assert size.value == "ml.huge"
    assert size.name == "ml.huge"
    assert type(size.value) is str
    assert not size.is_known


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    """No text is refused, neither the empty one nor one that equals the name of a method or member."""
    size = Size(text)
    assert type(size) is Size
    assert size == text
    assert str(size) == text
    assert hash(size) == hash(text)
    assert size.is_known is (text in {"ml.small", "ml.2xlarge"})
    assert pickle.loads(pickle.dumps(size)) == size  # noqa: S301  # pickled in this test


@pytest.mark.parametrize("text", ["", "SMALL", "name", "_value_", "mro", "__class__", "\ud800", "ml.small "])
def test_special_text_is_unknown(text: str) -> None:
    """A text with a meaning in Python is unknown like any other; only values are known, not names."""
    assert not Size(text).is_known
    assert Size(text).value == text


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"ml.small", ["ml.small"], {}, object()])
def test_other_types_than_text_are_refused(value: object) -> None:
    """Only text becomes a value."""
    with pytest.raises(ValueError, match="is not a valid Size"):
        Size(value)  # type: ignore[arg-type]  # the test passes a wrong type


def test_an_unknown_name_is_refused() -> None:
    """Only values are open: a name that does not exist is an error of the programmer."""
    with pytest.raises(KeyError):
        Size["HUGE"]
    with pytest.raises(AttributeError):
        getattr(Size, "HUGE")  # noqa: B009  # type checkers would refuse the plain form


def test_unknown_values_are_not_added_to_the_members() -> None:
    """The members of the enum are the same before and after an unknown value was created."""
    Size("ml.huge")
    assert list(Size) == [Size.SMALL, Size.LARGE]
    assert len(Size) == 2
    assert set(Size.__members__) == {"SMALL", "LARGE"}
    assert not Size("ml.huge").is_known


@BOTH
def test_a_value_equals_and_hashes_like_its_text(size: Size) -> None:
    """A value and its text are the same key of a dict, in both directions."""
    text = str(size.value)
    assert size == text
    assert text == size
    assert size != text.upper()
    assert hash(size) == hash(text)
    keys: dict[Any, int] = {size: 1}
    assert keys[text] == 1
    assert dict.fromkeys([text], 1)[size] == 1
    assert len({size, text, Size(text)}) == 1


def test_unknown_values_compare_by_text() -> None:
    """Two unknown values are equal exactly if their texts are equal."""
    assert Size("ml.huge") == Size("ml.huge")
    assert Size("ml.huge") != Size("ml.tiny")
    assert Size("ml.huge") != Size.SMALL
    assert sorted([Size("ml.huge"), Size.LARGE, Size("a")]) == ["a", "ml.2xlarge", "ml.huge"]


@BOTH
def test_a_value_is_formatted_as_its_text(size: Size) -> None:
    """Every way of formatting returns the text."""
    text = str(size.value)
    assert type(str(size)) is str
    assert str(size) == text
    assert f"{size}" == text
    assert f"{size:>12}" == f"{text:>12}"
    assert "%s" % size == text  # noqa: UP031  # the test needs this way of formatting
    assert ",".join(iter([size])) == text


def test_the_repr_shows_whether_a_value_is_known() -> None:
    """The repr shows which values this release does not have."""
    assert repr(Size.SMALL) == "<Size.SMALL: 'ml.small'>"
    assert repr(Size("ml.huge")) == "<Size (unknown): 'ml.huge'>"


@BOTH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_values_can_be_pickled(size: Size, protocol: int) -> None:
    """An unpickled value is equal and as known as before; a member is the member itself."""
    back = pickle.loads(pickle.dumps(size, protocol))  # noqa: S301  # pickled in this test
    assert type(back) is Size
    assert back == size
    assert back.name == size.name
    assert back.value == size.value
    assert back.is_known is size.is_known
    assert (back is size) is size.is_known


@BOTH
def test_values_are_pickled_by_value(size: Size) -> None:
    """A value that an older release pickled as unknown is a member in a release that has it."""
    assert size.__reduce_ex__(pickle.HIGHEST_PROTOCOL) == (Size, (size.value,))


@BOTH
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_values_can_be_copied(size: Size, duplicate: Callable[[Any], Any]) -> None:
    """A copied value is equal and as known as before, alone and inside another value."""
    for back in (duplicate(size), duplicate([size])[0], duplicate({size: size})[size]):
        assert type(back) is Size
        assert back == size
        assert back.value == size.value
        assert back.is_known is size.is_known
    assert (duplicate(Size.SMALL)) is Size.SMALL


@BOTH
def test_a_value_is_text_in_json(size: Size) -> None:
    """A value is its text in JSON, as value and as key."""
    assert json.dumps({size: [size]}) == f'{{"{size.value}": ["{size.value}"]}}'
    assert json.dumps(size, indent=1) == f'"{size.value}"'


def test_match_statement() -> None:
    """`match` distinguishes members by name, and unknown values by their text."""

    def label(size: Any) -> str:  # with Size type checkers exclude unknown values
        match size:
            case Size.SMALL:
                return "small"
            case "ml.huge":
                return "huge"
            case Size() if size.is_known:
                return "known"
            case _:
                return "else"

    assert [label(Size(text)) for text in ("ml.small", "ml.huge", "ml.2xlarge", "x")] == [
        "small",
        "huge",
        "known",
        "else",
    ]


def test_a_value_of_another_enum_is_converted() -> None:
    """A value created from a member of another enum has the text, but not the other class."""
    assert Size(Other.SMALL) is Size.SMALL
    size = Size(Other.FUTURE)
    assert type(size) is Size
    assert type(size.value) is str
    assert type(size.name) is str
    assert repr(size) == "<Size (unknown): 'ml.huge'>"


def test_frozen_classes_can_have_unknown_values() -> None:
    """A frozen class with an unknown value can be hashed, compared and evolved."""

    @attrs.frozen
    class Box:
        size: Size

    assert Box(Size("ml.huge")) == Box(Size("ml.huge"))
    assert hash(Box(Size("ml.huge"))) == hash(Box(Size("ml.huge")))
    assert attrs.evolve(Box(Size.SMALL), size=Size("ml.huge")) == Box(Size("ml.huge"))


def test_open_enums_are_string_enums() -> None:
    """Members are attributes of the class, and strings."""
    assert issubclass(OpenEnum, StrEnum)
    assert AudienceModelStatus.ACTIVE is AudienceModelStatus("ACTIVE")
    assert AudienceModelStatus["ACTIVE"] is AudienceModelStatus.ACTIVE
    assert AudienceModelStatus.ACTIVE.upper() == "ACTIVE"
