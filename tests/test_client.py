"""`Client` with a scripted server on the loopback interface."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import attrs
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client._client import Client
from cleanroomsml_client._retry import NO_RETRY, Attempt, RetryPolicy
from cleanroomsml_client._waiting import Polling
from cleanroomsml_client.errors import (
    CleanRoomsMLError,
    RequestError,
    ResponseError,
    ThrottlingError,
)
from cleanroomsml_client.resources.audience_models import (
    AudienceModelMetricType,
    AudienceModelStatus,
    create_audience_model,
    delete_audience_model,
    get_audience_model,
    list_audience_models,
    watch_audience_model,
)
from tests.support.leaks import nothing_left_behind
from tests.support.serving import ARN, DATASET, MODEL, serving
from tests.support.wire import STALL, FaultServer, Pause, Script, error, response

pytestmark = pytest.mark.virtual_time

SECRET = "wJalrXUtnFEMI-made-up"
SQL = "SELECT secret_column FROM private_table"


async def create(client: Client) -> str:
    """Create an audience model."""
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


def whole_text(error: BaseException | None) -> str:
    """Return all text of an exception, of its fields, and of its causes and contexts."""
    texts: list[str] = []
    visited: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in visited:
            continue
        visited.add(id(one))
        texts += [str(one), repr(one), repr(one.args), repr(vars(one)), *traceback.format_exception(one)]
        waiting += [one.__cause__, one.__context__]
    return "\n".join(texts)


# --- what is sent and what is read


async def test_a_get_is_one_request_and_a_typed_result() -> None:
    """The ARN is one path segment; the members of the response have their declared types."""
    async with serving(response(200, MODEL)) as (server, client):
        model = await get_audience_model(client, ARN)
    assert [(request.method, request.target) for request in server.requests] == [
        ("GET", "/audience-model/" + ARN.replace(":", "%3A").replace("/", "%2F"))
    ]
    assert model.status is AudienceModelStatus.ACTIVE
    assert model.update_time == datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert model.tags == {"team": "x"}
    assert model.metrics == ()
    assert model.description is None


async def test_members_that_botocore_does_not_know_are_read() -> None:
    """Members are read from the wire, not from botocore's selection of them."""
    metrics = [{"type": "RECALL", "forTopKItemPredictions": 10, "value": 0.5}]
    async with serving(response(200, MODEL | {"metrics": metrics})) as (_, client):
        (metric,) = (await get_audience_model(client, ARN)).metrics
    assert (metric.type, metric.for_top_k_item_predictions, metric.value) == (AudienceModelMetricType.RECALL, 10, 0.5)


async def test_a_create_sends_exactly_its_arguments() -> None:
    """Arguments left out are not sent; maps and times go out as given."""
    async with serving(response(200, {"audienceModelArn": ARN})) as (server, client):
        arn = await create_audience_model(
            client,
            name="a",
            training_dataset_arn=DATASET,
            training_data_start_time=datetime(2024, 1, 2, tzinfo=UTC),
            tags={"camelCase_key": "x"},
        )
    assert arn == ARN
    (request,) = server.requests
    assert request.method == "POST"
    assert json.loads(request.body) == {
        "name": "a",
        "trainingDatasetArn": DATASET,
        "trainingDataStartTime": "2024-01-02T00:00:00Z",
        "tags": {"camelCase_key": "x"},
    }


@pytest.mark.parametrize("body", [b"", b"{}", b'{"surprise": 1}'])
async def test_an_operation_without_output_accepts_an_empty_body(body: bytes) -> None:
    """Operations without output succeed on an empty body and on an object."""
    async with serving(response(200, body)) as (server, client):
        await delete_audience_model(client, ARN)
    assert server.requests[0].method == "DELETE"


async def test_an_operation_without_output_refuses_a_web_page() -> None:
    """A web page is not a success, even where no output is expected."""
    async with serving(response(200, b"<html>")) as (_, client):
        with pytest.raises(ResponseError):
            await delete_audience_model(client, ARN)


async def test_a_response_has_the_facts_of_its_request() -> None:
    """`send` returns status, request id, attempts and the document; the repr does not show the document."""
    async with serving(error(503, "ServiceUnavailable"), response(200, MODEL)) as (_, client):
        got = await client.send("GetAudienceModel", audience_model_arn=ARN)
    assert (got.operation, got.status, got.request_id, got.attempts) == ("GetAudienceModel", 200, "request-1", 2)
    assert got.document == MODEL
    assert DATASET not in repr(got)


@pytest.mark.parametrize(
    "segment", ["a/b", "a?b=c", "a#b", "a%2Fb", "..", "../../x", "a b", "ä€", "a&b", "a\\b", "http://x/y"]
)
async def test_an_identifier_stays_one_path_segment(segment: str) -> None:
    """No identifier adds a path segment, a query or a fragment."""
    async with serving(response(200, MODEL)) as (server, client):
        await get_audience_model(client, segment * 20)
    _, first, second = server.requests[0].target.split("/")
    assert first == "audience-model"
    assert unquote(second) == segment * 20
    assert "?" not in second


