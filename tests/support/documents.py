"""Documents for tests of the codec: classes, valid and damaged documents, and a second check of types."""

import copy
import functools
import importlib
import math
import re
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Union, get_args, get_origin

import attrs
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cleanroomsml_client._codec import MalformedError, structure
from cleanroomsml_client._fields import map_field
from cleanroomsml_client._models import FrozenDict, OpenEnum, TaggedUnion, wire_name
from cleanroomsml_client.resources.audience_models import (
    AudienceModel,
    AudienceModelMetric,
    AudienceModelSummary,
)

Json = Any
"""Any JSON value, or what a parser converts it to."""
Declared = Any
"""A type as an attrs field declares it."""

# The zones of the datetimes that botocore's parser makes.
dateutil_tz: Any = importlib.import_module("dateutil.tz")


class Color(OpenEnum):
    """An enum whose names and values differ."""

    RED = "red"
    DARK_BLUE = "blue.dark"


@attrs.frozen(kw_only=True)
class Leaf:
    """The smallest class."""

    name: str
    shade: Color | None = None


@attrs.frozen(kw_only=True)
class Branch:
    """A class with nested classes."""

    leaf: Leaf
    leaves: tuple[Leaf, ...] = ()


@attrs.frozen(kw_only=True)
class Choice(TaggedUnion):
    """A union of each kind of member."""

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


# --- which value fits which type: a second implementation, independent of the code under test


def without_none(declared: Declared) -> Declared:
    """Return the type of a member that is present."""
    if get_origin(declared) in {types.UnionType, Union}:
        (declared,) = (arg for arg in get_args(declared) if arg is not type(None))
    return declared


def is_a(value: Json, type_: type) -> bool:
    """Return whether a value has exactly this type."""
    return type(value) is type_


def is_generic(declared: Declared, origin: Declared) -> bool:
    """Return whether a declared type is such a list or map."""
    return bool(get_origin(declared) == origin)


def is_class(declared: Declared, base: type) -> bool:
    """Return whether a declared type is a subclass of `base`."""
    return isinstance(declared, type) and issubclass(declared, base)


def is_exactly(value: Json, declared: Declared) -> bool:
    """Return whether an object that was read has exactly its declared type, and so have all its members."""
    if without_none(declared) is not declared:
        return value is None or is_exactly(value, without_none(declared))
    if declared is float:
        return is_a(value, float) and math.isfinite(value)
    if declared is datetime:
        return is_a(value, datetime) and value.tzinfo is UTC
    if is_generic(declared, tuple):
        return is_a(value, tuple) and all(is_exactly(item, get_args(declared)[0]) for item in value)
    if is_generic(declared, Mapping):
        return is_a(value, FrozenDict) and all(is_a(text, str) for item in value.items() for text in item)
    return is_a(value, declared) and holds_exactly(value, declared)


def holds_exactly(value: Json, declared: Declared) -> bool:
    """Return whether the members of an instance, or the text of an enum, have exactly their declared types."""
    if is_class(declared, OpenEnum):
        return is_a(value.value, str)
    if not attrs.has(declared):
        return True
    members = [(getattr(value, field.name), field.type) for field in attrs.fields(declared)]
    if is_class(declared, TaggedUnion) and [member is None for member, _ in members].count(False) != 1:
        return False
    return all(is_exactly(member, type_) for member, type_ in members)


_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def is_time(value: Json) -> bool:
    """Return whether a value is a time that Python can represent: RFC 3339, seconds, or a datetime with a zone."""
    if is_a(value, int) or is_a(value, float):
        return bool(-62135596800 <= value < 253402300800)
    try:
        return bool(_moment(value).astimezone(UTC))
    except (ValueError, OverflowError):
        return False


def _moment(value: Json) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    match = _DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[8] or 0) >= 24 or int(match[9] or 0) >= 60:
        raise ValueError
    year, month, day, hour, minute, second = (int(number) for number in match.groups()[:6])
    offset = timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
    zone = timezone(-offset if match[7] == "-" else offset)
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def parts(value: Json, declared: Declared) -> Iterator[tuple[Any, Any]]:
    """Yield the items of a list or object, each with its declared type; None for a missing required member."""
    if is_generic(declared, tuple) and is_a(value, list):
        yield from ((item, get_args(declared)[0]) for item in value)
    if attrs.has(declared) and is_a(value, dict):
        for field in attrs.fields(declared):
            member = value.get(wire_name(field.name))
            if member is not None or field.default is attrs.NOTHING:
                yield member, without_none(field.type)


def fits(value: Json, declared: Declared) -> bool:
    """Return whether a value on the wire can be read as this type."""
    if declared is float:
        return (is_a(value, int) or is_a(value, float)) and bool(abs(value) <= sys.float_info.max)
    if declared is datetime:
        return is_time(value)
    if is_class(declared, OpenEnum):
        return is_a(value, str)
    if is_generic(declared, Mapping):
        return is_a(value, dict) and all(is_a(text, str) for text in value.values())
    if is_class(declared, TaggedUnion):
        return is_a(value, dict) and fits_union(value, declared)
    expected = list if is_generic(declared, tuple) else dict if attrs.has(declared) else declared
    return is_a(value, expected) and all(fits(*part) for part in parts(value, declared))


