"""Explains in our names and Python's types what is wrong with the arguments of a call that was refused.

botocore's validator runs again after it has refused a call: its exception has only a text, which contains values. After
the service has refused one, the ARNs are compared with the patterns in botocore's model. A call that succeeds pays
nothing.
"""

# botocore is untyped; what it returns is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from botocore import xform_name
from botocore.validate import ParamValidator

from .._models import Unencodable, kind_of
from .connection import is_aiobotocore_client

__all__ = ["explain_arns", "explain_invalid_parameters"]

_RENAMED = {"maxResults": "page_size", "nextToken": "starting_token"}
"""Parameters that our functions name for what they do in a list."""


def explain_invalid_parameters(aws: Any, operation: str, parameters: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the parameters of a call, one mistake a line. Values are never shown: they may be SQL.

    None: the validator accepts them, and an event hook has changed them before the call; or the client was not made by
    aiobotocore.
    """
    if not is_aiobotocore_client(aws):
        return None
    shape = aws.meta.service_model.operation_model(operation).input_shape
    report: Any = ParamValidator().validate(parameters, shape)
    # Private, but the only form of the findings in which names and values are apart.
    found: list[tuple[str, str, dict[str, Any]]] = report._errors  # noqa: SLF001
    problems = [problem for error in found for problem in _explain(shape, parameters, *error)]
    if len(problems) > 1:
        return "\n  ".join([f"{len(problems)} arguments or members are wrong", *problems])
    return problems[0] if problems else None


def _explain(input_shape: Any, parameters: Any, reason: str, path: str, details: dict[str, Any]) -> Iterator[str]:
    name, shape, value = _locate(input_shape, parameters, path)
    match reason:
        case "missing required field":
            yield f"{_join(name, _our_name(details['required_name']))}: required, but missing"
        case "unknown field":
            known = ", ".join(_our_name(member) for member in shape.members)
            yield f"{_join(name, xform_name(str(details['unknown_param'])))}: unknown; known are {known}"
        case "more than one input" | "empty input":
            members = ", ".join(_our_name(member) for member in shape.members)
            yield f"{name}: exactly one of these is required: {members}"
        case "invalid length" if _is_arn(shape):
            yield f"{name}: {_explain_arn(shape, value)}"
        case "invalid length":
            unit = "character" if shape.type_name == "string" else "element"
            yield f"{name}: at least {details['min_allowed']} {unit}{'s' * (details['min_allowed'] > 1)} expected"
        case "invalid range":
            yield f"{name}: at least {details['min_allowed']} expected"
        case _ if shape.type_name == "string" and isinstance(value, dict):
            whole = cast("Mapping[str, Any]", value)
            yield f"{name}: str expected, not an object{_advice_for_object(shape, whole, name)}"
        case _:
            yield f"{name}: {_expectation(shape)} expected, not {kind_of(value)}{_advice(shape, value)}"


# --- ARNs

_ARN = re.compile(r"arn:[^:]*:[^:]+:(?P<region>[^:]*):[^:]*:(membership/[^/]*/)?(?P<kind>[^/:]+)[/:].*", re.DOTALL)
_KIND_IN_PATTERN = re.compile(r"([a-z-]+)/(\.|\[[^\]]+\])\+$")


def explain_arns(aws: Any, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the ARNs in a request that the service refused: no ARN, another kind, another region.

    Nothing for a client that was not made by aiobotocore, such as a test double.
    """
    if not is_aiobotocore_client(aws):
        return []
    input_shape: Any = aws.meta.service_model.operation_model(operation).input_shape
    return [
        f"{name}: {problem}"
        # A new operation may have no input.
        for name, shape, text in (_arns(input_shape, parameters, "") if input_shape else ())
        if (problem := _explain_arn(shape, text) or _explain_region(text, aws.meta.region_name)) is not None
    ]


def _is_arn(shape: Any) -> bool:
    pattern: str = shape.metadata.get("pattern", "")
    return pattern.startswith("arn:")


def _arns(shape: Any, value: Any, name: str) -> Iterator[tuple[str, Any, str]]:
    """Yield the name, the shape and the value of each parameter or member that should be an ARN.

    A value may be of any type: with `parameter_validation=False`, nothing has checked it.
    """
    parts = value
    match value:
        case dict() if shape.type_name == "structure":
            for member, part in parts.items():
                yield from _arns(shape.members[member], part, _join(name, _our_name(member)))
        case list() if shape.type_name == "list":
            for index, part in enumerate(parts):
                yield from _arns(shape.member, part, f"{name}[{index}]")
        case str() if _is_arn(shape):
            yield name, shape, value
        case _:
            pass


def _explain_arn(shape: Any, text: str) -> str | None:
    pattern: str = shape.metadata["pattern"]
    if re.fullmatch(pattern, text) is not None:
        return None
    kind = _KIND_IN_PATTERN.search(pattern)
    expected = f"an ARN of kind {kind[1]}" if kind else "an ARN of a resource"
    arn = _ARN.fullmatch(text)
    if arn is not None and kind is not None and kind[1] != arn["kind"]:
        return f"{expected} expected, not one of kind {arn['kind']}"
    # Never the text itself: it may be sensitive.
    return f"{expected} expected, not {'an invalid ARN' if text.startswith('arn:') else 'other text'}"


def _explain_region(text: str, region: str) -> str | None:
    arn = _ARN.fullmatch(text)
    if arn is None or arn["region"] in {"", region}:
        return None
    return f"in the region {arn['region']}, but the client in {region}; write connect(region_name={arn['region']!r})"


# --- paths

_STEP = re.compile(r"\.(?P<member>\w+)|\[(?P<index>\d+)\]")


def _locate(shape: Any, value: Any, path: str) -> tuple[str, Any, Any]:
    """Return our name for a path of botocore's, the shape and the value there."""
    name = ""
    while path:
        if shape.type_name == "map":
            return _locate_in_map(shape, value, path, name)
        step = cast("re.Match[str]", _STEP.match(path))
        path = path[step.end() :]
        if step["member"] is not None:
            shape, value = shape.members[step["member"]], value[step["member"]]
            name = _join(name, _our_name(step["member"]))
        else:
            shape, value = shape.member, value[int(step["index"])]
            name += step[0]
    return name, shape, value


def _locate_in_map(shape: Any, value: Mapping[Any, Any], path: str, name: str) -> tuple[str, Any, Any]:
    # The path is a key of the user's, which may contain anything.
    key = next(key for key in value if path in {f" (key: {key})", f".{key}"})
    if path == f".{key}":
        return f"{name}[{key!r}]", shape.value, value[key]
    return f"a key of {name}", shape.key, key


def _join(name: str, member: str) -> str:
    return f"{name}.{member}" if name else member


def _our_name(member: str) -> str:
    name: str = _RENAMED.get(member) or xform_name(member)
    return name


# --- types

_TYPES = {
    "boolean": "bool",
    "double": "float",
    "float": "float",
    "integer": "int",
    "long": "int",
    "map": "a mapping of str",
    "string": "str",
    "timestamp": "datetime with a time zone",
}


def _expectation(shape: Any) -> str:
    if shape.type_name == "list":
        return f"a sequence of {_expectation(shape.member)}"
    if shape.type_name == "structure" or getattr(shape, "enum", None):
        # Our classes and enums have the names of AWS's shapes.
        return str(shape.name)
    return _TYPES[shape.type_name]


def _advice_for_object(shape: Any, members: Mapping[str, Any], name: str) -> str:
    """Return what to write in place of an object, such as a whole `AudienceModel` in place of its ARN."""
    own_name = name.rpartition(".")[2]
    if own_name in map(_our_name, members):
        return f"; write its {own_name}"
    return "; write its ARN" if _is_arn(shape) else ""


def _advice(shape: Any, value: object) -> str:
    match shape.type_name:
        case "string" if isinstance(value, Unencodable) and "policy" in shape.name.lower():
            return "; write json.dumps(...)"
        case "timestamp":
            return "; write datetime(..., tzinfo=UTC)"
        case "list":
            return "; write [...]"
        case "structure" if isinstance(value, Unencodable):
            return f"; write {shape.name}(...) or from_dict({shape.name}, ...)"
        case "structure":
            return f"; write {shape.name}(...)"
        case _:
            return ""
