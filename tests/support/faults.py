"""The words of the fault table: what a row says, and the ways by which a client is led into trouble."""

import json
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import attrs
from aiobotocore.config import AioConfig
from aiohttp.abc import AbstractResolver, ResolveResult

from cleanroomsml_client.errors import CleanRoomsMLError, ResponseError, ServiceError
from tests.support.wire import FaultServer, Script, error, refused_port, unanswered_port

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
    "fails",
    "over_tls",
    "promised",
    "refused",
    "row",
    "said",
    "says",
    "succeeds",
    "unanswered",
    "unreadable",
    "unresolved",
]

# --- how a call ends


@attrs.frozen
class Tries:
    """How often and how long a call is tried."""

    attempts: int
    least: float = 0
    """Seconds that the call takes at least."""
    most: float = 0
    requests: int | None = None
    """What reaches the server, be it a connection that comes to nothing; None: one request an attempt."""

    def doubled(self) -> "Tries":
        """Aiohttp itself repeats a GET once when the connection breaks before the answer."""
        return attrs.evolve(self, requests=2 * self.attempts)

    def unseen(self) -> "Tries":
        """Nothing reaches the server."""
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
    """None: it succeeds."""
    fields: Mapping[str, Any] = {}
    """What the exception says. A mapping has a value for each operation."""


def fails(raises: type[CleanRoomsMLError], tries: Tries = ONCE, **fields: Any) -> Outcome:
    """It ends with this exception."""
    return Outcome(tries, raises, fields)


def succeeds(tries: Tries = ONCE) -> Outcome:
    """It returns what the service meant."""
    return Outcome(tries)


def unreadable(path: object = "$", tries: Tries = ONCE, *, incomplete: bool = False) -> Outcome:
    """It ends with a success whose body does not keep the promise."""
    return fails(ResponseError, tries, path=path, incomplete=incomplete, request_id="request-1")


def said(status: int, code: str, raises: type[ServiceError], tries: Tries = ONCE, **fields: Any) -> Outcome:
    """It ends with an error of the service's own."""
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
    """How the client is led to the server, or past it."""
    tls: bool
    """The server speaks TLS, with a certificate that nobody has a reason to trust."""
    warm: bool
    """A successful get has gone before on the same connection."""


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
    """What the server does and how it ends; `create` says where a create ends otherwise, or is tried otherwise."""
    if create is None:
        create = ends
    elif isinstance(create, Tries):
        create = attrs.evolve(ends, tries=create)
    return Fault(what, scripts, ends, create, way, tls, warm)


def says(  # what the service says, and what comes of it
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
    """The service says no in its own words, again and again."""
    return row(
        what, error(status, code, headers=headers), ends=said(status, code, raises, tries, **fields), create=create
    )


# --- what the service promises

ARN = "arn:aws:cleanrooms-ml:us-east-1:123456789012:audience-model/a1"
DATASET = "arn:aws:cleanrooms-ml:us-east-1:123456789012:training-dataset/d1"


def promised(**members: object) -> dict[str, Any]:
    """A document that answers get, list and create at once."""
    model: dict[str, Any] = {
        "audienceModelArn": ARN,
        "name": "a",
        "status": "ACTIVE",
        "trainingDatasetArn": DATASET,
        "createTime": "2024-01-02T03:04:05Z",
        "updateTime": "2024-01-02T03:04:05Z",
    } | members
    return model | {"audienceModels": [model]}


DOCUMENT = json.dumps(promised()).encode()

# --- other ways


@asynccontextmanager
async def refused(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """Nobody listens."""
    with refused_port() as port:
        yield {"endpoint_url": f"http://127.0.0.1:{port}"}


@asynccontextmanager
async def unanswered(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The connection is never accepted."""
    with unanswered_port() as port:
        yield {"endpoint_url": f"http://127.0.0.1:{port}"}


class _DeadResolver(AbstractResolver):
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(f"no address for {host}:{port} in {family}")

    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def unresolved(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The name has no address."""
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
    """The server is the proxy for a TLS endpoint: it is asked to CONNECT."""
    yield {"endpoint_url": "https://cleanroomsml.test", "config": AioConfig(proxies={"https": server.url})}


@asynccontextmanager
async def by_refused_proxy(_: FaultServer) -> AsyncGenerator[dict[str, Any]]:
    """The proxy is down."""
    with refused_port() as port:
        yield {
            "endpoint_url": "https://cleanroomsml.test",
            "config": AioConfig(proxies={"https": f"http://127.0.0.1:{port}"}),
        }
