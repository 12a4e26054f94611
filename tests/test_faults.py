"""Faults between a client and the service, and the outcome for the caller.

`FAULTS` is one table. Each row says what the server does, how get and list end, and how create ends: with which
exception, which fields, how many attempts, and in how much virtual time. For every row and operation a test checks that
the exception is of exactly that class, that no value is invented, and that no task, socket or warning is left behind.
"""

import asyncio
import gzip
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiobotocore.session import AioSession

from cleanroomsml_client._client import Client
from cleanroomsml_client._connect import connect
from cleanroomsml_client._retry import NO_RETRY, Attempt
from cleanroomsml_client.errors import (
    AccessDeniedError,
    CleanRoomsMLError,
    ConflictError,
    DeadlineError,
    InternalServiceError,
    ResourceNotFoundError,
    ResponseError,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
    ValidationError,
)
from cleanroomsml_client.resources.audience_models import (
    create_audience_model,
    get_audience_model,
    list_audience_models,
)
from tests.support.faults import (
    ARN,
    DATASET,
    DOCUMENT,
    ONCE,
    THROTTLED,
    TRANSIENT,
    Fault,
    Outcome,
    Tries,
    by_proxy,
    by_refused_proxy,
    by_tunnel,
    error_row,
    fails,
    hanging,
    over_tls,
    refused,
    refused_connection,
    row,
    succeeds,
    unreadable,
    unresolved,
    valid,
)
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import running_loop
from tests.support.wire import FIN, RST, STALL, UNREAD, FaultServer, Pause, chunked, error, gzipped, response

pytestmark = pytest.mark.virtual_time

GOOD = response(200, DOCUMENT)
HTML = b"<html><body>Bad Gateway</body></html>"
CONFLICT = {"x-amzn-ErrorType": "ConflictException"}
ARN_PATH = {"get": "$.audienceModelArn", "list": "$.audienceModels[0].audienceModelArn", "create": "$.audienceModelArn"}
TIME_PATH = {"get": "$.createTime", "list": "$.audienceModels[0].createTime"}
FIRST_PATH = ARN_PATH | {"list": "$.audienceModels"}

STALE = response(200, valid(name="stale", audienceModelArn="stale"))
LARGE = 17 * 1024 * 1024
TOO_LARGE = fails(ResponseError, path="$", incomplete=False, request_id=None)

NOT_SENT = fails(TransportError, TRANSIENT, request_sent=False)
NOT_SENT_TWICE = fails(TransportError, TRANSIENT.doubled(), request_sent=False)
NOT_RECEIVED = fails(TransportError, TRANSIENT.not_received(), request_sent=False)
NO_CONNECTION = fails(TransportError, Tries(5, 50, 56), request_sent=False)
"""The connect timeout ends each attempt after 10 s."""
LOST = fails(TransportError, TRANSIENT, request_sent=True)
LOST_TWICE = fails(TransportError, TRANSIENT.doubled(), request_sent=True)
TIMED_OUT = fails(DeadlineError, Tries(2, 60, 60), timeout=60)
"""The timeout of the call expires in its second attempt."""
READ_TIMEOUT = fails(TransportError, Tries(1, 30, 30), request_sent=True)
TRUNCATED = unreadable(tries=TRANSIENT, incomplete=True)
CONFLICT_ERROR = refused(409, "ConflictException", ConflictError)
FAILED_ONCE = refused(500, "InternalServiceException", InternalServiceError)

