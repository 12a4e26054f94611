"""What a failure means follows from the phase in which it happens; see also the tables of test_faults.py."""

import asyncio
import gc
import pickle
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import attrs
import pytest
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import exceptions as boto_exceptions
from botocore.exceptions import BotoCoreError, ClientError

from cleanroomsml_client import (
    NO_RETRY,
    CleanRoomsMLError,
    Client,
    CredentialsError,
    DeadlineError,
    HookError,
    RequestError,
    ResponseError,
    RetryPolicy,
    ServiceError,
    ThrottlingError,
    TransportError,
    connect,
    create_audience_model,
    get_audience_model,
    list_audience_models,
)
from tests.support.faults import ARN, DATASET, DOCUMENT
from tests.support.leaks import nothing_left_behind
from tests.support.wire import FIN, RST, STALL, UNREAD, FaultServer, Pause, Script, error, refused_port, response

pytestmark = pytest.mark.virtual_time

SESSION = AioSession()
GOOD = response(200, DOCUMENT)


async def create(client: Client) -> str:
    """Make a call whose repetition would not be safe."""
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


# --- prepare

UNUSABLE: dict[str, Callable[[Client], Awaitable[object]]] = {
    "an ARN that is not UTF-8": lambda client: get_audience_model(client, f"{ARN}\ud800"),
    "a token that is not UTF-8": lambda client: anext(aiter(list_audience_models(client, starting_token="\ud800"))),
    "an unknown operation": lambda client: client.send("NoSuchOperation"),
    "a method of aiobotocore": lambda client: client.send("GetWaiter"),
    "another method of aiobotocore": lambda client: client.send("Close"),
    "a parameter of the wrong type": lambda client: client.send("GetAudienceModel", audience_model_arn=5),
    "a missing parameter": lambda client: client.send("GetAudienceModel"),
    "a cyclic list": lambda client: client.send("TagResource", resource_arn=ARN, tags=CYCLE),
    "an object without a wire form": lambda client: client.send("GetAudienceModel", audience_model_arn=object()),
}
CYCLE: list[Any] = []
CYCLE.append(CYCLE)


@pytest.mark.parametrize("wrapped", [False, True], ids=["connect", "wrapped"])
@pytest.mark.parametrize("case", UNUSABLE)
async def test_what_cannot_be_sent_is_a_request_error(case: str, *, wrapped: bool) -> None:
    """Arguments that have no form on the wire are a RequestError; nothing is sent, and the client still works."""
    session: Any = SESSION
    config = AioConfig(retries={"total_max_attempts": 1})
    async with (
        FaultServer(GOOD) as server,
        session.create_client("cleanroomsml", endpoint_url=server.url, config=config) as aws,
        connect(endpoint_url=server.url, session=SESSION) as opened,
    ):
        client = Client(aws) if wrapped else opened
        with pytest.raises(RequestError) as caught:
            await UNUSABLE[case](client)
        assert caught.value.operation is not None
        assert server.requests == []
        assert (await get_audience_model(client, ARN)).name == "a"


# --- hooks

HOOKS = {
    "provide-client-params": False,
    "before-parameter-build": False,
    "before-call": False,
    "request-created": False,
    "choose-signer": False,
    "before-sign": False,
    "before-send": False,
    "before-parse": True,
    "response-received": True,
    "needs-retry": True,
    "after-call": True,
}


def failing_hook(**_: object) -> None:
    """Fail like a hook with a bug."""
    raise RuntimeError("bug in the hook")


async def failing_async_hook(**_: object) -> None:
    """Fail like an asynchronous hook with a bug."""
    raise OSError("bug in the hook")


def hook_for_another_event(argument_of_another_event: object, **_: object) -> None:
    """A hook that cannot be called with the arguments of its event."""


