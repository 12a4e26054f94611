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
    """Names and values differ, as those of the instance types do."""

    SMALL = "ml.small"
    LARGE = "ml.2xlarge"


class Other(OpenEnum):
    """Shares a value with Size, and has one that Size does not know."""

    SMALL = "ml.small"
    FUTURE = "ml.huge"


BOTH = pytest.mark.parametrize("size", [Size.SMALL, Size("ml.huge")], ids=["known", "unknown"])


def test_known_value_is_its_member() -> None:
    """A value of today is the member itself."""
    assert Size("ml.small") is Size.SMALL
    assert Size.SMALL.is_known
    assert Size.SMALL.name == "SMALL"
    assert Size.SMALL.value == "ml.small"


def test_unknown_value_keeps_its_text() -> None:
    """A value of tomorrow is of the same class, keeps its text, and says that it is unknown."""
    size = Size("ml.huge")
    assert type(size) is Size
    assert isinstance(size, str)
    assert size == "ml.huge"
    assert size.value == "ml.huge"
    assert size.name == "ml.huge"
    assert type(size.value) is str
    assert not size.is_known


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    """No text is refused: not the empty one, nor one that equals the name of a method or member."""
    size = Size(text)
    assert type(size) is Size
    assert size == text
    assert str(size) == text
    assert hash(size) == hash(text)
    assert size.is_known is (text in {"ml.small", "ml.2xlarge"})
    assert pickle.loads(pickle.dumps(size)) == size  # noqa: S301  # made here


@pytest.mark.parametrize("text", ["", "SMALL", "name", "_value_", "mro", "__class__", "\ud800", "ml.small "])
def test_tricky_text_is_unknown(text: str) -> None:
    """A text that means something to Python is as unknown as any other; only values are known, not names."""
    assert not Size(text).is_known
    assert Size(text).value == text


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"ml.small", ["ml.small"], {}, object()])
def test_what_is_no_text_is_refused(value: object) -> None:
    """Only text becomes a value."""
    with pytest.raises(ValueError, match="is not a valid Size"):
        Size(value)  # type: ignore[arg-type]  # on purpose


def test_unknown_name_is_refused() -> None:
    """Only values are open: a name that does not exist is an error in the program."""
    with pytest.raises(KeyError):
        Size["HUGE"]
    with pytest.raises(AttributeError):
        getattr(Size, "HUGE")  # noqa: B009  # type checkers would refuse the plain form


def test_unknown_values_do_not_join_the_members() -> None:
    """The list of members is the same before and after an unknown value was met."""
    Size("ml.huge")
    assert list(Size) == [Size.SMALL, Size.LARGE]
    assert len(Size) == 2
    assert set(Size.__members__) == {"SMALL", "LARGE"}
    assert not Size("ml.huge").is_known


@BOTH
def test_equals_and_hashes_like_its_text(size: Size) -> None:
    """A value and its text are the same key, both ways round."""
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
    """Two unknown values are equal exactly if their texts are."""
    assert Size("ml.huge") == Size("ml.huge")
    assert Size("ml.huge") != Size("ml.tiny")
    assert Size("ml.huge") != Size.SMALL
    assert sorted([Size("ml.huge"), Size.LARGE, Size("a")]) == ["a", "ml.2xlarge", "ml.huge"]


@BOTH
def test_formats_as_its_text(size: Size) -> None:
    """Formatting shows the text and nothing of the enum."""
    text = str(size.value)
    assert type(str(size)) is str
    assert str(size) == text
    assert f"{size}" == text
    assert f"{size:>12}" == f"{text:>12}"
    assert "%s" % size == text  # noqa: UP031  # another way to format
    assert ",".join(iter([size])) == text


def test_repr_tells_known_from_unknown() -> None:
    """A log line shows which values this release does not know."""
    assert repr(Size.SMALL) == "<Size.SMALL: 'ml.small'>"
    assert repr(Size("ml.huge")) == "<Size (unknown): 'ml.huge'>"


@BOTH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(size: Size, protocol: int) -> None:
    """A pickled value comes back equal and as known as it was; a member comes back as itself."""
    back = pickle.loads(pickle.dumps(size, protocol))  # noqa: S301  # made here
    assert type(back) is Size
    assert back == size
    assert back.name == size.name
    assert back.value == size.value
    assert back.is_known is size.is_known
    assert (back is size) is size.is_known


@BOTH
def test_pickles_by_value(size: Size) -> None:
    """A value pickled by an older release is a member in a newer one that knows it."""
    assert size.__reduce_ex__(pickle.HIGHEST_PROTOCOL) == (Size, (size.value,))


@BOTH
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies(size: Size, duplicate: Callable[[Any], Any]) -> None:
    """A copied value is equal and as known as it was, alone and inside something else."""
    for back in (duplicate(size), duplicate([size])[0], duplicate({size: size})[size]):
        assert type(back) is Size
        assert back == size
        assert back.value == size.value
        assert back.is_known is size.is_known
    assert (duplicate(Size.SMALL)) is Size.SMALL


@BOTH
def test_json(size: Size) -> None:
    """A value is its text in JSON, as value and as key."""
    assert json.dumps({size: [size]}) == f'{{"{size.value}": ["{size.value}"]}}'
    assert json.dumps(size, indent=1) == f'"{size.value}"'


def test_match() -> None:
    """`match` distinguishes members by name, and unknown values by their text."""

    def label(size: Any) -> str:  # or type checkers would rule unknown values out
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


def test_member_of_another_enum_gives_plain_text() -> None:
    """A value made from another enum's keeps the text, not the other enum."""
    assert Size(Other.SMALL) is Size.SMALL
    size = Size(Other.FUTURE)
    assert type(size) is Size
    assert type(size.value) is str
    assert type(size.name) is str
    assert repr(size) == "<Size (unknown): 'ml.huge'>"


def test_classes_hold_unknown_values() -> None:
    """A frozen class with an unknown value hashes, compares and evolves like any other."""

    @attrs.frozen
    class Box:
        size: Size

    assert Box(Size("ml.huge")) == Box(Size("ml.huge"))
    assert hash(Box(Size("ml.huge"))) == hash(Box(Size("ml.huge")))
    assert attrs.evolve(Box(Size.SMALL), size=Size("ml.huge")) == Box(Size("ml.huge"))


def test_member_attributes_stay_reachable() -> None:
    """A member is reached from the class, and is one of a StrEnum."""
    assert issubclass(OpenEnum, StrEnum)
    assert AudienceModelStatus.ACTIVE is AudienceModelStatus("ACTIVE")
    assert AudienceModelStatus["ACTIVE"] is AudienceModelStatus.ACTIVE
    assert AudienceModelStatus.ACTIVE.upper() == "ACTIVE"
