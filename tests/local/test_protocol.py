import asyncio
import io
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import pytest
from yarl import URL

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto, Http, HttpResponse

DATASET = {
    "name": "interactions",
    "roleArn": "arn:aws:iam::111122223333:role/reader",
    "trainingData": [
        {
            "type": "INTERACTIONS",
            "inputConfig": {
                "schema": [{"columnName": "user_id", "columnTypes": ["USER_ID"]}],
                "dataSource": {"glueDataSource": {"tableName": "t", "databaseName": "d"}},
            },
        }
    ],
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def error_of(received: HttpResponse) -> tuple[int, str, str]:
    """Check the headers of an error response; return its status, code and message."""
    assert UUID.fullmatch(received.headers["x-amzn-RequestId"])
    assert received.headers["Content-Type"] == "application/json"
    return received.status, received.headers["x-amzn-ErrorType"], json.loads(received.body)["message"]


async def test_create_and_get(http: Http, service: LocalService) -> None:
    """An ARN in a path is one encoded segment; times are ISO-8601 in UTC; absent members are omitted."""
    created = await http("POST", "/training-dataset", json.dumps(DATASET))
    arn = json.loads(created.body)["trainingDatasetArn"]
    assert re.fullmatch(rf"arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/{UUID.pattern}", arn)
    got = await http("GET", f"/training-dataset/{quote(arn, safe='')}")
    now = service.clock.now().isoformat().replace("+00:00", "Z")
    assert json.loads(got.body) == {
        **DATASET,
        "trainingDatasetArn": arn,
        "status": "ACTIVE",
        "createTime": now,
        "updateTime": now,
    }
    assert got.status == 200
    assert got.headers["Content-Type"] == "application/json"
    assert UUID.fullmatch(got.headers["x-amzn-RequestId"])
    assert got.headers["x-amzn-RequestId"] != created.headers["x-amzn-RequestId"]


async def test_empty_responses(http: Http, service: LocalService) -> None:
    """An operation without output returns 200 without a body; tagging returns an empty object."""
    arn = quote(service.add_training_dataset(), safe="")
    assert (await http("POST", f"/tags/{arn}", '{"tags": {"a": "1", "b": "2"}}')).body == "{}"
    assert (await http("DELETE", f"/tags/{arn}?tagKeys=a&tagKeys=c%20d")).body == "{}"
    assert (await http("GET", f"/tags/{arn}")).body == '{"tags": {"b": "2"}}'
    deleted = await http("DELETE", f"/training-dataset/{arn}")
    assert (deleted.status, deleted.body) == (200, "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/"),
        ("GET", "/training-dataset%0A"),
        ("GET", "/nothing"),
        ("PUT", "/training-dataset"),
        ("GET", "/training-dataset/"),
        ("GET", "/training-dataset/arn:aws:x/y"),
        ("GET", "//training-dataset"),
        ("OPTIONS", "/training-dataset"),
    ],
)
async def test_unknown_operations(http: Http, method: str, path: str) -> None:
    """A path without an operation gets a different error from a resource that does not exist."""
    assert error_of(await http(method, path)) == (
        404,
        "UnknownOperationException",
        "There is no operation at this path.",
    )


async def test_absolute_request_target(http: Http, service: LocalService) -> None:
    """A request target that is a whole URL, as proxies receive it, is routed."""
    service.add_training_dataset(name="here")
    received = await http.send_raw(
        f"GET {service.endpoint_url}/training-dataset?maxResults=1 HTTP/1.1\r\nHost: a.b\r\nConnection: close\r\n\r\n"
    )
    assert received.startswith("HTTP/1.1 200 OK")
    assert '"name": "here"' in received


