"""The server of every competitor: `python -m benchmarks.stub`. It sends fixed responses.

It prints its address and serves until its standard input is closed.
"""

import asyncio
import re
import sys
from typing import cast

from .fixtures import http_response

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


class _Connection(asyncio.Protocol):
    _transport: asyncio.Transport
    _unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (end := self._unread.find(_END)) >= 0:
            head = self._unread[:end]
            length = _LENGTH.search(head)
            whole = end + len(_END) + (int(length[1]) if length else 0)
            if len(self._unread) < whole:
                return
            self._unread = self._unread[whole:]
            method, target, _ = head.split(b" ", 2)
            self._transport.write(http_response(method.decode(), target.decode()))


async def main() -> None:
    """Serve on a free loopback port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        print(f"http://{host}:{port}", flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
