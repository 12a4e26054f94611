import copy
import json
import pickle
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client._models import FrozenDict, map_field

TAGS = {"team": "ads", "stage": "test"}

# What a dict offers that leaves it as it is. Whatever else it has, now or in a later Python, must refuse.
HARMLESS = {
    *dir(object),
    *("__class_getitem__", "__contains__", "__getitem__", "__iter__", "__len__", "__reversed__"),
    *("__or__", "__ror__", "copy", "fromkeys", "get", "items", "keys", "values"),
}
MUTATORS = sorted(set(dir(dict)) - HARMLESS)


@attrs.frozen(kw_only=True)
class Tagged:
    """A class with a map that shows and one that does not."""

    name: str = "x"
    tags: Mapping[str, str] = map_field()
    secrets: Mapping[str, str] = map_field(repr=False)


def test_mutators_are_those_known() -> None:
    """Every method that changes a dict is found by the test below."""
    assert MUTATORS == ["__delitem__", "__ior__", "__setitem__", "clear", "pop", "popitem", "setdefault", "update"]


@pytest.mark.parametrize("name", MUTATORS)
@pytest.mark.parametrize("arguments", [(), ("team",), ({"team": "x"},), ("team", "x"), ("new", "x")], ids=repr)
def test_mutator_refuses(name: str, arguments: tuple[Any, ...]) -> None:
    """A method that changes a dict leaves a FrozenDict as it was and says how to get one that can change."""
    tags = FrozenDict(TAGS)
    with pytest.raises(TypeError, match=r"^FrozenDict cannot change; copy it with dict\(\) first$"):
        getattr(tags, name)(*arguments)
    assert tags == TAGS


def test_update_by_keyword_refuses() -> None:
    """Keyword arguments are refused as positional ones are."""
    tags = FrozenDict(TAGS)
    with pytest.raises(TypeError, match="cannot change"):
        tags.update(team="x")
    assert tags == TAGS


def test_statements_refuse() -> None:
    """Assignment, deletion and in-place union raise instead of changing or rebinding the map."""
    tags = before = FrozenDict(TAGS)
    with pytest.raises(TypeError, match="cannot change"):
        tags["team"] = "x"
    with pytest.raises(TypeError, match="cannot change"):
        del tags["team"]
    with pytest.raises(TypeError, match="cannot change"):
        tags |= {"team": "x"}
    assert tags is before
    assert tags == TAGS


def test_refusal_names_the_class() -> None:
    """A subclass refuses under its own name."""

    class Labels(FrozenDict[str, str]):
        pass

    with pytest.raises(TypeError, match=r"^Labels cannot change"):
        Labels().clear()


def test_reads_like_a_dict() -> None:
    """A FrozenDict is a dict: equal to one, in the same order, and read by the same means."""
    tags = FrozenDict(TAGS)
    assert isinstance(tags, dict)
    assert tags == TAGS
    assert list(tags.items()) == [("team", "ads"), ("stage", "test")]
    assert tags["team"] == "ads"
    assert tags.get("none") is None
    assert "stage" in tags
    assert len(tags) == 2
    assert FrozenDict(team="ads", stage="test") == tags
    assert FrozenDict() == {}


@pytest.mark.parametrize("changed", [FrozenDict(TAGS) | {"team": "x"}, dict(FrozenDict(TAGS)) | {"team": "x"}])
def test_union_is_a_plain_dict(changed: dict[str, str]) -> None:
    """A union or a dict() copy is a plain dict that may change."""
    assert type(changed) is dict
    changed["new"] = "y"
    assert changed == {"team": "x", "stage": "test", "new": "y"}


def test_source_is_copied() -> None:
    """A later change of the dict it was made from does not show."""
    source = dict(TAGS)
    tags = FrozenDict(source)
    source["team"] = "x"
    assert tags == TAGS