NOT_JSON = "The text is not valid JSON."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", NOT_JSON),
        ("[" * 200_000, NOT_JSON),
        ('{"name": NaN}', NOT_JSON),
        ('{"name": -Infinity}', NOT_JSON),
        ('{"name": ' + "9" * 5000 + "}", NOT_JSON),
        ("\ufeff{}", NOT_JSON),
        (b"\xff", "The request is not valid UTF-8."),
        ("{}".encode("utf-16"), "The request is not valid UTF-8."),
        ("[]", "'request body' is not a structure."),
        ("null", "'request body' is not a structure."),
        ('{"name": 5}', "'name' is not a string."),
        ('{"name": true}', "'name' is not a string."),
        ('{"name": "half of an emoji \\ud83c"}', "'name' contains half of a surrogate pair."),
        ('{"tags": {"\\udfff": ""}}', "'tags' contains half of a surrogate pair."),
        ('{"tags": []}', "'tags' is not a map."),
        ('{"tags": {"a": 1}}', "'tags' is not a string."),
        ('{"trainingData": {}}', "'trainingData' is not a list."),
        ('{"trainingData": [5]}', "'trainingData' is not a structure."),
    ],
)
async def test_unreadable_bodies(http: Http, body: str | bytes, message: str) -> None:
    """A body that is not JSON, or has values of the wrong type, is refused before validation."""
    assert error_of(await http("POST", "/training-dataset", body)) == (400, "SerializationException", message)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/audience-model", {"trainingDataStartTime": 5}, "'trainingDataStartTime' is not a timestamp."),
        ("/configured-audience-model", {"minMatchingSeedSize": 25.5}, "'minMatchingSeedSize' is not a integer."),
        ("/configured-audience-model", {"minMatchingSeedSize": True}, "'minMatchingSeedSize' is not a integer."),
        ("/audience-generation-job", {"includeSeedInOutput": 1}, "'includeSeedInOutput' is not a boolean."),
    ],
)
async def test_wrong_json_types(http: Http, path: str, body: Mapping[str, object], message: str) -> None:
    """A value of the wrong JSON type is not converted."""
    assert error_of(await http("POST", path, json.dumps(body))) == (400, "SerializationException", message)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:00", "2026-13-01T00:00:00Z"],
)
async def test_wrong_times(http: Http, text: str) -> None:
    """A timestamp without date, time of day or offset is refused."""
    received = await http("POST", "/audience-model", json.dumps({"trainingDataEndTime": text}))
    assert error_of(received) == (
        400,
        "SerializationException",
        "'trainingDataEndTime' is not an ISO-8601 date and time with an offset.",
    )


async def test_times_in_utc(http: Http, service: LocalService) -> None:
    """A timestamp with any offset is returned in UTC, with its microseconds if it has any."""
    body = {
        "name": "model",
        "trainingDatasetArn": service.add_training_dataset(),
        "trainingDataStartTime": "2026-01-01T02:00:00+02:00",
        "trainingDataEndTime": "2026-01-01T00:00:05.678900Z",
    }
    created = json.loads((await http("POST", "/audience-model", json.dumps(body))).body)
    got = json.loads((await http("GET", f"/audience-model/{quote(created['audienceModelArn'], safe='')}")).body)
    assert got["trainingDataStartTime"] == "2026-01-01T00:00:00Z"
    assert got["trainingDataEndTime"] == "2026-01-01T00:00:05.678900Z"


async def test_null_and_unknown_members(http: Http) -> None:
    """A null member counts as absent, and an unknown member is ignored."""
    body = {**DATASET, "description": None, "surprise": [1], "trainingDatasetArn": 5}
    assert (await http("POST", "/training-dataset", json.dumps(body))).status == 200


async def test_null_items(http: Http) -> None:
    """A null in a list or map is reported, not dropped."""
    body = {**DATASET, "trainingData": [None], "tags": {"a": None}}
    assert error_of(await http("POST", "/training-dataset", json.dumps(body))) == (
        400,
        "ValidationException",
        (
            "2 validation errors detected: "
            "Value at 'trainingData.1.member' failed to satisfy constraint: Member must not be null; "
            "Value at 'tags' failed to satisfy constraint: "
            "Map values must satisfy constraint: [Member must not be null]"
        ),
    )


async def test_missing_body(http: Http) -> None:
    """Without a body, the error names the missing required members, not invalid JSON."""
    status, code, message = error_of(await http("POST", "/audience-model"))
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("2 validation errors detected: Value at 'name' failed")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("maxResults=ten", "SerializationException"),
        ("maxResults=", "SerializationException"),
        ("maxResults=1_0", "SerializationException"),
        ("maxResults=%2B5", "SerializationException"),
        ("maxResults=+5", "SerializationException"),
        ("maxResults=%EF%BC%95", "SerializationException"),
        ("maxResults=5%20", "SerializationException"),
        ("maxResults=5.0", "SerializationException"),
        ("maxResults=0x5", "SerializationException"),
        ("maxResults=" + "9" * 5000, "SerializationException"),
        ("maxResults=-5", "ValidationException"),
        ("maxResults=" + "9" * 19, "ValidationException"),
        ("maxResults=0", "ValidationException"),
        ("maxResults=101", "ValidationException"),
        ("nextToken=", "ValidationException"),
        ("nextToken=%FF", "SerializationException"),
    ],
)
async def test_wrong_queries(http: Http, query: str, code: str) -> None:
    """Query values are parsed and validated like other members."""
    assert error_of(await http("GET", f"/training-dataset?{query}"))[:2] == (400, code)


