"""The transport: limits of bodies, headers, phases, and the bound on calls in progress."""

import ast
import asyncio
import inspect
import select
import socket
import ssl
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    NO_RETRY,
    Client,
    DeadlineError,
    HookError,
    ResponseError,
    ServiceError,
    TransportError,
    connect,
    create_audience_model,
    get_audience_model,
)
from cleanroomsml_client._aws import (
    calls,
    connection,
    endpoint,
    failures,
    phase,
    proxies,
    signing,
    tls,
    transport,
)
from cleanroomsml_client._aws.phase import Phase
from tests.support.blocking_server import BlockingServer, http_response
from tests.support.faults import ARN, DATASET, DOCUMENT, valid
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import running_loop
from tests.support.wire import (
    FIN,
    RST,
    STALL,
    UNREAD,
    FaultServer,
    Script,
    chunked,
    hanging_port,
    refused_port,
    response,
)

SESSION = AioSession()
GOOD = response(200, DOCUMENT)

# --- bodies and headers


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    "script",
    [
        pytest.param((response(200, b"", {"Content-Length": "1001"}), STALL), id="by its Content-Length"),
        pytest.param(chunked(b'"' + b"x" * 1000), id="in chunks"),
        pytest.param((b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1001, STALL), id="without a length"),
    ],
)
async def test_a_body_above_the_limit_is_a_response_error(script: Script) -> None:
    """The body is not waited for; the call is not retried; the connection is closed, and the next call succeeds."""
    async with (
        nothing_left_behind(),
        FaultServer(script, GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, max_response_bytes=1000) as client,
    ):
        with pytest.raises(ResponseError, match="max_response_bytes") as caught:
            await create_audience_model(client, name="a", training_dataset_arn=DATASET)
        assert (caught.value.attempts, caught.value.incomplete, caught.value.path) == (1, False, "$")
        assert (await get_audience_model(client, ARN)).name == "a"
    assert len(server.requests) == 2


@pytest.mark.virtual_time
async def test_a_body_at_the_limit_is_read() -> None:
    """A body of exactly `max_response_bytes` is read."""
    async with (
        FaultServer(GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, max_response_bytes=len(DOCUMENT)) as client,
    ):
        assert (await get_audience_model(client, ARN)).name == "a"


@pytest.mark.virtual_time
async def test_an_error_with_a_body_above_the_limit_keeps_its_status() -> None:
    """The status of an error response decides, not its body: this one is retried."""
    page = (response(503, b"x" * 2000), FIN)
    async with (
        nothing_left_behind(),
        FaultServer(page, GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, max_response_bytes=1000) as client,
    ):
        assert (await get_audience_model(client, ARN)).name == "a"
    async with (
        FaultServer(page) as server,
        connect(endpoint_url=server.url, session=SESSION, max_response_bytes=1000, retry=NO_RETRY) as client,
    ):
        with pytest.raises(ServiceError, match="Service Unavailable") as caught:
            await get_audience_model(client, ARN)
        assert caught.value.status == 503


async def test_a_body_without_an_end_is_not_stored() -> None:
    """A server that never stops sending is stopped by the limit: it can send only a little more than that."""
    sent = 0

    def script(connection: socket.socket, _: int) -> bool:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent < 64 * 1024**2:
            sent += connection.send(b" " * 65536)
        return False

    with BlockingServer(script) as server:
        async with connect(endpoint_url=server.url, session=SESSION) as client:
            with pytest.raises(ResponseError, match="max_response_bytes"):
                await get_audience_model(client, ARN)
    # The rest is in the buffers of the two sockets.
    assert 16 * 1024**2 < sent < 32 * 1024**2


@pytest.mark.virtual_time
async def test_headers_are_latin_1() -> None:
    """A header with a byte that is not UTF-8 does not fail the call."""
    recorded: dict[str, str] = {}

    def record(parsed: dict[str, Any], **_: object) -> None:
        recorded.update(parsed["ResponseMetadata"]["HTTPHeaders"])

    script = GOOD.replace(b"\r\n\r\n", b"\r\nX-Name: \xe4\r\n\r\n", 1)
    async with FaultServer(script) as server, connect(endpoint_url=server.url, session=SESSION) as client:
        client.aws.meta.events.register("after-call.cleanroomsml", record)
        assert (await get_audience_model(client, ARN)).name == "a"
    assert recorded["x-name"] == "ä"


@pytest.mark.virtual_time
async def test_failed_calls_return_their_connections() -> None:
    """More failures than the pool has connections, all kept alive, do not use it up."""
    bad = response(200, b'"' + b"x" * 300_000, {"X-Name": "\xe4"})
    errors: list[Exception] = []
    async with (
        FaultServer(bad) as server,
        connect(
            endpoint_url=server.url, session=SESSION, retry=NO_RETRY, config=AioConfig(max_pool_connections=3)
        ) as client,
    ):
        for _ in range(5):
            with pytest.raises(ResponseError) as caught:
                await get_audience_model(client, ARN)
            errors.append(caught.value)
    assert len(errors) == len(server.requests) == 5


