"""What model classes are made of: the naming rule, open enums, tagged unions and frozen dicts."""

from enum import StrEnum
from functools import cache
from typing import Any, NoReturn, Self, TypeVar

import attrs

__all__ = ["FrozenDict", "OpenEnum", "TaggedUnion", "Unencodable", "kind_of", "wire_name"]

_K = TypeVar("_K")
_V = TypeVar("_V")

_IRREGULAR_NAMES = {
    "collaboration_ml_input_channels_list": "collaborationMLInputChannelsList",
    "max_payload_in_mb": "maxPayloadInMB",
    "volume_size_in_gb": "volumeSizeInGB",
}


@cache
def wire_name(name: str) -> str:
    """Return the camelCase name that the API uses for one of our snake_case names."""
    head, *tail = name.split("_")
    return _IRREGULAR_NAMES.get(name) or head + "".join(word.capitalize() for word in tail)


class OpenEnum(StrEnum):
    """A `StrEnum` that also accepts values AWS adds after this release.

    A value without a member of its own keeps its text: it equals that text, has the same hash, and is sent back
    unchanged. `is_known` is False for it.
    """

    __module__ = "cleanroomsml_client"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Plain text, also when the value is a member of another enum.
        text = str.__str__(value)
        unknown = str.__new__(cls, text)
        unknown._name_ = text
        unknown._value_ = text
        return unknown

    @property
    def is_known(self) -> bool:
        """False: AWS added this value after this release."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        if self.is_known:
            return super().__repr__()
        return f"<{type(self).__name__} (unknown): {self._value_!r}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        # By value: Python 3.11 would look up an unknown member by its name.
        return type(self), (self._value_,)


@attrs.frozen(kw_only=True)
class TaggedUnion:
    """Holds exactly one of its members; a member that AWS adds later is known by name only."""

    unknown_variant: str | None = None

    @property
    def variant(self) -> str:
        """The name of the member that is set, as the API spells it."""
        if self.unknown_variant is not None:
            return self.unknown_variant
        return next(
            (wire_name(field.name) for field in attrs.fields(type(self)) if getattr(self, field.name) is not None), ""
        )


@attrs.frozen
class Unencodable:
    """Stands for a value without a wire form, so that botocore's validator refuses it with the other mistakes."""

    kind: str
    """What the value is, such as the name of its type; never the value itself, which may be sensitive."""


def kind_of(value: object) -> str:
    """Return what errors say in place of a value, which may be sensitive: the name of its type."""
    if isinstance(value, Unencodable):
        return value.kind
    return "None" if value is None else type(value).__name__


def _refused(self: object, *_: object, **__: object) -> NoReturn:
    raise TypeError(f"{type(self).__name__} cannot change; copy it with dict() first")


class FrozenDict(dict[_K, _V]):
    """A `dict` that cannot change, so that a class that holds one can be hashed.

    To change one, copy it: `dict(tags) | {"team": "ads"}`.
    """

    __module__ = "cleanroomsml_client"

    def __hash__(self) -> int:  # type: ignore[override]  # dict says None, because it is mutable
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        # dict's own unpickling sets item by item, which is refused here.
        return type(self), (dict(self),)

    # Typed Any, so that they need no signatures of dict's methods.
    __setitem__: Any = _refused
    __delitem__: Any = _refused
    __ior__: Any = _refused
    clear: Any = _refused
    pop: Any = _refused
    popitem: Any = _refused
    setdefault: Any = _refused
    update: Any = _refused
