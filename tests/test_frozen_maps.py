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

from cleanroomsml_client._fields import map_field
from cleanroomsml_client._models import FrozenDict

TAGS = {"team": "ads", "stage": "test"}

# The methods that leave a dict unchanged. Every other one, also of a later Python, must raise.
HARMLESS = {
    *dir(object),
    *("__class_getitem__", "__contains__", "__getitem__", "__iter__", "__len__", "__reversed__"),
    *("__or__", "__ror__", "copy", "fromkeys", "get", "items", "keys", "values"),
}
MUTATORS = sorted(set(dir(dict)) - HARMLESS)


@attrs.frozen(kw_only=True)
class Tagged:
    """A class with two maps, of which its repr shows one."""

    name: str = "x"
    tags: Mapping[str, str] = map_field()
    secrets: Mapping[str, str] = map_field(repr=False)


def test_the_methods_that_change_a_dict_are_known() -> None:
    """The next test includes every method that changes a dict."""
    assert MUTATORS == ["__delitem__", "__ior__", "__setitem__", "clear", "pop", "popitem", "setdefault", "update"]


@pytest.mark.parametrize("name", MUTATORS)
@pytest.mark.parametrize("arguments", [(), ("team",), ({"team": "x"},), ("team", "x"), ("new", "x")], ids=repr)
def test_methods_that_change_a_dict_raise(name: str, arguments: tuple[Any, ...]) -> None:
    """A method that changes a dict leaves a FrozenDict unchanged; the error says how to get a dict that can change."""
    tags = FrozenDict(TAGS)
    with pytest.raises(TypeError, match=r"^FrozenDict cannot change; copy it with dict\(\) first$"):
        getattr(tags, name)(*arguments)
    assert tags == TAGS


def test_update_with_keywords_raises() -> None:
    """Keyword arguments of `update` are refused, too."""
    tags = FrozenDict(TAGS)
    with pytest.raises(TypeError, match="cannot change"):
        tags.update(team="x")
    assert tags == TAGS


def test_statements_that_change_a_dict_raise() -> None:
    """Assignment, deletion and in-place union raise; they neither change nor rebind the map."""
    tags: FrozenDict[str, str] = FrozenDict(TAGS)
    before = tags
    with pytest.raises(TypeError, match="cannot change"):
        tags["team"] = "x"
    with pytest.raises(TypeError, match="cannot change"):
        del tags["team"]
    with pytest.raises(TypeError, match="cannot change"):
        tags |= {"team": "x"}  # pyright: ignore[reportUnknownVariableType]
    assert tags is before
    assert tags == TAGS


def test_the_error_names_the_class() -> None:
    """The error of a subclass has the name of the subclass."""

    class Labels(FrozenDict[str, str]):
        pass

    with pytest.raises(TypeError, match=r"^Labels cannot change"):
        Labels().clear()


def test_a_frozen_dict_is_read_like_a_dict() -> None:
    """A FrozenDict is a dict: it equals one, has the same order, and is read with the same methods."""
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
def test_a_union_is_a_plain_dict(changed: dict[str, str]) -> None:
    """A union or a `dict()` copy is a plain dict that can change."""
    assert type(changed) is dict
    changed["new"] = "y"
    assert changed == {"team": "x", "stage": "test", "new": "y"}


def test_the_source_is_copied() -> None:
    """A later change of the source dict does not affect the FrozenDict."""
    source = dict(TAGS)
    tags = FrozenDict(source)
    source["team"] = "x"
    assert tags == TAGS


@given(st.dictionaries(st.text(), st.text()), st.randoms())
def test_equal_maps_have_equal_hashes(content: dict[str, str], random: Random) -> None:
    """Two FrozenDicts with the same items are equal and have the same hash, whatever their order."""
    items = list(content.items())
    random.shuffle(items)
    one, other = FrozenDict(content), FrozenDict(items)
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1


