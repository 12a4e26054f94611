"""Wire JSON to attrs classes and back: one cattrs converter, one naming rule.

Reading is strict: a value becomes exactly its declared type, or `MalformedError` says where it does not. What the
classes do not know is ignored, so that the API can grow.
"""

import codecs
import json
import math
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from inspect import ismemberdescriptor
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, Union, cast, get_args, get_origin

import attrs

from ._models import FrozenDict, OpenEnum, TaggedUnion, wire_name

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["MalformedError", "encode", "parse", "structure"]

_T = TypeVar("_T")
_Hook = Callable[[Any, Any], Any]


@attrs.define
class MalformedError(Exception):
    """A body that is not what the API promises."""

    problem: str
    path: str = "$"
    incomplete: bool = False


# --- reading


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode_json = json.JSONDecoder(parse_constant=_refuse_constant).decode


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises MalformedError for anything else."""
    if not body.strip():
        raise MalformedError("the body is empty")
    try:
        document = _decode_json(body.decode())
    except (ValueError, RecursionError):
        pass
    else:
        if type(document) is not dict:
            raise MalformedError(f"the body is not an object but {_kind(document)}")
        return cast("dict[str, Any]", document)
    # Outside the handler: what was caught holds the body, which may be sensitive.
    incomplete = _is_begun_object(body)
    raise MalformedError("the body is cut short" if incomplete else "the body is not JSON", incomplete=incomplete)


# What brings a text that stops within a number, an escape or a literal to the end of that.
_REMAINDERS = ("", "0", "00000", "rue", "ue", "e", "alse", "lse", "se", "ull", "ll", "l")


def _is_begun_object(body: bytes) -> bool:
    """Whether the body is how a JSON object begins: whether some way to go on makes it one."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return False
    if len(text.encode()) < len(body):
        # A character that is cut in its middle: any other will do in its place.
        text += "?"
    return text.lstrip().startswith("{") and any(_wants_more(text + remainder) for remainder in _REMAINDERS)


def _wants_more(text: str) -> bool:
    """Whether nothing is wrong with it but that it ends."""
    try:
        _decode_json(text)
    except json.JSONDecodeError as error:
        at_end = not text[error.pos :].strip(" \t\r\n")
        return error.msg.startswith("Unterminated") or (at_end and error.msg.startswith("Expecting"))
    except (ValueError, RecursionError):
        pass
    return False


# OSError is how some platforms say that a timestamp is too large.
_MISFITS = (TypeError, ValueError, KeyError, OverflowError, OSError)


def structure(value: Any, type_: type[_T], path: str = "$") -> _T:
    """The value as exactly this type; raises MalformedError with the path of the first thing that is not."""
    try:
        return cast("_T", _hook(cast("Any", type_))(value, type_))
    except _MISFITS:
        pass
    # Outside the handler: what was caught may quote the value, which may be sensitive.
    where, problem = _locate(value, type_, path)
    raise MalformedError(problem, where)


def _locate(value: Any, type_: Any, path: str) -> tuple[str, str]:
    """Path and problem of the first part that does not fit. Only walked when reading has failed."""
    parts: list[tuple[Any, Any, str]] = []
    if attrs.has(type_) and isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        for field in attrs.fields(type_):
            key = wire_name(field.name)
            if members.get(key) is not None:
                parts.append((members[key], _without_none(field.type), f"{path}.{key}"))
            elif field.default is attrs.NOTHING:
                return f"{path}.{key}", "a required member is missing"
    elif get_origin(type_) is tuple and isinstance(value, list):
        element, items = get_args(type_)[0], cast("list[object]", value)
        parts = [(item, element, f"{path}[{index}]") for index, item in enumerate(items)]
    for part, part_type, part_path in parts:
        try:
            _hook(part_type)(part, part_type)
        except _MISFITS:
            return _locate(part, part_type, part_path)
    return path, f"{_expectation(type_)} expected, not {_kind(cast('object', value))}"


_KINDS: dict[Any, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    type(None): "null",
}


def _kind(value: object) -> str:
    # Never the value itself: it may be sensitive.
    return _KINDS.get(type(value), type(value).__name__)