# --- phases


async def _recorded_phase(client: Client, monkeypatch: pytest.MonkeyPatch) -> tuple[Phase, bool, Exception | None]:
    """Make a create; return how far its last attempt came, whether anything may have been sent, and the error."""
    records: list[phase.AttemptRecord] = []
    start = phase.start_record

    def recording_start() -> Any:
        record, token = start()
        records.append(record)
        return record, token

    monkeypatch.setattr(calls, "start_record", recording_start)
    error = None
    try:
        await create_audience_model(client, name="a", training_dataset_arn=DATASET)
    except Exception as caught:  # noqa: BLE001  # the test compares it
        error = caught
    return records[-1].phase, records[-1].request_sent, error


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param((UNREAD, RST), Phase.SEND, id="reset when accepted"),
        pytest.param((FIN,), Phase.SEND, id="closed before the response"),
        pytest.param((STALL,), Phase.SEND, id="no response"),
        pytest.param((b"nonsense\r\n\r\n", STALL), Phase.SEND, id="not HTTP"),
        pytest.param((GOOD[:60], FIN), Phase.SEND, id="closed in the headers"),
        pytest.param((GOOD[:-20], FIN), Phase.READ, id="closed in the body"),
        pytest.param((GOOD[:-20], STALL), Phase.READ, id="the body stalls"),
        pytest.param(GOOD, Phase.READ, id="success"),
    ],
)
async def test_phases_after_connecting(script: Script, expected: Phase, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment that a connection is handed out, the request counts as sent."""
    async with (
        nothing_left_behind(),
        FaultServer(script) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        reached, request_sent, error = await _recorded_phase(client, monkeypatch)
    assert (reached, request_sent) == (expected, True)
    assert error is None or (type(error) is TransportError and error.request_sent)


@pytest.mark.virtual_time
@pytest.mark.parametrize("fault", ["refused", "hanging", "handshake", "CONNECT closed", "CONNECT reset", "no HTTP"])
async def test_phases_before_a_connection(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a connection nothing was sent, whatever failed: TCP, TLS, or the proxy."""
    scripts: dict[str, Script] = {
        "handshake": (UNREAD, RST),
        "CONNECT closed": (FIN,),
        "CONNECT reset": (RST,),
        "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FIN),
    }
    with refused_port() as refused, hanging_port() as hanging:
        async with nothing_left_behind(), FaultServer(scripts.get(fault, GOOD)) as server:
            arguments: dict[str, Any] = {"session": SESSION, "retry": NO_RETRY}
            if "CONNECT" in fault or "HTTP" in fault:
                arguments |= {"endpoint_url": "https://a.test", "config": AioConfig(proxies={"https": server.url})}
            else:
                ports = {"refused": refused, "hanging": hanging, "handshake": server.port}
                scheme = "https" if fault == "handshake" else "http"
                arguments["endpoint_url"] = f"{scheme}://127.0.0.1:{ports[fault]}"
            async with connect(**arguments) as client:
                reached, request_sent, error = await _recorded_phase(client, monkeypatch)
    assert (reached, request_sent) == (Phase.CONNECT, False)
    assert type(error) is TransportError
    assert not error.request_sent


@pytest.mark.virtual_time
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_never_responds_to_connect(scheme: str) -> None:
    """The connect timeout ends each attempt; for plain HTTP there is no CONNECT, and the read timeout does."""
    async with (
        nothing_left_behind(),
        FaultServer((STALL,)) as server,
        connect(
            endpoint_url=f"{scheme}://a.test",
            session=SESSION,
            retry=NO_RETRY,
            config=AioConfig(proxies={scheme: server.url}, connect_timeout=4, read_timeout=7),
        ) as client,
    ):
        start = running_loop().time()
        with pytest.raises(TransportError) as caught:
            await create_audience_model(client, name="a", training_dataset_arn=DATASET)
        assert caught.value.request_sent == (scheme == "http")
        assert running_loop().time() - start == pytest.approx(7 if scheme == "http" else 4)


@pytest.mark.virtual_time
async def test_botocores_own_retries_keep_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """If botocore repeats a request that was sent, and then cannot connect, the call may have been executed."""
    retries = AioConfig(retries={"total_max_attempts": 2, "mode": "standard"})
    async with (
        FaultServer((FIN,)) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY, config=retries) as client,
    ):

        async def stop_the_server(attempts: int, **_: object) -> None:
            if attempts == 1:
                await server.__aexit__(None, None, None)

        client.aws.meta.events.register_first("needs-retry.cleanroomsml", stop_the_server)
        reached, request_sent, error = await _recorded_phase(client, monkeypatch)
    assert (reached, request_sent) == (Phase.CONNECT, True)
    assert isinstance(error, TransportError)
    assert error.request_sent


def _serve_nothing(_: socket.socket, __: int) -> None:
    """Never called: no request arrives."""


