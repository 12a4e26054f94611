import codecs
import copy
import json
import math
import pickle
import re
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin

import attrs
import pytest
from dateutil.tz import gettz, tzlocal, tzutc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanroomsml_client._codec import MalformedError, TaggedUnion, encode, parse, structure, wire_name
from cleanroomsml_client._enums import OpenEnum
from cleanroomsml_client._maps import FrozenDict, map_field
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
    AudienceModelMetric,
    AudienceModelMetricType,
    AudienceModelStatus,
    AudienceModelSummary,
)
from cleanroomsml_client.resources.shared import StatusDetails


class Color(OpenEnum):
    RED = "red"
    DARK_BLUE = "blue.dark"


@attrs.frozen(kw_only=True)
class Leaf:
    name: str
    shade: Color | None = None


@attrs.frozen(kw_only=True)
class Branch:
    leaf: Leaf
    leaves: tuple[Leaf, ...] = ()


@attrs.frozen(kw_only=True)
class Choice(TaggedUnion):
    text: str | None = None
    number: int | None = None
    branch: Branch | None = None
    leaves: tuple[Leaf, ...] | None = None


@attrs.frozen(kw_only=True)
class Everything:
    """A class with each kind of member, required and optional."""

    name: str
    count: int
    ratio: float
    active: bool
    created: datetime
    color: Color
    branch: Branch
    choice: Choice
    words: tuple[str, ...]
    headers: Mapping[str, str]
    note: str | None = None
    max_payload_in_mb: int | None = None
    amount: float | None = None
    open: bool | None = None
    ended: datetime | None = None
    second_color: Color | None = None
    leaf: Leaf | None = None
    other_choice: Choice | None = None
    flags: tuple[bool, ...] = ()
    times: tuple[datetime, ...] = ()
    colors: tuple[Color, ...] = ()
    branches: tuple[Branch, ...] = ()
    choices: tuple[Choice, ...] = ()
    tags: Mapping[str, str] = map_field()


CLASSES: list[type[Any]] = [Leaf, Branch, Choice, Everything, AudienceModel, AudienceModelSummary, AudienceModelMetric]

LEAF: dict[str, Any] = {"name": "x", "shade": "red"}
MODEL: dict[str, Any] = {
    "audienceModelArn": "arn:1",
    "name": "lookalike",
    "status": "ACTIVE",
    "trainingDatasetArn": "arn:2",
    "createTime": "2024-01-02T03:04:05Z",
    "updateTime": 1704164645,
    "statusDetails": {"statusCode": "C", "message": "m"},
    "metrics": [{"type": "RECALL", "forTopKItemPredictions": 10, "value": 0.5}],
    "tags": {"someKey": "v", "other_key": "w"},
}
JANUARY = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


# --- what fits a type: written a second time, independent of the code under test


def without_none(declared: Any) -> Any:
    if get_origin(declared) in {types.UnionType, Union}:
        (declared,) = (arg for arg in get_args(declared) if arg is not type(None))
    return declared


def is_class(declared: Any, base: type) -> bool:
    return isinstance(declared, type) and issubclass(declared, base)


def is_exactly(value: Any, declared: Any) -> bool:
    """Whether an object that was read is of exactly its declared type, and so is all that it holds."""
    if without_none(declared) is not declared and value is None:
        return True
    declared = without_none(declared)
    if declared is float:
        return type(value) is float and math.isfinite(value)
    if declared is datetime:
        return type(value) is datetime and value.tzinfo is UTC
    if get_origin(declared) is tuple:
        return type(value) is tuple and all(is_exactly(item, get_args(declared)[0]) for item in value)
    if get_origin(declared) is Mapping:
        return type(value) is FrozenDict and all(type(key) is str and type(value[key]) is str for key in value)
    if type(value) is not declared:
        return False
    if is_class(declared, OpenEnum):
        return type(value.value) is str
    members = [getattr(value, field.name) for field in attrs.fields(declared)] if attrs.has(declared) else []
    if is_class(declared, TaggedUnion) and sum(member is not None for member in members) != 1:
        return False
    return all(
        is_exactly(member, field.type)
        for member, field in zip(members, attrs.fields(declared) if members else (), strict=True)
    )


