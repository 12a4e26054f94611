"""A map that, like the classes it is part of, never changes."""

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

import attrs

__all__ = ["FrozenDict", "map_field"]

_K = TypeVar("_K")
_V = TypeVar("_V")


def _refuse(self: object, *_: object, **__: object) -> NoReturn:
    raise TypeError(f"{type(self).__name__} cannot change; copy it with dict() first")


# Any, or each signature of dict's would have to be repeated only to be refused.
_refused: Any = _refuse


class FrozenDict(dict[_K, _V]):
    """A `dict` that cannot change, so that what holds it can be hashed.

    To change one, copy it: `dict(tags) | {"team": "ads"}`.
    """

    def __hash__(self) -> int:  # type: ignore[override]  # dict says None, being mutable
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        # dict's own way of unpickling sets item by item.
        return type(self), (dict(self),)

    __setitem__ = __delitem__ = __ior__ = _refused
    clear = pop = popitem = setdefault = update = _refused


def _freeze(value: Mapping[str, str]) -> Mapping[str, str]:
    return value if isinstance(value, FrozenDict) else FrozenDict(value)


_EMPTY: Mapping[str, str] = FrozenDict()


def map_field(*, repr: bool = True) -> Any:  # noqa: A002  # attrs' own name for it
    """An attrs field for an optional map of text to text: absent reads as empty."""
    return attrs.field(default=_EMPTY, converter=_freeze, repr=repr)
