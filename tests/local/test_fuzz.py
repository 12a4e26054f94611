"""All operations with inputs made from botocore's model: valid ones, and ones with a single thing wrong.

What is expected follows from botocore's model as it is, not from what the service made of it.
"""

import json
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import attrs
import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Http, HttpResponse
from tests.parity.support.botocore_model import OPERATIONS, Member, Operation, Shape, members

pytestmark = pytest.mark.timeout(60)

SEED = "cleanrooms-ml"
VALID_INPUTS = 6
"""For each operation: with the required members only, with all, and some in between."""
UNMODELLED = {"SerializationException", "UnknownOperationException"}
REFUSED = frozenset({"ValidationException", "SerializationException"})
UNKNOWN = frozenset({"UnknownOperationException"})
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

TEXTS = [
    "a",
    "🎯 Żółw 日本",
    " padded\ttext ",
    "x" * 63,
    "two\r\nlines",
    "123456789012",
    "0" * 64,
    "{}",
    "[" * 500,
    "s3://bucket/a key/é",
    "arn:aws:kms:us-east-1:111122223333:key/k",
    "arn:aws:iam::111122223333:role/reader",
    "arn:aws:cleanrooms:us-east-1:111122223333:membership/a/analysistemplate/b",
    "arn:aws-cn:cleanrooms-ml:cn-north-1:111122223333:training-dataset/../.",
    json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}),
]
"""Valid for some of the shapes; those of a service's resources are added."""
INVALID_TEXTS = ["!", "é", "\x00", "a\nb", " ", "\ufffe", "arn:aws:s3:::bucket", "٣", "a/b?c#d"]
NOT_NUMBERS = {"TEN": '"ten"', "HUGE": "1" + "0" * 400, "INFINITE": "1e999", "HALF": '"\\ud800"', "NAN": "NaN"}
"""What Python's json cannot write: written in place of these texts."""


NOT_INTEGERS = ["1_0", "+5", "\N{FULLWIDTH DIGIT FIVE}", " 5", "", "5.0", "0x5", "9" * 400, "0", "101"]


@attrs.frozen
class Case:
    """A request."""

    what: str
    operation: Operation
    path: str
    body: bytes
    expected: frozenset[str]
    """The codes of the errors that are right. Empty: any that the operation declares, and success."""
    method: str

    def __str__(self) -> str:
        return f"{self.what}: {self.method} {self.path[:300]} {self.body[:300]!r}"


