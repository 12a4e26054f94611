"""The service itself: an HTTP server that keeps Clean Rooms ML in memory."""

import asyncio
import logging
import re
import socket
import struct
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Self
from uuid import uuid4

import attrs
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from aiohttp import web

from .._aws import share_data_files
from .._client import Client, connect
from .._retry import Observer, RetryPolicy
from . import protocol
from .builders import DEFAULT_ACCOUNT, DEFAULT_REGION
from .clock import Clock
from .custom_model_builders import CustomModelBuilders
from .error_responses import WireError, serialization
from .faults import Delay, ErrorResponse, Fault, Faults, RateLimit, RawResponse, Reset, Throttle, TruncatedBody
from .handlers import ASYNCHRONOUS, HANDLERS
from .lifecycle import Durations, Failure
from .protocol import Answer
from .record import Call
from .service_model import Wire, load
from .state import State
from .validation import validate

_MAX_BODY = 1024 * 1024
_GRACE = 0.01  # seconds; aiohttp takes 0 for no limit
_REMEMBERED_REQUESTS = 1000
_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token"})
_ORIGIN = re.compile(r"https?://[^/?]*")
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,]+)/\d{8}/(?P<region>[-a-z0-9]+)/")
_ACCOUNT = re.compile(r"[0-9]{12}")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

_logger = logging.getLogger("cleanroomsml_client.local")


@attrs.define(kw_only=True)
class RecordedRequest:
    """A request that the service got."""

    operation: str | None
    """None: no operation lives at this address."""
    method: str
    path: str
    """As it came, still encoded."""
    query: str
    headers: Mapping[str, str]
    """By lower-case name, without credentials."""
    request_id: str
    """What `x-amzn-RequestId` answers."""
    params: Mapping[str, Wire] = attrs.field(factory=dict[str, Wire])
    """By wire name; empty when the request could not be read."""
    status: int | None = None
    """How it was answered; None while it is not, and when the service broke the connection before doing anything."""