def test_different_maps_are_different_keys() -> None:
    """Maps with different keys or values are different, also if a key of one is a value of the other."""
    maps = {
        FrozenDict[str, str](),
        FrozenDict[str, str](a="b"),
        FrozenDict[str, str](b="a"),
        FrozenDict[str, str](a="c"),
    }
    assert len(maps) == 4


def test_a_map_with_unhashable_values_has_no_hash() -> None:
    """A map that holds a mutable value has no hash."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(FrozenDict[str, list[str]](a=["b"]))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_frozen_dicts_can_be_pickled(protocol: int) -> None:
    """An unpickled FrozenDict is an equal FrozenDict, with every protocol."""
    back = pickle.loads(pickle.dumps(FrozenDict(TAGS), protocol))  # noqa: S301  # pickled in this test
    assert (type(back), back) == (FrozenDict, TAGS)
    assert hash(back) == hash(FrozenDict(TAGS))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_frozen_dicts_can_be_copied(duplicate: Callable[[Any], Any]) -> None:
    """A copied FrozenDict is an equal FrozenDict."""
    back = duplicate(FrozenDict(TAGS))
    assert (type(back), back) == (FrozenDict, TAGS)


def test_a_deep_copy_shares_nothing_mutable() -> None:
    """A deep copy shares no mutable value with the original."""
    original = FrozenDict[str, list[str]](a=["b"])
    duplicate = copy.deepcopy(original)
    duplicate["a"].append("c")
    assert original == {"a": ["b"]}


def test_a_frozen_dict_is_a_json_object() -> None:
    """A FrozenDict is serialized as a JSON object."""
    assert json.dumps(FrozenDict(TAGS)) == '{"team": "ads", "stage": "test"}'
    assert json.dumps(FrozenDict()) == "{}"


def test_repr_is_that_of_a_dict() -> None:
    """The repr of a FrozenDict is that of a dict."""
    assert repr(FrozenDict(TAGS)) == "{'team': 'ads', 'stage': 'test'}"


def test_a_map_field_is_empty_by_default() -> None:
    """An absent map reads as an empty FrozenDict, which all instances share."""
    thing = Tagged()
    assert (type(thing.tags), thing.tags) == (FrozenDict, {})
    assert Tagged().tags is thing.tags


def test_a_map_field_freezes_its_value() -> None:
    """A dict becomes a FrozenDict, so that the instance can be hashed and cannot change."""
    source = dict(TAGS)
    thing = Tagged(tags=source)
    source["team"] = "x"
    assert (type(thing.tags), thing.tags) == (FrozenDict, TAGS)
    assert hash(thing) == hash(Tagged(tags=FrozenDict(TAGS)))
    assert thing == Tagged(tags=dict(reversed(TAGS.items())))


def test_a_map_field_keeps_a_frozen_dict() -> None:
    """A FrozenDict is shared, not copied."""
    tags = FrozenDict(TAGS)
    assert Tagged(tags=tags).tags is tags


def test_a_map_field_accepts_any_mapping() -> None:
    """A mapping that is not a dict becomes a FrozenDict, too."""
    thing = Tagged(tags=MappingProxyType(TAGS))
    assert (type(thing.tags), thing.tags) == (FrozenDict, TAGS)


def test_a_map_field_can_be_hidden_in_the_repr() -> None:
    """A sensitive map is not in the repr; any other is."""
    assert repr(Tagged(tags={"a": "b"}, secrets={"c": "hidden"})) == "Tagged(name='x', tags={'a': 'b'})"


def test_classes_with_maps_can_be_pickled() -> None:
    """An unpickled instance with maps is equal and has the same hash."""
    thing = Tagged(tags=TAGS)
    back = pickle.loads(pickle.dumps(thing))  # noqa: S301  # pickled in this test
    assert (type(back.tags), back) == (FrozenDict, thing)
    assert hash(back) == hash(thing)
