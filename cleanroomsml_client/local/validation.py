"""Checks parsed input against its shape, as the service does."""

from collections.abc import Iterator

from .error_responses import WireError, validation
from .service_model import Shape, Wire


def validate(shape: Shape, params: Wire) -> None:
    """Raise a ValidationException that lists every violation."""
    violations = [
        f"Value at '{path}' failed to satisfy constraint: {constraint}" for path, constraint in _check(shape, params)
    ]
    if violations:
        raise _error(violations)


def _error(violations: list[str]) -> WireError:
    count = len(violations)
    return validation(f"{count} validation error{'s' * (count > 1)} detected: {'; '.join(violations)}")


def _check(shape: Shape, value: Wire, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each violation: its path and the constraint."""
    if value is None:
        yield path, "Member must not be null"
        return
    match shape.type:
        case "structure":
            yield from _check_structure(shape, value, path)
        case "list":
            yield from _check_list(shape, value, path)
        case "map":
            yield from _check_map(shape, value, path)
        case "string":
            yield from ((path, constraint) for constraint in _check_string(shape, value))
        case _:
            bounds = _check_bounds(shape, value, "Member must have value")
            yield from ((path, constraint) for constraint in bounds)


def _check_structure(shape: Shape, value: dict[str, Wire], path: str) -> Iterator[tuple[str, str]]:
    for name in shape.required:
        if name not in value:
            yield _join(path, name), "Member must not be null"
    if shape.is_union and len(value) != 1:
        yield path, "Member must have exactly one of its variants"
    for name, member in value.items():
        yield from _check(shape.members[name], member, _join(path, name))


def _check_list(shape: Shape, value: list[Wire], path: str) -> Iterator[tuple[str, str]]:
    excess = list(_check_bounds(shape, len(value), "Member must have length"))
    yield from ((path, constraint) for constraint in excess)
    # The items of a list of the wrong length are not checked: their violations would be unlimited.
    if shape.element is not None and not excess:
        for index, item in enumerate(value, start=1):
            yield from _check(shape.element, item, f"{path}.{index}.member")


def _check_map(shape: Shape, value: dict[str, Wire], path: str) -> Iterator[tuple[str, str]]:
    for constraint in _check_bounds(shape, len(value), "Member must have length"):
        yield path, constraint
    for side, child, items in (("keys", shape.key, value.keys()), ("values", shape.element, value.values())):
        if child is not None:
            broken = dict.fromkeys(constraint for item in items for _, constraint in _check(child, item))
            if broken:
                yield path, f"Map {side} must satisfy constraint: [{', '.join(broken)}]"


def _check_string(shape: Shape, value: str) -> Iterator[str]:
    yield from _check_bounds(shape, len(value), "Member must have length")
    if shape.pattern is not None and shape.pattern.fullmatch(value) is None:
        yield f"Member must satisfy regular expression pattern: {shape.pattern.pattern}"
    if shape.enum and value not in shape.enum:
        yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"


def _check_bounds(shape: Shape, size: float, subject: str) -> Iterator[str]:
    if shape.minimum is not None and size < shape.minimum:
        yield f"{subject} greater than or equal to {shape.minimum}"
    if shape.maximum is not None and size > shape.maximum:
        yield f"{subject} less than or equal to {shape.maximum}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
