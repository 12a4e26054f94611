"""`_aws/endpoint.py` in place of aiobotocore's endpoint: handlers of events see no difference."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.awsrequest import HeadersDict

from cleanroomsml_client import (
    NO_RETRY,
    CleanRoomsMLError,
    Client,
    HookError,
    ServiceQuotaExceededError,
    ThrottlingError,
    connect,
    delete_audience_model,
    list_audience_models,
)
from tests.support.wire import FIN, FaultServer, Script, error, response

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/m-1"
_EVENTS = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "before-parse",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
)
_RETRIES = {"total_max_attempts": 3, "mode": "standard"}
_EMPTY = response(200, {"audienceModels": []})


@asynccontextmanager
async def clients(server: FaultServer, **config: Any) -> AsyncGenerator[tuple[Client, Any]]:
    """Our client, which sends once, and one of aiobotocore with the same configuration."""
    session: Any = AioSession()
    arguments: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": server.url}
    retries = {"retries": {"total_max_attempts": 1, "mode": "standard"}} | config
    async with (
        connect(session=session, retry=NO_RETRY, config=AioConfig(**config), **arguments) as client,
        session.create_client("cleanroomsml", config=AioConfig(**retries), **arguments) as raw,
    ):
        yield client, raw


_COMPARED: dict[str, Callable[[Any], object]] = {
    "attempts": int,
    "caught_exception": type,
    "event_name": str,
    "exception": type,
    "operation_name": str,
    "parsed": lambda parsed: (parsed.get("Error"), parsed["ResponseMetadata"].get("RequestId")),
    "parsed_response": lambda parsed: (parsed.get("Error"), parsed["ResponseMetadata"].get("RequestId")),
    "region_name": str,
    # First an AWSRequest, then an AWSPreparedRequest.
    "request": lambda request: (
        type(request).__name__,
        request.method,
        request.url,
        sorted(set(request.headers) - {"Host"}),
    ),
    "response": lambda response: response[0].status_code,
    "response_dict": lambda response_dict: (
        response_dict["status_code"],
        sorted(response_dict),
        sorted(response_dict["headers"]),
    ),
    "signature_version": str,
    "signing_name": str,
}
"""How the arguments of events are compared; of all others, only their names are."""


def record_events(aws: Any) -> list[dict[str, object]]:
    """Record the arguments of every event, in order."""
    recorded: list[dict[str, object]] = []

    def record(**arguments: Any) -> None:
        recorded.append(
            {
                name: _COMPARED[name](value) if name in _COMPARED and value is not None else None
                for name, value in sorted(arguments.items())
            }
        )

    for event in _EVENTS:
        aws.meta.events.register(event, record)
    return recorded


@pytest.mark.virtual_time
@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "config"),
    [
        ([_EMPTY], {}),
        ([error(404, "ResourceNotFoundException")], {}),
        ([response(402, {"quotaName": "models", "quotaValue": 5}, {"x-amzn-ErrorType": "ServiceQuotaExceeded"})], {}),
        ([response(500)], {}),
        ([(FIN,)], {}),
        ([error(503, "ServiceUnavailable"), _EMPTY], {"retries": _RETRIES}),
        ([error(429, "ThrottlingException")], {"retries": _RETRIES}),
        ([(FIN,), (FIN,), _EMPTY], {"retries": _RETRIES}),
    ],
    ids=["success", "error", "quota", "no code", "closed", "retried", "retried in vain", "retried after a close"],
)
async def test_the_same_events_in_the_same_order(script: list[Script], config: dict[str, Any]) -> None:
    """The events, their arguments and the number of requests are those of aiobotocore's endpoint."""
    async with FaultServer(*script) as our_server, FaultServer(*script) as raw_server:
        async with clients(our_server, **config) as (client, _):
            recorded = record_events(client.aws)
            with suppress(CleanRoomsMLError):
                await anext(list_audience_models(client).pages())
        async with clients(raw_server, **config) as (_, raw):
            expected = record_events(raw)
            with suppress(Exception):
                await raw.list_audience_models()
        assert repr(recorded).replace(str(our_server.port), str(raw_server.port)) == repr(expected)
        assert len(our_server.requests) == len(raw_server.requests)


@asynccontextmanager
async def hooked(
    event: str, hook: Callable[..., object], *script: Script
) -> AsyncGenerator[tuple[FaultServer, Client]]:
    """A client that tries once, with a hook."""
    async with FaultServer(*script) as server, clients(server) as (client, _):
        client.aws.meta.events.register(event, hook)
        yield server, client


def aio_response(status: int, body: bytes, **headers: str) -> AioAWSResponse:
    """A response that a hook returns, so that no request is sent."""

    class Raw:
        async def read(self) -> bytes:
            return body

    return AioAWSResponse("http://nowhere", status, HeadersDict(headers), Raw())


async def test_a_before_send_hook_can_return_a_response() -> None:
    """As moto does it: the response that a `before-send` hook returns is used, and no request is sent."""

    def hook(**_: object) -> AioAWSResponse:
        return aio_response(200, b'{"audienceModels": [], "nextToken": "t"}')

    async with hooked("before-send.cleanroomsml", hook) as (server, client):
        page = await anext(list_audience_models(client).pages())
        assert page.next_token == "t"
        assert server.requests == []


