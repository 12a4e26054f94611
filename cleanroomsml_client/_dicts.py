"""Model classes to and from dicts of JSON values with AWS's member names."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import attrs

from . import _codec
from ._models import OpenEnum, TaggedUnion, kind_of, wire_name

__all__ = ["from_dict", "json_time", "to_dict"]

_T = TypeVar("_T")
# Re-typed: attrs.has is a type guard that would narrow the value to an AttrsInstance.
_has_fields: Callable[[Any], bool] = attrs.has


def to_dict(model: object, *, include_sensitive: bool = False) -> dict[str, Any]:
    """Return an instance of a model class as a dict of JSON values, with AWS's member names.

    `json.dumps` accepts it, `from_dict` reads it, and so can another language: enums are text, times RFC 3339 text in
    UTC. Absent and empty optional members are left out, as AWS does.

    Args:
        model: An instance of a model class of this package, such as an `AudienceModel` or a summary of a list.
        include_sensitive: True: include what a repr does not show, such as the SQL of a query. False: leave it out;
            where a class requires it, `from_dict` then refuses the dict.

    Returns:
        A new dict, of dicts, lists, text, numbers and booleans.

    Raises:
        TypeError: `model` is not an instance of a model class.
    """
    if not _is_model(type(model)):
        raise TypeError(f"to_dict takes an instance of a model class, such as an AudienceModel, not {kind_of(model)}")
    return _members(model, include_sensitive=include_sensitive)


def from_dict(model: type[_T], data: Mapping[str, Any]) -> _T:
    """Return an instance of a model class from a dict with AWS's member names: of `to_dict`, of JSON, of boto3.

    Args:
        model: A model class of this package, such as `DatasetInputConfig`.
        data: The members by AWS's names, such as `dataSource`. Times are RFC 3339 text, seconds or datetimes with a
            time zone. Members that the class does not have are ignored.

    Returns:
        An instance of `model`.

    Raises:
        TypeError: `model` is not a model class.
        ValueError: A required member is missing, or a member is not of its type. The text has the path of the first
            one, such as `$.dataSource`, but no value.
    """
    if not _is_model(model):
        raise TypeError("from_dict takes a model class and a dict: from_dict(Dataset, {...})")
    try:
        return _codec.structure(_as_dict(data), model)
    except _codec.MalformedError as error:
        problem = f"{model.__name__}: {error.path}: {error.problem}"
    raise ValueError(problem)


def json_time(moment: datetime) -> str:
    """Return a time as RFC 3339 text in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _as_dict(data: object) -> object:
    return dict(cast("Mapping[str, Any]", data)) if isinstance(data, Mapping) else data


def _is_model(value: object) -> bool:
    return isinstance(value, type) and attrs.has(value) and any(map(_is_of_resources, value.__mro__))


def _is_of_resources(class_: type) -> bool:
    return class_.__module__.startswith(f"{__package__}.resources.")


def _members(model: object, *, include_sensitive: bool) -> dict[str, Any]:
    if isinstance(model, TaggedUnion) and model.unknown_variant is not None:
        # The form in which botocore reports a member that it does not know.
        return {"SDK_UNKNOWN_MEMBER": {"name": model.unknown_variant}}
    class_: Any = type(model)
    members: dict[str, Any] = {}
    for field in attrs.fields(class_):
        value = getattr(model, field.name)
        if value != field.default and (field.repr or include_sensitive):
            members[wire_name(field.name)] = _json(value, include_sensitive=include_sensitive)
    return members


def _json(value: Any, *, include_sensitive: bool) -> Any:
    if isinstance(value, OpenEnum):
        return value.value
    if isinstance(value, datetime):
        return json_time(value)
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return [_json(item, include_sensitive=include_sensitive) for item in items]
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, str]", value))
    if _has_fields(type(value)):
        return _members(value, include_sensitive=include_sensitive)
    return value
