"""Wire values made from botocore's model, all different."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from tests.parity.support.botocore_model import Member, Shape, members

__all__ = ["Generator", "iso"]


def iso(moment: datetime) -> str:
    """Return a time as it is on the wire."""
    return moment.isoformat().replace("+00:00", "Z")


@attrs.frozen
class Generator:
    """Makes sample values for every member, or only for the required ones."""

    is_full: bool
    _numbers: Iterator[int] = attrs.field(factory=itertools.count, init=False, repr=False)

    def values(self, parameters: Iterable[Member], path: str) -> dict[str, Any]:
        """Return values for the members, by their wire names."""
        return {
            member.wire: self.value(member.shape, f"{path}.{member.wire}")
            for member in parameters
            if self.is_full or member.is_required
        }

    def value(self, shape: Shape, path: str) -> Any:  # any JSON value
        """Return a value of this shape; text contains `path`, and every character that a URL has to escape."""
        match shape.type_name:
            case "structure" if shape.is_tagged_union:
                first = members(shape)[0]
                return {first.wire: self.value(first.shape, f"{path}.{first.wire}")}
            case "structure":
                return self.values(members(shape), path)
            case "list":
                return [self.value(shape.member, f"{path}[{index}]") for index in range(self._length(shape))]
            case "map":
                keys = [f"{path}.aKey", f"{path}.a_key"] if self.is_full else []
                return {key: self.value(shape.value, f"{path}[{key}]") for key in keys}
            case _:
                return self._scalar(shape, path)

    def _scalar(self, shape: Shape, path: str) -> object:
        number = next(self._numbers)
        if getattr(shape, "enum", None):
            value: str = shape.enum[number % len(shape.enum)]
            return value
        least = shape.metadata.get("min", 0)
        values: dict[str, object] = {
            "boolean": number % 2 == 0,
            "double": least + number + 0.5,
            "integer": least + number,
            "long": least + number,
            "string": f"{path}/?#%2F&= é".ljust(int(least), "~"),
            "timestamp": iso(datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number, microseconds=number)),
        }
        return values[shape.type_name]

    def _length(self, shape: Shape) -> int:
        """Return how many items a list has: at least 1, and 2 in a full value if so many are allowed."""
        least: int = max(shape.metadata.get("min", 0), 1)
        most: int = shape.metadata.get("max", 2)
        return min(max(least, 2), most) if self.is_full else least
