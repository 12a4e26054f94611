"""`_aws/exchange.py` answers in place of aiobotocore's endpoint: whoever listens to events notices no difference."""

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
    ResponseError,
    ServiceQuotaExceededError,
    ThrottlingError,
    connect,
    delete_audience_model,
    list_audience_models,
)
from tests.support.wire import FIN, FaultServer, Script, answer, error

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
_EMPTY = answer(200, {"audienceModels": []})


@asynccontextmanager
async def clients(server: FaultServer, **config: Any) -> AsyncGenerator[tuple[Client, Any]]:
    """Ours, which tries once, and aiobotocore's own, configured alike."""
    session: Any = AioSession()
    arguments: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": server.url}
    retries = {"retries": {"total_max_attempts": 1, "mode": "standard"}} | config
    async with (
        connect(session=session, retry=NO_RETRY, config=AioConfig(**config), **arguments) as client,
        session.create_client("cleanroomsml", config=AioConfig(**retries), **arguments) as raw,
    ):
        yield client, raw


_TOLD: dict[str, Callable[[Any], object]] = {
    "attempts": int,
    "caught_exception": type,
    "event_name": str,
    "exception": type,
    "operation_name": str,
    "parsed": lambda parsed: (parsed.get("Error"), parsed["ResponseMetadata"].get("RequestId")),
    "parsed_response": lambda parsed: (parsed.get("Error"), parsed["ResponseMetadata"].get("RequestId")),
    "region_name": str,
    # An AWSRequest at first, an AWSPreparedRequest then. aiobotocore leaves it to the network to name the host.
    "request": lambda request: (
        type(request).__name__,
        request.method,
        request.url,
        sorted(set(request.headers) - {"Host"}),
    ),
    "response": lambda response: response[0].status_code,
    "response_dict": lambda told: (told["status_code"], sorted(told), sorted(told["headers"])),
    "signature_version": str,
    "signing_name": str,
}
"""What two clients must agree on in the arguments of an event; of the others, that they are there."""


def listen(aws: Any) -> list[dict[str, object]]:
    """Everything that those who listen are told, in order."""
    heard: list[dict[str, object]] = []

    def hear(**arguments: Any) -> None:
        heard.append(
            {
                name: _TOLD[name](value) if name in _TOLD and value is not None else None
                for name, value in sorted(arguments.items())
            }
        )

    for event in _EVENTS:
        aws.meta.events.register(event, hear)
    return heard


@pytest.mark.parametrize(
    ("script", "config"),
    [
        ([_EMPTY], {}),
        ([error(404, "ResourceNotFoundException")], {}),
        ([answer(402, {"quotaName": "models", "quotaValue": 5}, {"x-amzn-ErrorType": "ServiceQuotaExceeded"})], {}),
        ([answer(500)], {}),
        ([(FIN,)], {}),
        ([error(503, "ServiceUnavailable"), _EMPTY], {"retries": _RETRIES}),
        ([error(429, "ThrottlingException")], {"retries": _RETRIES}),
        ([(FIN,), (FIN,), _EMPTY], {"retries": _RETRIES}),
    ],
    ids=["success", "error", "quota", "no code", "broken", "retried", "in vain", "retried after a break"],
)
async def test_the_same_events_in_the_same_order(
    script: list[Script], config: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event, with what it tells, and as many requests: as aiobotocore's endpoint does it."""
    monkeypatch.setattr("random.random", lambda: 0.0)
    async with FaultServer(*script) as ours_asks, FaultServer(*script) as raw_asks:
        async with clients(ours_asks, **config) as (client, _):
            heard = listen(client.aws)
            with suppress(CleanRoomsMLError):
                await anext(list_audience_models(client).pages())
        async with clients(raw_asks, **config) as (_, raw):
            expected = listen(raw)
            with suppress(Exception):
                await raw.list_audience_models()
        assert repr(heard).replace(str(ours_asks.port), str(raw_asks.port)) == repr(expected)
        assert len(ours_asks.requests) == len(raw_asks.requests)


@asynccontextmanager
async def hooked(
    event: str, hook: Callable[..., object], *script: Script
) -> AsyncGenerator[tuple[FaultServer, Client]]:
    """A client that tries once, with a hook."""
    async with FaultServer(*script) as server, clients(server) as (client, _):
        client.aws.meta.events.register(event, hook)
        yield server, client


def response(status: int, body: bytes, **headers: str) -> AioAWSResponse:
    """What a hook answers in the network's place."""

    class Raw:
        async def read(self) -> bytes:
            return body

    return AioAWSResponse("http://nowhere", status, HeadersDict(headers), Raw())


async def test_a_hook_may_answer_instead_of_the_network() -> None:
    """As moto does it: what `before-send` returns is the answer."""

    def hook(**_: object) -> AioAWSResponse:
        return response(200, b'{"audienceModels": [], "nextToken": "t"}')

    async with hooked("before-send.cleanroomsml", hook) as (server, client):
        page = await anext(list_audience_models(client).pages())
        assert page.next_token == "t"
        assert server.requests == []


async def test_a_hook_may_answer_instead_of_the_call() -> None:
    """As botocore's Stubber does it: what `before-call` returns is parsed already."""

    def hook(**_: object) -> tuple[AioAWSResponse, dict[str, Any]]:
        parsed: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}, "audienceModels": [], "nextToken": "t"}
        return response(200, b""), parsed

    async with hooked("before-call.*.*", hook) as (server, client):
        page = await anext(list_audience_models(client).pages())
        assert page.next_token == "t"
        assert server.requests == []