def is_time(value: Any) -> bool:
    if type(value) in {int, float}:
        return -62135596800 <= value < 253402300800
    try:
        moment = datetime.fromisoformat(value) if type(value) is str else value
        return moment.tzinfo is None or bool(moment.astimezone(UTC))
    except (ValueError, OverflowError, AttributeError):
        return False


def parts(value: Any, declared: Any) -> Iterator[tuple[Any, Any]]:
    """What a list or object holds, each with its declared type; None for an absent required member."""
    if get_origin(declared) is tuple and type(value) is list:
        yield from ((item, get_args(declared)[0]) for item in value)
    if attrs.has(declared) and type(value) is dict:
        for field in attrs.fields(declared):
            member = value.get(wire_name(field.name))
            if member is not None or field.default is attrs.NOTHING:
                yield member, without_none(field.type)


def fits(value: Any, declared: Any) -> bool:
    """Whether a value on the wire can be read as this type."""
    if declared is float:
        return type(value) in {int, float} and abs(value) <= sys.float_info.max
    if declared is datetime:
        return is_time(value)
    if is_class(declared, OpenEnum):
        return type(value) is str
    if get_origin(declared) is Mapping:
        return type(value) is dict and all(type(text) is str for text in value.values())
    if is_class(declared, TaggedUnion):
        return type(value) is dict and fits_union(value, declared)
    expected = list if get_origin(declared) is tuple else dict if attrs.has(declared) else declared
    return type(value) is expected and all(fits(*part) for part in parts(value, declared))


def fits_union(value: dict[str, Any], declared: Any) -> bool:
    present = {name: member for name, member in value.items() if member is not None and name != "__type"}
    types_ = {wire_name(field.name): without_none(field.type) for field in attrs.fields(declared)}
    match list(present.items()):
        case [("SDK_UNKNOWN_MEMBER", member)]:
            return type(member) is dict and type(member.get("name")) is str
        case [(name, member)] if name in types_ and name != "unknownVariant":
            return fits(member, types_[name])
        case found:
            return len(found) == 1


def assert_leads_to_offence(path: str, document: Any, declared: Any) -> None:
    """The path's end is what does not fit, and nothing inside of it is to blame instead."""
    assert re.fullmatch(r"\$(\.\w+|\[\d+\])*", path)
    value = document
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        if index:
            value, declared = value[int(index)], get_args(declared)[0]
        else:
            (field,) = (field for field in attrs.fields(declared) if wire_name(field.name) == name)
            value, declared = value.get(name), without_none(field.type)
            assert value is not None or field.default is attrs.NOTHING
    assert not fits(value, declared)
    assert all(fits(*part) for part in parts(value, declared))


def assert_read_or_refused(document: Any, declared: Any) -> None:
    expected = fits(document, declared)
    try:
        read = structure(document, declared)
    except MalformedError as error:
        assert not expected, error
        assert not error.incomplete
        assert_leads_to_offence(error.path, document, declared)
    else:
        assert expected
        assert is_exactly(read, declared)
        assert hash(read) == hash(structure(document, declared))


# --- documents: valid ones from the declared types, then spoilt

SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
ISO_TIMES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
ZONES = st.sampled_from(
    [None, UTC, tzutc(), tzlocal(), gettz("America/New_York"), timezone(timedelta(hours=5, minutes=45))]
)
# botocore's parser makes datetimes with dateutil's zones.
DATETIMES = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001  # zones are drawn
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from([10**400, -(10**400), 2**63, 10**17, -(10**17), 1e17, 1e300, 253402300800, -62135596801])
    | st.sampled_from(["NaN", "Infinity", "-Infinity", "2024-01-02", "0001-01-01T00:00:00+14:00", "\ud800", "1", "true"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.just("name"), inner, max_size=3),
    max_leaves=6,
)
NAMES = TEXT | st.sampled_from(["SDK_UNKNOWN_MEMBER", "__type", "unknownVariant", "text", "number", "name", "tags"])