@given(st.dictionaries(st.text(), st.text()), st.randoms())
def test_equal_maps_hash_equal(content: dict[str, str], random: Random) -> None:
    """Two FrozenDicts of the same items are equal and hash equal, in whatever order they were filled."""
    items = list(content.items())
    random.shuffle(items)
    one, other = FrozenDict(content), FrozenDict(items)
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


def test_different_maps_are_different_keys() -> None:
    """Keys and values both count, and a value is no key."""
    maps = {
        FrozenDict[str, str](),
        FrozenDict[str, str](a="b"),
        FrozenDict[str, str](b="a"),
        FrozenDict[str, str](a="c"),
    }
    assert len(maps) == 4


def test_unhashable_value_does_not_hash() -> None:
    """A map that holds something that can change has no hash."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(FrozenDict[str, list[str]](a=["b"]))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(protocol: int) -> None:
    """A pickled FrozenDict comes back as an equal FrozenDict, by every protocol."""
    back = pickle.loads(pickle.dumps(FrozenDict(TAGS), protocol))  # noqa: S301  # made here
    assert (type(back), back) == (FrozenDict, TAGS)
    assert hash(back) == hash(FrozenDict(TAGS))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies(duplicate: Callable[[Any], Any]) -> None:
    """A copied FrozenDict is an equal FrozenDict."""
    back = duplicate(FrozenDict(TAGS))
    assert (type(back), back) == (FrozenDict, TAGS)


def test_deep_copy_is_deep() -> None:
    """A deep copy shares nothing that can change."""
    original = FrozenDict[str, list[str]](a=["b"])
    duplicate = copy.deepcopy(original)
    duplicate["a"].append("c")
    assert original == {"a": ["b"]}


def test_json() -> None:
    """A FrozenDict is a JSON object."""
    assert json.dumps(FrozenDict(TAGS)) == '{"team": "ads", "stage": "test"}'
    assert json.dumps(FrozenDict()) == "{}"


def test_repr_is_that_of_a_dict() -> None:
    """A model's repr shows its tags as a dict."""
    assert repr(FrozenDict(TAGS)) == "{'team': 'ads', 'stage': 'test'}"


def test_field_is_empty_when_absent() -> None:
    """An absent map reads as an empty FrozenDict, the same one for all."""
    thing = Tagged()
    assert (type(thing.tags), thing.tags) == (FrozenDict, {})
    assert Tagged().tags is thing.tags


def test_field_freezes_what_it_is_given() -> None:
    """A dict given to a class becomes a FrozenDict of its own, so that the whole hashes and cannot change."""
    source = dict(TAGS)
    thing = Tagged(tags=source)
    source["team"] = "x"
    assert (type(thing.tags), thing.tags) == (FrozenDict, TAGS)
    assert hash(thing) == hash(Tagged(tags=FrozenDict(TAGS)))
    assert thing == Tagged(tags=dict(reversed(TAGS.items())))


def test_field_keeps_a_frozen_map() -> None:
    """A FrozenDict is shared, not copied."""
    tags = FrozenDict(TAGS)
    assert Tagged(tags=tags).tags is tags


def test_field_takes_any_mapping() -> None:
    """A mapping that is no dict becomes a FrozenDict too."""
    thing = Tagged(tags=MappingProxyType(TAGS))
    assert (type(thing.tags), thing.tags) == (FrozenDict, TAGS)


def test_field_can_be_left_out_of_the_repr() -> None:
    """A sensitive map does not show, any other does."""
    assert repr(Tagged(tags={"a": "b"}, secrets={"c": "hidden"})) == "Tagged(name='x', tags={'a': 'b'})"


def test_class_with_maps_pickles() -> None:
    """An instance with maps comes back equal, hash and all."""
    thing = Tagged(tags=TAGS)
    back = pickle.loads(pickle.dumps(thing))  # noqa: S301  # made here
    assert (type(back.tags), back) == (FrozenDict, thing)
    assert hash(back) == hash(thing)
