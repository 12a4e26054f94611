"""No secret is exposed by an object, a log record, an exception or a pickle, however a call ends."""

import logging
import pickle
import ssl
import traceback
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import attrs
import pytest
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    NO_RETRY,
    Attempt,
    AudienceGenerationJobDataSource,
    CleanRoomsMLError,
    Client,
    ProtectedQuerySQLParameters,
    ResponseError,
    RetryPolicy,
    TransportError,
    connect,
    delete_configured_audience_model,
    get_audience_generation_job,
    get_trained_model,
    list_tags_for_resource,
    start_audience_generation_job,
    tag_resource,
    untag_resource,
    update_configured_audience_model,
)
from tests.support.wire import FIN, RST, STALL, FaultServer, Script, chunked, error, refused_port, response

pytestmark = pytest.mark.virtual_time

SECRET_KEY = "planted-secret-key"
SESSION_TOKEN = "planted-session-token"
SQL = "SELECT planted_column FROM planted_table"
PARAMETER = "planted-query-parameter"
PLANTED = (SECRET_KEY, SESSION_TOKEN, "planted_column", "planted_table", PARAMETER)

SEED = AudienceGenerationJobDataSource(
    role_arn="arn:aws:iam::123456789012:role/reader",
    sql_parameters=ProtectedQuerySQLParameters(query_string=SQL, parameters={"key": PARAMETER}),
)
MODEL_ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:configured-audience-model/m1"
JOB_ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:audience-generation-job/j1"
JOB: dict[str, Any] = {
    "audienceGenerationJobArn": JOB_ARN,
    "name": "a",
    "status": "ACTIVE",
    "createTime": "2024-01-02T03:04:05Z",
    "updateTime": "2024-01-02T03:04:05Z",
    "configuredAudienceModelArn": "arn:model",
    "seedAudience": {"roleArn": "arn:role", "sqlParameters": {"queryString": SQL, "parameters": {"key": PARAMETER}}},
}
SESSION = AioSession()


async def _start(client: Client) -> object:
    return await start_audience_generation_job(
        client, name="a", configured_audience_model_arn=MODEL_ARN, seed_audience=SEED
    )


async def _get(client: Client) -> object:
    return await get_audience_generation_job(client, JOB_ARN)


CALLS = {"start": _start, "get": _get}

FAILURES: dict[str, Script] = {
    "refused by the service": error(403, "AccessDeniedException"),
    "not valid": error(400, "ValidationException"),
    "failing service": error(500, "InternalServiceException"),
    "throttled": error(429, "ThrottlingException"),
    "an error of HTML": response(502, b"<html>"),
    "a success of HTML": response(200, b"<html>"),
    "a success of nothing": response(200, b"{}"),
    "a success of the wrong types": response(200, {"audienceGenerationJobArn": [SQL], "name": [PARAMETER]}),
    "a success of bytes": response(200, SQL.encode() + b"\xff"),
    "a truncated success": response(200, b'{"seedAudience": {"sqlParameters": {"queryString": "' + SQL.encode()),
    "no response": (STALL,),
    "closed": (FIN,),
    "reset": (RST,),
    "closed in the body": (response(200, JOB)[:-20], FIN),
    "a chunk of nonsense": chunked(end=b"zz\r\n"),
    "a header of nonsense": b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
    "a huge header": response(200, JOB, {"X-Huge": "x" * 100_000}),
    "a status of nonsense": b"HTTP/1.1 OK\r\n\r\n",
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FIN),
    "a redirection": response(302, b"", {"Location": "http://elsewhere.test/"}),
}