@attrs.define
class Generator:
    """Makes valid inputs of operations."""

    texts: list[str]
    random: random.Random

    def input(self, operation: Operation, share: float) -> dict[str, Any]:
        """Return a valid input, with this share of the optional members."""
        chosen = [each for each in operation.parameters if each.is_required or self.random.random() < share]
        params = {member.wire: self.value(member.shape, share) for member in chosen}
        # A query cannot say that a list is empty.
        queried = [each for each in chosen if each.location == "querystring" and params[each.wire] == []]
        return params | {member.wire: [self.text(member.shape.member)] for member in queried}

    def value(self, shape: Shape, share: float) -> Any:
        """Return a valid value."""
        value: Any
        match shape.type_name:
            case "structure":
                chosen = [each for each in members(shape) if each.is_required or self.random.random() < share]
                if shape.is_tagged_union:
                    chosen = [self.random.choice(members(shape))]
                value = {member.wire: self.value(member.shape, share) for member in chosen}
            case "list":
                value = [self.value(shape.member, share) for _ in range(self._length(shape))]
            case "map":
                value = {self.text(shape.key): self.text(shape.value) for _ in range(self._length(shape))}
            case "string":
                value = self.text(shape)
            case "timestamp":
                value = self.random.choice(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00.5+01:00"])
            case "boolean":
                value = self.random.choice([True, False])
            case _:
                value = bound(shape, self.random.choice(["min", "max"]))
        return value

    def text(self, shape: Shape) -> str:
        """Return a valid text."""
        if enum := getattr(shape, "enum", None):
            return str(self.random.choice(enum))
        return self.random.choice([text for text in self.texts if is_valid(shape, text)])

    def _length(self, shape: Shape) -> int:
        least: int = shape.metadata.get("min", 0)
        most: int = shape.metadata.get("max", least + 1)
        return self.random.choice([least, min(least + 1, most)])


def bound(shape: Shape, name: str) -> Any:
    """Return the smallest or largest number of a shape."""
    return shape.metadata[name]


def is_valid(shape: Shape, text: str) -> bool:
    """Whether a text has the right length and matches the pattern."""
    limits = shape.metadata
    pattern = limits.get("pattern", r"[\s\S]*").replace(r"\uD800\uDBFF-\uDC00\uDFFF", r"\U00010000-\U0010FFFF")
    is_long_enough = limits.get("min", 0) <= len(text) <= limits.get("max", len(text))
    return is_long_enough and re.fullmatch(pattern, text, re.ASCII) is not None


def spoilt(shape: Shape, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield what is wrong, and the value with that and nothing else wrong."""
    # Each shape is in many places, so two of the wrong types at each are enough.
    for wrong in random.Random(path).sample(wrong_types(shape), 2):  # noqa: S311  # not for secrets
        yield f"{path} of another type", wrong
    match shape.type_name:
        case "structure":
            yield from spoilt_structures(shape, value, path)
        case "list":
            yield from spoilt_lists(shape, value, path)
        case "map":
            yield from spoilt_maps(shape, path)
        case "string":
            yield from wrong_texts(shape, path)
        case "integer" | "double":
            for name, beyond in (("min", bound(shape, "min") - 1), ("max", bound(shape, "max") + 1)):
                yield f"{path} beyond its {name}", beyond
        case _:
            pass


def spoilt_structures(shape: Shape, value: dict[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """Yield structures that lack a member, or have a wrong one."""
    if shape.is_tagged_union:
        yield f"{path} without a variant", {}
        yield f"{path} with an unknown variant", {"tomorrow": {}}
    for member in members(shape):
        name = member.wire
        if member.is_required:
            yield f"{path} without {name}", {each: value[each] for each in value if each != name}
            yield f"{path} with a null {name}", {**value, name: None}
        if name in value:
            for what, wrong in spoilt(member.shape, value[name], f"{path}.{name}"):
                yield what, {**value, name: wrong}


def spoilt_lists(shape: Shape, value: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    """Yield lists that are too short or too long, or have a wrong item."""
    item = value[:1] or ["a"]
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if least:
        yield f"{path} with {least - 1} items", item * (least - 1)
    if most is not None:
        yield f"{path} with {most + 1} items", item * (most + 1)
    if value:
        yield f"{path} with a null", [None, *value[1:]]
        for what, wrong in spoilt(shape.member, value[0], f"{path}[]"):
            yield what, [wrong, *value[1:]]


def spoilt_maps(shape: Shape, path: str) -> Iterator[tuple[str, Any]]:
    """Yield maps that are too large, or have a wrong key or value."""
    if "max" in shape.metadata:
        size = shape.metadata["max"] + 1
        yield f"{path} with {size} keys", {f"key_{number}": "a" for number in range(size)}
    yield f"{path} with a null", {"a": None}
    for what, wrong in wrong_texts(shape.key, f"{path} with a key"):
        yield what, {wrong: "a"}
    for what, wrong in wrong_texts(shape.value, f"{path} with a value"):
        yield what, {"a": wrong}


def wrong_types(shape: Shape) -> list[Any]:
    """Return values of other types."""
    values: dict[str, list[Any]] = {
        "structure": [[], "text", 5],
        "list": [{}, "text", True],
        "map": [[], "text", 5],
        "string": [5, True, [], {}, "HALF"],
        "timestamp": [1_750_000_000, "yesterday", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00"],
        "boolean": ["true", 1, []],
        "integer": ["5", 5.5, True, "TEN", "HUGE", "INFINITE", "NAN"],
        "double": ["5", True, "TEN", "HUGE", "INFINITE", "NAN"],
    }
    return values[shape.type_name]


def wrong_texts(shape: Shape, path: str) -> Iterator[tuple[str, str]]:
    """Yield texts of a wrong length, that do not match, or that are not in the enum."""
    if getattr(shape, "enum", None):
        yield f"{path} that is unknown", "TOMORROW"
        return
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    if least:
        yield f"{path} of {least - 1} characters", "a" * (least - 1)
    if most is not None:
        yield f"{path} of {most + 1} characters", "a" * (most + 1)
    filled = (text + "a" * (least - len(text)) for text in INVALID_TEXTS)
    if invalid := [text for text in filled if not is_valid(shape, text)]:
        yield f"{path} that does not match", random.Random(path).choice(invalid)  # noqa: S311  # not for secrets


def request(operation: Operation, params: dict[str, Any]) -> tuple[str, bytes]:
    """Return the path with the query, and the body."""
    places: dict[str, Member] = {member.wire: member for member in operation.parameters}
    path, query, body = operation.uri, list[tuple[str, str]](), dict[str, Any]()
    for name, value in params.items():
        if value is None:
            continue
        match places[name].location:
            case "uri":
                path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
            case "querystring":
                query += [(name, str(each)) for each in several(value)]
            case _:
                body[name] = value
    has_body = any(member.location == "body" for member in operation.parameters)
    text = json.dumps(body) if has_body else ""
    for name, written in NOT_NUMBERS.items():
        text = text.replace(f'"{name}"', written)
    return f"{path}?{urlencode(query)}" if query else path, text.encode()


def several(value: Any) -> list[Any]:
    """Return the values of a key in a query."""
    return [*value] if isinstance(value, list) else [value]


def valid_cases(generator: Generator, operation: Operation) -> Iterator[Case]:
    """Yield requests with valid inputs."""
    for number in range(VALID_INPUTS):
        params = generator.input(operation, number / (VALID_INPUTS - 1))
        path, body = request(operation, params)
        yield Case("valid", operation, path, body, frozenset(), operation.method)


def spoilt_cases(generator: Generator, operation: Operation) -> Iterator[Case]:
    """Yield requests with one thing wrong in a member."""
    full = generator.input(operation, 1.0)
    for member in operation.parameters:
        name = member.wire
        wrong = [*spoilt(member.shape, full[name], name)]
        if member.location != "body":
            wrong = [*in_text(member.shape, name, wrong)]
        if member.is_required and member.location != "uri":
            wrong.append((f"without {name}", None))
        for what, value in wrong:
            path, body = request(operation, {**full, name: value})
            yield Case(what, operation, path, body, REFUSED, operation.method)


def in_text(shape: Shape, name: str, wrong: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield those of the wrong values that a path or query can hold, and integers that are none."""
    if shape.type_name == "integer":
        yield from ((f"{name} that is no integer", text) for text in NOT_INTEGERS)
        return
    for what, value in wrong:
        texts = several(value)
        if texts and all(isinstance(each, str) and each for each in texts) and "another type" not in what:
            yield what, value


def broken_cases(generator: Generator, operation: Operation) -> Iterator[Case]:
    """Yield requests that are broken as a whole."""
    path, body = request(operation, generator.input(operation, 1.0))

    def case(what: str, path: str, body: bytes, expected: frozenset[str], method: str = operation.method) -> Case:
        return Case(what, operation, path, body, expected, method)

    if body:
        for what, broken in {
            "half of its JSON": body[: len(body) // 2],
            "two JSON values": body + body,
            "a list": b"[" + body + b"]",
            "text": b'"text"',
            "no UTF-8": body[:-1] + b',"\xff":1}',
            "UTF-16": body.decode().encode("utf-16"),
            "deep": b'{"a":' * 5_000,
            "null": b"null",
        }.items():
            yield case(what, path, broken, REFUSED)
    for identity in operation.identity[:1]:
        for text in ("%", "%ff", "%zz", "%00", "%25"):
            template = operation.uri.replace(f"{{{identity}}}", text)
            yield case(f"{text} in the path", re.sub(r"\{\w+\}", "a", template), body, REFUSED)
        empty = operation.uri.replace(f"{{{identity}}}", "")
        yield case("an empty segment", re.sub(r"\{\w+\}", "a", empty), body, UNKNOWN)
    yield case("another method", path, body, UNKNOWN, "OPTIONS")
    yield case("one more slash", f"{path.partition('?')[0]}/", body, UNKNOWN)


def defect(case: Case, received: HttpResponse) -> str | None:
    """Return what is wrong with a response."""
    declared = {*case.operation.errors, *UNMODELLED}
    code = received.headers.get("x-amzn-ErrorType")
    if UUID.fullmatch(received.headers.get("x-amzn-RequestId", "")) is None:
        return "no request id"
    if received.headers.get("Content-Type") != "application/json":
        return f"content type {received.headers.get('Content-Type')}"
    document = json.loads(received.body or "{}", parse_constant=float)
    if received.status == 200:
        is_right = not case.expected and code is None and isinstance(document, dict)
        return None if is_right else f"accepted: {received.body[:100]}"
    if received.status >= 500 or code not in declared or not document.get("message"):
        return f"{received.status} {code} {received.body[:200]}"
    if case.expected:
        return None if code in case.expected else f"{code} {received.body[:200]}"
    is_false = code in UNMODELLED or " detected: " in document["message"]
    return f"refused: {received.body[:300]}" if is_false else None


def resources(service: LocalService) -> list[str]:
    """Add resources of all families; return what requests can name."""
    membership = service.add_membership()
    theirs = service.add_membership(
        account_id="444455556666", collaboration_identifier=service.collaboration_of(membership)
    )
    dataset = service.add_training_dataset()
    model = service.add_audience_model(training_dataset_arn=dataset)
    configured = service.add_configured_audience_model(audience_model_arn=model)
    algorithm = service.add_configured_model_algorithm()
    association = service.add_configured_model_algorithm_association(
        membership_identifier=membership, configured_model_algorithm_arn=algorithm
    )
    channel = service.add_ml_input_channel(configured_model_algorithm_association_arn=association)
    trained = service.add_trained_model(
        configured_model_algorithm_association_arn=association,
        data_channels=[{"mlInputChannelArn": channel, "channelName": "training"}],
    )
    job = service.add_trained_model_inference_job(
        status="CREATE_PENDING", trained_model_arn=trained, data_source={"mlInputChannelArn": channel}
    )
    generation = service.add_audience_generation_job(configured_audience_model_arn=configured)
    return [
        *(membership, service.collaboration_of(membership), theirs, "111122223333", "444455556666"),
        *(dataset, model, configured, generation, algorithm, association, channel, trained, job),
    ]


async def test_fuzz(http: Http, service: LocalService) -> None:
    """Every input gets a success or an error of AWS with a request id; what the model forbids is never accepted."""
    generator = Generator([*TEXTS, *resources(service)], random.Random(SEED))  # noqa: S311  # not for secrets
    rounds = [
        case
        for operation in OPERATIONS
        for case in (
            *valid_cases(generator, operation),
            *spoilt_cases(generator, operation),
            *broken_cases(generator, operation),
        )
    ]
    generator.random.shuffle(rounds)
    defects: list[str] = []
    for case in rounds:
        found = defect(case, await http(case.method, case.path, case.body))
        if found is not None:
            defects.append(f"{case.operation}, {found}\n    {case}")
        service.clock.advance(20)
    shown = "\n".join(defects[:40])
    assert not defects, f"{len(defects)} of {len(rounds)}:\n{shown}"
    assert len(rounds) > 2000