def wire(declared: Any, times: st.SearchStrategy[Any] = ISO_TIMES, *, least: int = 0) -> st.SearchStrategy[Any]:
    """Valid documents of a type, with `least` items in its list or map. Optional members are absent or tell something."""
    scalars: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXT,
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        datetime: times,
    }
    if declared in scalars:
        return scalars[declared]
    if is_class(declared, OpenEnum):
        return TEXT | st.sampled_from([str(member.value) for member in declared])
    if get_origin(declared) is tuple:
        return st.lists(wire(get_args(declared)[0], times), min_size=least, max_size=3)
    if get_origin(declared) is Mapping:
        return st.dictionaries(TEXT, TEXT, min_size=least, max_size=3)
    members = {
        wire_name(field.name): wire(without_none(field.type), times, least=int(field.default is not attrs.NOTHING))
        for field in attrs.fields(declared)
        if field.name != "unknown_variant"
    }
    if is_class(declared, TaggedUnion):
        return st.one_of([st.fixed_dictionaries({name: member}) for name, member in members.items()])
    required = {wire_name(field.name) for field in attrs.fields(declared) if field.default is attrs.NOTHING}
    return st.fixed_dictionaries(
        {name: member for name, member in members.items() if name in required},
        optional={name: member for name, member in members.items() if name not in required},
    )


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document, as its container and its key or index."""
    items = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for key, inner in items:
        yield value, key
        yield from places(inner)


def spoil(document: Any, data: st.DataObject) -> None:
    """Change one place of a document."""
    found = list(places(document))
    if not found:
        document["new"] = data.draw(JUNK)
        return
    container, key = data.draw(st.sampled_from(found))
    match data.draw(st.sampled_from(["drop", "null", "replace", "nest", "bury", "add", "reorder", "swap"])):
        case "drop":
            del container[key]
        case "null":
            container[key] = None
        case "replace":
            container[key] = data.draw(JUNK)
        case "nest":
            container[key] = data.draw(st.sampled_from([[container[key]], {"name": container[key]}]))
        case "bury":
            for _ in range(100):
                container[key] = [container[key]]
        case "add" if type(container) is dict:
            container[data.draw(NAMES)] = data.draw(JUNK)
        case "reorder" if type(container) is dict:
            for name in sorted(container):
                container[name] = container.pop(name)
        case _:
            other, other_key = data.draw(st.sampled_from(found))
            container[key] = copy.deepcopy(other[other_key])


EACH_CLASS = pytest.mark.parametrize("class_", CLASSES, ids=lambda class_: class_.__name__)


@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_valid_documents_are_read(class_: type[Any], data: st.DataObject) -> None:
    """A document that keeps the API's promise becomes an instance whose every field is of exactly its declared type."""
    document = data.draw(wire(class_))
    before = copy.deepcopy(document)
    assert fits(document, class_)
    assert is_exactly(structure(document, class_), class_)
    assert document == before


@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_spoilt_documents_are_read_or_refused(class_: type[Any], data: st.DataObject) -> None:
    """Whatever befalls a document, it is read into exact types or refused with the path of what does not fit."""
    document = data.draw(wire(class_))
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(document, data)
    assert_read_or_refused(document, class_)


@EACH_CLASS
@SETTINGS
@given(document=JUNK)
def test_anything_is_read_or_refused(class_: type[Any], document: Any) -> None:
    """Whatever JSON there is instead of a document, it is read into exact types or refused."""
    assert_read_or_refused(document, class_)
    assert_read_or_refused({"name": document}, class_)