async def test_a_before_call_hook_can_return_a_parsed_response() -> None:
    """As botocore's Stubber does it: the parsed response that a `before-call` hook returns is used."""

    def hook(**_: object) -> tuple[AioAWSResponse, dict[str, Any]]:
        parsed: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}, "audienceModels": [], "nextToken": "t"}
        return aio_response(200, b""), parsed

    async with hooked("before-call.*.*", hook) as (server, client):
        page = await anext(list_audience_models(client).pages())
        assert page.next_token == "t"
        assert server.requests == []


async def test_a_hook_may_change_the_request() -> None:
    """A header that a `before-sign` hook adds is signed and sent."""

    def hook(request: Any, **_: object) -> None:
        request.headers["x-checkout"] = "7"

    async with hooked("before-sign.cleanroomsml.DeleteAudienceModel", hook, response(200)) as (server, client):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["x-checkout"] == "7"
        assert ";x-checkout," in server.requests[0].headers["authorization"]


async def test_a_hook_may_change_the_body() -> None:
    """The body that a `before-parse` hook sets is read."""

    def hook(response_dict: dict[str, Any], **_: object) -> None:
        response_dict["body"] = b'{"audienceModels": [], "nextToken": "t"}'

    async with hooked("before-parse.cleanroomsml", hook, _EMPTY) as (_, client):
        assert (await anext(list_audience_models(client).pages())).next_token == "t"


async def test_a_needs_retry_hook_can_ask_for_a_retry() -> None:
    """A number that a `needs-retry` hook returns is the pause before the next attempt, in seconds."""

    def hook(attempts: int, **_: object) -> float | None:
        return 0.0 if attempts < 3 else None

    async with hooked("needs-retry.cleanroomsml", hook, error(429, "ThrottlingException")) as (server, client):
        with pytest.raises(ThrottlingError):
            await delete_audience_model(client, _ARN)
        attempts = [request.headers["amz-sdk-request"].partition(";")[0] for request in server.requests]
        assert attempts == ["attempt=1", "attempt=2", "attempt=3"]
        assert len({request.headers["amz-sdk-invocation-id"] for request in server.requests}) == 1


async def test_botocores_retry_handler_is_not_registered() -> None:
    """With botocore's retries off, its handler is not called."""
    async with FaultServer() as server, clients(server) as (client, _):
        assert await client.aws.meta.events.emit("needs-retry.cleanroomsml.DeleteAudienceModel") == []


async def test_a_call_from_lambda_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The `before-call` handlers of botocore run before ours."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "checkout")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    async with FaultServer(response(200)) as server, clients(server) as (client, _):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["x-amzn-trace-id"] == "Root=1-5759e988-bd862e3fe1be46a994272793"


async def test_a_failing_hook_is_reported() -> None:
    """A call fails with the exception of a hook; nothing is sent or retried, and `after-call-error` is emitted."""

    def hook(**_: object) -> None:
        raise ValueError("no")

    async with hooked("request-created.cleanroomsml", hook) as (server, client):
        recorded = record_events(client.aws)
        with pytest.raises(HookError, match="an event hook failed: ValueError: no") as caught:
            await delete_audience_model(client, _ARN)
        assert not caught.value.request_sent
        assert server.requests == []
        assert recorded[-1]["event_name"] == "after-call-error.cleanroomsml.DeleteAudienceModel"


async def test_a_host_header_of_a_hook_is_kept() -> None:
    """The `Host` that a hook sets is signed and sent, as a gateway with several hosts needs it."""

    def hook(request: Any, **_: object) -> None:
        request.headers["Host"] = "ads.example"

    async with hooked("before-sign.cleanroomsml", hook, response(200)) as (server, client):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["host"] == "ads.example"


async def test_a_quota_has_its_name_and_value() -> None:
    """The members that AWS's model declares for an error are read."""
    body = {"message": "full", "quotaName": "models", "quotaValue": 5}
    script = response(402, body, {"x-amzn-ErrorType": "ServiceQuotaExceededException"})
    async with FaultServer(script) as server, clients(server) as (client, _):
        with pytest.raises(ServiceQuotaExceededError) as caught:
            await delete_audience_model(client, _ARN)
        assert (caught.value.quota_name, caught.value.quota_value) == ("models", 5)


async def test_botocores_retries_send_the_ttl() -> None:
    """With botocore's retries on, a retry says by the service's clock until when its response is of use."""
    headers = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "x-amzn-ErrorType": "ServiceUnavailable"}
    script = (response(503, {}, headers), _EMPTY)
    async with FaultServer(*script) as server, clients(server, retries=_RETRIES, read_timeout=45) as (client, _):
        await anext(list_audience_models(client).pages())
        first, second = (request.headers["amz-sdk-request"] for request in server.requests)
    assert first == "attempt=1"
    assert re.fullmatch(r"ttl=20260101T00004[56]Z; attempt=2; max=3", second)


async def test_a_useless_date_sends_no_ttl() -> None:
    """A Date that cannot be read leaves the ttl out."""
    script = (response(503, {}, {"Date": "soon", "x-amzn-ErrorType": "ServiceUnavailable"}), _EMPTY)
    async with FaultServer(*script) as server, clients(server, retries=_RETRIES) as (client, _):
        await anext(list_audience_models(client).pages())
        assert server.requests[1].headers["amz-sdk-request"] == "attempt=2; max=3"