@pytest.mark.parametrize("name", ["a%2Fb", "..%2F..", "%20", "%3F", "%23", "%25", "%C5%BC", "a+b"])
async def test_strange_identifiers(http: Http, name: str) -> None:
    """An identifier with special characters stays one path segment and is validated."""
    status, code, message = error_of(await http("GET", f"/training-dataset/{name}"))
    assert (status, code) == (400, "ValidationException")
    assert "Value at 'trainingDatasetArn' failed to satisfy constraint" in message


async def test_undecodable_identifier(http: Http) -> None:
    """An identifier that is not UTF-8 is refused."""
    assert error_of(await http("GET", "/training-dataset/%FF%FE")) == (
        400,
        "SerializationException",
        "The request is not valid UTF-8.",
    )


async def test_body_above_the_limit(http: Http, service: LocalService) -> None:
    """A body of more than 8 MiB is refused, and the service continues to work."""
    large = json.dumps({**DATASET, "padding": "x" * 2**23})
    expected = (413, "RequestEntityTooLargeException", "The request is larger than 8388608 bytes.")
    assert error_of(await http("POST", "/training-dataset", io.BytesIO(large.encode()))) == expected
    assert service.requests[-1].status == 413
    assert (await http("GET", "/training-dataset")).status == 200


async def test_body_at_the_limit(http: Http) -> None:
    """A body of exactly 8 MiB is accepted."""
    body = json.dumps({**DATASET, "padding": ""})
    padded = json.dumps({**DATASET, "padding": "x" * (2**23 - len(body))})
    assert len(padded) == 2**23
    assert (await http("POST", "/training-dataset", io.BytesIO(padded.encode()))).status == 200


async def test_broken_content_encoding(http: Http) -> None:
    """A body that does not match its Content-Encoding is refused."""
    received = await http("POST", "/training-dataset", b"not gzip", **{"Content-Encoding": "gzip"})
    assert received.status == 400


@pytest.mark.parametrize(
    "request_text",
    [
        "NONSENSE\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /training-dataset HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        "POST /training-dataset HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        "GET /" + "a" * 100_000 + " HTTP/1.1\r\n\r\n",
        "\x00\x01\x02\r\n\r\n",
    ],
)
async def test_requests_that_are_not_http(http: Http, request_text: str) -> None:
    """A request that is not HTTP gets an error without a traceback, and the connection is closed."""
    received = await http.send_raw(request_text)
    assert received.startswith("HTTP/1.")
    assert int(received.split(" ", 2)[1]) in {400, 414, 431}
    assert "Traceback" not in received
    assert (await http("GET", "/training-dataset")).status == 200


async def test_client_disconnects_in_a_request(http: Http, service: LocalService) -> None:
    """A client that disconnects during its request does not affect other clients."""
    url = URL(service.endpoint_url)
    _, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"POST /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 50\r\n\r\n{")
    await http.until_recorded(service)
    writer.close()
    await writer.wait_closed()
    assert (await http("GET", "/training-dataset")).body == '{"trainingDatasets": []}'
    assert service.requests[0].status is None


async def test_what_the_model_allows(boto: Boto, service: LocalService) -> None:
    """The longest query, and 50 tags with the longest keys, fit into a request."""
    association = service.add_configured_model_algorithm_association()
    membership = association.split("/")[1]
    sql = {"queryString": "é" * 500_000}
    channel = await boto(
        "create_ml_input_channel",
        membershipIdentifier=membership,
        configuredModelAlgorithmAssociations=[association],
        inputChannel={
            "dataSource": {"protectedQueryInputParameters": {"sqlParameters": sql}},
            "roleArn": "arn:aws:iam::111122223333:role/demo",
        },
        name="large",
        retentionInDays=1,
    )
    keys = [f"{number:02}{'é' * 126}" for number in range(50)]
    arn = channel["mlInputChannelArn"]
    await boto("tag_resource", resourceArn=arn, tags=dict.fromkeys(keys, "x"))
    await boto("untag_resource", resourceArn=arn, tagKeys=keys)
    assert (await boto("list_tags_for_resource", resourceArn=arn))["tags"] == {}