@pytest.mark.parametrize("declared", [str, int, bool, float, datetime, Color, tuple[int, ...], Mapping[str, str]])
@SETTINGS
@given(value=JUNK)
def test_single_values_are_read_or_refused(declared: Any, value: Any) -> None:
    """A value that is no object is held to its type as strictly."""
    assert_read_or_refused(value, declared)


@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_round_trip(class_: type[Any], data: st.DataObject) -> None:
    """What was read goes back to the wire as it came, and reads as an equal object."""
    document = data.draw(wire(class_))
    read = structure(document, class_)
    written = json.loads(json.dumps(encode(read), default=datetime.isoformat))
    assert written == document
    assert structure(written, class_) == read
    assert hash(structure(written, class_)) == hash(read)
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301  # made here


@EACH_CLASS
@SETTINGS
@given(data=st.data())
def test_documents_parsed_by_botocore(class_: type[Any], data: st.DataObject) -> None:
    """A document with datetimes of any zone, as a wrapped client's parser makes them, is read the same way."""
    document = data.draw(wire(class_, DATETIMES))
    read = structure(document, class_)
    assert is_exactly(read, class_)
    assert structure(json.loads(json.dumps(document, default=as_utc_text)), class_) == read


def as_utc_text(moment: datetime) -> str:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


# --- reading classes


def test_reads_a_model() -> None:
    """A model reads as this, member by member."""
    assert structure(MODEL, AudienceModel) == AudienceModel(
        audience_model_arn="arn:1",
        name="lookalike",
        status=AudienceModelStatus.ACTIVE,
        training_dataset_arn="arn:2",
        create_time=JANUARY,
        update_time=JANUARY,
        status_details=StatusDetails(status_code="C", message="m"),
        metrics=(AudienceModelMetric(type=AudienceModelMetricType.RECALL, for_top_k_item_predictions=10, value=0.5),),
        tags={"someKey": "v", "other_key": "w"},
    )


def test_absent_members() -> None:
    """Absent lists and maps read as empty, other absent members as None; null is as good as absent."""
    required = ("audienceModelArn", "name", "status", "trainingDatasetArn", "createTime", "updateTime")
    least = {name: MODEL[name] for name in required}
    model = structure(least, AudienceModel)
    assert model.metrics == ()
    assert model.tags == {}
    assert type(model.tags) is FrozenDict
    assert model.status_details is None
    assert model.description is None
    nulls = {wire_name(field.name): None for field in attrs.fields(AudienceModel)}
    assert structure(nulls | least, AudienceModel) == model


def test_unknown_members_are_ignored() -> None:
    """A member that the class does not know changes nothing, at any depth."""
    document = copy.deepcopy(MODEL) | {"new": {"a": [1]}, "__type": "x", "": None, "audience_model_arn": "y"}
    document["statusDetails"]["new"] = 1
    document["metrics"][0]["new"] = "x"
    assert structure(document, AudienceModel) == structure(MODEL, AudienceModel)


def test_keys_of_maps_are_not_renamed() -> None:
    """A map's keys are user data: they are the same here and on the wire."""
    tags = {"snake_case": "1", "camelCase": "2", "name": "3", "max_payload_in_mb": "4"}
    model = structure(MODEL | {"tags": tags}, AudienceModel)
    assert model.tags == tags
    assert encode(model)["tags"] == tags
    assert type(encode(model)["tags"]) is dict


def test_enums_stay_open() -> None:
    """An enum value that AWS adds later keeps its text, in and out."""
    model = structure(MODEL | {"status": "ASLEEP"}, AudienceModel)
    assert model.status == "ASLEEP"
    assert type(model.status) is AudienceModelStatus
    assert not model.status.is_known
    assert encode(model)["status"] == "ASLEEP"


def test_known_enum_values_are_members() -> None:
    """A known value is the member itself, also the empty text if an enum had it."""

    class Odd(OpenEnum):
        EMPTY = ""

    assert structure("red", Color) is Color.RED
    assert structure("", Odd) is Odd.EMPTY


