"""Sends the requests of our clients over HTTP, in place of aiobotocore's HTTP session.

It keeps what the client's configuration says: proxies, certificates, timeouts, pool size, `connector_args`. It differs
from aiobotocore's session in these points:

- A redirect is not followed: aiohttp would send the session token to another host, and repeat a create as a GET.
- A pooled connection on which anything has arrived, or which is at its end, is closed instead of used again. What
  arrived before a request was written cannot be its response (aio-libs/aiohttp#13656).
- The body of a response is limited, and the connect timeout includes TLS and a proxy's response to CONNECT.
- Headers are read as Latin-1, which has a character for every byte.
- Cookies are not kept.
- The TLS context is built when the client is opened, in a thread, and only for https.

What is used here                                     of          if an upgrade changes it
----------------------------------------------------  ----------  ----------------------------------------------------
TCPConnector.connect, overridden                      aiohttp     tests/_aws/test_stale_connections.py fails
Connection.protocol, .transport, .close               aiohttp     AttributeError at the first call
should_close of that protocol                         aiohttp     AttributeError at the second call
ClientSession.request and its exceptions              aiohttp     tests/test_faults.py
transport.get_extra_info("socket")                    asyncio     every call opens a connection: correct, but slow
AioAWSResponse(url, status, headers, raw), raw.read   aiobotocore AttributeError at the first call
get_environ_proxies                                   botocore    ImportError
create_urllib3_context, get_cert_path, in tls.py      botocore    ImportError

Left out, because no operation of this service needs it: request bodies that are files or sent in chunks, streamed
responses, `read_timeout` in a request's context, and the environment variable BOTO_EXPERIMENTAL__ADD_PROXY_HOST_HEADER.
Refused when the client is opened, because it cannot be kept: see `create_transport`.

tests/_aws/test_digests.py fails when aiobotocore's session changes.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import select
from http import HTTPStatus
from typing import Any, Self
from weakref import WeakSet

import aiohttp
import attrs
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from botocore import exceptions as boto
from botocore.utils import get_environ_proxies
from yarl import URL

from ..errors import RequestError
from .phase import Phase, current_record
from .proxies import Proxies, Proxy, masked, parse_url
from .tls import Authorities, create_tls_context, is_permanent_tls_error

__all__ = ["BodyTooLargeError", "ClosedError", "Transport", "check_endpoint", "create_transport"]


class BodyTooLargeError(Exception):
    """The body of a successful response exceeds the limit. Not an exception of botocore, which would retry it."""


class ClosedError(Exception):
    """The client was closed before or while the request was sent."""


class Transport:
    """The HTTP connections of one client; an async context manager."""

    def __init__(
        self,
        connector: aiohttp.TCPConnector,
        timeout: aiohttp.ClientTimeout,
        proxies: Proxies,
        max_response_bytes: int,
    ) -> None:
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers={"Content-Type"},
            auto_decompress=False,
        )
        self._proxies = proxies
        self._max_response_bytes = max_response_bytes

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def send(self, request: Any) -> Any:
        """Send a prepared request of botocore and return its response.

        Raise BodyTooLargeError, ClosedError, or the exception of botocore that its handlers expect for the failure.
        """
        record = current_record()
        record.enter(Phase.CONNECT)
        proxy = self._proxies.find(request.url)
        try:
            async with self._session.request(
                request.method, URL(request.url, encoded=True), allow_redirects=False, **_arguments(request, proxy)
            ) as response:
                record.enter(Phase.READ)
                body = await self._read(response)
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.raw_headers}
            return AioAWSResponse(request.url, response.status, headers, _Body(body))
        except BodyTooLargeError:
            raise
        except Exception as error:  # noqa: BLE001  # aiohttp raises more than its own exceptions, OSErrors for example
            if self._session.closed:
                record.permanent = True
                raise ClosedError("the client is closed; call it inside `async with connect(...)`") from None
            record.permanent = is_permanent_tls_error(error) or isinstance(error, TypeError | ValueError)
            exception = _exception_class(error, record.phase, proxy)
            details = {
                "endpoint_url": masked(request.url),
                "proxy_url": str(proxy.url) if proxy is not None else None,
                "error": _reason(error),
            }
            _drop_tracebacks(error)
        # Raised outside the `except` block: inside it, __context__ would hold the signed request.
        raise exception(**details)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """Return the body. One above the limit: raise after a success; the body of an error is dropped."""
        body = bytearray()
        if (response.content_length or 0) <= self._max_response_bytes:
            while chunk := await response.content.readany():
                body += chunk
                if len(body) > self._max_response_bytes:
                    break
            else:
                return bytes(body)
        response.close()
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise BodyTooLargeError
        return b""


def _arguments(request: Any, proxy: Proxy | None) -> dict[str, Any]:
    """Return the headers, the body and the proxy of a request, as aiohttp takes them."""
    headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
    headers["Accept-Encoding"] = "identity"
    arguments = {"headers": headers, "data": request.body}
    if proxy is not None:
        if proxy.url is None:
            raise ValueError("the proxy cannot be used")
        if request.url.startswith("http:"):
            # aiohttp sends `proxy_headers` with CONNECT only, which plain HTTP does not use.
            headers |= proxy.headers
        arguments |= {"proxy": proxy.url, "proxy_headers": proxy.headers}
    return arguments


@attrs.frozen
class _Body:
    """The body of a response, as `AioAWSResponse` reads it."""

    content: bytes

    async def read(self) -> bytes:
        return self.content


# --- failures


def _exception_class(error: Exception, phase: Phase, proxy: Proxy | None) -> type[Exception]:
    """Return the class of botocore for an exception of aiohttp: botocore's retry handlers know only these."""
    name = "ConnectionClosedError"
    if isinstance(error, TimeoutError):
        name = "ConnectTimeoutError" if phase is Phase.CONNECT else "ReadTimeoutError"
    elif phase is Phase.CONNECT:
        if isinstance(error, aiohttp.ClientSSLError):
            name = "SSLError"
        else:
            name = "EndpointConnectionError" if proxy is None else "ProxyConnectionError"
    class_: type[Exception] = getattr(boto, name)
    return class_


