"""The rest-json protocol: parses requests into plain values, and serializes plain values into responses."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn
from urllib.parse import parse_qs, unquote

import attrs

from .error_responses import WireError, serialization
from .service_model import Operation, ServiceModel, Shape, Wire

# AWS returned this member until 2024; botocore's model no longer has it.
_UNMODELLED_MEMBERS = {"GetAudienceModel": ("metrics",)}

_UNMODELLED_STATUS = {
    "SerializationException": 400,
    "UnknownOperationException": 404,
    "RequestEntityTooLargeException": 413,
}

# Python's int takes more: underscores, spaces, a plus, digits of other scripts.
_INTEGER = re.compile(r"-?[0-9]{1,19}")

_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "timestamp": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "double": (int, float),
}


@attrs.frozen(kw_only=True)
class HttpResponse:
    """An HTTP response, ready to be sent."""

    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: bytes = b""


def parse_request(operation: Operation, segments: Mapping[str, str], query: str, body: bytes) -> dict[str, Wire]:
    """Return the members of the input, from path, query and body. Unknown members are ignored, as AWS does."""
    members = operation.input.members
    params: dict[str, Wire] = {}
    try:
        for name, segment in segments.items():
            params[name] = unquote(segment, errors="strict")
        values = parse_qs(query, keep_blank_values=True, errors="strict")
        text = body.decode()
    except UnicodeDecodeError:
        raise serialization("The request is not valid UTF-8.") from None
    for name, key in operation.query.items():
        if key in values:
            params[name] = _parse_query(members[name], values[key], name)
    if operation.body and text:
        document = _parse(operation.input, load_json(text), "request body")
        params.update((name, document[name]) for name in operation.body if name in document)
    return params


def load_json(text: str) -> Wire:
    """Parse JSON strictly: no NaN, no unlimited nesting."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise serialization("The text is not valid JSON.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _parse_query(shape: Shape, values: list[str], path: str) -> Wire:
    if shape.type == "list":
        return values
    if shape.type == "integer":
        if _INTEGER.fullmatch(values[0]) is None:
            raise serialization(f"'{path}' is not an integer.")
        return int(values[0])
    return values[0]


def _parse(shape: Shape, value: Wire, path: str) -> Wire:
    """Check that the JSON types of a value are those of the shape; return it with timestamps parsed, without nulls."""
    if not _has_type(shape, value):
        raise serialization(f"'{path}' is not a {shape.type}.")
    match shape.type:
        case "structure":
            return {
                name: _parse(member, value[name], name)
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case "list":
            return [_parse_element(shape, item, path) for item in value]
        case "map":
            return {_parse_text(key, path): _parse_element(shape, item, path) for key, item in value.items()}
        case "string":
            return _parse_text(value, path)
        case "timestamp":
            return _parse_timestamp(value, path)
        case _:
            return value


def _has_type(shape: Shape, value: Wire) -> bool:
    # In Python a bool is an int; in JSON it is not.
    return isinstance(value, _JSON_TYPES[shape.type]) and (shape.type == "boolean" or not isinstance(value, bool))


def _parse_element(shape: Shape, item: Wire, path: str) -> Wire:
    # Keep a null, so that validation can report it.
    return None if item is None or shape.element is None else _parse(shape.element, item, path)


def _parse_text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise serialization(f"'{path}' contains half of a surrogate pair.") from None
    return value


def _parse_timestamp(value: str, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise serialization(f"'{path}' is not an ISO-8601 date and time with an offset.")


def success_response(operation: Operation, output: Mapping[str, Wire] | None, request_id: str) -> HttpResponse:
    """Return a successful response: only the members of the operation's output; no body if it has no output."""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": request_id}
    if operation.output is None:
        return HttpResponse(headers=headers)
    values = output or {}
    document = _serialize(operation.output, values)
    document.update((name, values[name]) for name in _UNMODELLED_MEMBERS.get(operation.name, ()) if name in values)
    return HttpResponse(headers=headers, body=json.dumps(document).encode())


def _serialize(shape: Shape, value: Wire) -> Wire:
    if shape.type == "structure":
        members = shape.members.items()
        return {name: _serialize(member, value[name]) for name, member in members if value.get(name) is not None}
    if shape.type == "list" and shape.element is not None:
        return [_serialize(shape.element, item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value


def error_response(
    model: ServiceModel,
    error: WireError,
    request_id: str,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return an error response; `status` overrides the status that the model declares for the code."""
    known = model.error_status.get(error.code) or _UNMODELLED_STATUS.get(error.code, 500)
    return HttpResponse(
        status=status or known,
        headers={
            "Content-Type": "application/json",
            "x-amzn-ErrorType": error.code,
            "x-amzn-RequestId": request_id,
            **(headers or {}),
        },
        body=json.dumps({"message": error.message, **error.members}).encode(),
    )