@pytest.mark.parametrize(
    ("change", "path", "problem"),
    [
        ({"name": None}, "$.name", "a required member is missing"),
        ({"name": 5}, "$.name", "a string expected, not an integer"),
        ({"name": {}}, "$.name", "a string expected, not an object"),
        ({"status": False}, "$.status", "AudienceModelStatus expected, not a boolean"),
        ({"createTime": "soon"}, "$.createTime", "datetime expected, not a string"),
        ({"createTime": None}, "$.createTime", "a required member is missing"),
        ({"description": []}, "$.description", "a string expected, not a list"),
        ({"statusDetails": "x"}, "$.statusDetails", "StatusDetails expected, not a string"),
        ({"statusDetails": {"message": 1.5}}, "$.statusDetails.message", "a string expected, not a number"),
        ({"tags": {"a": None}}, "$.tags", "a map of strings expected, not an object"),
        ({"tags": []}, "$.tags", "a map of strings expected, not a list"),
        ({"metrics": {}}, "$.metrics", "a list expected, not an object"),
        ({"metrics": [None]}, "$.metrics[0]", "AudienceModelMetric expected, not null"),
        ({"metrics": [{"type": "RECALL", "value": 1}]}, "$.metrics[0].forTopKItemPredictions", "a required member is missing"),
        (
            {"metrics": [MODEL["metrics"][0], {"type": "X", "forTopKItemPredictions": 1.0, "value": 1}]},
            "$.metrics[1].forTopKItemPredictions",
            "an integer expected, not a number",
        ),
        (
            {"metrics": [{"type": "X", "forTopKItemPredictions": 1, "value": True}]},
            "$.metrics[0].value",
            "a number expected, not a boolean",
        ),
    ],
)
def test_refusals(change: dict[str, Any], path: str, problem: str) -> None:
    """A refusal says where and what, in these words."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | change, AudienceModel)
    assert (caught.value.path, caught.value.problem, caught.value.incomplete) == (path, problem, False)
    assert caught.value.__cause__ is not None


def test_path_begins_where_it_is_told() -> None:
    """A part of a body is refused with its path in the whole body."""
    with pytest.raises(MalformedError) as caught:
        structure([LEAF, {"name": 1}], tuple[Leaf, ...], "$.leaves")
    assert caught.value.path == "$.leaves[1].name"
    with pytest.raises(MalformedError) as caught:
        structure(None, str, "$.arn")
    assert (caught.value.path, caught.value.problem) == ("$.arn", "a string expected, not null")


def test_values_do_not_show() -> None:
    """A refusal never shows the value, which may be sensitive."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"statusDetails": "hidden", "tags": {"hidden": 1}}, AudienceModel)
    assert "hidden" not in f"{caught.value} {caught.value!r} {caught.value.problem}"