def _drop_tracebacks(error: BaseException) -> None:
    """Let go of the frames of a failed request: aiohttp keeps some of its exceptions in reference cycles."""
    link: BaseException | None = error
    while link is not None and link.__traceback__ is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__


def _reason(error: Exception) -> str:
    """Return what failed, without secrets, in one line."""
    match error:
        case aiohttp.ClientResponseError():
            # Its text contains the URL and the headers of the request.
            text = f"{error.status} {error.message}"
        case aiohttp.ClientConnectorCertificateError():
            text = str(error.certificate_error)
        case aiohttp.ClientConnectorError():
            text = str(error.os_error)
        case _:
            text = str(error)
    return masked(" ".join(text.split()))[:300] or type(error).__name__


# --- connections


class _Connector(aiohttp.TCPConnector):
    """A pool that hands out no connection on which something has arrived before the request is written."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._handed_out: WeakSet[Any] = WeakSet()
        self._reads_ahead = _reads_ahead(asyncio.get_running_loop())

    async def connect(self, *args: Any, **kwargs: Any) -> aiohttp.connector.Connection:
        if self._reads_ahead:
            # Let the event loop handle what it has received; over TLS that takes three iterations.
            for _ in range(3):
                await asyncio.sleep(0)
        while True:
            connection = await super().connect(*args, **kwargs)
            protocol: Any = connection.protocol
            if protocol not in self._handed_out:
                # A new connection is not checked: over TLS it often has an unread session ticket.
                self._handed_out.add(protocol)
                break
            if not protocol.should_close and not _is_readable(protocol.transport):
                break
            connection.close()
        current_record().enter(Phase.SEND)
        return connection


def _reads_ahead(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the loop receives data before its handlers run, so that the socket does not show it (Windows)."""
    return isinstance(loop, getattr(asyncio, "ProactorEventLoop", ()))


def _is_readable(transport: asyncio.Transport) -> bool:
    """Whether the socket has unread data, an error, or its end. True also if that is not known."""
    sock = transport.get_extra_info("socket")
    if sock is None:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])


# --- from the configuration of a client