@pytest.fixture(autouse=True)
def _planted(  # pyright: ignore[reportUnusedFunction]
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The credentials are recognizable, and our logger logs everything."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION_TOKEN)
    caplog.set_level(logging.DEBUG, "cleanroomsml_client")


@asynccontextmanager
async def serving(
    script: Script, retry: RetryPolicy | None = None
) -> AsyncGenerator[tuple[FaultServer, Client, list[Attempt]]]:
    """A server that plays this script, a client of it, and the attempts that its observer received."""
    recorded: list[Attempt] = []
    async with (
        FaultServer(script) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=retry, observer=recorded.append) as client,
    ):
        yield server, client, recorded


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, its causes and contexts, and the exceptions in its arguments."""
    found: dict[int, BaseException] = {}
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in found:
            found[id(one)] = one
            waiting += [one.__cause__, one.__context__, *(arg for arg in one.args if isinstance(arg, BaseException))]
    yield from found.values()


def text_of(error: BaseException) -> str:
    """Return everything that a person, a log or another process can read of an exception and its causes."""
    texts = ["".join(traceback.format_exception(error))]
    for one in _chain(error):
        texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
        if isinstance(one, CleanRoomsMLError):
            texts += [ascii(pickle.dumps(one)), repr(attrs.asdict(one))]
    return "\n".join(texts)


def secrets_of(server: FaultServer) -> tuple[str, ...]:
    """The texts that must not be exposed: planted secrets, and the signatures of requests."""
    signed = [request.headers["authorization"] for request in server.requests if "authorization" in request.headers]
    return (*PLANTED, *(header.rpartition("Signature=")[2] for header in signed))


# --- secrets


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("script", FAILURES.values(), ids=FAILURES)
async def test_no_failure_exposes_a_secret(
    script: Script, call: Callable[[Client], Awaitable[object]], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the failure, its errors, records and attempts contain no credential, signature or query."""
    async with serving(script, retry=RetryPolicy(max_attempts=2)) as (server, client, recorded):
        with pytest.raises(CleanRoomsMLError) as caught:
            await call(client)
        assert server.requests[0].headers["x-amz-security-token"] == SESSION_TOKEN
        text = text_of(caught.value) + repr((client, client.retry, recorded)) + caplog.text
        assert caplog.records
    # The arguments of log records are checked, too: a handler may format them differently.
    text += "".join(repr(record.args) for record in caplog.records)
    assert [secret for secret in secrets_of(server) if secret in text] == []


@pytest.mark.parametrize(
    "misplaced",
    [
        {"createTime": SQL},
        {"name": [SQL]},
        {"status": {SQL: SQL}},
        {"tags": {SQL: [SQL]}},
        {"seedAudience": SQL},
        {"seedAudience": {"roleArn": "arn:role", "sqlParameters": {"queryString": [SQL]}}},
        {"seedAudience": {"roleArn": "arn:role", "sqlParameters": {"parameters": {"key": [PARAMETER]}}}},
    ],
    ids=ascii,
)
async def test_a_misplaced_query_is_not_exposed(misplaced: dict[str, Any]) -> None:
    """The error for a query in the wrong place of a response, or of a wrong type, does not contain the query."""
    async with serving(response(200, JOB | misplaced)) as (_, client, recorded):
        with pytest.raises(ResponseError) as caught:
            await _get(client)
    text = text_of(caught.value) + repr(recorded)
    assert [secret for secret in PLANTED if secret in text] == []


