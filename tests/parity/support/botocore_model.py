"""The service model of the installed botocore, as far as the parity tests need it."""

# botocore has no types: values of its model stay Any, or get their type here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Iterator
from typing import Any

import attrs
from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import ServiceModel

__all__ = ["ENUMS", "ERRORS", "OPERATIONS", "SHAPES", "STRUCTURES", "Member", "Operation", "Shape", "members"]

Shape = Any
"""A botocore shape: `name`, `type_name`, `enum`, `metadata`, and by type `members`, `member`, `key` and `value`."""


@attrs.frozen
class Member:
    """A member of a structure."""

    wire: str
    shape: Shape
    is_required: bool
    location: str
    """`uri`, `querystring` or `body`."""

    @property
    def name(self) -> str:
        """The name in Python's spelling."""
        return str(xform_name(self.wire))


def members(structure: Shape) -> tuple[Member, ...]:
    """Return the members of a structure; none for an operation without input or output."""
    if structure is None:
        return ()
    return tuple(
        Member(name, shape, name in structure.required_members, shape.serialization.get("location", "body"))
        for name, shape in structure.members.items()
    )


@attrs.frozen
class Operation:
    """An operation, with its paginator if there is one."""

    name: str
    method: str
    uri: str
    parameters: tuple[Member, ...]
    output: Shape
    """A structure; None: a response without content."""
    paginator: dict[str, str] | None
    errors: tuple[str, ...]
    """The names of the error shapes that it declares."""

    def __str__(self) -> str:
        return self.name

    @property
    def function(self) -> str:
        """The name of the function of this package."""
        return str(xform_name(self.name))

    @property
    def identity(self) -> list[str]:
        """The wire names of the parameters in the path, in order."""
        in_path = [member.wire for member in self.parameters if member.location == "uri"]
        return sorted(in_path, key=lambda name: self.uri.index(f"{{{name}}}"))

    @property
    def items(self) -> Member:
        """The member of the output with the items of a page."""
        assert self.paginator is not None
        return next(member for member in members(self.output) if member.wire == self.paginator["result_key"])


_loader: Any = create_loader()
_service: Any = ServiceModel(_loader.load_service_model("cleanroomsml", "service-2"), "cleanroomsml")
_paginators: Any = _loader.load_service_model("cleanroomsml", "paginators-1")["pagination"]


def _operation(name: str) -> Operation:
    model = _service.operation_model(name)
    output = model.output_shape
    return Operation(
        name=name,
        method=model.http["method"],
        uri=model.http["requestUri"],
        parameters=members(model.input_shape),
        output=output if members(output) else None,
        paginator=_paginators.get(name),
        errors=tuple(shape.name for shape in model.error_shapes),
    )


def _within(shape: Shape) -> Iterator[Shape]:
    """Yield the shape and every shape below it."""
    yield shape
    match shape.type_name:
        case "structure":
            below = [member.shape for member in members(shape)]
        case "list":
            below = [shape.member]
        case "map":
            below = [shape.key, shape.value]
        case _:
            below = []
    for child in below:
        yield from _within(child)


def _used() -> Iterator[Shape]:
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            yield from _within(parameter.shape)
        if operation.paginator is not None:
            yield from _within(operation.items.shape)
        elif operation.output is not None:
            yield from _within(operation.output)


OPERATIONS = tuple(_operation(name) for name in _service.operation_names)
SHAPES: dict[str, Shape] = {shape.name: shape for shape in _used()}
"""Every shape that a call uses, by name, except requests and the outputs of lists."""
STRUCTURES = tuple(shape for shape in SHAPES.values() if shape.type_name == "structure")
ENUMS = tuple(shape for shape in SHAPES.values() if getattr(shape, "enum", None))
ERRORS = tuple(_service.error_shapes)
