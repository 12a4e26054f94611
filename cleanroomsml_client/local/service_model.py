"""botocore's model of the service, as typed values; the only module of `local` that knows botocore's classes."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

import attrs
import botocore.loaders
import botocore.model

from .suggestions import did_you_mean

Wire: TypeAlias = Any
"""A value of the wire: JSON, except that timestamps are parsed."""

_BotocoreModel: TypeAlias = Any

# botocore is untyped.
_botocore: Any = botocore
_loaders: Any = botocore.loaders
_models: Any = botocore.model

# AWS's patterns write characters beyond U+FFFF as UTF-16 surrogates, which match no character in Python.
_ASTRAL = (r"\uD800\uDBFF-\uDC00\uDFFF", r"\U00010000-\U0010FFFF")


@attrs.frozen(kw_only=True, eq=False)
class Shape:
    """A type on the wire, with its constraints."""

    type: str
    """structure, list, map, string, timestamp, integer, long, double or boolean."""
    members: Mapping[str, "Shape"] = attrs.field(factory=dict[str, "Shape"])
    required: tuple[str, ...] = ()
    is_union: bool = False
    """A structure with exactly one of its members."""
    key: "Shape | None" = None
    element: "Shape | None" = None
    """The items of a list, or the values of a map."""
    minimum: float | None = None
    maximum: float | None = None
    pattern: re.Pattern[str] | None = None
    enum: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Operation:
    """One operation: the path of its requests, and their members."""

    name: str
    method: str
    path: re.Pattern[str]
    """Matches the raw path; its groups are the members in the path."""
    input: Shape
    output: Shape | None
    query: Mapping[str, str]
    """Member -> query key."""
    body: tuple[str, ...]

    def python_names(self) -> dict[str, str]:
        """Return the input members by their Python names."""
        return {_botocore.xform_name(member): member for member in self.input.members}


@attrs.frozen(kw_only=True, eq=False)
class ServiceModel:
    """All operations by name, and the HTTP status of each error code."""

    operations: Mapping[str, Operation]
    error_status: Mapping[str, int]

    def find(self, name: str) -> str:
        """Return the AWS name of the operation with this name: AWS's own, or that of our function.

        Raise ValueError if there is none.
        """
        names = {_botocore.xform_name(operation): operation for operation in self.operations}
        if name in self.operations:
            return name
        if name in names:
            return names[name]
        known = [*self.operations, *names]
        advice = (
            did_you_mean(name, known)
            or "write AWS's name or the function's, such as CreateAudienceModel or create_audience_model"
        )
        raise ValueError(f"there is no operation {name}; {advice}")

    def route(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation at a path, with the values in the path, still encoded."""
        for operation in self.operations.values():
            if operation.method == method and (match := operation.path.fullmatch(raw_path)):
                return operation, match.groupdict()
        return None


@cache
def load() -> ServiceModel:
    """Return the model in the installed botocore."""
    # Not through a session, which would read the AWS configuration of the machine.
    document = _loaders.create_loader().load_service_model("cleanroomsml", "service-2")
    model: _BotocoreModel = _models.ServiceModel(document, "cleanroomsml")
    return ServiceModel(
        operations={name: _operation(model.operation_model(name)) for name in model.operation_names},
        error_status={shape.error_code: shape.metadata["error"]["httpStatusCode"] for shape in model.error_shapes},
    )


def _operation(model: _BotocoreModel) -> Operation:
    places = {name: shape.serialization for name, shape in model.input_shape.members.items()}
    # An ARN is one segment of the path: its slashes are encoded as %2F.
    path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", model.http["requestUri"])
    return Operation(
        name=model.name,
        method=model.http["method"],
        path=re.compile(path),
        input=_shape(model.input_shape),
        output=_shape(model.output_shape) if model.output_shape else None,
        query={name: place["name"] for name, place in places.items() if place.get("location") == "querystring"},
        body=tuple(name for name, place in places.items() if "location" not in place),
    )


def _shape(model: _BotocoreModel) -> Shape:
    constraints = model.metadata
    pattern = constraints.get("pattern")
    children: dict[str, Any] = {}
    if model.type_name == "structure":
        children["members"] = {name: _shape(member) for name, member in model.members.items()}
        children["required"] = tuple(model.required_members)
        children["is_union"] = model.is_tagged_union
    elif model.type_name == "list":
        children["element"] = _shape(model.member)
    elif model.type_name == "map":
        children["key"], children["element"] = _shape(model.key), _shape(model.value)
    return Shape(
        type=model.type_name,
        minimum=constraints.get("min"),
        maximum=constraints.get("max"),
        # Java's \w, \d and \s are ASCII.
        pattern=re.compile(pattern.replace(*_ASTRAL), re.ASCII) if pattern else None,
        enum=tuple(model.enum) if model.type_name == "string" else (),
        **children,
    )