@pytest.mark.parametrize("name", ["a", [SQL]], ids=["refused port", "invalid argument"])
async def test_a_request_that_was_not_sent_is_not_exposed(name: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The errors of a refused port and of an invalid argument do not contain the request."""
    recorded: list[Attempt] = []
    with refused_port() as port:
        async with connect(
            endpoint_url=f"http://127.0.0.1:{port}", session=SESSION, observer=recorded.append
        ) as client:
            with pytest.raises(CleanRoomsMLError) as caught:
                await start_audience_generation_job(
                    client, name=name, configured_audience_model_arn=MODEL_ARN, seed_audience=SEED
                )
    assert len(recorded) == (5 if name == "a" else 1)
    text = text_of(caught.value) + repr((client, recorded)) + caplog.text
    assert [secret for secret in PLANTED if secret in text] == []


async def test_no_success_exposes_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """The repr of a resource, a response or a client contains neither the query nor credentials."""
    async with serving(response(200, JOB)) as (server, client, recorded):
        started = await _start(client)
        job = await get_audience_generation_job(client, JOB_ARN)
        got = await client.send("GetAudienceGenerationJob", audience_generation_job_arn=JOB_ARN)
    assert started == JOB_ARN
    assert b"planted_column" in server.requests[0].body
    assert job.seed_audience is not None
    assert job.seed_audience.sql_parameters == SEED.sql_parameters
    text = repr((job, str(job), job.seed_audience, job.seed_audience.sql_parameters, SEED, got, client, recorded))
    text += caplog.text + "".join(repr(record.args) for record in caplog.records)
    assert [secret for secret in secrets_of(server) if secret in text] == []


async def test_a_client_cannot_be_pickled() -> None:
    """Pickling a client, which holds credentials, raises an error."""
    async with serving(response(200, JOB)) as (_, client, _):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
            pickle.dumps(client)


# --- TLS


@pytest.fixture(scope="module")
def unknown_authority() -> ssl.SSLContext:
    """The TLS context of a server whose authority is not trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = trustme.CA().issue_cert("127.0.0.1")
    certificate.configure_cert(context)
    return context


async def test_tls_is_verified_by_default(unknown_authority: ssl.SSLContext) -> None:
    """By default no request is sent to a server without a trusted certificate; with `verify=False` it is."""
    session: Any = SESSION
    async with FaultServer(response(200, JOB), tls=unknown_authority) as server:
        async with connect(endpoint_url=server.url, session=session, retry=NO_RETRY) as client:
            with pytest.raises(TransportError) as caught:
                await _get(client)
            assert not caught.value.request_sent
        assert server.requests == []
        async with session.create_client("cleanroomsml", endpoint_url=server.url, verify=False) as aws:
            await _get(Client(aws))
        assert len(server.requests) == 1


# --- identifiers

IDENTIFIERS = [
    "a/b",
    "a?b=c",
    "a#b",
    "a%2Fb",
    "a%252Fb",
    "..",
    "../../x",
    "./",
    "//",
    "a b",
    "a+b",
    "ä€😀",
    "a\\b",
    "a;b",
]
BY_IDENTIFIER: dict[str, tuple[Callable[[Client, str], Awaitable[object]], str]] = {
    "get": (get_audience_generation_job, "/audience-generation-job/{}"),
    "get of two": (lambda client, name: get_trained_model(client, name, name), "/memberships/{}/trained-models/{}"),
    "update": (update_configured_audience_model, "/configured-audience-model/{}"),
    "delete": (delete_configured_audience_model, "/configured-audience-model/{}"),
    "list tags": (list_tags_for_resource, "/tags/{}"),
    "tag": (lambda client, name: tag_resource(client, name, tags={"a": "b"}), "/tags/{}"),
    "untag": (lambda client, name: untag_resource(client, name, tag_keys=["a"]), "/tags/{}"),
}


@pytest.mark.parametrize("operation", BY_IDENTIFIER)
async def test_an_identifier_is_one_path_segment(operation: str) -> None:
    """No identifier adds a path segment, a query or a fragment."""
    call, path = BY_IDENTIFIER[operation]
    # Identifiers have a minimum length.
    names = [name * 40 for name in IDENTIFIERS]
    async with serving(error(404, "ResourceNotFoundException"), retry=NO_RETRY) as (server, client, _):
        for name in names:
            with pytest.raises(CleanRoomsMLError):
                await call(client, name)
    for name, request in zip(names, server.requests, strict=True):
        target, _, query = request.target.partition("?")
        assert query == ("tagKeys=a" if operation == "untag" else "")
        assert [unquote(segment) for segment in target.split("/")] == [
            name if segment == "{}" else segment for segment in path.split("/")
        ]
        assert "#" not in target


# --- passwords in URLs

PASSWORD = "planted-password"
USER = f"user:{PASSWORD}@"
PROXY_FAULTS: dict[str, Script] = {
    "407": response(407),
    "502": response(502, b"<html>"),
    "closed": (FIN,),
    "reset": (RST,),
    "garbage": (b"\x00\x01 not HTTP\r\n\r\n", FIN),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FIN),
    "a malformed status": (b"HTTP/1.1 OK\r\n\r\n", FIN),
    "no response": (STALL,),
}