async def test_a_retry_after_date_becomes_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """`retry_after` has the seconds from now until the date in Retry-After."""
    now = datetime(2024, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)
    monkeypatch.setattr("cleanroomsml_client._aws.failures.time", SimpleNamespace(time=now.timestamp))
    busy = error(429, "ThrottlingException", headers={"Retry-After": "Tue, 02 Jan 2024 03:04:08 GMT"})
    async with serving(busy, retry=NO_RETRY) as (_, client):
        with pytest.raises(ThrottlingError) as caught:
            await get_audience_model(client, ARN)
    assert caught.value.retry_after == 2.5


# --- wrapped aiobotocore clients


@asynccontextmanager
async def wrapping(*scripts: Script) -> AsyncGenerator[tuple[FaultServer, Client]]:
    """A server that plays these scripts, and a wrapped aiobotocore client without its own retries."""
    config = AioConfig(retries={"total_max_attempts": 1, "mode": "standard"})
    session: Any = AioSession()
    async with (
        nothing_left_behind(),
        FaultServer(*scripts) as server,
        session.create_client("cleanroomsml", endpoint_url=server.url, config=config) as aws,
    ):
        yield server, Client(aws)


async def test_a_wrapped_client_returns_the_same_objects() -> None:
    """Delete, get, list and create return the same through connect and through Client(aws)."""
    scripts = [
        response(200),
        response(200, MODEL),
        response(200, {"audienceModels": [MODEL], "nextToken": "t1"}),
        response(200, {"audienceModels": []}),
        response(200, {"audienceModelArn": ARN}),
    ]

    async def results(client: Client) -> list[object]:
        await delete_audience_model(client, ARN)
        return [
            await get_audience_model(client, ARN),
            [model async for model in list_audience_models(client)],
            await create(client),
        ]

    async with serving(*scripts) as (_, client):
        ours = await results(client)
    async with wrapping(*scripts) as (_, client):
        assert await results(client) == ours


async def test_a_wrapped_client_raises_our_errors() -> None:
    """Errors of Client(aws) have our classes, and our retry policy applies."""
    async with wrapping(error(429, "ThrottlingException", headers={"Retry-After": "1"})) as (server, client):
        with pytest.raises(ThrottlingError) as caught:
            await get_audience_model(client, ARN)
    assert (caught.value.attempts, len(server.requests), caught.value.retry_after) == (5, 5, 1)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"name": "a"', b"{}"])
async def test_a_wrapped_client_refuses_a_malformed_response(body: bytes) -> None:
    """A malformed response through Client(aws) is a ResponseError, not an empty object."""
    async with wrapping(response(200, body)) as (_, client):
        with pytest.raises(ResponseError):
            await get_audience_model(client, ARN)
        with pytest.raises(ResponseError):
            await create(client)


# --- lifetime and event loop


async def test_a_closed_client_raises_request_error() -> None:
    """A call after the context of the client raises a RequestError that says why; so do calls of its copies."""
    async with serving(response(200, MODEL)) as (server, client):
        pass
    for closed in (client, attrs.evolve(client, retry=NO_RETRY)):
        with pytest.raises(RequestError, match="closed") as caught:
            await get_audience_model(closed, ARN)
        assert caught.value.operation == "GetAudienceModel"
    assert server.requests == []


class FakeAws:
    """A test double of an aiobotocore client. With these slots it cannot be referenced weakly."""

    __slots__ = ()

    async def get_audience_model(self, **_: object) -> dict[str, Any]:
        """Return a parsed response, as botocore does."""
        return {"ResponseMetadata": {"HTTPStatusCode": 200, "RequestId": "request-1"}, **MODEL}


def test_a_client_cannot_be_used_in_a_second_event_loop() -> None:
    """A call in another event loop than that of the first call raises a RequestError."""

    class ReferencedAws(FakeAws):
        """Weak references to it are possible, as to an aiobotocore client."""

    client = Client(ReferencedAws())

    async def use() -> None:
        await get_audience_model(client, ARN)

    asyncio.run(use())
    with pytest.raises(RequestError, match="another event loop") as caught:
        asyncio.run(use())
    assert caught.value.operation == "GetAudienceModel"


async def test_a_test_double_needs_no_weak_references() -> None:
    """A client of a test double that cannot be referenced weakly works, too."""
    assert (await get_audience_model(Client(FakeAws()), ARN)).name == "a"


async def test_an_evolved_client_shares_the_connection() -> None:
    """A copy has its own policy and observer, and shares the connection."""
    recorded: list[Attempt] = []
    async with serving(error(429, "ThrottlingException")) as (server, client):
        hasty = attrs.evolve(client, retry=NO_RETRY, observer=recorded.append)
        assert hasty.aws is client.aws
        with pytest.raises(ThrottlingError):
            await get_audience_model(hasty, ARN)
        assert len(server.requests) == len(recorded) == 1
        with pytest.raises(ThrottlingError):
            await get_audience_model(client, ARN)
        assert len(server.requests) == 6
        assert len(recorded) == 1


