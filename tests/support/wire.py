"""A loopback server that plays a script, byte for byte, for each request.

A script says what happens after a request has been read: bytes to send, pauses, and how the connection ends. Without
an end the connection stays open for the next request. Scripts are played in order; the last one is repeated.
"""

import asyncio
import gzip
import json
import socket
import ssl
import struct
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from http.client import responses
from types import TracebackType
from typing import Self

import attrs

__all__ = [
    "FIN",
    "RST",
    "STALL",
    "UNREAD",
    "FaultServer",
    "Pause",
    "Request",
    "Script",
    "chunked",
    "error",
    "gzipped",
    "hanging_port",
    "refused_port",
    "response",
]


class _Step(Enum):
    FIN = "close the connection"
    RST = "reset the connection"
    STALL = "send nothing more"
    UNREAD = "first in a script: play the rest when the connection is accepted, without reading a request"


FIN, RST, STALL, UNREAD = _Step.FIN, _Step.RST, _Step.STALL, _Step.UNREAD


@attrs.frozen
class Pause:
    """Send nothing for this many seconds."""

    seconds: float


Script = bytes | tuple[bytes | Pause | _Step, ...]


@attrs.frozen
class Request:
    """A request as it was received."""

    method: str
    target: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = attrs.field(repr=False)


# --- bytes


def response(
    status: int, body: object = b"", headers: Mapping[str, str] | None = None, *, version: str = "1.1"
) -> bytes:
    """Return a response; its Content-Length is right unless `headers` has one. Any body but bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "x-amzn-RequestId": "request-1"} | dict(headers or {})
    if "Transfer-Encoding" not in sent:
        sent = {"Content-Length": str(len(content))} | sent
    lines = [f"HTTP/{version} {status} {responses.get(status, 'Unheard Of')}", *(f"{k}: {v}" for k, v in sent.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def error(
    status: int, code: str, message: str = "no", headers: Mapping[str, str] | None = None, **members: object
) -> bytes:
    """Return an error response of the service: the code in a header, the message in the body."""
    return response(status, {"message": message, **members}, {"x-amzn-ErrorType": code, **(headers or {})})


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a success in chunks; `end` follows the last piece."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return response(200, body + end, {"Transfer-Encoding": "chunked"})


def gzipped(document: object) -> bytes:
    """Return a compressed success, which no request asks for."""
    return response(200, gzip.compress(json.dumps(document).encode()), {"Content-Encoding": "gzip"})


# --- servers


class FaultServer:
    """Plays the scripts while its context lasts."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.played = 0
        """How many scripts were played: one per request, or one per connection that was not read."""
        self._scripts: Sequence[Script] = scripts
        self._tls = tls
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """The loopback port."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """The URL of the server, as an endpoint or as a proxy."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                is_open = True
                while is_open:
                    if self._next_script()[:1] != (UNREAD,):
                        self.requests.append(await _read_request(reader))
                    script = self._next_script()
                    self.played += 1
                    is_open = await _play(script, reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _next_script(self) -> tuple[bytes | Pause | _Step, ...]:
        script = self._scripts[min(self.played, len(self._scripts) - 1)]
        return (script,) if isinstance(script, bytes) else script


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


async def _play(
    script: tuple[bytes | Pause | _Step, ...], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Play a script; return whether the connection is still open."""
    for step in script:
        match step:
            case bytes():
                writer.write(step)
                await writer.drain()
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case _Step.STALL:
                await reader.read()
                return False
            case _Step.RST:
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return False
            case _Step.FIN:
                return False
            case _Step.UNREAD:
                pass
    return True


@contextmanager
def refused_port() -> Generator[int]:
    """A port without a listener, which no other program can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def hanging_port() -> Generator[int]:
    """A port on which connecting never ends: the queue of the listener is full and it accepts nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        queued = [socket.socket() for _ in range(4)]
        try:
            for connection in queued:
                connection.setblocking(False)  # noqa: FBT003  # positional in the standard library
                connection.connect_ex(listener.getsockname())
            yield listener.getsockname()[1]
        finally:
            for connection in queued:
                connection.close()