async def _error_of(client: Client) -> CleanRoomsMLError:
    with pytest.raises(CleanRoomsMLError) as caught:
        await _start(client)
    return caught.value


@pytest.mark.parametrize("wrapped", [False, True], ids=["connect", "wrapped"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fault", PROXY_FAULTS)
async def test_no_failure_of_a_proxy_exposes_its_password(
    fault: str, scheme: str, caplog: pytest.LogCaptureFixture, *, wrapped: bool
) -> None:
    """However a proxy fails, neither errors nor records contain its password, as it is or encoded."""
    session: Any = SESSION
    async with FaultServer(PROXY_FAULTS[fault]) as server:
        proxy = f"http://{USER}127.0.0.1:{server.port}"
        config = AioConfig(
            proxies={scheme: proxy}, retries={"total_max_attempts": 1}, read_timeout=5, connect_timeout=5
        )
        arguments: dict[str, Any] = {"endpoint_url": f"{scheme}://a.test", "config": config}
        if wrapped:
            async with session.create_client("cleanroomsml", region_name="us-east-1", **arguments) as aws:
                error = await _error_of(Client(aws, NO_RETRY))
        else:
            async with connect(session=SESSION, retry=NO_RETRY, **arguments) as client:
                error = await _error_of(client)
    text = text_of(error) + caplog.text
    encoded = b64encode(f"user:{PASSWORD}".encode()).decode()
    assert [secret for secret in (PASSWORD, encoded) if secret in text] == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"endpoint_url": f"http://{USER}127.0.0.1:1"},
        {"endpoint_url": f"http://{USER}a.test:99999"},
        {"endpoint_url": f"ftp://{USER}a.test"},
        {"endpoint_url": f"https://user:{PASSWORD}/x@a.test"},
        {"endpoint_url": f"https://user:{PASSWORD} x@a.test"},
        {"endpoint_url": f"https://user:{PASSWORD}@"},
        {"config": AioConfig(proxies={"https": f"http://{USER}a.test:99999"})},
        {"config": AioConfig(proxies={"https": f"socks5://{USER}a.test"})},
        {"config": AioConfig(proxies={"https": f"http://user:{PASSWORD}/x@a.test"})},
        {"config": AioConfig(proxies={"https": f"{USER}a.test:port"})},
        {"config": AioConfig(proxies={"https": f"http://{USER}127.0.0.1:1"})},
    ],
    ids=lambda arguments: str(arguments.get("endpoint_url", "proxy")).replace(PASSWORD, "..."),
)
async def test_no_unusable_url_exposes_its_password(arguments: dict[str, Any]) -> None:
    """An endpoint or a proxy that cannot be parsed or reached does not expose its password."""
    with pytest.raises(CleanRoomsMLError) as caught:
        async with connect(session=SESSION, retry=NO_RETRY, **arguments) as client:
            await _start(client)
    assert PASSWORD not in text_of(caught.value)


async def test_the_root_logger_at_debug_does_not_print_the_session_token(caplog: pytest.LogCaptureFixture) -> None:
    """Botocore's logger prints what it signs; a client of `connect` signs without it."""
    caplog.set_level(logging.DEBUG)
    async with serving(response(200, JOB)) as (server, client, _):
        await _get(client)
    assert server.requests[0].headers["x-amz-security-token"] == SESSION_TOKEN
    assert "botocore" in {record.name.partition(".")[0] for record in caplog.records}
    assert [secret for secret in secrets_of(server) if secret in caplog.text] == []