def test_foreign_types_are_named() -> None:
    """A value that no JSON holds is refused by its Python type's name."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"name": b"x"}, AudienceModel)
    assert caught.value.problem == "a string expected, not bytes"
    with pytest.raises(MalformedError, match="a list expected, not tuple"):
        structure((1,), tuple[int, ...])


# --- unions


@pytest.mark.parametrize(
    ("document", "choice", "variant"),
    [
        ({"text": "x"}, Choice(text="x"), "text"),
        ({"text": ""}, Choice(text=""), "text"),
        ({"number": 0, "text": None}, Choice(number=0), "number"),
        ({"number": 0, "__type": "x"}, Choice(number=0), "number"),
        ({"leaves": []}, Choice(leaves=()), "leaves"),
        ({"branch": {"leaf": {"name": "x"}}}, Choice(branch=Branch(leaf=Leaf(name="x"))), "branch"),
        ({"future": {"a": 1}}, Choice(unknown_variant="future"), "future"),
        ({"unknownVariant": 5}, Choice(unknown_variant="unknownVariant"), "unknownVariant"),
        ({"SDK_UNKNOWN_MEMBER": {"name": "future"}}, Choice(unknown_variant="future"), "future"),
    ],
)
def test_union_has_one_member(document: dict[str, Any], choice: Choice, variant: str) -> None:
    """A union holds the one member that is set; one that AWS adds later is known by its name, from either parser."""
    assert structure(document, Choice) == choice
    assert structure(document, Choice).variant == variant


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({}, "$"),
        ({"text": None}, "$"),
        ({"__type": "x"}, "$"),
        ({"text": "x", "number": 1}, "$"),
        ({"text": "x", "future": 1}, "$"),
        ([], "$"),
        ({"number": "1"}, "$.number"),
        ({"branch": {"leaf": {}}}, "$.branch.leaf.name"),
        ({"leaves": [LEAF, 1]}, "$.leaves[1]"),
        ({"SDK_UNKNOWN_MEMBER": "future"}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": None}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": 5}}, "$"),
        ({"SDK_UNKNOWN_MEMBER": {"name": ["x"]}}, "$"),
    ],
)
def test_union_without_exactly_one_member_is_refused(document: Any, path: str) -> None:
    """A union with no member, several, or an unfit one is refused, never guessed."""
    with pytest.raises(MalformedError) as caught:
        structure(document, Choice)
    assert caught.value.path == path


def test_empty_union_has_no_variant() -> None:
    """A union that the caller made without a member has no variant."""
    assert Choice().variant == ""


# --- times


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05+00:00",
        "2024-01-02T03:04:05",
        "2024-01-02T05:34:05+02:30",
        "2024-01-01T19:04:05-0800",
        "20240102T030405Z",
        1704164645,
        1704164645.0,
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001  # without zone on purpose
        datetime(2024, 1, 2, 3, 4, 5, tzinfo=tzutc()),
        datetime(2024, 1, 1, 22, 4, 5, tzinfo=gettz("America/New_York")),
        JANUARY.astimezone(tzlocal()),
    ],
    ids=str,
)
def test_times(value: Any) -> None:
    """ISO 8601 with Z, an offset or no zone, seconds since 1970 and botocore's datetimes are one moment in UTC."""
    moment = structure(value, datetime)
    assert moment == JANUARY
    assert moment.tzinfo is UTC
    assert moment.isoformat() == "2024-01-02T03:04:05+00:00"


@pytest.mark.parametrize(
    ("value", "microsecond"),
    [
        ("2024-01-02T03:04:05.678Z", 678000),
        ("2024-01-02T03:04:05.678901Z", 678901),
        ("2024-01-02T03:04:05.678901999Z", 678901),
        ("2024-01-02T03:04:05.6Z", 600000),
        ("2024-01-02T05:04:05.678+02:00", 678000),
        (1704164645.678, 678000),
        (1704164645.5, 500000),
    ],
)
def test_fractions(value: Any, microsecond: int) -> None:
    """Fractions are kept to the microsecond, however many digits there are."""
    assert structure(value, datetime) == JANUARY.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "1970-01-01T00:00:00+00:00"),
        (-1, "1969-12-31T23:59:59+00:00"),
        (-0.5, "1969-12-31T23:59:59.500000+00:00"),
        (-62135596800, "0001-01-01T00:00:00+00:00"),
        (253402300799, "9999-12-31T23:59:59+00:00"),
        ("2024-01-02", "2024-01-02T00:00:00+00:00"),
    ],
)
def test_edges_of_time(value: Any, text: str) -> None:
    """Every moment that Python can tell is read."""
    assert structure(value, datetime).isoformat() == text


OUT_OF_RANGE = [-62135596801, 253402300800, 10**12, 10**15, 10**17, -(10**17), 2**63 - 1, 2**64, 10**400, 1e17, -1e17, 1e300]