class LocalService(CustomModelBuilders):
    """Clean Rooms ML on your own machine, for any AWS client: `async with LocalService() as service: ...`.

    Nothing is checked of credentials. An access key of twelve digits speaks for the account of that number, any other
    for 111122223333. The region is the one that the request is signed for.

    At the default speed, ten simulated minutes pass in a second, and an audience model is trained in one.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 600.0,
        clock: Clock | None = None,
        durations: Durations | None = None,
        rate_limit: float | None = None,
    ) -> None:
        """Port 0 takes a free one; `rate_limit` is in requests a second; `clock` takes the place of `speed`."""
        self.clock: Clock = clock or Clock(speed=speed)
        self.state: State = State(self.clock, durations or Durations())
        self.requests: deque[RecordedRequest] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._host = host
        self._port = port
        self._model = load()
        self._faults = Faults()
        self._rate_limit = None if rate_limit is None else RateLimit(rate_limit)
        application = web.Application(client_max_size=_MAX_BODY)
        application.router.add_route("*", "/{path:.*}", self._serve)
        # Whoever is still being answered when the service stops is cut off.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GRACE)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        if not self._runner.addresses:
            raise RuntimeError("the service is not running: use it in `async with`")
        port: int = self._runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{port}"

    def connect(
        self,
        *,
        account_id: str = DEFAULT_ACCOUNT,
        region_name: str = DEFAULT_REGION,
        config: Any = None,  # noqa: ANN401  # an AioConfig, which has no types
        retry: RetryPolicy | None = None,
        observer: Observer | None = None,
    ) -> AbstractAsyncContextManager[Client]:
        """A client of this service that acts for an account; otherwise as `cleanroomsml_client.connect`.

        The machine's own AWS profile and proxies have no part in it.
        """
        session: Any = share_data_files(AioSession({"profile": (None, None, None, None)}))
        session.set_credentials(account_id, "local")
        direct: Any = AioConfig(proxies={})
        return connect(
            region_name=region_name,
            endpoint_url=self.endpoint_url,
            session=session,
            config=direct if config is None else direct.merge(config),
            retry=retry,
            observer=observer,
        )

    def inject(self, fault: Fault, operation: str | None = None, times: int | None = 1) -> None:
        """Misbehave on the next `times` requests (None: until `clear_faults`) of an operation (None: any)."""
        if operation is not None and operation not in self._model.operations:
            raise ValueError(f"no operation {operation}")
        self._faults.inject(fault, operation, times)

    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    def fail_next(
        self, operation: str, *, status_code: str = "INTERNAL_ERROR", message: str = "The service was told to fail."
    ) -> None:
        """Let the next `operation` be accepted, and what it begins end in CREATE_FAILED, DELETE_FAILED, ..."""
        if operation not in ASYNCHRONOUS:
            raise ValueError(f"{operation} begins nothing that could fail later")
        self.state.fail_next(operation, Failure(status_code, message))

    @property
    def audience_model_metrics(self) -> list[dict[str, Wire]]:
        """What ACTIVE audience models answer as `metrics`; nothing unless set, as AWS does since 2024."""
        return self.state.audience_model_metrics

    @audience_model_metrics.setter
    def audience_model_metrics(self, metrics: list[dict[str, Wire]]) -> None:
        self.state.audience_model_metrics = metrics

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path, _, query = _ORIGIN.sub("", request.raw_path, count=1).partition("?")
        operation, segments = self._model.route(request.method, path) or (None, {})
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen = RecordedRequest(
            operation=None if operation is None else operation.name,
            method=request.method,
            path=path,
            query=query,
            headers={name: value for name, value in headers.items() if name not in _SECRET_HEADERS},
            request_id=str(uuid4()),
        )
        self.requests.append(seen)
        caller = _caller(headers.get("authorization", ""))
        try:
            body = await _read_body(request)
        except WireError as error:
            return _response(self._refuse(seen, error))

        def perform() -> Answer:
            return self._perform(seen, segments, body, caller)

        fault = self._faults.take(seen.operation)
        if fault is None and self._rate_limit is not None and not self._rate_limit.admit():
            fault = Throttle()
        match fault:
            case None:
                return _response(perform())
            case Delay(seconds):
                await asyncio.sleep(seconds)
                return _response(perform())
            case TruncatedBody():
                return await _cut_short(request, perform())
            case Reset(after=after):
                if after:
                    perform()
                return reset(request)
            case _:
                return _response(self._misbehave(seen, fault))

    def _perform(
        self, seen: RecordedRequest, segments: Mapping[str, str], body: bytes, caller: tuple[str, str]
    ) -> Answer:
        """What the service does and says when it is well."""
        if seen.operation is None or seen.operation not in HANDLERS:
            return self._refuse(seen, WireError("UnknownOperationException", "There is no operation at this address."))
        operation = self._model.operations[seen.operation]
        try:
            seen.params = protocol.parse_request(operation, segments, seen.query, body)
            validate(operation.input, seen.params)
            account, region = caller
            call = Call(operation=operation.name, account=account, region=region, params=seen.params)
            answer = protocol.answer(operation, HANDLERS[operation.name](self.state, call), seen.request_id)
        except WireError as error:
            return self._refuse(seen, error)
        except Exception:
            _logger.exception("Request %s (%s) failed", seen.request_id, operation.name)
            failure = WireError("InternalServiceException", "Something went wrong on the service's side.")
            return self._refuse(seen, failure)
        seen.status = answer.status
        return answer

    def _refuse(
        self,
        seen: RecordedRequest,
        error: WireError,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = protocol.error_answer(self._model, error, seen.request_id, status=status, headers=headers)
        seen.status = answer.status
        return answer

    def _misbehave(self, seen: RecordedRequest, fault: Throttle | ErrorResponse | RawResponse) -> Answer:
        match fault:
            case Throttle(status=status, retry_after=retry_after):
                error = WireError("ThrottlingException", "Rate exceeded")
                headers = None if retry_after is None else {"Retry-After": f"{retry_after:g}"}
                return self._refuse(seen, error, status=status, headers=headers)
            case ErrorResponse(code, message, status):
                return self._refuse(seen, WireError(code, message), status=status)
            case _:
                seen.status = fault.status
                headers = {"Content-Type": fault.content_type}
                return Answer(status=fault.status, headers=headers, body=fault.body.encode())


def _caller(authorization: str) -> tuple[str, str]:
    """The account and region that a request is signed for, as far as it says."""
    credential = _CREDENTIAL.search(authorization)
    if credential is None:
        return DEFAULT_ACCOUNT, DEFAULT_REGION
    key = credential["key"]
    return key if _ACCOUNT.fullmatch(key) else DEFAULT_ACCOUNT, credential["region"]


async def _read_body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        message = f"The request is larger than {_MAX_BODY} bytes."
        raise WireError("RequestEntityTooLargeException", message) from None
    except web.RequestPayloadError:
        raise serialization("The request's body cannot be read.") from None


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body)


async def _cut_short(request: web.Request, answer: Answer) -> web.StreamResponse:
    length = max(len(answer.body), 1)
    response = web.StreamResponse(status=answer.status, headers={**answer.headers, "Content-Length": str(length)})
    await response.prepare(request)
    await response.write(answer.body[: length // 2])
    request.protocol.force_close()
    return response


def reset(request: web.Request) -> web.Response:
    """Reset the connection; the response that aiohttp wants goes nowhere."""
    connection: socket.socket | None = request.get_extra_info("socket")
    if connection is not None:  # the client is still there
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    request.protocol.force_close()
    return web.Response()