@pytest.mark.slow
@pytest.mark.parametrize("hook", [failing_hook, failing_async_hook, hook_for_another_event])
@pytest.mark.parametrize("event", HOOKS)
async def test_a_failing_hook_is_reported_as_such(event: str, hook: Any) -> None:
    """An exception of an event hook is a HookError that knows whether the request was sent; it is not retried."""
    async with (
        FaultServer(GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        client.aws.meta.events.register(f"{event}.cleanroomsml", hook)
        with pytest.raises(HookError, match="an event hook failed: ") as caught:
            await create(client)
    assert (caught.value.request_sent, caught.value.attempts) == (HOOKS[event], 1)
    assert len(server.requests) == HOOKS[event]
    assert caught.value.operation == "CreateAudienceModel"
    assert isinstance(caught.value.__cause__, RuntimeError | OSError | TypeError)


async def test_a_failing_hook_of_a_wrapped_client() -> None:
    """For a wrapped client, too, the failure of a hook is a HookError; the request may have been sent."""
    session: Any = SESSION
    async with (
        FaultServer(GOOD) as server,
        session.create_client("cleanroomsml", endpoint_url=server.url) as aws,
    ):
        aws.meta.events.register("after-call.cleanroomsml", failing_hook)
        with pytest.raises(HookError, match="RuntimeError: bug in the hook") as caught:
            await create(Client(aws))
    assert caught.value.request_sent


# --- closed clients


async def test_a_call_in_flight_when_the_client_is_closed() -> None:
    """A request that was sent may have been executed; one that waits for a retry was not sent again."""
    async with nothing_left_behind(), FaultServer((STALL,)) as server:
        async with connect(endpoint_url=server.url, session=SESSION) as client:
            call = asyncio.create_task(create(client))
            await asyncio.sleep(1)
        with pytest.raises(TransportError, match="the client is closed") as caught:
            await call
    assert (caught.value.request_sent, caught.value.permanent, caught.value.attempts) == (True, True, 1)


async def test_a_retry_after_the_client_is_closed() -> None:
    """A call that pauses before a retry when the client is closed raises a RequestError, and sends nothing."""
    async with (
        nothing_left_behind(),
        FaultServer(error(503, "ServiceUnavailable", headers={"Retry-After": "4"})) as server,
    ):
        async with connect(endpoint_url=server.url, session=SESSION) as client:
            call = asyncio.create_task(get_audience_model(client, ARN))
            await asyncio.sleep(1)
        with pytest.raises(RequestError, match="the client is closed"):
            await call
    assert len(server.requests) == 1


async def test_a_wrapped_client_that_is_closed() -> None:
    """A call through a wrapped client after its end is a RequestError."""
    session: Any = SESSION
    async with FaultServer(GOOD) as server:
        async with session.create_client("cleanroomsml", endpoint_url=server.url) as aws:
            client = Client(aws)
        with pytest.raises(RequestError, match="is closed"):
            await get_audience_model(client, ARN)
    assert server.requests == []


WRONG_CONFIGURATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "missing certificate": ({"client_cert": "no.pem"}, "a file of client_cert, or the CA bundle"),
    "connector_args": ({"connector_args": {"force_close": True, "keepalive_timeout": 5}}, "keepalive_timeout"),
    "proxy": ({"proxies": {"https": "http://[::1"}}, "proxies_config"),
}


@pytest.mark.parametrize("case", WRONG_CONFIGURATIONS)
async def test_a_wrapped_client_with_a_wrong_configuration(case: str) -> None:
    """Aiobotocore finds it with the first request: it is not retried, and nothing was sent."""
    session: Any = SESSION
    options, expected = WRONG_CONFIGURATIONS[case]
    config = AioConfig(retries={"total_max_attempts": 1}, **options)
    async with session.create_client("cleanroomsml", endpoint_url="https://127.0.0.1:1", config=config) as aws:
        with pytest.raises(TransportError, match=expected) as caught:
            await create(Client(aws))
    assert (caught.value.attempts, caught.value.permanent, caught.value.request_sent) == (1, True, False)


# --- permanent failures


def tls_for(name: str, authority: trustme.CA, **options: Any) -> ssl.SSLContext:
    """Return the TLS context of a server with this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert(name, **options)
    certificate.configure_cert(context)
    return context


@pytest.mark.parametrize("fault", ["another host", "another authority"])
async def test_certificates_are_not_retried(fault: str, tmp_path: Path) -> None:
    """One attempt, and a message that names the host and the reason, and what to do if the authority is unknown."""
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    server_authority = trustme.CA() if fault == "another authority" else authority
    tls = tls_for("elsewhere.test" if fault == "another host" else "127.0.0.1", server_authority)
    async with (
        FaultServer(GOOD, tls=tls) as server,
        connect(endpoint_url=server.url, session=SESSION, verify=bundle) as client,
    ):
        with pytest.raises(TransportError, match=rf"https://127.0.0.1:{server.port}.*certificate") as caught:
            await get_audience_model(client, ARN)
    assert (caught.value.attempts, caught.value.permanent, caught.value.request_sent) == (1, True, False)
    assert ("verify=... or AWS_CA_BUNDLE" in str(caught.value)) is (fault == "another authority")


# --- statuses that are neither


@pytest.mark.parametrize("status", [300, 301, 399, 600, 999])
async def test_a_status_that_is_no_success_is_a_service_error(status: int) -> None:
    """Botocore takes statuses below 301 for successes; here only 200 to 299 are."""
    async with (
        FaultServer(response(status, {"message": "no", "quotaValue": 10**400})) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await create(client)
    assert (caught.value.status, caught.value.code) == (status, str(status))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Retry-After": "9" * 400}, None),
        ({"x-amz-retry-after": "9" * 400}, None),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "Fri, 31 Dec 999999999999 23:59:59 GMT"}, None),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "\xb2"}, None),
        ({"Retry-After": "inf"}, None),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_numbers_of_strangers(headers: dict[str, str], expected: float | None) -> None:
    """A number or date in a header that Python cannot represent is ignored."""
    async with (
        FaultServer(error(429, "ThrottlingException", headers=headers)) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        with pytest.raises(ThrottlingError) as caught:
            await create(client)
    assert caught.value.retry_after == expected


async def test_an_error_code_has_only_safe_characters(caplog: pytest.LogCaptureFixture) -> None:
    """Line breaks and control characters of a code do not get into the log, nor surrogates into a message."""
    body = b'{"__type": "Bad\\nERROR forged\\u001b[31m\\ud800", "message": "no \\ud800"}'
    caplog.set_level("DEBUG", "cleanroomsml_client")
    async with (
        FaultServer(response(400, body)) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await create(client)
    assert caught.value.code == "Bad?ERROR?forged??31m?"
    assert str(caught.value).encode()
    assert "\n" not in caplog.messages[-1]


# --- what else an exception is


FAILURES: dict[str, Script] = {
    "refused": error(403, "AccessDeniedException"),
    "lost": (FIN,),
    "not HTTP": (b"nonsense\r\n\r\n", FIN),
    "malformed": response(200, b"[]"),
    "retried": error(503, "ServiceUnavailable"),
    "too large": response(200, b"x" * 5000),
    "reset": (UNREAD, RST),
    "slow": (Pause(100), GOOD),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", FAILURES)
async def test_a_failure_leaves_no_reference_cycle(case: str) -> None:
    """Exceptions and the request that their tracebacks hold are freed when the last reference is gone."""
    async with (
        FaultServer(FAILURES[case]) as server,
        connect(endpoint_url=server.url, session=SESSION, max_response_bytes=4000) as client,
    ):
        await _fail(client)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            await _fail(client)
            await asyncio.sleep(0)
            gc.collect()
            # Others leave cycles: aiohttp's exceptions of a lost connection, for example, of which we keep none.
            # By `type`: weak references to what is gone cannot be asked for their class.
            ours = (CleanRoomsMLError, BotoCoreError, ClientError)
            kept = [item for item in gc.garbage if issubclass(type(item), ours)]
            frames = [item.f_code.co_qualname for item in gc.garbage if type(item) is FrameType]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
    assert kept == []
    assert [name for name in frames if "_retry" in name or "call_operation" in name or "send" in name] == []


async def _fail(client: Client) -> None:
    with suppress(CleanRoomsMLError):
        await get_audience_model(client, ARN)


@pytest.mark.parametrize(("script", "sent"), [((STALL,), True), (GOOD, False)])
async def test_a_deadline_error_knows_whether_anything_was_sent(script: Script, *, sent: bool) -> None:
    """A call that waits for a free connection until its timeout was not sent."""
    config = AioConfig(max_pool_connections=1, read_timeout=1000)
    policy = RetryPolicy(timeout=20)
    async with (
        FaultServer((STALL,)) as server,
        connect(endpoint_url=server.url, session=SESSION, config=config, retry=policy) as client,
    ):
        patient = attrs.evolve(client, retry=RetryPolicy(timeout=None))
        blocking = asyncio.create_task(get_audience_model(patient, ARN)) if not sent else None
        await asyncio.sleep(1)
        with pytest.raises(DeadlineError) as caught:
            await create(client)
        if blocking is not None:
            blocking.cancel()
    del script
    assert caught.value.request_sent is sent
    assert pickle.loads(pickle.dumps(caught.value)).request_sent is sent  # noqa: S301  # our own pickle


async def test_a_malformed_success_is_observed_as_a_failure() -> None:
    """The observer receives the ResponseError, with the status of the response."""
    recorded: list[Any] = []
    async with (
        FaultServer(response(200, {"name": 5})) as server,
        connect(endpoint_url=server.url, session=SESSION, observer=recorded.append) as client,
    ):
        with pytest.raises(ResponseError):
            await get_audience_model(client, ARN)
        with pytest.raises(ResponseError):
            _ = [model async for model in list_audience_models(client)]
    assert [(attempt.status, type(attempt.error)) for attempt in recorded] == [(200, ResponseError)] * 2


async def test_an_unreachable_sts_is_a_transport_error(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server for credentials that cannot be reached: nothing was sent, the call is retried, the source is named."""
    (aws_home / "config").write_text("[profile work]\nrole_arn = arn:aws:iam::1:role/long-enough\nsource_profile = b\n")
    (aws_home / "credentials").write_text("[b]\naws_access_key_id = K\naws_secret_access_key = x\n")
    with refused_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
        async with (
            FaultServer(GOOD) as server,
            connect(endpoint_url=server.url, profile_name="work", retry=RetryPolicy(max_attempts=2)) as client,
        ):
            with pytest.raises(TransportError, match="assume-role cannot be reached") as caught:
                await create(client)
    assert (caught.value.request_sent, caught.value.attempts, server.requests) == (False, 2, [])


async def test_credentials_that_appear_later(monkeypatch: pytest.MonkeyPatch, aws_home: Path) -> None:
    """A client that was opened without credentials looks for them again at each call."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with FaultServer(GOOD) as server, connect(endpoint_url=server.url) as client:
        with pytest.raises(CredentialsError, match="no credentials"):
            await create(client)
        (aws_home / "credentials").write_text("[default]\naws_access_key_id = LATE\naws_secret_access_key = x\n")
        assert await create(client) == ARN
    (request,) = server.requests
    assert "Credential=LATE/" in request.headers["authorization"]


# --- wrapped clients, which have no phases


async def test_a_wrapped_client_whose_sts_cannot_be_reached(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the exception came from shows that the request was not signed, and so not sent."""
    (aws_home / "config").write_text("[profile work]\nrole_arn = arn:aws:iam::1:role/long-enough\nsource_profile = b\n")
    (aws_home / "credentials").write_text("[b]\naws_access_key_id = K\naws_secret_access_key = x\n")
    session: Any = AioSession(profile="work")
    with refused_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
        async with FaultServer(GOOD) as server, session.create_client("cleanroomsml", endpoint_url=server.url) as aws:
            with pytest.raises(TransportError, match="the server for the credentials") as caught:
                await create(Client(aws, NO_RETRY))
    assert (caught.value.request_sent, server.requests) == (False, [])


class Double:
    """A test double of a client, which fails with one exception."""

    def __init__(self, exception: Exception) -> None:
        self._exception = exception

    async def create_audience_model(self, **_: object) -> object:
        """Fail."""
        raise self._exception


@pytest.mark.parametrize(
    ("exception", "expected", "sent"),
    [
        (boto_exceptions.NoCredentialsError(), CredentialsError, None),
        (boto_exceptions.ClientError({"Error": {"Code": "AccessDenied"}}, "AssumeRole"), CredentialsError, None),
        (boto_exceptions.UnknownSignatureVersionError(signature_version="x"), RequestError, None),
        (boto_exceptions.ConnectTimeoutError(endpoint_url="u"), TransportError, False),
        (boto_exceptions.ReadTimeoutError(endpoint_url="u"), TransportError, True),
        (KeyError("bug"), TransportError, True),
        (UnicodeDecodeError("utf-8", b"secret\xff", 6, 7, "no"), TransportError, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_the_class_decides_where_nothing_else_is_known(
    exception: Exception, expected: type[CleanRoomsMLError], *, sent: bool | None
) -> None:
    """The rules for an exception that comes from nowhere; the request may have been sent unless that is certain."""
    with pytest.raises(expected) as caught:
        await create(Client(Double(exception), NO_RETRY))
    assert type(caught.value) is expected
    assert getattr(caught.value, "request_sent", None) is sent
    assert "secret" not in repr(caught.value.__cause__)


async def test_a_hook_that_changes_the_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be used is not bypassed, even if only a hook leads to it."""
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1")
    async with FaultServer(GOOD) as server, connect(endpoint_url=server.url, session=SESSION) as client:

        def change_scheme(request: Any, **_: object) -> None:
            request.url = request.url.replace("http:", "https:")

        client.aws.meta.events.register("before-send.cleanroomsml", change_scheme)
        with pytest.raises(TransportError, match="the proxy cannot be used") as caught:
            await create(client)
    assert (caught.value.request_sent, caught.value.permanent, caught.value.attempts) == (False, True, 1)


@pytest.mark.parametrize("output", ["not-json {secret", '{"Version": 1, "secret": 1}', '{"Version": 7}', "[1]", ""])
async def test_a_credential_process_with_other_output(output: str, aws_home: Path) -> None:
    """What a program prints in place of credentials is a CredentialsError that names the source, not the output."""
    (aws_home / "output").write_text(output)
    (aws_home / "config").write_text(f"[profile work]\ncredential_process = cat {aws_home / 'output'}\n")
    with pytest.raises(CredentialsError, match="no credentials of the source custom-process: ") as caught:
        async with connect(profile_name="work"):
            pytest.fail("there is no client")
    cause = caught.value.__cause__
    assert "secret" not in repr((caught.value, cause, vars(cause) if cause is not None else None))