async def test_a_call_can_be_cancelled_after_any_step() -> None:
    """A call cancelled after any number of steps raises CancelledError, leaves nothing, and the client still works."""
    async with serving(response(200, MODEL)) as (_, client):
        await get_audience_model(client, ARN)
        steps = 0
        for steps in range(1000):
            call = asyncio.create_task(get_audience_model(client, ARN))
            for _ in range(steps):
                await asyncio.sleep(0)
            if call.done():
                break
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert steps > 3
        assert (await get_audience_model(client, ARN)).name == "a"


@pytest.mark.parametrize(
    "script",
    [(STALL,), (response(200, MODEL)[:-20], STALL), error(429, "ThrottlingException", headers={"Retry-After": "5"})],
    ids=["before the response", "in the body", "between attempts"],
)
async def test_a_waiting_call_can_be_cancelled(script: Script) -> None:
    """A call cancelled while it waits for the service, or between two attempts, leaves nothing behind."""
    async with serving(script) as (server, client):
        for cancelled in (get_audience_model(client, ARN), create(client)):
            call = asyncio.create_task(cancelled)
            await asyncio.sleep(0.5)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        assert len(server.requests) == 2


async def test_a_wait_over_the_wire_can_be_cancelled() -> None:
    """A wait that is cancelled during or between polls leaves nothing behind."""
    script = (Pause(1), response(200, MODEL | {"status": "CREATE_PENDING"}))
    async with serving(script) as (_, client):
        for moment in (0.5, 3.0):

            async def follow() -> None:
                async for _ in watch_audience_model(client, ARN, polling=Polling(initial=100)):
                    pass

            wait = asyncio.create_task(follow())
            await asyncio.sleep(moment)
            wait.cancel()
            with pytest.raises(asyncio.CancelledError):
                await wait


async def test_a_timeout_closes_the_connection() -> None:
    """A call that times out closes its connection, so that no other call receives its late response."""
    async with serving(
        (Pause(20), response(200, MODEL | {"name": "late"})), response(200, MODEL), retry=RetryPolicy(timeout=10)
    ) as (server, client):
        with pytest.raises(CleanRoomsMLError):
            await create(client)
        await asyncio.sleep(30)
        assert (await get_audience_model(client, ARN)).name == "a"
        assert len(server.requests) == 2


# --- secrets


async def test_no_error_contains_sql_or_query_parameters(caplog: pytest.LogCaptureFixture) -> None:
    """The error for a wrong type next to or inside SQL parameters contains neither the SQL nor values."""
    caplog.set_level(logging.DEBUG, "cleanroomsml_client")
    recorded: list[Attempt] = []
    wrongly_typed: list[object] = [
        {"queryString": SQL, "parameters": {"key": [SECRET], "another": {"key": SECRET}}},
        {"queryString": [SQL, SECRET], "parameters": {"key": SECRET}},
        f"{SQL}\n{SECRET}",
    ]
    async with serving(response(200, {}), observer=recorded.append) as (server, client):
        for sql_parameters in wrongly_typed:
            with pytest.raises(RequestError) as caught:
                await client.send(
                    "StartAudienceGenerationJob",
                    name="a",
                    configured_audience_model_arn="arn:x",
                    seed_audience={"roleArn": "arn:role", "sqlParameters": sql_parameters},
                )
            text = whole_text(caught.value) + repr(recorded) + caplog.text + repr(client)
            assert "seed_audience.sql_parameters" in text
            assert " expected, not " in text
            assert "secret_column" not in text
            assert SECRET not in text
    assert server.requests == []


async def test_no_credential_is_exposed(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """No repr, log record or exception contains a secret key, a session token or a signature."""
    caplog.set_level(logging.DEBUG, "cleanroomsml_client")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "made-up-session-token")
    recorded: list[Attempt] = []
    scripts: list[Script] = [
        error(403, "AccessDeniedException"),
        response(200, b"<html>"),
        response(200, {}),
        (STALL,),
        (response(200, MODEL)[:-5],),
    ]
    for script in scripts:
        async with serving(script, observer=recorded.append, retry=RetryPolicy(max_attempts=2)) as (server, client):
            with pytest.raises(CleanRoomsMLError) as caught:
                await get_audience_model(client, ARN)
            signature = server.requests[0].headers["authorization"].rpartition("=")[2]
            text = whole_text(caught.value) + repr(client) + repr(recorded) + caplog.text
        assert server.requests[0].headers["x-amz-security-token"] == "made-up-session-token"
        for secret in (SECRET, "made-up-session-token", signature):
            assert secret not in text


async def test_an_error_does_not_contain_values_of_the_response() -> None:
    """The error for a malformed response names path and type, but no value."""
    async with serving(response(200, MODEL | {"name": [SQL]})) as (_, client):
        with pytest.raises(ResponseError) as caught:
            await get_audience_model(client, ARN)
    assert caught.value.path == "$.name"
    assert "secret_column" not in whole_text(caught.value)
