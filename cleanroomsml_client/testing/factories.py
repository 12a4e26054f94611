"""Instances of every model class, for unit tests that need no service.

>>> make(AudienceModel, status=AudienceModelStatus.CREATE_FAILED)
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin

import attrs

from .._models import OpenEnum, TaggedUnion
from ..local.builders import DEFAULT_ACCOUNT, DEFAULT_REGION

__all__ = ["make"]

_T = TypeVar("_T")

# Not as attrs has them: for type checkers these make another class of the one that they are asked about.
_is_class: Callable[[Any], bool] = attrs.has
_fields: Callable[[Any], Iterable[Any]] = attrs.fields

_MODELS = "cleanroomsml_client.resources."
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_IDENTIFIER = "00000000-0000-4000-8000-000000000000"
_SCALARS: Mapping[Any, object] = {bool: False, int: 1, float: 1.0, datetime: _MOMENT}


def make(model: type[_T], **overrides: object) -> _T:
    """An instance of a model class with what is required, always the same, and with these members.

    A status is ACTIVE unless told, and a union holds the first of its variants. Raises TypeError for a member that the
    class does not have, and for one that is not of its declared type.
    """
    if not (_is_class(model) and model.__module__.startswith(_MODELS)):
        raise TypeError(f"not a model class: {model!r}")
    values = {**_required(model, overrides), **overrides}
    instance = model(**values)
    for field in _fields(model):
        if not _fits(getattr(instance, field.name), field.type):
            raise TypeError(f"{model.__name__}.{field.name} cannot be {values[field.name]!r}")
    return instance


def _required(model: Any, overrides: Mapping[str, object]) -> dict[str, object]:
    fields = _fields(model)
    if issubclass(model, TaggedUnion):
        variant = next(field for field in fields if field.name != "unknown_variant")
        return {} if overrides else {variant.name: _value(variant.name, _present(variant.type))}
    return {
        field.name: _value(field.name, field.type)
        for field in fields
        if field.default is attrs.NOTHING and field.name not in overrides
    }


def _value(name: str, type_: Any) -> object:
    if type_ is str:
        return _text(name)
    if get_origin(type_) is tuple:
        return (_value(name, get_args(type_)[0]),)
    if get_origin(type_) is Mapping:
        return {"key": "value"}
    if issubclass(type_, OpenEnum):
        return type_.__members__.get("ACTIVE") or next(iter(type_))
    return make(type_) if _is_class(type_) else _SCALARS[type_]


def _text(name: str) -> str:
    """A text as a member of this name has it."""
    if name == "role_arn":
        return f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/clean-rooms-ml"
    if name.endswith("_arn"):
        kind = name.removesuffix("_arn").replace("_", "-")
        return f"arn:aws:cleanrooms-ml:{DEFAULT_REGION}:{DEFAULT_ACCOUNT}:{kind}/{_IDENTIFIER}"
    if name.endswith("account_id"):
        return DEFAULT_ACCOUNT
    if name.endswith("identifier"):
        return _IDENTIFIER
    if name == "s3_uri":
        return "s3://clean-rooms/data/"
    return name.replace("_", "-")


def _present(type_: Any) -> Any:
    return next(part for part in get_args(type_) if part is not NoneType)


def _fits(value: Any, type_: Any) -> bool:
    if get_origin(type_) is tuple:
        items: Iterable[Any] = value
        return isinstance(value, tuple) and all(_fits(item, get_args(type_)[0]) for item in items)
    if get_origin(type_) is Mapping:
        return isinstance(value, Mapping)
    if get_args(type_):
        return value is None or _fits(value, _present(type_))
    # A boolean is no number, though Python has it so, and text is no member of an enum.
    return type(value) is type_ or (type_ is float and type(value) is int)
