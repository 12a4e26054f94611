"""Malformed and hostile requests, sent over plain sockets.

Each gets a response, or its connection is closed. None causes a traceback or an internal failure, and none blocks
other clients.
"""

import asyncio
import json
import logging
import socket
from urllib.parse import quote

import pytest
from yarl import URL

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Http

pytestmark = pytest.mark.virtual_time

PATIENCE = 60.0
"""Virtual seconds without a response after which a peer disconnects."""

JSON = b"Content-Type: application/json\r\n"


def post(body: bytes, headers: bytes = JSON) -> bytes:
    """Return a create request with this body."""
    return b"POST /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %d\r\n\r\n%s" % (
        headers,
        len(body),
        body,
    )


def get(target: bytes, version: bytes = b"HTTP/1.1", headers: bytes = b"Host: 127.0.0.1\r\n") -> bytes:
    """Return a request without a body."""
    return b"GET %s %s\r\n%s\r\n" % (target, version, headers)


def in_chunks(chunks: bytes) -> bytes:
    """Return a request whose body consists of these chunks."""
    return b"POST /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks


REQUESTS: dict[str, bytes] = {
    # Not HTTP.
    "garbage": b"\xde\xad\xbe\xef" * 64,
    "zeros": bytes(4096),
    "words": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x12\x04\x00\x00\x00\x00\x00",
    "an endless line": b"GET /" + b"a" * 200_000,
    # Headers.
    "no host": get(b"/training-dataset", headers=b""),
    "two hosts": get(b"/training-dataset", headers=b"Host: 127.0.0.1\r\nHost: y\r\n"),
    "a huge header": get(b"/training-dataset", headers=b"X-Huge: " + b"x" * 100_000 + b"\r\n"),
    "many headers": get(b"/training-dataset", headers=b"".join(b"X-%d: x\r\n" % number for number in range(10_000))),
    "a header without a colon": get(b"/training-dataset", headers=b"nonsense\r\n"),
    "a header without a name": get(b"/training-dataset", headers=b": x\r\n"),
    "a folded header": get(b"/training-dataset", headers=b"X-A: b\r\n c\r\n"),
    "a header of zeros": get(b"/training-dataset", headers=b"X-A: \x00\r\n"),
    "a header in Latin-1": get(b"/training-dataset", headers=b"Host: 127.0.0.1\r\nX-A: \xe4\xff\r\n"),
    "an authorization of nonsense": get(
        b"/training-dataset", headers=b"Host: 127.0.0.1\r\nAuthorization: Credential=\xff//,\r\n"
    ),
    "an upgrade": get(
        b"/training-dataset", headers=b"Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    ),
    "an expectation": get(b"/training-dataset", headers=b"Host: 127.0.0.1\r\nExpect: a-miracle\r\n"),
    # Versions and methods.
    "HTTP/1.0": get(b"/training-dataset", b"HTTP/1.0"),
    "HTTP/3.7": get(b"/training-dataset", b"HTTP/3.7"),
    "no method": b" /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a method of nonsense": b"G@T /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "an unheard of method": b"FROBNICATE /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "CONNECT": b"CONNECT elsewhere.test:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "OPTIONS *": b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    # Request targets.
    "a target of nonsense": get(b"training-dataset"),
    "an empty target": get(b""),
    "a path upwards": get(b"/training-dataset/../../../../etc/passwd"),
    "an encoded path upwards": get(b"/training-dataset/%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
    "a doubly encoded path upwards": get(b"/training-dataset/%252e%252e%252fetc%252fpasswd"),
    "a percent sign alone": get(b"/training-dataset/%"),
    "half an escape": get(b"/training-dataset/%2"),
    "an escape of nonsense": get(b"/training-dataset/%zz"),
    "zeros in the path": get(b"/training-dataset/%00%00"),
    "a path in Latin-1": get(b"/training-dataset/\xe4"),
    "a path of no UTF-8": get(b"/training-dataset/%ff%fe"),
    "slashes": get(b"//" * 1000),
    "a fragment": get(b"/training-dataset#x"),
    "another host": get(b"http://elsewhere.test/training-dataset"),
    "a host of nonsense": get(b"http://[/training-dataset"),
    "another scheme": get(b"file:///etc/passwd"),
    "a query of nonsense": get(b"/training-dataset?%zz&&=&maxResults&maxResults=%ff"),
    "a huge number": get(b"/training-dataset?maxResults=" + b"9" * 5000),
    "a number of other digits": get("/training-dataset?maxResults=٣".encode()),
    "many parameters": get(b"/training-dataset?" + b"a=b&" * 1500),
    "a token of nonsense": get(b"/training-dataset?nextToken=%00%F0%9F%98%80"),
    # Lengths and chunks.
    "a negative length": post(b"").replace(b"Length: 0", b"Length: -1"),
    "a length in words": post(b"").replace(b"Length: 0", b"Length: many"),
    "a huge length": post(b"").replace(b"Length: 0", b"Length: " + b"9" * 50),
    "two lengths": post(b"{}", b"Content-Length: 1\r\n"),
    "a length and chunks": post(b"0\r\n\r\n", b"Transfer-Encoding: chunked\r\n"),
    "a chunk size of nonsense": in_chunks(b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk": in_chunks(b"-2\r\n{}\r\n0\r\n\r\n"),
    "a huge chunk": in_chunks(b"f" * 100 + b"\r\n{}"),
    "a chunk that is longer than it says": in_chunks(b"1\r\n{}\r\n0\r\n\r\n"),
    "a chunk extension": in_chunks(b"2;" + b"x" * 100_000 + b"\r\n{}\r\n0\r\n\r\n"),
    "trailers": in_chunks(b"2\r\n{}\r\n0\r\nX-A: b\r\n\r\n"),
    "an unknown transfer encoding": post(b"", b"Transfer-Encoding: rot13\r\n"),
    "more than a body": post(b"{}") + b"left over",
    # Bodies.
    "binary": post(bytes(range(256))),
    "no UTF-8": post(b'{"name": "\xff"}'),
    "UTF-16": post("{}".encode("utf-16")),
    "bad JSON": post(b'{"name": '),
    "no object": post(b"[]"),
    "NaN": post(b'{"name": NaN, "tags": {"a": Infinity}}'),
    "deep JSON": post(b'{"a":' * 100_000),
    "deep lists": post(b'{"trainingData": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a huge integer": post(b'{"name": ' + b"9" * 100_000 + b"}"),
    "a huge exponent": post(b'{"name": 1e999999999}'),
    "half a surrogate pair": post(b'{"name": "\\ud800", "\\udfff": 1}'),
    "the same member twice": post(b'{"name": "a", "name": ["a"]}'),
    "__proto__": post(b'{"__proto__": {"a": 1}, "__class__": "x", "__type": 5}'),
    "a list of nothing": post(b'{"name": null, "trainingData": [null, [null]]}'),
    "many items": post(b'{"name": "a", "trainingData": [' + b"{}," * 50_000 + b"{}]}"),
    "many tags": post(json.dumps({"tags": {str(number): "" for number in range(20_000)}}).encode()),
    "a body on a get": get(b"/training-dataset", headers=b"Host: 127.0.0.1\r\nContent-Length: 4\r\n") + b"null",
    "a wrong content type": post(b"{}", b"Content-Type: text/html\r\n"),
    "a content type of nonsense": post(b"{}", b"Content-Type: ;;;=\xff\r\n"),
    "a charset of nonsense": post(b"{}", b"Content-Type: application/json; charset=klingon\r\n"),
    "a form": post(b"a=b", b"Content-Type: application/x-www-form-urlencoded\r\n"),
    "broken gzip": post(b"\x1f\x8b\x08nonsense", b"Content-Encoding: gzip\r\n"),
    "an unknown content encoding": post(b"{}", b"Content-Encoding: rot13\r\n"),
    # Larger than the limit.
    "a large body": post(b" " * (2**23 + 1)),
    "a large body in one chunk": in_chunks(b"%x\r\n%s\r\n0\r\n\r\n" % (2**24, b" " * 2**24)),
    "large without end": in_chunks(b"%x\r\n%s" % (2**30, b" " * 2**25)),
}

UNFINISHED: dict[str, bytes] = {
    "half a request line": b"GET /train",
    "half a header": b"GET /training-dataset HTTP/1.1\r\nHos",
    "no end of headers": b"GET /training-dataset HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "half a body": post(b"{}").replace(b"Content-Length: 2", b"Content-Length: 200"),
    "half a chunk": in_chunks(b"ff\r\n{"),
    "nothing": b"",
    "a line feed": b"\n",
    "HTTP/0.9": b"GET /training-dataset\r\n",
}


class Peer:
    """A client that sends any bytes."""

    def __init__(self, service: LocalService) -> None:
        self._url = URL(service.endpoint_url)

    async def send(self, *pieces: bytes, rounds: int = 0) -> bytes:
        """Send the pieces one by one; return what the service sends until it closes the connection or stops sending."""
        reader, writer = await asyncio.open_connection(self._url.host, self._url.port)
        received = bytearray()
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                for _ in range(rounds):
                    await asyncio.sleep(0)
            async with asyncio.timeout(PATIENCE):
                while more := await reader.read(65536):
                    received += more
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.close()
        return bytes(received)


@pytest.fixture
def peer(service: LocalService) -> Peer:
    """A client of the service that sends any bytes."""
    return Peer(service)


def statuses(received: bytes) -> list[int]:
    """Return the statuses of all responses on a connection."""
    return [int(head[:3]) for version in (b"HTTP/1.1 ", b"HTTP/1.0 ") for head in received.split(version)[1:]]


async def is_healthy(http: Http, caplog: pytest.LogCaptureFixture) -> bool:
    """Return whether the service had no internal failure and serves the next client."""
    failures = [record for record in caplog.records if record.name == "cleanroomsml_client.local"]
    received = await http("GET", "/audience-model")
    return not failures and (received.status, received.body) == (200, '{"audienceModels": []}')


def reveals_nothing(received: bytes) -> bool:
    """Return whether a response contains no traceback, path or file of this machine."""
    return not any(secret in received for secret in (b"Traceback", b'File "', b".py", b"root:"))


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS)
async def test_hostile_request(request_bytes: bytes, peer: Peer, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """A hostile request succeeds or gets a 4xx response, without internal details."""
    received = await peer.send(request_bytes)
    assert statuses(received)
    assert all(200 <= status < 500 for status in statuses(received))
    assert reveals_nothing(received)
    assert await is_healthy(http, caplog)


@pytest.mark.parametrize("request_bytes", UNFINISHED.values(), ids=UNFINISHED)
async def test_unfinished_request(
    request_bytes: bytes, peer: Peer, http: Http, caplog: pytest.LogCaptureFixture
) -> None:
    """The service waits for the rest of a request, and continues to serve others after the client disconnects."""
    assert await peer.send(request_bytes) == b""
    assert await is_healthy(http, caplog)


@pytest.mark.parametrize("name", ["HTTP/1.0", "bad JSON", "no UTF-8"])
async def test_request_byte_by_byte(name: str, peer: Peer, http: Http, caplog: pytest.LogCaptureFixture) -> None:
    """A request that arrives byte by byte gets the usual response."""
    request_bytes = REQUESTS[name]
    expected = statuses(await peer.send(request_bytes))
    pieces = [request_bytes[index : index + 1] for index in range(len(request_bytes))]
    assert statuses(await peer.send(*pieces, rounds=1)) == expected != []
    assert await is_healthy(http, caplog)


async def test_pipelined_requests(peer: Peer, service: LocalService) -> None:
    """Pipelined requests get their responses in order."""
    arn = quote(service.add_training_dataset(name="here"), safe="").encode()
    received = await peer.send(
        get(b"/training-dataset/" + arn) + get(b"/nowhere") + post(b"{}") + get(b"/training-dataset/" + arn)
    )
    assert statuses(received) == [200, 404, 400, 200]
    assert received.count(b'"name": "here"') == 2


async def test_idle_connections_block_nobody(
    service: LocalService, http: Http, caplog: pytest.LogCaptureFixture
) -> None:
    """A hundred connections with no request, or half of one, block neither other clients nor stopping."""
    url = URL(service.endpoint_url)
    idle = [await asyncio.open_connection(url.host, url.port) for _ in range(100)]
    for _, writer in idle[::2]:
        writer.write(b"POST /training-dataset HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
    assert await is_healthy(http, caplog)
    await service.__aexit__(None, None, None)
    for reader, writer in idle:
        assert reveals_nothing(await reader.read())
        writer.close()


async def test_large_body_is_not_read_to_its_end(peer: Peer, service: LocalService) -> None:
    """A body above the limit is read only up to the limit; the request is refused or closed."""
    received = await peer.send(REQUESTS["large without end"])
    assert statuses(received) == [413]
    assert service.requests[-1].params == {}
    assert service.requests[-1].status == 413


async def test_listens_on_loopback_only(service: LocalService) -> None:
    """By default the socket is bound to the loopback address, so that no other machine can connect."""
    port = URL(service.endpoint_url).port
    assert port is not None
    with socket.socket() as probe:
        # On another address, the port is free.
        probe.bind(("127.0.0.2", port))
    with socket.socket() as probe, pytest.raises(OSError, match="in use"):
        probe.bind(("127.0.0.1", port))


async def test_hostile_requests_are_not_logged(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    """The service logs nothing about malformed requests, so they cannot write into its log."""
    caplog.set_level(logging.DEBUG, "cleanroomsml_client.local")
    for name in ("garbage", "bad JSON", "a huge header", "NaN"):
        await peer.send(REQUESTS[name])
    assert [record for record in caplog.records if record.name.startswith("cleanroomsml_client")] == []
