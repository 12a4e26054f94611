"""Model classes from dicts of JSON values with AWS's member names."""

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from . import _codec

__all__ = ["from_dict"]

_T = TypeVar("_T")


def from_dict(model: type[_T], data: Mapping[str, Any]) -> _T:
    """Return an instance of a model class from a dict with AWS's member names, such as boto3 takes and returns.

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
        return _codec.structure(data, model)
    except _codec.MalformedError as error:
        problem = f"{model.__name__}: {error.path}: {error.problem}"
    raise ValueError(problem)


def _is_model(value: object) -> bool:
    return isinstance(value, type) and attrs.has(value)