async def test_a_missing_client_certificate_is_permanent(tmp_path: Path) -> None:
    """A server that refuses the handshake without a client certificate: one attempt, and nothing was sent."""
    authority: Any = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    # With TLS 1.3 the client learns of it after the handshake, and only if the alert is not lost in a reset.
    tls.verify_mode, tls.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
    with BlockingServer(_serve_nothing, tls=tls) as server:
        async with connect(endpoint_url=server.url, session=SESSION, verify=tmp_path / "authority.pem") as client:
            with pytest.raises(TransportError, match="ALERT") as caught:
                await get_audience_model(client, ARN)
    assert (caught.value.attempts, caught.value.permanent, caught.value.request_sent) == (1, True, False)


# --- the bound on calls in progress


@pytest.mark.virtual_time
async def test_a_call_is_signed_when_a_connection_is_free() -> None:
    """More calls than the pool has connections wait unsigned, for longer than the connect timeout."""
    signed: list[float] = []
    started = running_loop().time()

    def record(**_: object) -> None:
        signed.append(running_loop().time() - started)

    slow = AioConfig(max_pool_connections=2, connect_timeout=1, read_timeout=100)
    async with (
        FaultServer((STALL,)) as server,
        connect(endpoint_url=server.url, session=SESSION, config=slow, retry=NO_RETRY) as client,
    ):
        client.aws.meta.events.register_first("request-created.cleanroomsml", record)
        results = await asyncio.gather(*(get_audience_model(client, ARN) for _ in range(4)), return_exceptions=True)
    assert all(isinstance(result, DeadlineError) for result in results)
    assert signed == [0, 0]


@pytest.mark.virtual_time
async def test_a_hook_can_make_a_call_while_the_pool_is_full() -> None:
    """A call that an event hook makes does not wait for the call that waits for the hook; it has its own record."""
    names: list[str] = []

    async def make_a_call(request: Any, **_: object) -> None:
        del request
        if not names:
            names.append("outer")
            names.append((await get_audience_model(client, ARN)).name)

    async with (
        FaultServer(GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, config=AioConfig(max_pool_connections=1)) as client,
    ):
        client.aws.meta.events.register("before-send.cleanroomsml", make_a_call)
        assert (await get_audience_model(client, ARN)).name == "a"
    assert names == ["outer", "a"]
    assert len(server.requests) == 2


@pytest.mark.virtual_time
async def test_a_failing_call_of_a_hook_does_not_change_the_outer_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hook's call has sent is not sent by the call whose hook it is."""

    async def make_a_call(**_: object) -> None:
        client.aws.meta.events.unregister("before-send.cleanroomsml", make_a_call)
        await client.aws.get_audience_model(audienceModelArn=ARN)

    async with (
        FaultServer((FIN,)) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        client.aws.meta.events.register("before-send.cleanroomsml", make_a_call)
        reached, request_sent, error = await _recorded_phase(client, monkeypatch)
    assert (reached, request_sent) == (Phase.SIGN, False)
    assert isinstance(error, HookError)
    assert not error.request_sent


# --- platforms


class _WithoutPoll:
    """The module `select` as on Windows."""

    select = staticmethod(select.select)


@pytest.mark.parametrize("platform", ["select", "no socket", "proactor"])
async def test_connections_are_checked_on_every_platform(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No response is stale without `select.poll`, with a loop that hides sockets, and with one that reads ahead."""
    if platform == "select":
        monkeypatch.setattr(transport, "select", _WithoutPoll)
    elif platform == "proactor":
        monkeypatch.setattr(asyncio, "ProactorEventLoop", type(asyncio.get_running_loop()), raising=False)
    else:
        monkeypatch.setattr(asyncio.selector_events._SelectorTransport, "get_extra_info", lambda *_: None)  # type: ignore[attr-defined]
    released, sent = threading.Event(), threading.Event()

    def script(connection: socket.socket, number: int) -> None:
        connection.sendall(http_response(valid(name=f"{number}")))
        if number == 2:
            released.wait(10)
            connection.sendall(http_response(valid(name="STALE")))
            sent.set()

    with BlockingServer(script) as server:
        async with connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client:
            names = [(await get_audience_model(client, ARN)).name for _ in range(2)]
            released.set()
            assert sent.wait(10)
            names.append((await get_audience_model(client, ARN)).name)
    assert names == ["1", "2", "3"]
    assert server.connections == (3 if platform == "no socket" else 2)


# --- public names


MODULES = [calls, connection, endpoint, failures, phase, proxies, signing, tls, transport]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_only_public_names_are_used(module: ModuleType) -> None:
    """Underscore names are our own: attributes of `self` and names of this package."""
    tree = ast.parse(inspect.getsource(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert not [alias.name for alias in node.names if alias.name.startswith("_")]
            assert "._" not in f".{node.module}"
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            assert isinstance(node.value, ast.Name), ast.unparse(node)
            assert node.value.id == "self", ast.unparse(node)