def _expectation(type_: Any) -> str:
    kinds = _KINDS | {tuple: "a list", Mapping: "a map of strings"}
    return kinds.get(get_origin(type_) or type_, getattr(type_, "__name__", str(type_)))


def _without_none(type_: Any) -> Any:
    if get_origin(type_) in {types.UnionType, Union}:
        return next(arg for arg in get_args(type_) if arg is not types.NoneType)
    return type_


# --- the converter


@cache
def _converter() -> "Converter":
    from cattrs import Converter  # noqa: PLC0415  # it takes a while to load, and programs begin before they call

    converter = Converter(detailed_validation=False)
    converter.register_structure_hook_func(_is_generic(Mapping), _read_map)
    converter.register_structure_hook_factory(_is_generic(tuple), _tuple_reader)
    converter.register_structure_hook_factory(attrs.has, _class_reader)
    converter.register_structure_hook_factory(_is_union, _union_reader)
    converter.register_unstructure_hook_factory(attrs.has, _class_writer)
    converter.register_unstructure_hook(datetime, _write_datetime)
    return converter


@cache
def _hook(type_: Any) -> _Hook:
    # Not through cattrs: there a hook for the class `str` takes every enum, too.
    if _is_enum(type_):
        return _enum_reader(type_)
    return _SCALARS.get(type_) or _converter().get_structure_hook(type_)


def _exactly(expected: type) -> _Hook:
    def read(value: Any, _: Any) -> Any:
        if type(value) is not expected:
            raise TypeError
        return value

    return read


def _read_float(value: Any, _: Any) -> float:
    if type(value) is float or type(value) is int:
        number = float(value)
        if math.isfinite(number):
            return number
    raise TypeError


def _read_datetime(value: Any, _: Any) -> datetime:
    """ISO 8601 or seconds since 1970, as the protocol allows; or botocore's datetime, from a wrapped client."""
    if type(value) is str:
        moment = datetime.fromisoformat(value)
    elif type(value) is float or type(value) is int:
        return datetime.fromtimestamp(value, UTC)
    elif isinstance(value, datetime):
        moment = value
    else:
        raise TypeError
    if moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_EXACT = (str, int, bool)

_SCALARS: dict[Any, _Hook] = {
    str: _exactly(str),
    int: _exactly(int),
    bool: _exactly(bool),
    float: _read_float,
    datetime: _read_datetime,
}


def _read_map(value: Any, _: Any) -> FrozenDict[str, str]:
    if type(value) is not dict or not all(type(text) is str for text in cast("dict[str, Any]", value).values()):
        raise TypeError
    return FrozenDict(cast("dict[str, str]", value))


def _enum_reader(type_: type[OpenEnum]) -> _Hook:
    known = dict(type_._value2member_map_)

    def read(value: Any, _: Any) -> Any:
        if type(value) is not str:
            raise TypeError
        return known.get(value) or type_(value)

    return read


