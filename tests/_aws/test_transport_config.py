"""What the transport keeps of a client's configuration, and what `connect` refuses."""

import asyncio
import base64
import os
import socket
import ssl
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

import pytest
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives import serialization

from cleanroomsml_client import (
    NO_RETRY,
    RequestError,
    TransportError,
    connect,
    create_audience_model,
    get_audience_model,
)
from cleanroomsml_client._aws import tls
from tests.support.faults import ARN, DATASET, DOCUMENT
from tests.support.leaks import nothing_left_behind
from tests.support.wire import FaultServer, response

pytestmark = pytest.mark.virtual_time

SESSION = AioSession()
GOOD = response(200, DOCUMENT)
BASIC = "Basic " + base64.b64encode("user:pä:ss".encode()).decode()
USER = "user:p%C3%A4:ss@"


def tls_server(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    """Return the context of a server with a certificate for this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert(name)
    certificate.configure_cert(context)
    return context


def trust(context: ssl.SSLContext, authority: Any) -> None:
    """Accept certificates of the authority."""
    authority.configure_trust(context)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The authority of the servers and of the client."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """The file with the authority's certificate."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


async def get_name(**arguments: Any) -> str:
    """Connect, and return the name of the model that the server sends; leave nothing behind."""
    async with nothing_left_behind():
        return await _get_name(**arguments)


async def _get_name(**arguments: Any) -> str:
    async with connect(session=SESSION, retry=NO_RETRY, **arguments) as client:
        return (await get_audience_model(client, ARN)).name


# --- proxies


@pytest.mark.parametrize("source", ["config", "environment"])
async def test_a_proxy_of_plain_http_gets_its_credentials(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy receives the whole URL and the credentials, which are UTF-8."""
    async with FaultServer(GOOD) as server:
        url = f"http://{USER}127.0.0.1:{server.port}"
        if source == "environment":
            monkeypatch.setenv("HTTP_PROXY", url)
        config = AioConfig(proxies={"http": url}) if source == "config" else None
        assert await get_name(endpoint_url="http://a.test", config=config) == "a"
    (request,) = server.requests
    assert request.target.startswith("http://a.test/audience-model/")
    assert request.headers["proxy-authorization"] == BASIC


@pytest.mark.parametrize("source", ["config", "environment", "no scheme"])
async def test_a_tunnel_gets_its_credentials(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """CONNECT has the credentials; a refusal is a TransportError without them."""
    async with FaultServer(response(407)) as server:
        url = f"http://{USER}127.0.0.1:{server.port}"
        if source == "environment":
            monkeypatch.setenv("HTTPS_PROXY", url)
        url = url.removeprefix("http://") if source == "no scheme" else url
        config = None if source == "environment" else AioConfig(proxies={"https": url})
        with pytest.raises(TransportError, match="407") as caught:
            await get_name(endpoint_url="https://a.test", config=config)
    (request,) = server.requests
    assert (request.method, request.target) == ("CONNECT", "a.test:443")
    assert request.headers["proxy-authorization"] == BASIC
    assert "ss@" not in repr(caught.value)
    assert "ss@" not in repr(vars(caught.value.__cause__))


async def test_no_proxy_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host in NO_PROXY is connected directly."""
    async with FaultServer(GOOD) as server:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert await get_name(endpoint_url=server.url) == "a"


async def test_a_tunnel_and_tls(authority: trustme.CA, bundle: Path) -> None:
    """Through a tunnel, the certificate of the endpoint is verified, not that of the proxy."""
    async with FaultServer(GOOD, tls=tls_server(authority, "a.test")) as server, _tunnel(server.port) as proxy:
        config = AioConfig(proxies={"https": proxy})
        assert await _get_name(endpoint_url="https://a.test", config=config, verify=bundle) == "a"
        with pytest.raises(TransportError, match="certificate") as caught:
            await _get_name(endpoint_url="https://b.test", config=config, verify=bundle)
        assert not caught.value.request_sent


async def test_an_https_proxy(authority: trustme.CA, bundle: Path) -> None:
    """A proxy that is reached over TLS is verified with the same authorities."""
    async with FaultServer(GOOD, tls=tls_server(authority)) as server:
        config = AioConfig(proxies={"http": server.url})
        assert await get_name(endpoint_url="http://a.test", config=config, verify=bundle) == "a"
        with pytest.raises(TransportError, match="certificate") as caught:
            await get_name(endpoint_url="http://a.test", config=config)
        assert not caught.value.request_sent


@asynccontextmanager
async def _tunnel(port: int) -> AsyncGenerator[str]:
    """Yield the URL of a proxy that connects every CONNECT to one port of this machine."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(cast("asyncio.Task[None]", asyncio.current_task()))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, to_server), _copy(from_server, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        await asyncio.gather(*tasks)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(65536):
            target.write(chunk)
    target.close()


# --- certificates


@pytest.mark.parametrize("source", ["argument", "text", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile"])
async def test_the_sources_of_a_ca_bundle(
    source: str, authority: trustme.CA, bundle: Path, aws_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The authorities of a server are those of the argument, the profile or the environment."""
    arguments: dict[str, Any] = {}
    if source == "argument":
        arguments["verify"] = bundle
    elif source == "text":
        arguments["verify"] = str(bundle)
    elif source == "profile":
        (aws_home / "config").write_text(f"[default]\nca_bundle = {bundle}\n")
    else:
        monkeypatch.setenv(source, str(bundle))
    async with (
        FaultServer(GOOD, tls=tls_server(authority)) as server,
        connect(endpoint_url=server.url, retry=NO_RETRY, **arguments) as client,
    ):
        assert (await get_audience_model(client, ARN)).name == "a"


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
async def test_an_empty_variable_does_not_turn_verification_off(
    variable: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable counts as not set; older botocores take it as "do not verify", newer ones refuse it."""
    monkeypatch.setenv(variable, "")
    async with FaultServer(GOOD, tls=tls_server(authority)) as server:
        with pytest.raises(TransportError, match="certificate"):
            await get_name(endpoint_url=server.url)


async def test_verification_can_be_turned_off(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    """`verify=False` accepts any certificate for any name, whatever the environment says."""
    monkeypatch.setenv("AWS_CA_BUNDLE", os.devnull)
    async with FaultServer(GOOD, tls=tls_server(authority, "elsewhere.test")) as server:
        assert await get_name(endpoint_url=server.url, verify=False) == "a"


@pytest.mark.parametrize("separate_key", [False, True], ids=["one file", "two files"])
async def test_a_client_certificate_is_sent(
    *,
    separate_key: bool,
    authority: trustme.CA,
    bundle: Path,
    tmp_path: Path,
) -> None:
    """A server that requires a client certificate accepts ours."""
    certificate: Any = authority.issue_cert("client.test")
    pem, key = tmp_path / "client.pem", tmp_path / "client.key"
    if separate_key:
        certificate.cert_chain_pems[0].write_to_path(pem)
        certificate.private_key_pem.write_to_path(key)
    else:
        certificate.private_key_and_cert_chain_pem.write_to_path(pem)
    context = tls_server(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    trust(context, authority)
    config = AioConfig(client_cert=(str(pem), str(key)) if separate_key else str(pem))
    async with FaultServer(GOOD, tls=context) as server:
        assert await get_name(endpoint_url=server.url, verify=bundle, config=config) == "a"


async def test_the_tls_context_is_built_in_a_thread_for_https_only(
    authority: trustme.CA, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain HTTP needs no TLS context; for https it is built once, in a thread, when the client is opened."""
    threads: list[threading.Thread] = []
    create = ssl.SSLContext.load_verify_locations

    def record(*arguments: Any) -> None:
        threads.append(threading.current_thread())
        create(*arguments)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", record)
    async with FaultServer(GOOD) as server:
        assert await get_name(endpoint_url=server.url) == "a"
    assert threads == []
    async with FaultServer(GOOD, tls=tls_server(authority)) as server:
        assert await get_name(endpoint_url=server.url, verify=bundle) == "a"
    (thread,) = threads
    assert thread is not threading.main_thread()


async def test_clients_share_a_tls_context_while_its_file_is_the_same(bundle: Path) -> None:
    """The second client of a process does not load the authorities again, unless the file has changed."""
    authorities = tls.Authorities(str(bundle), "verify")
    first = tls.create_tls_context(authorities, None)
    assert tls.create_tls_context(authorities, None) is first
    os.utime(bundle, (1, 1))
    assert tls.create_tls_context(authorities, None) is not first


# --- connector_args


class _Resolver(AbstractResolver):
    """Every host is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            {"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0},
        ]

    async def close(self) -> None:
        """Nothing to close."""


async def test_a_resolver_is_used() -> None:
    """`connector_args` with a resolver."""
    async with FaultServer(GOOD) as server:
        config = AioConfig(connector_args={"resolver": _Resolver()})
        assert await get_name(endpoint_url=f"http://a.test:{server.port}", config=config) == "a"


async def test_a_socket_factory_is_used() -> None:
    """`connector_args` with a socket factory."""
    made: list[socket.socket] = []

    def make(address: Any) -> socket.socket:
        made.append(socket.socket(address[0], address[1], address[2]))
        return made[-1]

    async with FaultServer(GOOD) as server:
        assert await get_name(endpoint_url=server.url, config=AioConfig(connector_args={"socket_factory": make})) == "a"
    assert len(made) == 1


@pytest.mark.parametrize(
    ("arguments", "connections"),
    [({}, 1), ({"force_close": True}, 3), ({"force_close": True, "keepalive_timeout": None}, 3)],
    ids=repr,
)
async def test_connections_can_be_closed_after_each_call(arguments: dict[str, Any], connections: int) -> None:
    """`force_close` closes each connection."""
    opened: list[object] = []

    def make(address: Any) -> socket.socket:
        opened.append(address)
        return socket.socket(address[0], address[1], address[2])

    config = AioConfig(connector_args={"socket_factory": make, **arguments})
    async with FaultServer(GOOD) as server, connect(endpoint_url=server.url, session=SESSION, config=config) as client:
        for _ in range(3):
            await get_audience_model(client, ARN)
    assert len(opened) == connections


async def test_a_tls_context_of_the_caller_is_used(authority: trustme.CA) -> None:
    """`connector_args` with an `ssl_context` replaces ours."""
    context = ssl.create_default_context()
    trust(context, authority)
    async with FaultServer(GOOD, tls=tls_server(authority)) as server:
        config = AioConfig(connector_args={"ssl_context": context})
        assert await get_name(endpoint_url=server.url, config=config) == "a"


async def test_the_default_config_of_a_session_is_kept() -> None:
    """`connector_args` of the session's default config are used, and those of the argument before them."""
    session: Any = AioSession()
    session.set_default_client_config(AioConfig(connector_args={"resolver": _Resolver()}))
    async with (
        FaultServer(GOOD) as server,
        connect(
            endpoint_url=f"http://a.test:{server.port}", session=session, config=AioConfig(read_timeout=5)
        ) as client,
    ):
        assert (await get_audience_model(client, ARN)).name == "a"


# --- refused


class _OwnSession(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore is untyped
    """A session class of the caller."""


def _client_certificate(path: str) -> AioConfig:
    return AioConfig(client_cert=path)


REFUSED: dict[str, tuple[Callable[[Path], dict[str, Any]], str]] = {
    "http_session_cls": (
        lambda _: {"config": AioConfig(http_session_cls=_OwnSession)},
        r"cannot use http_session_cls; create the aiobotocore client yourself, and wrap it: Client\(aws\)",
    ),
    "force_close and keepalive_timeout": (
        lambda _: {"config": AioConfig(connector_args={"force_close": True, "keepalive_timeout": 5})},
        "connector_args cannot be used: keepalive_timeout cannot be set if force_close is True",
    ),
    "an argument of httpx": (
        lambda _: {"config": AioConfig(connector_args={"write_timeout": 5})},
        "connector_args cannot be used: .*write_timeout",
    ),
    "a mapping as config": (lambda _: {"config": {"nonsense": 1}}, "config must be an aiobotocore config, not dict"),
    "ssl_context and verify": (
        lambda _: {"config": AioConfig(connector_args={"ssl_context": ssl.create_default_context()}), "verify": True},
        "ssl_context, which excludes verify and client_cert",
    ),
    "an https proxy with its own certificate": (
        lambda _: {
            "config": AioConfig(proxies={"https": "https://p:1"}, proxies_config={"proxy_client_cert": "a.pem"})
        },
        "proxy_client_cert cannot be used with an https:// proxy",
    ),
    "an https proxy with its own authority": (
        lambda _: {"config": AioConfig(proxies={"https": "https://p:1"}, proxies_config={"proxy_ca_bundle": "a.pem"})},
        "proxy_ca_bundle cannot be used with an https:// proxy",
    ),
    "an https proxy and a client certificate": (
        lambda _: {"config": AioConfig(proxies={"https": "https://p:1"}, client_cert="a.pem")},
        "client_cert cannot be used with an https:// proxy",
    ),
    "a proxy of another kind": (
        lambda _: {"config": AioConfig(proxies={"https": "socks5://user:secret@p:1"})},
        r"the proxy for https \(.*HTTPS_PROXY.*\) cannot be used: it must be http://host:port",
    ),
    "a proxy with an invalid port": (
        lambda _: {"config": AioConfig(proxies={"https": "http://user:secret@p:99999"})},
        "the proxy for https .* cannot be used",
    ),
    "an endpoint of another scheme": (
        lambda _: {"endpoint_url": "ftp://a.test"},
        "it must be https://host or http://host:port",
    ),
    "an endpoint with an invalid port": (
        lambda _: {"endpoint_url": "http://user:secret@a.test:99999"},
        "the endpoint .* cannot be used",
    ),
    "an endpoint with a password": (
        lambda _: {"endpoint_url": "https://user:secret@a.test"},
        "the endpoint .* cannot be used: it must not have a user name or password",
    ),
    "an endpoint without a scheme": (
        lambda _: {"endpoint_url": "localhost:8123"},
        "the endpoint localhost:8123 cannot be used: it must be https://host or http://host:port",
    ),
    "a missing CA bundle": (lambda folder: {"verify": folder / "no.pem"}, r"no.pem \(verify\) cannot be used: No such"),
    "a CA bundle that is none": (lambda _: {"verify": __file__}, r"test_transport_config.py \(verify\) cannot be used"),
    "a missing client certificate": (
        lambda folder: {"config": _client_certificate(f"{folder}/no.pem")},
        r"no.pem \(client_cert of the config\) cannot be used: No such",
    ),
    "no connections": (
        lambda _: {"config": AioConfig(max_pool_connections=0)},
        "max_pool_connections must be",
    ),
    "no bytes": (lambda _: {"max_response_bytes": 0}, "max_response_bytes must be an integer of at least 1"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_cannot_be_used_is_refused_when_connecting(case: str, tmp_path: Path) -> None:
    """`connect` raises a RequestError that says what is wrong, without secrets; nothing stays open."""
    arguments, expected = REFUSED[case]
    async with nothing_left_behind():
        with pytest.raises(RequestError, match=expected) as caught:
            async with connect(session=SESSION, **arguments(tmp_path)):
                pass
    assert "secret" not in repr(caught.value)


async def test_an_encrypted_key_does_not_ask_for_its_password(authority: trustme.CA, tmp_path: Path) -> None:
    """OpenSSL would wait for a password on the terminal."""
    certificate: Any = authority.issue_cert("client.test")
    key = serialization.load_pem_private_key(certificate.private_key_pem.bytes(), None)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    )
    path = tmp_path / "client.pem"
    path.write_bytes(encrypted + certificate.cert_chain_pems[0].bytes())
    with pytest.raises(RequestError, match=r"client.pem \(client_cert of the config\) cannot be used"):
        tls.create_tls_context(tls.Authorities(bundle=False, source="verify"), str(path))


async def test_a_create_is_not_sent_without_a_valid_certificate(authority: trustme.CA) -> None:
    """A create over a connection that is not trusted is not sent."""
    async with (
        FaultServer(GOOD, tls=tls_server(authority)) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        with pytest.raises(TransportError) as caught:
            await create_audience_model(client, name="a", training_dataset_arn=DATASET)
    assert not caught.value.request_sent
    assert server.requests == []
