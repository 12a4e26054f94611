"""Instances of every model class, for unit tests without a service.

>>> make(AudienceModel, status="CREATE_FAILED")
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

# Re-typed: attrs.has and attrs.fields are type guards that would narrow `model` to AttrsInstance.
_is_class: Callable[[Any], bool] = attrs.has
_fields: Callable[[Any], Iterable[Any]] = attrs.fields

_MODELS = "cleanroomsml_client.resources."
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_IDENTIFIER = "00000000-0000-4000-8000-000000000000"
_SCALARS: Mapping[Any, object] = {bool: False, int: 1, float: 1.0, datetime: _MOMENT}


def make(model: type[_T], **overrides: object) -> _T:
    """Return an instance of a model class: the required members have fixed values, the optional ones are left out.

    A status is ACTIVE; a union holds its first variant.

    Args:
        model: A model class of this package, such as `AudienceModel`.
        **overrides: Members with other values, by their Python names; text becomes a member of an enum.

    Returns:
        An instance of `model`; two calls with the same arguments return equal ones.

    Raises:
        TypeError: `model` is not a model class, has no such member, or a value is not of the declared type.
    """
    if not (_is_class(model) and model.__module__.startswith(_MODELS)):
        raise TypeError(f"not a model class: {model!r}")
    values: dict[str, Any] = {**_required(model, overrides), **overrides}
    for field in _fields(model):
        enum = _present(field.type) if get_args(field.type) else field.type
        if isinstance(enum, type) and issubclass(enum, OpenEnum) and type(values.get(field.name)) is str:
            values[field.name] = enum(values[field.name])
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
    """Return a plausible text for a member of this name."""
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
    # Exact types: a bool is not accepted as a number.
    return type(value) is type_ or (type_ is float and type(value) is int)