def _tuple_reader(type_: Any) -> _Hook:
    element = get_args(type_)[0]
    read_element = _hook(element)

    def read(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise TypeError
        return tuple([read_element(item, element) for item in cast("list[object]", value)])

    return read


def _class_reader(type_: Any) -> _Hook:
    """A function that reads the class, written out: a call for each member would cost more than the reading."""
    fields = [field for field in attrs.fields(type_) if field.init]
    names: dict[str, Any] = {"class_": type_}
    lines = ["def read(document, _):", " if type(document) is not dict: raise TypeError", " get = document.get"]
    for index, field in enumerate(fields):
        lines += _read_member(field, index, names)
    if _has_only_slots(type_):
        # What the __init__ of a frozen class does, but that it looks each slot up by its name, every time.
        names["new"] = type_.__new__
        names |= {f"set{index}": getattr(type_, field.name).__set__ for index, field in enumerate(fields)}
        lines.append(" instance = new(class_)")
        lines += [f" set{index}(instance, value{index})" for index in range(len(fields))]
        lines.append(" return instance")
    else:
        arguments = ", ".join(f"{field.alias}=value{index}" for index, field in enumerate(fields))
        lines.append(f" return class_({arguments})")
    exec("\n".join(lines), names)  # noqa: S102  # the words here and below, and the names of members
    return cast("_Hook", names["read"])


_FACTORY = cast("type", attrs.Factory)


def _read_member(field: "attrs.Attribute[Any]", index: int, names: dict[str, Any]) -> list[str]:
    """The lines that read one member; what they name is added to the names."""
    value, expected, known, read, default = (
        f"{word}{index}" for word in ("value", "expected", "known", "read", "default")
    )
    names[expected] = type_ = _without_none(field.type)
    if type_ in _EXACT:
        step = f"if type({value}) is not {expected}: raise TypeError"
    elif _is_enum(type_):
        names[known] = type_._value2member_map_.get
        step = f"{value} = {known}({value}) or {expected}({value})"
    elif type_ is datetime:
        # Nearly all are text and in UTC.
        names |= {"iso": datetime.fromisoformat, "UTC": UTC, read: _read_datetime}
        step = (
            f"if type({value}) is not str or ({value} := iso({value})).tzinfo is not UTC: "
            f"{value} = {read}({value}, {expected})"
        )
    else:
        names[read] = _hook(type_)
        step = f"{value} = {read}({value}, {expected})"
    key = wire_name(field.name)
    absent: Any = field.default
    if absent is attrs.NOTHING:
        return [f" {value} = document[{key!r}]", f" {step}"]
    # Null is as good as absent, but never for a required member.
    is_made = isinstance(absent, _FACTORY)
    names[default] = absent.factory if is_made else absent
    absent = f"{default}()" if is_made else default
    return [f" {value} = get({key!r})", f" if {value} is None: {value} = {absent}", " else:", f"  {step}"]


def _has_only_slots(type_: Any) -> bool:
    """Whether nothing happens when an instance is made but that its slots are set."""
    more = ("__attrs_init__", "__attrs_pre_init__", "__attrs_post_init__", "_attrs_cached_hash")
    return not any(hasattr(type_, name) for name in more) and all(
        ismemberdescriptor(getattr(type_, field.name, None))
        and field.init
        and field.converter is None
        and field.validator is None
        for field in attrs.fields(type_)
    )


def _union_reader(type_: type[TaggedUnion]) -> _Hook:
    read_members = _class_reader(type_)
    read_text = _hook(str)
    names = {wire_name(field.name) for field in attrs.fields(type_)} - {"unknownVariant"}

    def read(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise TypeError
        document = cast("dict[str, Any]", value)
        present = [name for name, member in document.items() if member is not None and name != "__type"]
        if len(present) != 1:
            raise ValueError
        if present[0] in names:
            return read_members(document, type_)
        # botocore reports a member that it does not know in this form.
        unknown = document["SDK_UNKNOWN_MEMBER"]["name"] if present == ["SDK_UNKNOWN_MEMBER"] else present[0]
        return type_(unknown_variant=read_text(unknown, str))

    return read


# --- writing


def encode(value: Any) -> Any:
    """A value as botocore takes it: wire names, no `None`, no absent optional members.

    Raises TypeError, ValueError or AttributeError for what has no wire form.
    """
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if isinstance(value, list | tuple):
        return [encode(item) for item in cast("list[object]", value)]
    return _converter().unstructure(value)


def _class_writer(type_: Any) -> Callable[[Any], dict[str, Any]]:
    from cattrs.gen import make_dict_unstructure_fn, override  # noqa: PLC0415  # as above

    overrides: Any = {field.name: override(rename=wire_name(field.name)) for field in attrs.fields(type_)}
    return make_dict_unstructure_fn(type_, _converter(), _cattrs_omit_if_default=True, **overrides)


def _write_datetime(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a datetime without a time zone: say which one, for example datetime(..., tzinfo=UTC)")
    return value


def _is_generic(origin: Any) -> Callable[[Any], bool]:
    return lambda type_: get_origin(type_) is origin


def _is_enum(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, OpenEnum)


def _is_union(type_: Any) -> bool:
    return isinstance(type_, type) and issubclass(type_, TaggedUnion)
