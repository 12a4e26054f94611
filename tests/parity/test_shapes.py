import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

import aiobotocore
import attrs
import pytest

import cleanroomsml_client
from cleanroomsml_client import OpenEnum, ServiceError
from cleanroomsml_client._models import FrozenDict, TaggedUnion, wire_name
from cleanroomsml_client.errors import service_error_class
from tests.parity.support.botocore_model import ENUMS, ERRORS, OPERATIONS, SHAPES, STRUCTURES, Member, Shape, members
from tests.parity.support.differences import DIFFERENCES, ENGINE, Difference, is_invented
from tests.parity.support.expected_api import class_name, field_type, public_class, returned_member, spelled
from tests.support.public_names import PUBLIC_NAMES

# An output of which only one member is returned needs no class.
_UNWRAPPED = {operation.output.name for operation in OPERATIONS if returned_member(operation) is not None}
# Values that the botocore of the lowest release does not have.
_ADDED_LATER = {"CR.8X"} if aiobotocore.__version__ == "3.9.0" else set[str]()
_CLASSES = [shape for shape in STRUCTURES if shape.name not in _UNWRAPPED]


def _name(shape: Shape) -> str:
    return str(shape.name)


def _public(shape: Shape) -> Any:  # any class
    name = class_name(shape)
    if name not in PUBLIC_NAMES:
        pytest.fail(f"{name}: botocore has {shape.name}, but there is no such public class")
    return public_class(shape)


# --- structures


def _field_problems(subject: str, member: Member, field: "attrs.Attribute[Any]", structure: Shape) -> Iterator[str]:
    """Yield what is wrong with a member that both sides have."""
    expected = field_type(member.shape)
    if wire_name(field.name) != member.wire:
        yield f"{subject}: on the wire it is {wire_name(field.name)}, botocore says {member.wire}"
    if member.is_required and field.default is not attrs.NOTHING:
        yield f"{subject}: botocore requires it"
    if not member.is_required:
        # An empty list or map in a union still shows which member is set, so there an absent one is None.
        reads_as_empty = member.shape.type_name in {"list", "map"} and not structure.is_tagged_union
        empty: Mapping[str, tuple[()] | Mapping[str, str]] = {"list": (), "map": FrozenDict[str, str]()}
        absent = empty[member.shape.type_name] if reads_as_empty else None
        expected = expected if reads_as_empty else expected | None
        if field.default is attrs.NOTHING:
            yield f"{subject}: botocore does not require it"
        elif field.default != absent:
            yield f"{subject}: absent it reads as {field.default!r}, not {absent!r}"
    if field.type != expected:
        yield f"{subject}: its type is {spelled(field.type)}, botocore's is {spelled(expected)}"
    # A sensitive structure hides its own members, so a field with it may show that it is present.
    is_sensitive = "sensitive" in member.shape.metadata
    must_hide = "sensitive" in structure.metadata or (is_sensitive and member.shape.type_name != "structure")
    if field.repr and must_hide:
        yield f"{subject}: reprs show it, and botocore says that it is sensitive"
    if not field.repr and not (must_hide or is_sensitive):
        yield f"{subject}: reprs hide it, and botocore does not say that it is sensitive"


def _class_problems(class_: Any, shape: Shape) -> Iterator[str]:  # any class
    name = class_.__name__
    theirs = {member.name: member for member in members(shape)}
    ours: dict[str, Any] = {field.name: field for field in attrs.fields(class_)}
    for member in theirs.keys() - ours.keys():
        yield f"{name}.{member}: botocore has {shape.name}.{theirs[member].wire}"
    for member in ours.keys() - theirs.keys():
        owner = TaggedUnion.__name__ if ours[member].inherited else name
        if not is_invented(f"{owner}.{member}"):
            yield f"{name}.{member}: botocore has no such member"
    for member in ours.keys() & theirs.keys():
        yield from _field_problems(f"{name}.{member}", theirs[member], ours[member], shape)
    required = [field.default is attrs.NOTHING for field in ours.values()]
    if required != sorted(required, reverse=True):
        yield f"{name}: an optional member stands before a required one"
    if issubclass(class_, TaggedUnion) is not shape.is_tagged_union:
        yield f"{name}: it is {'' if shape.is_tagged_union else 'no '}union"


@pytest.mark.parametrize("shape", _CLASSES, ids=_name)
def test_class_of_a_structure(shape: Shape) -> None:
    """A structure is a public class with exactly its members: names, types, which are required, which reprs show."""
    problems = sorted(_class_problems(_public(shape), shape))
    assert not problems, "\n".join(problems)


