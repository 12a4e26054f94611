"""A loopback server in a thread: it works on while the event loop of a test is blocked, as in a frozen process."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

__all__ = ["BlockingServer", "Serve", "http_response"]

Serve = Callable[[socket.socket, int], bool | None]
"""Called in the thread of a connection after each request, with the number of the request, counted from 1 over all
connections. False: the server closes the connection."""


def http_response(body: bytes | Mapping[str, Any], status: int = 200, headers: str = "") -> bytes:
    """Return a response with the right length; each of `headers` ends with CRLF."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.1 {status} Text\r\nContent-Length: {len(content)}\r\n{headers}\r\n".encode("latin-1") + content


class BlockingServer:
    """Serves each connection in its own thread until the context ends."""

    def __init__(self, serve: Serve, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        """The requests as they were received, heads and bodies."""
        self.connections = 0
        self.closed = threading.Event()
        """Set when the server has closed a connection."""
        self._serve = serve
        self._tls = tls
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(timeout=10)

    @property
    def port(self) -> int:
        """The loopback port."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """The URL of the server."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                # Without it, a second response may wait for the acknowledgement of the first.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._open.append(connection)
                self._start(self._handle, connection)

    def _handle(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            while request := _read_request(connection):
                with self._lock:
                    self.requests.append(request)
                    number = len(self.requests)
                if self._serve(connection, number) is False:
                    break
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()
        self.closed.set()


def _read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0].partition(b":")[2]) - len(body) if lengths else 0
    while missing > 0:
        chunk = connection.recv(missing)
        received += chunk
        missing -= len(chunk)
    return received