async def test_a_hook_may_change_the_request() -> None:
    """What `request-created` and `before-send` change is sent; what is changed before the signature is signed."""

    def hook(request: Any, **_: object) -> None:
        request.headers["x-checkout"] = "7"

    async with hooked("before-sign.cleanroomsml.DeleteAudienceModel", hook, answer(200)) as (server, client):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["x-checkout"] == "7"
        assert ";x-checkout," in server.requests[0].headers["authorization"]


async def test_a_hook_may_change_the_body() -> None:
    """What `before-parse` puts in its place is read."""

    def hook(response_dict: dict[str, Any], **_: object) -> None:
        response_dict["body"] = b'{"audienceModels": [], "nextToken": "t"}'

    async with hooked("before-parse.cleanroomsml", hook, _EMPTY) as (_, client):
        assert (await anext(list_audience_models(client).pages())).next_token == "t"


async def test_a_hook_may_want_another_attempt() -> None:
    """A number from `needs-retry` is the seconds until the next attempt."""

    def hook(attempts: int, **_: object) -> float | None:
        return 0.0 if attempts < 3 else None

    async with hooked("needs-retry.cleanroomsml", hook, error(429, "ThrottlingException")) as (server, client):
        with pytest.raises(ThrottlingError):
            await delete_audience_model(client, _ARN)
        attempts = [seen.headers["amz-sdk-request"].partition(";")[0] for seen in server.requests]
        assert attempts == ["attempt=1", "attempt=2", "attempt=3"]
        assert len({seen.headers["amz-sdk-invocation-id"] for seen in server.requests}) == 1


async def test_nobody_looks_at_answers_for_nothing() -> None:
    """Botocore's retries are not only off: they do not even listen."""
    async with FaultServer() as server, clients(server) as (client, _):
        assert await client.aws.meta.events.emit("needs-retry.cleanroomsml.DeleteAudienceModel") == []


async def test_a_call_from_lambda_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What botocore itself does at `before-call` is done, although we answer it."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "checkout")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    async with FaultServer(answer(200)) as server, clients(server) as (client, _):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["x-amzn-trace-id"] == "Root=1-5759e988-bd862e3fe1be46a994272793"


async def test_a_hook_that_fails_is_told_of() -> None:
    """An exception of a hook before the network is what the call fails with; it is not tried again."""

    def hook(**_: object) -> None:
        raise ValueError("no")

    async with hooked("request-created.cleanroomsml", hook) as (server, client):
        heard = listen(client.aws)
        with pytest.raises(ResponseError, match="ValueError"):
            await delete_audience_model(client, _ARN)
        assert server.requests == []
        assert heard[-1]["event_name"] == "after-call-error.cleanroomsml.DeleteAudienceModel"


async def test_a_host_of_ones_own_is_kept() -> None:
    """What a hook names is signed and sent: a gateway that serves many hosts may want it."""

    def hook(request: Any, **_: object) -> None:
        request.headers["Host"] = "ads.example"

    async with hooked("before-sign.cleanroomsml", hook, answer(200)) as (server, client):
        await delete_audience_model(client, _ARN)
        assert server.requests[0].headers["host"] == "ads.example"


async def test_a_quota_is_told_with_its_name() -> None:
    """Members that an error has of its own are read as AWS's model has them."""
    told = {"message": "full", "quotaName": "models", "quotaValue": 5}
    script = answer(402, told, {"x-amzn-ErrorType": "ServiceQuotaExceededException"})
    async with FaultServer(script) as server, clients(server) as (client, _):
        with pytest.raises(ServiceQuotaExceededError) as caught:
            await delete_audience_model(client, _ARN)
        assert (caught.value.quota_name, caught.value.quota_value) == ("models", 5)