_ATTRS_CLASSES = [
    class_
    for name in PUBLIC_NAMES
    if name not in ENGINE
    and isinstance(class_ := getattr(cleanroomsml_client, name), type)
    and attrs.has(class_)
    and not issubclass(class_, Exception)
]


@pytest.mark.parametrize("class_", _ATTRS_CLASSES, ids=lambda class_: class_.__name__)
def test_classes_are_frozen_values(class_: Any) -> None:  # any class
    """An instance cannot change, has slots only, and is created with keyword arguments."""
    instance = object.__new__(class_)
    assert not hasattr(instance, "__dict__")
    for field in attrs.fields(class_):
        assert field.kw_only, f"{class_.__name__}.{field.name} may be given by position"
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(instance, field.name, None)


# --- enums


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _enum_problems(enum: type[OpenEnum], shape: Shape) -> Iterator[str]:
    name = enum.__name__
    ours = {member.value for member in enum}
    for value in set(shape.enum) - ours:
        yield f"{name}: botocore has the value {value}"
    for value in ours - set(shape.enum) - _ADDED_LATER:
        yield f"{name}.{enum(value).name}: botocore has no value {value}"
    for member, value in enum.__members__.items():
        if _letters(member) != _letters(value) or member != member.upper():
            yield f"{name}.{member}: a name for something other than {value.value}"


@pytest.mark.parametrize("shape", ENUMS, ids=_name)
def test_class_of_an_enum(shape: Shape) -> None:
    """An enum is a public open enum with exactly its values, whose names are spelled like the values."""
    enum = _public(shape)
    assert issubclass(enum, OpenEnum)
    problems = sorted(_enum_problems(enum, shape))
    assert not problems, "\n".join(problems)


# --- errors


@pytest.mark.parametrize("shape", ERRORS, ids=_name)
def test_class_of_an_error(shape: Shape) -> None:
    """An error is a public exception, chosen by its code, with its own members and those of every service error."""
    class_ = service_error_class(shape.name)
    name = shape.name.removesuffix("Exception") + "Error"
    assert class_.__name__ == name, f"{name}: botocore has {shape.name}, read here as {class_.__name__}"
    assert getattr(cleanroomsml_client, name, None) is class_, f"{name} is not public"
    of_all = {field.name for field in attrs.fields(ServiceError)}
    ours = {field.name: field for field in attrs.fields(class_)}
    theirs = {member.name: member for member in members(shape)}
    differing = (ours.keys() - of_all) ^ (theirs.keys() - of_all)
    assert not differing, f"{name}: only one side has {', '.join(sorted(differing))}"
    for member in theirs.keys() - {"message"}:
        # An error is read even if members are missing.
        expected = field_type(theirs[member].shape) | None
        assert ours[member].type == expected, f"{name}.{member}: its type is not {spelled(expected)}"


# --- the other direction

_EXPECTED = (
    ENGINE
    | {operation.function for operation in OPERATIONS}
    | {class_name(shape) for shape in (*_CLASSES, *ENUMS)}
    | {service_error_class(shape.name).__name__ for shape in ERRORS}
)


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_every_public_name_is_accounted_for(name: str) -> None:
    """Each public name is in botocore's model, in the engine, a wait, or in the table of differences."""
    waits = name.startswith(("wait_for_", "watch_")) and inspect.isfunction(getattr(cleanroomsml_client, name))
    assert waits or name in _EXPECTED or is_invented(name), f"{name}: botocore has no such name"


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_the_engine_is_exported(name: str) -> None:
    """Each name of the engine is exported."""
    assert name in PUBLIC_NAMES


# --- the table

_THEIRS = {
    *SHAPES,
    *(f"{operation.name}Request.{member.wire}" for operation in OPERATIONS for member in operation.parameters),
    *(
        f"{operation.output.name}.{member.wire}"
        for operation in OPERATIONS
        for member in members(operation.output)
        if operation.output is not None
    ),
}
_OURS = {
    *PUBLIC_NAMES,
    *(f"{class_.__name__}.{field.name}" for class_ in (*_ATTRS_CLASSES, TaggedUnion) for field in attrs.fields(class_)),
}
_WITHOUT_DIFFERENCES = {
    *SHAPES,
    *(f"{class_name(shape)}.{member.name}" for shape in STRUCTURES for member in members(shape)),
}


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.theirs or difference.ours)
def test_every_difference_is_needed(difference: Difference) -> None:
    """Each row of the table is needed: botocore has what it renames or drops, and does not have what it adds."""
    if difference.theirs is not None:
        assert any(re.fullmatch(difference.theirs, name) for name in _THEIRS), "botocore has no such name any longer"
    else:
        assert difference.ours in _OURS, "it is not public"
        assert difference.ours not in _WITHOUT_DIFFERENCES, "botocore has it now"
    assert difference.reason
