"""Fields of model classes: what they convert, and what they refuse, so that a mistake is reported where it is made.

`@attrs.frozen(kw_only=True, field_transformer=check_inputs)` makes a class an input class. It stores any sequence as a
tuple and text as an enum; it refuses text in place of a sequence and a mapping in place of a class.

The converters are named functions beside their classes, one for each element type and each enum: type checkers take
the type of an argument from the parameter of its converter, and misunderstand generic functions and methods.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast, get_args, overload

import attrs

from ._models import FrozenDict, OpenEnum, kind_of

__all__ = [
    "Checked",
    "SequenceNotStr",
    "check_inputs",
    "integers",
    "is_sequence",
    "map_field",
    "strings",
    "to_enum",
    "to_frozen_dict",
    "to_tuple",
]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_E = TypeVar("_E", bound=OpenEnum)


class SequenceNotStr(Protocol[_T_co]):
    """A sequence, such as a list or a tuple. Type checkers refuse `str` for it, and `bytes`.

    `x in sequence` takes any object, `x in text` only text: this is how type checkers distinguish the two.
    """

    @overload
    def __getitem__(self, index: int, /) -> _T_co: ...
    @overload
    def __getitem__(self, index: slice, /) -> Sequence[_T_co]: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_T_co]: ...
    def __reversed__(self) -> Iterator[_T_co]: ...


# Not in its body, where type checkers would count it among the members of the protocol.
SequenceNotStr.__module__ = "cleanroomsml_client"


class _UnfitError(TypeError):
    """A value that a field cannot hold."""

    def __init__(self, expected: str, value: object, advice: str, index: str = "") -> None:
        super().__init__(f"{expected} expected, not {kind_of(value)}")
        self.advice = advice
        """What to write in place of the value."""
        self.index = index
        """The place of the value in a sequence, such as `[2]`."""


# --- converters


def strings(value: SequenceNotStr[str]) -> tuple[str, ...]:
    """Convert a sequence of text."""
    return to_tuple(str, value)


def integers(value: SequenceNotStr[int]) -> tuple[int, ...]:
    """Convert a sequence of integers."""
    return to_tuple(int, value)


_USUAL = frozenset({list, tuple})
"""The sequences for which an abstract base class need not be asked."""


def to_tuple(element: type[_T], value: object) -> tuple[_T, ...]:
    """Return a sequence as a tuple of elements of one type; text is converted to an enum."""
    if type(value) not in _USUAL and not is_sequence(value):
        advice = "list(...)" if _is_unordered(value) else f"[{_example(element)}]"
        raise _UnfitError(f"a sequence of {element.__name__}", value, advice)
    items = cast("Sequence[Any]", value)
    return tuple(
        [item if isinstance(item, element) else _to(element, item, f"[{index}]") for index, item in enumerate(items)]
    )


def _to(type_: type[_T], value: object, index: str = "") -> _T:
    """Return a value that is not of a type as one that is, or refuse it."""
    if issubclass(type_, OpenEnum):
        return to_enum(type_, value, index)
    from_dict = ""
    if attrs.has(type_) and issubclass(type(value), Mapping):
        from_dict = f" or from_dict({type_.__name__}, ...)"
    raise _UnfitError(type_.__name__, value, f"{_example(type_)}{from_dict}", index)


def is_sequence(value: object) -> bool:
    """Whether a value is a sequence of values, which text is not."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray | memoryview)


def _is_unordered(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, Mapping | Sequence)


def to_enum(enum: type[_E], value: object, index: str = "") -> _E:
    """Return text as a member of an enum, known or not."""
    if not isinstance(value, str):
        raise _UnfitError(f"{enum.__name__} or its text", value, _example(enum), index)
    return enum(value)


def to_frozen_dict(value: object) -> FrozenDict[str, str]:
    """Return a mapping as one that cannot change."""
    if isinstance(value, FrozenDict):
        return cast("FrozenDict[str, str]", value)
    if isinstance(value, Mapping):
        return FrozenDict(cast("Mapping[str, str]", value))
    raise _UnfitError("a mapping of str", value, "{...}")


def _example(type_: type) -> str:
    if issubclass(type_, OpenEnum):
        return str.__str__(f"{type_.__name__}.{next(iter(type_)).name}")
    return '"..."' if type_ is str else "..." if type_ is int else f"{type_.__name__}(...)"


# --- fields


class Checked:
    """A converter that returns a value of its field's type as it is: `_codec` sets such values without calling it."""

    def __init__(self, convert: Callable[[Any], Any], takes: object, where: str = "") -> None:
        self._convert = convert
        self._takes = takes
        self._where = where
        # attrs copies the annotation to `__init__`, for help() and for the documentation.
        parameter = inspect.Parameter("value", inspect.Parameter.POSITIONAL_ONLY, annotation=takes)
        self.__signature__ = inspect.Signature([parameter])

    def __call__(self, value: Any) -> Any:
        try:
            return self._convert(value)
        except _UnfitError as error:
            # Only the fields of input classes are named.
            where = f"{self._where}{error.index}: " if self._where else ""
            raise TypeError(f"{where}{error}; write {error.advice}") from None

    def of(self, class_: type, field: "attrs.Attribute[Any]") -> "Checked":
        """Return the same converter, whose errors name the class and the field."""
        return Checked(self._convert, self._takes, f"{class_.__name__}.{field.name}")


def check_inputs(class_: type, fields: "list[attrs.Attribute[Any]]") -> "list[attrs.Attribute[Any]]":
    """Return the fields of an input class, whose converters name them in errors; fields that hold a class check it."""
    return [
        field if (converter := _converter_of(field)) is None else field.evolve(converter=converter.of(class_, field))
        for field in fields
    ]


def _converter_of(field: Any) -> Checked | None:
    convert = field.converter
    if isinstance(convert, Checked):
        return convert
    if convert is None:
        types: tuple[Any, ...] = (field.type, *get_args(field.type))
        class_ = next(filter(attrs.has, types), None)
        return None if class_ is None else Checked(_optional(_checking(class_), field), field.type)
    return Checked(_optional(convert, field), inspect.get_annotations(convert)["value"])


def _checking(class_: Any) -> Callable[[Any], Any]:
    def check(value: object) -> object:
        return value if isinstance(value, class_) else _to(class_, value)

    return check


def _optional(convert: Callable[[Any], Any], field: "attrs.Attribute[Any]") -> Callable[[Any], Any]:
    """Return a converter that leaves None as it is where None is the default."""
    return convert if field.default is not None else lambda value: None if value is None else convert(value)


_EMPTY: Mapping[str, str] = FrozenDict()


def map_field(*, repr: bool = True) -> Any:  # noqa: A002  # the name that attrs uses
    """Return an attrs field for an optional map of text to text; an absent map reads as empty."""
    return attrs.field(default=_EMPTY, converter=Checked(to_frozen_dict, Mapping[str, str]), repr=repr)