@pytest.mark.parametrize(
    "value",
    [
        *OUT_OF_RANGE,
        *(math.nan, math.inf, -math.inf, True, None, [], {}, b"2024-01-02"),
        *("", "now", "1704164645", "2024-02-30", "2024-01-02T25:00:00Z", "2024-01-02T03:04:05ZZ", "2024-01-02\ud800"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", " 2024-01-02"),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_what_is_no_time(value: Any) -> None:
    """What is no moment, or none that Python can tell, is refused at its place."""
    with pytest.raises(MalformedError) as caught:
        structure(MODEL | {"createTime": value}, AudienceModel)
    assert caught.value.path == "$.createTime"


# --- numbers


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (-0.5, -0.5), (2**53, 2.0**53), (1e308, 1e308)])
def test_numbers(value: Any, number: float) -> None:
    """A number that JSON writes without a point is a float where a float is declared."""
    read = structure(value, float)
    assert type(read) is float
    assert read == number


@pytest.mark.parametrize("value", [True, "1", "NaN", None, math.nan, math.inf, -math.inf, 10**400, [1]], ids=repr)
def test_what_is_no_number(value: Any) -> None:
    """Booleans, text and what no float can hold are refused."""
    with pytest.raises(MalformedError):
        structure(value, float)


def test_integers_have_no_limit() -> None:
    """An integer is kept to its last digit; a boolean or a float is none."""
    assert structure(10**400, int) == 10**400
    for value in (True, 1.0, "1"):
        with pytest.raises(MalformedError):
            structure(value, int)


# --- bodies


def refusal(body: bytes) -> MalformedError:
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
    assert error.problem == "the body is cut short"
    assert error.incomplete


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def as_body(document: Any, *, ascii_only: bool, indent: int | None) -> bytes:
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
        *(b'{"a": 1.5.', b'{"a": 1e5e', b'{"a": .', b'{"a": e', b'{"a": u', b'{"a": [1 t', b'{"a": true.', b'{"a": {}u12'),
        *(b'{"a": 01', b'{"a": +', b'{"a": 1,}', b'{"a": [}', b'{"a": [1,]', b"{,", b"{]", b"{'a", b'{"a": True', b'{"a": trux'),
        *(b'{"a": N', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": NaN', b'{"a": -I'),
        *(b'{"a": "\\x', b'{"a": "\\u12g', b'{"a": "\x01', b'{"a": "b\n'),
        *(b'{"a": "\xff"}', b'{"a": "\xff', b'{"a": "\xc3"', b"\xff\xfe{\x00}\x00", b'{"a": "\xed\xa0\x80"}'),
        *(b'{"a": \xe2', b"{}\xe2", b'{"a": 1\xf0\x9f', b"\xe2", b"\x80", b'{"a":\xc2\xa0', b"\xc2\xa0{", b"{\x0c"),
        *(codecs.BOM_UTF8, codecs.BOM_UTF8 + b'{"a": 1}', codecs.BOM_UTF8 + b'{"a": '),
    ],
    ids=ascii,
)
def test_what_more_text_cannot_mend(body: bytes) -> None:
    """What is no JSON, and would be none however it went on, is not called cut short."""
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
    """The beginning of something that is no object is not called cut short: the rest would not help."""
    assert not refusal(body).incomplete


@pytest.mark.parametrize("body", [b'{"a": ' + b"[" * 200_000, b'{"a":' * 200_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_what_python_cannot_hold(body: bytes) -> None:
    """Nesting and digits beyond Python's limits are refused like any other body."""
    assert refusal(body).problem in {"the body is not JSON", "the body is cut short"}


def test_number_beyond_float() -> None:
    """A number that a float cannot hold is refused where it is read, not made infinite."""
    document = parse(b'{"name": "x", "ratio": 1e999}')
    with pytest.raises(MalformedError):
        structure(document["ratio"], float)


TOKENS = ["", *"0 00 000 0000".split(), *"rue ue e alse lse se ull ll l".split(), "\\"]


def is_json(text: str) -> bool:
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


@settings(SETTINGS, max_examples=300)
@given(BODIES | wire(AudienceModel).map(lambda document: as_body(document, ascii_only=True, indent=None)), st.data())
def test_spoilt_bodies(body: bytes, data: st.DataObject) -> None:
    """Whatever befalls a body's bytes, it is parsed or refused, and called cut short exactly if more could mend it."""
    piece = st.binary(max_size=3) | st.sampled_from([codecs.BOM_UTF8, b"\xe2", b'"', b"\\", b"{", b"}", b"NaN", b"t", b"1"])
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, len(body)))
        body = body[:start] + data.draw(piece) + data.draw(st.sampled_from([body[end:], body[start:], b""]))
    try:
        document = parse(body)
    except MalformedError as error:
        assert error.path == "$"
        assert error.incomplete is (can_be_completed(body) and body.strip() != b"")
    else:
        assert document == json.loads(body)
        assert_read_or_refused(document, AudienceModel)


