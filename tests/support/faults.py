"""The parts of the fault table in tests/test_faults.py: outcomes, rows, and ways to connect a client to the server."""

import json
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import attrs
from aiobotocore.config import AioConfig
from aiohttp.abc import AbstractResolver, ResolveResult

from cleanroomsml_client.errors import CleanRoomsMLError, ResponseError, ServiceError
from tests.support.wire import FaultServer, Script, error, hanging_port, refused_port

__all__ = [
    "ARN",
    "DATASET",
    "DOCUMENT",
    "ONCE",
    "THROTTLED",
    "TRANSIENT",
    "Fault",
    "Outcome",
    "Tries",
    "by_proxy",
    "by_refused_proxy",
    "by_tunnel",
    "direct",
    "error_row",
    "fails",
    "hanging",
    "over_tls",
    "refused",
    "refused_connection",
    "row",
    "succeeds",
    "unreadable",
    "unresolved",
    "valid",
]

# --- how a call ends


@attrs.frozen
class Tries:
    """How many attempts a call makes, and how long the call takes."""

    attempts: int
    least: float = 0
    """The shortest duration of the call, in seconds."""
    most: float = 0
    """The longest duration of the call, in seconds."""
    requests: int | None = None
    """How many requests or failed connections reach the server. None: one per attempt."""

    def doubled(self) -> "Tries":
        """Return the same with two requests per attempt: aiohttp repeats a GET if the connection closes too early."""
        return attrs.evolve(self, requests=2 * self.attempts)

    def not_received(self) -> "Tries":
        """Return the same, but nothing reaches the server."""
        return attrs.evolve(self, requests=0)


ONCE = Tries(1)
TRANSIENT = Tries(5, 0, 0.75)
"""Pauses of up to 50, 100, 200 and 400 ms."""
THROTTLED = Tries(5, 0, 15)
"""Pauses of up to 1, 2, 4 and 8 s."""


@attrs.frozen
class Outcome:
    """How a call ends."""

    tries: Tries
    raises: type[CleanRoomsMLError] | None = None
    """None: the call succeeds."""
    fields: Mapping[str, Any] = {}
    """The fields of the exception. A mapping has a value for each operation."""


def fails(raises: type[CleanRoomsMLError], tries: Tries = ONCE, **fields: Any) -> Outcome:
    """The call raises this exception."""
    return Outcome(tries, raises, fields)


def succeeds(tries: Tries = ONCE) -> Outcome:
    """The call returns the result of the service."""
    return Outcome(tries)


def unreadable(path: object = "$", tries: Tries = ONCE, *, incomplete: bool = False) -> Outcome:
    """The call raises a ResponseError, because the body of a success violates the contract."""
    return fails(ResponseError, tries, path=path, incomplete=incomplete, request_id="request-1")


def refused(status: int, code: str, raises: type[ServiceError], tries: Tries = ONCE, **fields: Any) -> Outcome:
    """The call raises the service's error."""
    return fails(raises, tries, code=code, status=status, request_id="request-1", **fields)


# --- rows


@attrs.frozen
class Fault:
    """A row of the table."""

    what: str
    scripts: tuple[Script, ...]
    get_and_list: Outcome
    create: Outcome
    way: Callable[[FaultServer], AbstractAsyncContextManager[dict[str, Any]]]
    """A context with the arguments for `connect`."""
    tls: bool
    """The server speaks TLS, with a certificate that is not trusted."""
    warm: bool
    """A get has succeeded before on the same connection."""


@asynccontextmanager
async def direct(server: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The server is the endpoint, over plain HTTP."""
    yield {"endpoint_url": f"http://127.0.0.1:{server.port}"}


def row(
    what: str,
    *scripts: Script,
    ends: Outcome,
    create: Outcome | Tries | None = None,
    way: Callable[[FaultServer], AbstractAsyncContextManager[dict[str, Any]]] = direct,
    tls: bool = False,
    warm: bool = False,
) -> Fault:
    """Return a row: what the server does and how calls end; `create` only where a create ends differently."""
    if create is None:
        create = ends
    elif isinstance(create, Tries):
        create = attrs.evolve(ends, tries=create)
    return Fault(what, scripts, ends, create, way, tls, warm)


def error_row(
    what: str,
    status: int,
    code: str,
    raises: type[ServiceError],
    tries: Tries = ONCE,
    *,
    create: Tries | None = None,
    headers: Mapping[str, str] | None = None,
    **fields: Any,
) -> Fault:
    """Return a row in which the service responds to every request with this error."""
    return row(
        what,
        error(status, code, headers=headers),
        ends=refused(status, code, raises, tries, **fields),
        create=create,
    )


# --- valid responses

ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:audience-model/a1"
DATASET = "arn:aws:cleanrooms-ml:us-east-1:123456789012:training-dataset/d1"


def valid(**members: object) -> dict[str, Any]:
    """Return a document that is a valid response to get, list and create."""
    model: dict[str, Any] = {
        "audienceModelArn": ARN,
        "name": "a",
        "status": "ACTIVE",
        "trainingDatasetArn": DATASET,
        "createTime": "2024-01-02T03:04:05Z",
        "updateTime": "2024-01-02T03:04:05Z",
    } | members
    return model | {"audienceModels": [model]}


DOCUMENT = json.dumps(valid()).encode()

# --- other ways to connect


@asynccontextmanager
async def refused_connection(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """There is no listener."""
    with refused_port() as port:
        yield {"endpoint_url": f"http://127.0.0.1:{port}"}


@asynccontextmanager
async def hanging(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The connection is never accepted."""
    with hanging_port() as port:
        yield {"endpoint_url": f"http://127.0.0.1:{port}"}


class _DeadResolver(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(f"no address for {host}:{port} in {family}")

    async def close(self) -> None:
        """Nothing to close."""


@asynccontextmanager
async def unresolved(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The host name has no address."""
    yield {
        "endpoint_url": "http://nonexistent.invalid",
        "config": AioConfig(connector_args={"resolver": _DeadResolver()}),
    }


@asynccontextmanager
async def over_tls(server: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The client speaks TLS to the server."""
    yield {"endpoint_url": f"https://127.0.0.1:{server.port}"}


@asynccontextmanager
async def by_proxy(server: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The server is the proxy for a plain endpoint."""
    yield {"endpoint_url": "http://cleanroomsml.test", "config": AioConfig(proxies={"http": server.url})}


@asynccontextmanager
async def by_tunnel(server: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The server is the proxy for a TLS endpoint: it receives a CONNECT."""
    yield {"endpoint_url": "https://cleanroomsml.test", "config": AioConfig(proxies={"https": server.url})}


@asynccontextmanager
async def by_refused_proxy(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The proxy is down."""
    with refused_port() as port:
        yield {
            "endpoint_url": "https://cleanroomsml.test",
            "config": AioConfig(proxies={"https": f"http://127.0.0.1:{port}"}),
        }