async def create_transport(aws: Any, authorities: Authorities, *, max_response_bytes: int) -> Transport:
    """Return the transport for an aiobotocore client.

    Raise RequestError for what aiohttp cannot do, or what cannot be used.
    """
    config: Any = aws.meta.config
    _check_config(config, max_response_bytes)
    endpoint_url: str = aws.meta.endpoint_url
    urls: dict[str, str] = get_environ_proxies(endpoint_url) if config.proxies is None else config.proxies
    proxies = Proxies(urls)
    uses_tls = _check_urls(endpoint_url, proxies, config)
    arguments: dict[str, Any] = dict(config.connector_args)
    if arguments.get("force_close") and arguments["keepalive_timeout"] == _DEFAULT_KEEPALIVE_TIMEOUT:
        # Added by AioConfig, not by the user; aiohttp refuses both together.
        del arguments["keepalive_timeout"]
    if "ssl_context" in arguments:
        if authorities.source == "verify" or config.client_cert is not None:
            raise RequestError(
                "connector_args has an ssl_context, which excludes verify and client_cert; load the files into it"
            )
        arguments["ssl"] = arguments.pop("ssl_context")
    elif uses_tls:
        arguments["ssl"] = await asyncio.to_thread(create_tls_context, authorities, config.client_cert)
    try:
        connector = _Connector(limit=config.max_pool_connections, **arguments)
    except (TypeError, ValueError) as error:
        raise RequestError(f"connector_args cannot be used: {error}") from error
    timeout = aiohttp.ClientTimeout(
        # `connect` includes the proxy's response to CONNECT. It also includes waiting for a free connection, but the
        # pacer begins no more calls at a time than the pool has connections.
        connect=config.connect_timeout,
        sock_connect=config.connect_timeout,
        sock_read=config.read_timeout,
    )
    return Transport(connector, timeout, proxies, max_response_bytes)


_DEFAULT_KEEPALIVE_TIMEOUT = AioConfig().connector_args.get("keepalive_timeout")


def _check_config(config: Any, max_response_bytes: object) -> None:
    if config.http_session_cls is not AIOHTTPSession:
        raise RequestError(
            "connect() sends requests itself and cannot use http_session_cls; "
            "create the aiobotocore client yourself, and wrap it: Client(aws)"
        )
    if config.max_pool_connections < 1:
        raise RequestError("max_pool_connections must be at least 1")
    if not isinstance(max_response_bytes, int) or max_response_bytes < 1:
        raise RequestError("max_response_bytes must be an integer of at least 1")


def check_endpoint(url: str) -> URL:
    """Return the URL of an endpoint, or raise a RequestError that says what it must be."""
    endpoint = parse_url(url)
    if endpoint is None:
        raise RequestError(f"the endpoint {masked(url)} cannot be used: it must be https://host or http://host:port")
    if endpoint.user is not None:
        raise RequestError(f"the endpoint {masked(url)} cannot be used: it must not have a user name or password")
    return endpoint


def _check_urls(url: str, proxies: Proxies, config: Any) -> bool:
    """Check the URLs of the endpoint and of its proxy; return whether one of them uses TLS."""
    endpoint = check_endpoint(url)
    proxy = proxies.find(url)
    if proxy is None:
        return endpoint.scheme == "https"
    if proxy.url is None:
        raise RequestError(
            f"the proxy for {endpoint.scheme} (proxies of the config, or HTTPS_PROXY and HTTP_PROXY) cannot be used: "
            "it must be http://host:port or https://host:port"
        )
    if proxy.url.scheme == "https" and (setting := _separate_tls_setting(config)):
        raise RequestError(
            f"{setting} cannot be used with an https:// proxy, because aiohttp has one TLS context for the proxy and "
            "the endpoint; use an http:// proxy, or put the authorities of both into one file and name it as verify"
        )
    return "https" in {endpoint.scheme, proxy.url.scheme}


def _separate_tls_setting(config: Any) -> str | None:
    """Return the name of a setting that is for the TLS of either the proxy or the endpoint."""
    settings: dict[str, Any] = {"client_cert": config.client_cert} | (config.proxies_config or {})
    names = ("proxy_client_cert", "proxy_ca_bundle", "client_cert")
    return next((name for name in names if settings.get(name) is not None), None)