@SETTINGS
@given(st.binary())
def test_any_bytes(body: bytes) -> None:
    """No bytes raise anything but MalformedError."""
    try:
        assert type(parse(body)) is dict
    except MalformedError as error:
        assert error.path == "$"
        assert error.incomplete is (can_be_completed(body) and body.strip() != b"")


# --- names


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("name", "name"),
        ("audience_model_arn", "audienceModelArn"),
        ("for_top_k_item_predictions", "forTopKItemPredictions"),
        ("s3_uri", "s3Uri"),
        ("max_payload_in_mb", "maxPayloadInMB"),
        ("volume_size_in_gb", "volumeSizeInGB"),
        ("collaboration_ml_input_channels_list", "collaborationMLInputChannelsList"),
    ],
)
def test_wire_names(name: str, wire: str) -> None:
    """One rule and three exceptions name every member."""
    assert wire_name(name) == wire


# --- writing


def test_encodes_nested_classes() -> None:
    """Nested classes are written under wire names, without what is absent."""
    assert encode(Branch(leaf=Leaf(name="x"), leaves=(Leaf(name="y", shade=Color("new")),))) == {
        "leaf": {"name": "x"},
        "leaves": [{"name": "y", "shade": "new"}],
    }
    assert encode([Leaf(name="x"), Leaf(name="y")]) == [{"name": "x"}, {"name": "y"}]
    assert encode((Color.RED, "x", 1)) == ["red", "x", 1]


def test_false_and_zero_are_sent() -> None:
    """What is set is sent, though Python calls it false."""
    document = {"text": ""}
    assert encode(structure(document, Choice)) == document
    assert encode(Choice(number=0)) == {"number": 0}
    assert encode(StatusDetails(message="")) == {"message": ""}


@pytest.mark.parametrize("value", ["text", 5, 1.5, True, None, Color.RED, Color("new"), JANUARY])
def test_scalars_go_as_they_are(value: Any) -> None:
    """A scalar is written as an equal value of a type that botocore takes."""
    assert encode(value) == value
    assert isinstance(encode(value), type(value) if not isinstance(value, OpenEnum) else str)


def test_maps_are_written_as_plain_dicts() -> None:
    """Any mapping becomes a dict of its own, keys unchanged."""
    tags = {"some_key": "v"}
    for mapping in (tags, FrozenDict(tags), types.MappingProxyType(tags)):
        written = encode(mapping)
        assert type(written) is dict
        assert written == tags
        assert written is not mapping


def test_datetimes_need_a_zone() -> None:
    """A datetime without a zone is refused rather than guessed, alone and inside of something."""
    naive = datetime(2024, 1, 2)  # noqa: DTZ001  # on purpose
    for value in (naive, [naive], attrs.evolve(structure(MODEL, AudienceModel), create_time=naive)):
        with pytest.raises(ValueError, match="without a time zone"):
            encode(value)


def test_wrong_types_have_no_wire_form() -> None:
    """A nested value of a wrong type raises what the caller of `encode` is told to expect."""
    wrong: Any = 5
    for value in (Branch(leaf=wrong), Branch(leaf=Leaf(name="x"), leaves=wrong), Branch(leaf=Leaf(name="x"), leaves=(wrong,))):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            encode(value)
