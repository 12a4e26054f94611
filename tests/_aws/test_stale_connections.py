"""Nothing that arrived before a request was written is taken for its response.

These tests also notice if aiohttp no longer calls `_Connector.connect`: then each of them fails.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
import trustme
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    NO_RETRY,
    Client,
    connect,
    create_audience_model,
    get_audience_model,
    list_audience_models,
)
from tests.support.blocking_server import BlockingServer, Serve, http_response
from tests.support.faults import ARN, DATASET, valid

pytestmark = pytest.mark.slow

SESSION = AioSession()


async def _get(client: Client) -> str:
    return (await get_audience_model(client, ARN)).name


async def _list(client: Client) -> str:
    (model,) = [model async for model in list_audience_models(client)]
    return model.name


async def _create(client: Client) -> str:
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


CALLS: dict[str, Callable[[Client], Awaitable[str]]] = {"get": _get, "list": _list, "create": _create}


def numbered(number: object) -> bytes:
    """Return a response to each of the calls, whose result is this number as text."""
    return http_response(valid(name=f"{number}") | {"audienceModelArn": f"{number}"})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The authority of the TLS servers."""
    return trustme.CA()


@pytest.fixture(params=["plain", "TLS"])
def serve(request: pytest.FixtureRequest, authority: trustme.CA, tmp_path: Any) -> Callable[[Serve], Any]:
    """Return a context manager that yields a server and the arguments of `connect`, over plain HTTP or TLS."""
    tls: ssl.SSLContext | None = None
    verify: str | None = None
    if request.param == "TLS":
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate: Any = authority.issue_cert("127.0.0.1")
        certificate.configure_cert(tls)
        verify = str(tmp_path / "authority.pem")
        authority.cert_pem.write_to_path(verify)

    @contextmanager
    def start(script: Serve) -> Generator[tuple[BlockingServer, dict[str, Any]]]:
        with BlockingServer(script, tls=tls) as server:
            yield server, {"endpoint_url": server.url, "verify": verify, "session": SESSION, "retry": NO_RETRY}

    return start


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
@pytest.mark.parametrize("call", CALLS)
async def test_a_second_response_is_not_used(call: str, *, frozen: bool, serve: Callable[[Serve], Any]) -> None:
    """A server sends one more response after the first: the next call opens a connection, and gets its own response."""
    sent = threading.Event()

    def script(connection: socket.socket, number: int) -> None:
        connection.sendall(numbered(number))
        if number == 1:
            released.wait(10)
            connection.sendall(numbered("STALE"))
            sent.set()

    released = threading.Event()
    with serve(script) as (server, arguments):
        async with connect(**arguments) as client:
            results = [await CALLS[call](client)]
            released.set()
            await _until(sent, frozen=frozen)
            results += [await CALLS[call](client) for _ in range(3)]
        assert results == ["1", "2", "3", "4"]
        assert server.connections == 2


@pytest.mark.parametrize("frozen", [False, True], ids=["running", "frozen"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("last", [b"", http_response(b"", 408, "Connection: close\r\n"), b"\x00garbage"])
async def test_a_connection_closed_while_idle_is_not_used(
    last: bytes,
    call: str,
    *,
    frozen: bool,
    serve: Callable[[Serve], Any],
) -> None:
    """A server closes an idle connection, perhaps with a 408: the next call opens one, and is sent once."""

    def script(connection: socket.socket, number: int) -> bool | None:
        connection.sendall(numbered(number))
        if number > 1:
            return None
        released.wait(10)
        connection.sendall(last)
        return False

    released = threading.Event()
    with serve(script) as (server, arguments):
        async with connect(**arguments) as client:
            results = [await CALLS[call](client)]
            released.set()
            await _until(server.closed, frozen=frozen)
            results += [await CALLS[call](client) for _ in range(2)]
        assert results == ["1", "2", "3"]
        assert server.connections == 2


async def test_an_idle_connection_is_used_again(serve: Callable[[Serve], Any]) -> None:
    """A connection on which nothing has arrived is kept."""

    def script(connection: socket.socket, number: int) -> None:
        connection.sendall(numbered(number))

    with serve(script) as (server, arguments):
        async with connect(**arguments) as client:
            assert [await _create(client) for _ in range(3)] == ["1", "2", "3"]
        assert server.connections == 1


async def _until(event: threading.Event, *, frozen: bool) -> None:
    """Wait for the server; frozen: the event loop handles nothing that arrives meanwhile."""
    if frozen:
        assert event.wait(10)
    else:
        assert await asyncio.to_thread(event.wait, 10)
        await asyncio.sleep(0.05)