# fmt: off
FAULTS = [
    # No connection: nothing was sent, so creates are retried, too.
    row("refused port", way=refused_connection, ends=NOT_RECEIVED),
    row("dead DNS name", way=unresolved, ends=NOT_RECEIVED),
    row("connecting stalls", way=hanging, ends=fails(TransportError, Tries(5, 50, 56, 0), request_sent=False)),
    row("self-signed certificate", GOOD, way=over_tls, tls=True,
        ends=fails(TransportError, ONCE.not_received(), request_sent=False, permanent=True)),
    row("no TLS where TLS is expected", (UNREAD, HTML, STALL), way=over_tls, ends=NOT_SENT),
    row("TLS handshake stalls", (UNREAD, STALL), way=over_tls, ends=NO_CONNECTION),
    row("proxy refused", way=by_refused_proxy, ends=NOT_RECEIVED),
    row("proxy responds to CONNECT with 407", response(407), way=by_tunnel, ends=NOT_SENT),
    row("proxy responds to CONNECT with 502", response(502), way=by_tunnel, ends=NOT_SENT),
    row("proxy closes on CONNECT", (FIN,), way=by_tunnel, ends=NOT_SENT_TWICE, create=TRANSIENT),
    row("proxy resets on CONNECT", (RST,), way=by_tunnel, ends=NOT_SENT_TWICE, create=TRANSIENT),
    row("proxy responds to CONNECT with an SSH banner", (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FIN), way=by_tunnel,
        ends=NOT_SENT),
    row("proxy does not respond to CONNECT", (STALL,), way=by_tunnel, ends=NO_CONNECTION),
    row("proxy works", GOOD, way=by_proxy, ends=succeeds()),
    row("proxy cannot reach the endpoint", response(502, HTML), way=by_proxy,
        ends=refused(502, "502", ServiceError, TRANSIENT), create=ONCE),

    # The connection breaks: whether the service executed the request is unknown, so creates are not retried.
    row("FIN on connecting", (UNREAD, FIN), ends=LOST_TWICE, create=ONCE),
    row("RST on connecting", (UNREAD, RST), ends=LOST_TWICE, create=ONCE),
    row("FIN before the response", (FIN,), ends=LOST_TWICE, create=ONCE),
    row("RST before the response", (RST,), ends=LOST_TWICE, create=ONCE),
    row("FIN in the status line", (b"HTTP/1.1 2", FIN), ends=LOST_TWICE, create=ONCE),
    row("FIN in the headers", (GOOD[:60], FIN), ends=LOST_TWICE, create=ONCE),
    row("RST in the headers", (GOOD[:60], RST), ends=LOST_TWICE, create=ONCE),
    row("FIN in the body", (GOOD[:-20], FIN), ends=LOST, create=ONCE),
    row("RST in the body", (GOOD[:-20], Pause(1), RST),
        ends=fails(TransportError, Tries(5, 5, 5.75), request_sent=True), create=Tries(1, 1, 1)),
    row("FIN in a chunk", (chunked(DOCUMENT)[:-20], FIN), ends=LOST, create=ONCE),
    row("FIN before the last chunk", (chunked(DOCUMENT, end=b""), FIN), ends=LOST, create=ONCE),
    row("TLS where none is expected", GOOD, tls=True,
        ends=fails(TransportError, TRANSIENT.not_received(), request_sent=True), create=ONCE.not_received()),

    # The service is slow.
    row("a slow response", (Pause(20), GOOD), ends=succeeds(Tries(1, 20, 20))),
    row("no response", (STALL,), ends=TIMED_OUT, create=READ_TIMEOUT),
    row("the body stalls", (GOOD[:-20], STALL), ends=TIMED_OUT, create=READ_TIMEOUT),
    row("the body arrives too slowly", (GOOD[:-20], *(Pause(20), b" ") * 9),
        ends=fails(DeadlineError, Tries(1, 60, 60), timeout=60)),
    row("slow failures", (Pause(25), error(503, "ServiceUnavailable")),
        ends=fails(DeadlineError, Tries(3, 60, 60), timeout=60),
        create=refused(503, "ServiceUnavailable", ServiceError, Tries(1, 25, 25))),

    # Malformed HTTP.
    row("an SSH banner", (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", FIN), ends=LOST, create=ONCE),
    row("a status that is not a number", b"HTTP/1.1 OK\r\n\r\n", ends=LOST, create=ONCE),
    row("a header without a colon", b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", ends=LOST, create=ONCE),
    row("a huge header", response(200, DOCUMENT, {"X-Huge": "x" * 100_000}), ends=LOST, create=ONCE),
    row("a Content-Length that is text", response(200, DOCUMENT, {"Content-Length": "many"}), ends=LOST, create=ONCE),
    row("two Content-Lengths", response(200, DOCUMENT, {"content-length": "3"}), ends=LOST, create=ONCE),
    row("a Content-Length beyond the body, then FIN", (response(200, DOCUMENT, {"Content-Length": "9999"}), FIN),
        ends=LOST, create=ONCE),
    row("a Content-Length beyond the body", (response(200, DOCUMENT, {"Content-Length": "9999"}), STALL),
        ends=TIMED_OUT, create=READ_TIMEOUT),
    row("a Content-Length shorter than the body", response(200, DOCUMENT, {"Content-Length": "40"}), ends=LOST,
        create=ONCE),
    row("a chunk size that is not a number", chunked(end=b"zz\r\n{}\r\n0\r\n\r\n"), ends=LOST, create=ONCE),
    row("HTTP/1.0", (response(200, DOCUMENT, version="1.0"), FIN), ends=succeeds()),
    row("HTTP/1.0 without a length", (b"HTTP/1.0 200 OK\r\n\r\n" + DOCUMENT, FIN), ends=succeeds()),
    row("HTTP/1.0 without a length, truncated", (b"HTTP/1.0 200 OK\r\n\r\n" + DOCUMENT[:-9], FIN),
        ends=fails(ResponseError, TRANSIENT, incomplete=True, request_id=None), create=ONCE),
    row("a body in chunks", chunked(DOCUMENT[:5], DOCUMENT[5:]), ends=succeeds()),
    row("100 Continue first", b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD, ends=succeeds()),
    row("one byte at a time", tuple(GOOD[i : i + 1] for i in range(len(GOOD))), ends=succeeds()),
    row("a header that is not UTF-8", GOOD.replace(b"\r\n\r\n", b"\r\nX-Name: \xe4\r\n\r\n", 1), ends=succeeds()),
    row("a second response after the first", GOOD + response(200, valid(name="b")), ends=succeeds()),

    # Kept connections.
    row("closed between calls", (GOOD, FIN), GOOD, warm=True, ends=succeeds()),
    row("closed when the next call arrives", GOOD, (FIN,), GOOD, warm=True,
        ends=succeeds(ONCE.doubled()), create=fails(TransportError, request_sent=True)),
    row("reset when the next call arrives", GOOD, (RST,), GOOD, warm=True,
        ends=succeeds(ONCE.doubled()), create=fails(TransportError, request_sent=True)),

    row("a second response, before the next call", (GOOD, Pause(0.5), STALE), GOOD, warm=True, ends=succeeds()),
    row("a 408 before the next call", (GOOD, Pause(0.5), response(408), FIN), GOOD, warm=True, ends=succeeds()),
    row("garbage before the next call", (GOOD, Pause(0.5), b"\x00"), GOOD, warm=True, ends=succeeds()),

    # Bodies above `max_response_bytes`: they are not read to their end.
    row("200 without an end", (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * LARGE, STALL), ends=TOO_LARGE),
    row("200 with more chunks than the limit", (chunked(b" " * LARGE, end=b""), STALL), ends=TOO_LARGE),
    row("200 with a Content-Length beyond the limit", (response(200, b"{", {"Content-Length": "9" * 15}), STALL),
        ends=TOO_LARGE),
    row("503 with a Content-Length beyond the limit", (response(503, b"{", {"Content-Length": "9" * 15}), STALL),
        ends=refused(503, "503", ServiceError, TRANSIENT), create=ONCE),

    # Invalid success responses.
    row("200 with HTML", response(200, HTML), ends=unreadable()),
    row("200 with nothing", response(200), ends=unreadable()),
    row("200 with white space", response(200, b" \r\n "), ends=unreadable()),
    row("204", b"HTTP/1.1 204 No Content\r\nx-amzn-RequestId: request-1\r\n\r\n", ends=unreadable()),
    row("200 with {}", response(200, b"{}"), ends=unreadable()),
    row("200 with []", response(200, b"[]"), ends=unreadable()),
    row("200 with null", response(200, b"null"), ends=unreadable()),
    row("200 with a string", response(200, b'"fine"'), ends=unreadable()),
    row("200 with garbage", response(200, b"\xff\xfe\x00\x01"), ends=unreadable()),
    row("200 in Latin-1", response(200, json.dumps(valid(name="é"), ensure_ascii=False).encode("latin-1")),
        ends=unreadable()),
    row("200 truncated, with the right length", response(200, DOCUMENT[:-9]), ends=TRUNCATED, create=ONCE),
    row("200 with more after the document", response(200, DOCUMENT + b"}"), ends=unreadable()),
    row("200 with NaN", response(200, valid(name=float("nan"))), ends=unreadable()),
    row("200 nested too deep", response(200, b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), ends=unreadable()),
    row("200 compressed, although not asked for", gzipped(valid()), ends=unreadable()),
    row("200 with an error's document", response(200, {"__type": "ConflictException"}), ends=unreadable(FIRST_PATH)),
    row("a required member is null", response(200, valid(audienceModelArn=None)), ends=unreadable(ARN_PATH)),
    row("a required member is a number", response(200, valid(audienceModelArn=5)), ends=unreadable(ARN_PATH)),
    row("a required member is a list", response(200, valid(audienceModelArn=[ARN])), ends=unreadable(ARN_PATH)),
    row("a date without a time", response(200, valid(createTime="2024-01-02")), ends=unreadable(TIME_PATH),
        create=succeeds()),
    row("a time without an offset", response(200, valid(createTime="2024-01-02T03:04:05")), ends=unreadable(TIME_PATH),
        create=succeeds()),
    row("a week", response(200, valid(createTime="2024-W01-1T03:04:05Z")), ends=unreadable(TIME_PATH),
        create=succeeds()),
    row("JSON under another type", response(200, DOCUMENT, {"Content-Type": "text/html"}), ends=succeeds()),
    row("unknown members", response(200, valid(novel={"a": [1]})), ends=succeeds()),

    # Neither a success nor an error.
    row("300", response(300), ends=refused(300, "300", ServiceError)),
    row("302 to a path", response(302, b"", {"Location": "/path"}), GOOD, ends=refused(302, "302", ServiceError)),
    row("307 to a path", response(307, b"", {"Location": "/path"}), GOOD, ends=refused(307, "307", ServiceError)),
    row("302 without a Location", response(302), ends=refused(302, "302", ServiceError)),
    row("304", b"HTTP/1.1 304 Fine\r\nx-amzn-RequestId: request-1\r\n\r\n", ends=refused(304, "304", ServiceError)),

    # The service refuses the call.
    error_row("a bad argument", 400, "ValidationException", ValidationError, message="no"),
    error_row("no permission", 403, "AccessDeniedException", AccessDeniedError),
    error_row("expired credentials", 403, "ExpiredTokenException", ServiceError),
    error_row("no such resource", 404, "ResourceNotFoundException", ResourceNotFoundError),
    error_row("no such operation", 404, "UnknownOperationException", ServiceError),
    error_row("the wrong state", 409, "ConflictException", ConflictError),
    error_row("a timeout inside the service", 408, "RequestTimeoutException", ServiceError),
    error_row("not implemented", 501, "NotImplemented", ServiceError),
    error_row("a quota without a name", 402, "ServiceQuotaExceededException", ServiceQuotaExceededError,
        quota_name=None, quota_value=None),
    row("a quota", error(402, "ServiceQuotaExceededException", quotaName="models", quotaValue=2),
        ends=refused(402, "ServiceQuotaExceededException", ServiceQuotaExceededError,
                    quota_name="models", quota_value=2)),
    row("a quota of the wrong types", error(402, "ServiceQuotaExceededException", quotaName=[1], quotaValue="2"),
        ends=refused(402, "ServiceQuotaExceededException", ServiceQuotaExceededError,
                    quota_name=None, quota_value=None)),
    row("400 with nothing", response(400), ends=refused(400, "400", ServiceError, message="Bad Request")),
    row("404 with HTML", response(404, HTML), ends=refused(404, "404", ServiceError, message="Not Found")),
    row("413 with HTML", response(413, HTML), ends=refused(413, "413", ServiceError)),
    row("an unknown status", response(499), ends=refused(499, "499", ServiceError, message="no message")),
    row("a code with a suffix", error(409, "ConflictException:http://internal.test/coral/"), ends=CONFLICT_ERROR),
    row("a code in the body as __type", response(409, {"__type": "test.coral#ConflictException"}), ends=CONFLICT_ERROR),
    row("a code in the body as code", response(409, {"code": "ConflictException"}), ends=CONFLICT_ERROR),
    row("an error body that is a list", response(409, [1], CONFLICT), ends=CONFLICT_ERROR),
    row("an error body that is HTML", response(409, HTML, CONFLICT), ends=CONFLICT_ERROR),
    row("an error body that is binary", response(409, b"\xff\x00\xfe", CONFLICT), ends=CONFLICT_ERROR),
    row("an error body that is truncated", response(409, b'{"message": "bu', CONFLICT), ends=CONFLICT_ERROR),
    row("an error body that is compressed", response(409, gzip.compress(b"{}"), CONFLICT), ends=CONFLICT_ERROR),
    row("a code with a line break", response(409, {"__type": "Conflict\nException"}),
        ends=refused(409, "Conflict?Exception", ServiceError)),
    row("error members of the wrong types", response(409, {"__type": 5, "code": [], "message": {"a": 1}}),
        ends=refused(409, "409", ServiceError, message="Conflict")),

    # The service refuses the time of the signature: the request is signed once more, without a pause.
    row("a signature that has expired", error(403, "InvalidSignatureException", "Signature expired: 2024"),
        ends=refused(403, "InvalidSignatureException", ServiceError, Tries(2))),
    row("a signature from the future", error(403, "InvalidSignatureException", "Signature not yet current: 2034"), GOOD,
        ends=succeeds(Tries(2))),
    row("a skewed clock", error(403, "RequestTimeTooSkewed"), GOOD, ends=succeeds(Tries(2))),
    row("an expired request", error(403, "RequestExpired"), GOOD, ends=succeeds(Tries(2))),
    row("a request from the future", error(403, "RequestInTheFuture"), GOOD, ends=succeeds(Tries(2))),
    row("a wrong signature", error(403, "InvalidSignatureException", "does not match"),
        ends=refused(403, "InvalidSignatureException", ServiceError)),

    # The service fails.
    error_row("500", 500, "InternalServiceException", InternalServiceError, TRANSIENT, create=ONCE),
    error_row("503", 503, "ServiceUnavailable", ServiceError, TRANSIENT, create=ONCE),
    row("500 with nothing", response(500), ends=refused(500, "500", ServiceError, TRANSIENT), create=ONCE),
    row("502 with HTML", response(502, HTML), ends=refused(502, "502", ServiceError, TRANSIENT), create=ONCE),
    row("504 with HTML", response(504, HTML), ends=refused(504, "504", ServiceError, TRANSIENT), create=ONCE),
    row("500, then a success", error(500, "InternalServiceException"), GOOD,
        ends=succeeds(Tries(2, 0, 0.05)), create=FAILED_ONCE),
    row("502 twice, then a success", response(502, HTML), response(502, HTML), GOOD,
        ends=succeeds(Tries(3, 0, 0.15)), create=refused(502, "502", ServiceError)),
    row("500, then 404", error(500, "InternalServiceException"), error(404, "ResourceNotFoundException"),
        ends=refused(404, "ResourceNotFoundException", ResourceNotFoundError, Tries(2, 0, 0.05)), create=FAILED_ONCE),

    # The service throttles: it did not execute the request, so creates are retried, too.
    error_row("throttled with 429", 429, "ThrottlingException", ThrottlingError, THROTTLED, retry_after=None),
    error_row("throttled with 400", 400, "ThrottlingException", ThrottlingError, THROTTLED),
    error_row("throttled by a gateway", 503, "SlowDown", ThrottlingError, THROTTLED),
    row("429 with nothing", response(429), ends=refused(429, "429", ServiceError)),
    row("throttled, then a success", error(429, "ThrottlingException"), GOOD, ends=succeeds(Tries(2, 0, 1))),
    row("throttled twice, then a success", error(429, "ThrottlingException"), error(400, "ThrottlingException"), GOOD,
        ends=succeeds(Tries(3, 0, 3))),

    # The service sends Retry-After: it lengthens a pause by at most 5 s.
    error_row("throttled, Retry-After: 3", 429, "ThrottlingException", ThrottlingError, Tries(5, 12, 18), retry_after=3,
        headers={"Retry-After": "3"}),
    error_row("Retry-After: 3", 503, "ServiceUnavailable", ServiceError, Tries(5, 12, 12), create=ONCE, retry_after=3,
        headers={"Retry-After": "3"}),
    error_row("Retry-After: 86400", 503, "ServiceUnavailable", ServiceError, Tries(5, 20, 20.75), create=ONCE,
        headers={"Retry-After": "86400"}, retry_after=86400),
    error_row("Retry-After with a future date", 503, "ServiceUnavailable", ServiceError, Tries(5, 20, 20.75),
        create=ONCE, headers={"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    error_row("Retry-After with a past date", 503, "ServiceUnavailable", ServiceError, TRANSIENT, create=ONCE,
        headers={"Retry-After": "Sat, 01 Jan 2000 00:00:00 GMT"}, retry_after=0),
    error_row("Retry-After with a negative number", 503, "ServiceUnavailable", ServiceError, TRANSIENT, create=ONCE,
        headers={"Retry-After": "-3"}, retry_after=0),
    error_row("Retry-After that is text", 503, "ServiceUnavailable", ServiceError, TRANSIENT, create=ONCE,
        headers={"Retry-After": "soon"}, retry_after=None),
    error_row("Retry-After with 400 digits", 503, "ServiceUnavailable", ServiceError, TRANSIENT, create=ONCE,
        headers={"Retry-After": "9" * 400}, retry_after=None),
    error_row("x-amz-retry-after: 1500", 503, "ServiceUnavailable", ServiceError, Tries(5, 6, 6), create=ONCE,
        headers={"x-amz-retry-after": "1500"}, retry_after=1.5),
    error_row("x-amz-retry-after that is text", 503, "ServiceUnavailable", ServiceError, Tries(5, 4, 4), create=ONCE,
        headers={"x-amz-retry-after": "soon", "Retry-After": "1"}, retry_after=1),
]
# fmt: on


async def _list(client: Client) -> list[object]:
    return [model async for model in list_audience_models(client)]


OPERATIONS: Mapping[str, Callable[[Client], Awaitable[Any]]] = {
    "get": lambda client: get_audience_model(client, ARN),
    "list": _list,
    "create": lambda client: create_audience_model(client, name="a", training_dataset_arn=DATASET),
}

SESSION = AioSession()
"""Shared by all tests: it keeps the parsed service model, which takes long to load."""


def tls_for(name: str, authority: trustme.CA) -> ssl.SSLContext:
    """Return the TLS context of a server with this name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate: Any = authority.issue_cert(name)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="module")
def self_signed() -> ssl.SSLContext:
    """The TLS context of a server whose authority is not trusted."""
    return tls_for("127.0.0.1", trustme.CA())


def check_value(value: Any, operation: str) -> None:
    """Check that the value is the one in the response."""
    if operation == "create":
        assert value == ARN
        return
    (model,) = value if operation == "list" else (value,)
    assert (model.audience_model_arn, model.name, model.status) == (ARN, "a", "ACTIVE")


def check_error(caught: CleanRoomsMLError, outcome: Outcome, operation: str) -> None:
    """Check that the exception has exactly the class and the fields of the row."""
    assert type(caught) is outcome.raises
    names = {"get": "GetAudienceModel", "list": "ListAudienceModels", "create": "CreateAudienceModel"}
    expected: dict[str, object] = {"operation": names[operation], "attempts": outcome.tries.attempts}
    for name, value in outcome.fields.items():
        expected[name] = value[operation] if isinstance(value, dict) else value
    assert {name: getattr(caught, name) for name in expected} == expected
    # The ResponseError for an empty body has no cause.
    assert caught.__cause__ is not None or isinstance(caught, ResponseError)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
async def test_every_fault_ends_as_in_the_table(fault: Fault, operation: str, self_signed: ssl.SSLContext) -> None:
    """Exception, fields, attempts, requests and duration are those of the row; nothing is left behind."""
    outcome = fault.create if operation == "create" else fault.get_and_list
    recorded: list[Attempt] = []
    async with (
        nothing_left_behind(),
        FaultServer(*fault.scripts, tls=self_signed if fault.tls else None) as server,
        fault.way(server) as arguments,
        connect(session=SESSION, observer=recorded.append, **arguments) as client,
    ):
        if fault.warm:
            await get_audience_model(client, ARN)
            await asyncio.sleep(1)
            recorded.clear()
        played = server.played
        started = running_loop().time()
        try:
            value = await OPERATIONS[operation](client)
        except CleanRoomsMLError as caught:
            check_error(caught, outcome, operation)
        else:
            assert outcome.raises is None
            check_value(value, operation)
        took = running_loop().time() - started
        played = server.played - played
    tries = outcome.tries
    assert len(recorded) == tries.attempts
    assert played == (tries.attempts if tries.requests is None else tries.requests)
    assert tries.least - 1e-6 <= took <= tries.most + 1e-6


@pytest.mark.parametrize(("name", "trusted"), [("127.0.0.1", True), ("elsewhere.test", False)])
async def test_tls_verifies_the_authority_and_the_name(
    name: str, *, trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate of a trusted authority is accepted for its own name only."""
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    async with (
        nothing_left_behind(),
        FaultServer(GOOD, tls=tls_for(name, authority)) as server,
        connect(endpoint_url=server.url, retry=NO_RETRY) as client,
    ):
        if trusted:
            assert (await get_audience_model(client, ARN)).name == "a"
        else:
            with pytest.raises(TransportError) as caught:
                await get_audience_model(client, ARN)
            assert not caught.value.request_sent
    assert len(server.requests) == trusted