def fits_union(value: dict[str, Json], declared: Declared) -> bool:
    """Return whether an object has exactly one member, as a union needs it."""
    present = {name: member for name, member in value.items() if member is not None and name != "__type"}
    types_ = {wire_name(field.name): without_none(field.type) for field in attrs.fields(declared)}
    match list(present.items()):
        case [("SDK_UNKNOWN_MEMBER", member)]:
            return is_a(member, dict) and is_a(member.get("name"), str)
        case [(name, member)] if name in types_ and name != "unknownVariant":
            return fits(member, types_[name])
        case found:
            return len(found) == 1


def assert_path_is_right(path: str, document: Json, declared: Declared) -> None:
    """Check that the value at the path does not fit, and that everything inside that value does."""
    assert re.fullmatch(r"\$(\.\w+|\[\d+\])*", path)
    value: Json = document
    steps: list[tuple[str, str]] = re.findall(r"\.(\w+)|\[(\d+)\]", path)
    for name, index in steps:
        if index:
            value, declared = value[int(index)], get_args(declared)[0]
        else:
            (field,) = (field for field in attrs.fields(declared) if wire_name(field.name) == name)
            value, declared = value.get(name), without_none(field.type)
            assert field.default is attrs.NOTHING or not is_a(value, types.NoneType)
    assert not fits(value, declared)
    assert all(fits(*part) for part in parts(value, declared))


def outcome(function: Callable[..., Json], *arguments: object) -> Json:
    """Return the result of a function or the MalformedError that it raises; any other exception is a failure."""
    try:
        return function(*arguments)
    except MalformedError as error:
        return error


def assert_read_or_refused(document: Json, declared: Declared) -> None:
    """Check that a valid document is read as exact types, and any other is refused with the right path."""
    read = outcome(structure, document, declared)
    if fits(document, declared):
        assert is_exactly(read, declared)
        assert hash(read) == hash(structure(document, declared))
    else:
        assert type(read) is MalformedError
        assert not read.incomplete
        assert_path_is_right(read.path, document, declared)


# --- valid documents, made from the declared types, and damaged ones

SETTINGS = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
ISO_TIMES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
ZONES: Any = st.sampled_from(
    [
        UTC,
        dateutil_tz.tzutc(),
        dateutil_tz.tzlocal(),
        dateutil_tz.gettz("America/New_York"),
        timezone(timedelta(hours=5, minutes=45)),
    ]
)
# botocore's parser makes datetimes with dateutil's zones.
DATETIMES = st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=ZONES)  # noqa: DTZ001  # hypothesis chooses the zones
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from([10**400, -(10**400), 2**63, 10**17, -(10**17), 1e17, 1e300, 253402300800, -62135596801])
    | st.sampled_from(["NaN", "Infinity", "2024-01-02", "0001-01-01T00:00:00+14:00", "\ud800", "1", "true"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.just("name"), inner, max_size=3),
    max_leaves=6,
)
NAMES = TEXT | st.sampled_from(["SDK_UNKNOWN_MEMBER", "__type", "unknownVariant", "text", "number", "name", "tags"])


def wire(declared: Declared, times: st.SearchStrategy[Any] = ISO_TIMES, *, least: int = 0) -> st.SearchStrategy[Any]:
    """Return valid documents of a type, with at least `least` items in a list or map; no optional member is empty."""
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
    if is_generic(declared, tuple):
        return st.lists(wire(get_args(declared)[0], times), min_size=least, max_size=3)
    if is_generic(declared, Mapping):
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


def places(value: Json) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a document, as its container and its key or index."""
    items = value.items() if is_a(value, dict) else enumerate(value) if is_a(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from places(inner)


def damage(document: Json, data: st.DataObject) -> None:
    """Change one place of a document."""
    found = list(places(document)) or [(document, "new")]
    container, key = data.draw(st.sampled_from(found))
    member = container.pop(key, None) if is_a(container, dict) else container.pop(key)

    def put(value: Json) -> None:
        # In an object the member moves to the end, so that the order changes, too.
        container.__setitem__(key, value) if is_a(container, dict) else container.insert(key, value)

    match data.draw(st.sampled_from(["drop", "null", "replace", "nest", "bury", "add", "swap"])):
        case "drop":
            pass
        case "null":
            put(None)
        case "replace":
            put(data.draw(JUNK))
        case "nest":
            put(data.draw(st.sampled_from([[member], {"name": member}])))
        case "bury":
            put(functools.reduce(lambda inner, _: [inner], range(100), member))
        case "add":
            put(member)
            document[data.draw(NAMES)] = data.draw(JUNK)
        case _:
            put(copy.deepcopy(data.draw(st.sampled_from([place[name] for place, name in places(document)] or [0]))))
