"""The HTTP server of the local service."""

import asyncio
import logging
import re
import socket
import struct
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Self, cast
from uuid import uuid4

import attrs
from aiobotocore.config import AioConfig
from aiohttp import web

from .._aws import create_isolated_session
from .._connect import Connection, connect
from .._fields import SequenceNotStr
from .._pacing import Pacing
from .._retry import Observer, RetryPolicy
from . import page, protocol
from .builders import DEFAULT_ACCOUNT, DEFAULT_REGION
from .clock import Clock
from .control import PREFIX, Control
from .custom_model_builders import CustomModelBuilders
from .error_responses import WireError, serialization
from .faults import Delay, ErrorResponse, Fault, Faults, RateLimit, RawResponse, Reset, Throttle, TruncatedBody
from .handlers import ASYNCHRONOUS, HANDLERS
from .lifecycle import Durations, Failure
from .protocol import HttpResponse
from .record import Request
from .service_model import Wire, load
from .state import State
from .validation import validate

# What botocore's model allows, when every character is escaped: a query of 500,000 characters, and 50 tag keys of 128.
_MAX_BODY = 8 * 1024 * 1024
_MAX_REQUEST_LINE = 128 * 1024
_GRACE = 0.01  # seconds; aiohttp takes 0 for no limit
_RECORDED_REQUESTS = 1000
# Parsed JSON takes up to 24 times as much memory as its text.
_RECORDED_BYTES = 4 * 1024 * 1024
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(:[0-9]*)?")
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})
_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token"})
_ORIGIN = re.compile(r"https?://[^/?]*")
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,]+)/\d{8}/(?P<region>[-a-z0-9]+)/")
_ACCOUNT = re.compile(r"[0-9]{12}")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)

_logger = logging.getLogger("cleanroomsml_client.local")


@attrs.define(kw_only=True)
class RecordedRequest:
    """A request that the service received."""

    operation: str | None
    """The AWS name of the operation. None: there is no operation at this path."""
    method: str
    """The HTTP method."""
    path: str
    """As received, still encoded."""
    query: str
    """The query string as received, still encoded, without the `?`."""
    headers: Mapping[str, str]
    """By lower-case name, without credentials."""
    request_id: str
    """The `x-amzn-RequestId` of the response."""
    account_id: str
    """The account that it is made for, 12 digits."""
    params: Mapping[str, Wire] = attrs.field(factory=dict[str, Wire])
    """By wire name; empty if the request could not be parsed."""
    status: int | None = None
    """HTTP status of the response. None: not sent yet, or the connection was reset before the request was executed."""
    body_size: int = 0
    """The length of the request's body, in bytes."""


class LocalService(CustomModelBuilders):
    """An in-memory Clean Rooms ML for any AWS client; use as `async with LocalService() as service:`.

    Credentials are not checked. An access key of twelve digits acts for the account of that number, any other for
    111122223333. The region is the one that the request is signed for.

    Args:
        host: The address to listen on.
        port: The port to listen on. 0: any free port.
        speed: How many simulated seconds transitions take per real second. At 600, an audience model is trained in one
            second. Timestamps and retention keep to real time.
        clock: A clock to use in place of one with this `speed`.
        durations: How long transitions take, in simulated seconds. None: minutes, as `Durations` says.
        rate_limit: Requests per second, above which the service throttles. None: no limit.
        allowed_hosts: Names of this machine that requests may have in their Host header, besides addresses, `localhost`
            and `host`.
        control_token: What requests to the control API must have, as `Authorization: Bearer ...`. None: nothing.
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
        allowed_hosts: SequenceNotStr[str] = (),
        control_token: str | None = None,
    ) -> None:
        self.clock: Clock = clock or Clock(speed=speed)
        """The time; `service.clock.advance(3600)` lets an hour pass."""
        self.requests: deque[RecordedRequest] = deque(maxlen=_RECORDED_REQUESTS)
        """The last 1,000 requests, the newest last; fewer if their parameters are large."""
        super().__init__(State(self.clock, durations or Durations()))
        self._host = host
        self._port = port
        self._allowed_hosts = frozenset(name.lower() for name in (host, *allowed_hosts))
        self._control = Control(self, control_token, needs_token=is_open(host))
        self._model = load()
        self._faults = Faults()
        self._rate_limit = None if rate_limit is None else RateLimit(rate_limit)
        application = web.Application(client_max_size=_MAX_BODY)
        # A path may have an encoded line break, which `.` does not match.
        application.router.add_route("*", r"/{path:[\s\S]*}", self._serve)
        # Requests that are still in progress when the service stops are cancelled.
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=_GRACE, max_line_size=_MAX_REQUEST_LINE
        )

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
        """The URL to send requests to. Raises RuntimeError unless the service is running."""
        if not self._runner.addresses:
            raise RuntimeError("the service is not running: use it in `async with`")
        port: int = self._runner.addresses[0][1]
        # Every address of the machine: this one reaches it, too.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104  # compared only
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def connect(
        self,
        *,
        account_id: str = DEFAULT_ACCOUNT,
        region_name: str = DEFAULT_REGION,
        config: Any = None,  # noqa: ANN401  # an AioConfig, which has no types
        retry: RetryPolicy | None = None,
        pacing: Pacing | None = None,
        observer: Observer | None = None,
    ) -> Connection:
        """Open a client of this service, with `async with` or `await`, as `cleanroomsml_client.connect` does.

        The machine's AWS configuration and proxies are not used: neither files nor environment variables.

        Args:
            account_id: The account that the client acts for, 12 digits.
            region_name: The AWS region to sign for.
            config: An `AioConfig` with settings that override ours.
            retry: Which failures are retried, how often, and the timeout of each call. None: `RetryPolicy()`.
            pacing: How calls are spread over time. None: `Pacing()`.
            observer: Called with an `Attempt` after each attempt of a call.

        Returns:
            What opens the client, once: `async with` closes it at the end of the block, `await` leaves that to you.

        Raises:
            RuntimeError: The service is not running.
        """
        direct: Any = AioConfig(proxies={})
        return connect(
            region_name=region_name,
            endpoint_url=self.endpoint_url,
            session=create_isolated_session(account_id, "local"),
            config=direct if config is None else direct.merge(config),
            retry=retry,
            pacing=pacing,
            observer=observer,
        )

    def inject(self, fault: Fault, operation: str | None = None, times: int | None = 1) -> None:
        """Inject a fault into the next requests.

        Args:
            fault: What happens, such as `Throttle()` or `Reset(after=True)`.
            operation: The name of an operation, `GetAudienceModel` or `get_audience_model`. None: any operation.
            times: How many requests are affected. None: all until `clear_faults`.

        Raises:
            TypeError: `fault` is no fault.
            ValueError: There is no such operation.
        """
        if not isinstance(cast("object", fault), Fault):
            name = fault.__name__ if isinstance(fault, type) else type(fault).__name__
            raise TypeError(f"fault must be a fault such as Throttle(), not {name}; write an instance: Throttle()")
        self._faults.inject(fault, None if operation is None else self._model.find(operation), times)

    def clear_faults(self) -> None:
        """Remove all injected faults."""
        self._faults.clear()

    def fail_next(
        self, operation: str, *, status_code: str = "INTERNAL_ERROR", message: str = "An injected failure."
    ) -> None:
        """Let the next request of an operation succeed, and what it starts end in CREATE_FAILED, DELETE_FAILED, ...

        Args:
            operation: The name of an operation that starts something, `CreateAudienceModel` or
                `create_audience_model`.
            status_code: The `status_code` of the resource's `status_details`.
            message: The `message` of the resource's `status_details`.

        Raises:
            ValueError: There is no such operation, or it starts nothing that could fail later.
        """
        name = self._model.find(operation)
        if name not in ASYNCHRONOUS:
            others = ", ".join(sorted(ASYNCHRONOUS))
            raise ValueError(f"{operation} starts nothing that could fail later; these do: {others}")
        self._state.fail_next(name, Failure(status_code, message))

    def add_collaboration(self, name: str, account_ids: SequenceNotStr[str]) -> dict[str, str]:
        """Add a collaboration with members, whose identifiers are the same each time and in each language.

        The identifier of the collaboration is the UUID of version 5 of its name in the namespace of URLs, that of a
        membership is the one of `NAME/ACCOUNT`.

        Args:
            name: The name. No response of the service has it.
            account_ids: The members, each 12 digits.

        Returns:
            The membership identifier of each account.

        Raises:
            ValueError: There is such a collaboration already, or an account is given twice.
        """
        added = self._state.memberships.add_collaboration(name, [*account_ids])
        return {membership.account: membership.identifier for membership in added}

    @property
    def memberships(self) -> tuple[str, ...]:
        """The membership identifiers, the oldest first."""
        return tuple(membership.identifier for membership in self._state.memberships.all())

    def account_of(self, membership_identifier: str) -> str:
        """Return the account of a membership.

        Args:
            membership_identifier: What `add_membership` or `add_collaboration` returned.

        Returns:
            The account, 12 digits.

        Raises:
            ValueError: There is no such membership.
        """
        return self._state.memberships.require(membership_identifier).account

    def resources(self) -> list[dict[str, Wire]]:
        """Return what there is, of all accounts and regions, oldest first.

        Returns:
            For each resource `arn` (None: an export job has none), `kind`, `accountId`, `region`, `name`, `status`,
            `createTime`, `updateTime`, `progress` (0-1; None: nothing is in progress), `versionIdentifier` and
            `membershipIdentifier`.
        """
        return [self._state.describe(record) for record in self._state.store.all()]

    @property
    def faults(self) -> list[tuple[Fault, str | None, int | None]]:
        """The faults that have not happened yet, each with its operation and how many requests it still affects."""
        return self._faults.planned()

    def reset(self) -> None:
        """Remove all resources, recorded requests and faults. The memberships and the clock stay as they are."""
        memberships, metrics = self._state.memberships, self._state.audience_model_metrics
        self._state = State(self.clock, self._state.durations)
        self._state.memberships, self._state.audience_model_metrics = memberships, metrics
        self._faults.clear()
        self.requests.clear()

    @property
    def durations(self) -> Durations:
        """How long transitions that start from now on take; can be set."""
        return self._state.durations

    @durations.setter
    def durations(self, durations: Durations) -> None:
        self._state.durations = durations

    @property
    def audience_model_metrics(self) -> list[dict[str, Wire]]:
        """The `metrics` of ACTIVE audience models, with AWS's member names; can be set. Empty: omitted, as by AWS."""
        return self._state.audience_model_metrics

    @audience_model_metrics.setter
    def audience_model_metrics(self, metrics: list[dict[str, Wire]]) -> None:
        self._state.audience_model_metrics = metrics

    async def _serve(self, http_request: web.Request) -> web.StreamResponse:  # noqa: PLR0911  # one for each fault
        path, _, query = _ORIGIN.sub("", http_request.raw_path, count=1).partition("?")
        if path.startswith(PREFIX) or (path == "/" and http_request.method in {"GET", "HEAD"}):
            return await self._serve_control(http_request, path, query)
        operation, segments = self._model.route(http_request.method, path) or (None, {})
        headers = {name.lower(): value for name, value in http_request.headers.items()}
        caller = _caller(headers.get("authorization", ""))
        recorded = RecordedRequest(
            operation=None if operation is None else operation.name,
            method=http_request.method,
            path=path,
            query=query,
            headers={name: value for name, value in headers.items() if name not in _SECRET_HEADERS},
            request_id=str(uuid4()),
            account_id=caller[0],
        )
        self.requests.append(recorded)
        try:
            self._check_site(headers, http_request.raw_path)
            body = await _read_body(http_request)
        except WireError as error:
            return _web_response(self._refuse(recorded, error))
        recorded.body_size = len(body)
        self._forget_large_requests()

        def handle() -> HttpResponse:
            return self._handle(recorded, segments, body, caller)

        fault = self._faults.take(recorded.operation)
        if fault is None and self._rate_limit is not None and not self._rate_limit.admit():
            fault = Throttle()
        match fault:
            case None:
                return _web_response(handle())
            case Delay(seconds):
                await asyncio.sleep(seconds)
                return _web_response(handle())
            case TruncatedBody():
                return await _truncated(http_request, handle())
            case Reset(after=after):
                if after:
                    handle()
                return reset(http_request)
            case _:
                return _web_response(self._fault_response(recorded, fault))

    async def _serve_control(self, http_request: web.Request, path: str, query: str) -> web.Response:
        headers = {name.lower(): value for name, value in http_request.headers.items()}
        try:
            self._check_site(headers, http_request.raw_path)
            body = await _read_body(http_request)
        except WireError as error:
            return web.json_response({"message": error.message}, status=403)
        if path == "/":
            return _web_response(page.response())
        authorization = headers.get("authorization", "")
        return _web_response(self._control.handle(http_request.method, path, query, body, authorization))

    def _check_site(self, headers: Mapping[str, str], raw_path: str) -> None:
        _check_site(headers, self._allowed_hosts, through_proxy=not raw_path.startswith("/"))

    def _forget_large_requests(self) -> None:
        """Drop the oldest requests until the bodies of the others fit; the newest one stays."""
        total = sum(recorded.body_size for recorded in self.requests)
        while total > _RECORDED_BYTES and len(self.requests) > 1:
            total -= self.requests.popleft().body_size

    def _handle(
        self, recorded: RecordedRequest, segments: Mapping[str, str], body: bytes, caller: tuple[str, str]
    ) -> HttpResponse:
        """Execute a request without faults."""
        if recorded.operation is None or recorded.operation not in HANDLERS:
            return self._refuse(recorded, WireError("UnknownOperationException", "There is no operation at this path."))
        operation = self._model.operations[recorded.operation]
        try:
            recorded.params = protocol.parse_request(operation, segments, recorded.query, body)
            validate(operation.input, recorded.params)
            account, region = caller
            request = Request(operation=operation.name, account=account, region=region, params=recorded.params)
            output = HANDLERS[operation.name](self._state, request)
            response = protocol.success_response(operation, output, recorded.request_id)
        except WireError as error:
            return self._refuse(recorded, error)
        except Exception:
            _logger.exception("Request %s (%s) failed", recorded.request_id, operation.name)
            failure = WireError("InternalServiceException", "Something went wrong on the service's side.")
            return self._refuse(recorded, failure)
        recorded.status = response.status
        return response

    def _refuse(
        self,
        recorded: RecordedRequest,
        error: WireError,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponse:
        response = protocol.error_response(self._model, error, recorded.request_id, status=status, headers=headers)
        recorded.status = response.status
        return response

    def _fault_response(self, recorded: RecordedRequest, fault: Throttle | ErrorResponse | RawResponse) -> HttpResponse:
        match fault:
            case Throttle(status=status, retry_after=retry_after):
                error = WireError("ThrottlingException", "Rate exceeded")
                headers = None if retry_after is None else {"Retry-After": f"{retry_after:g}"}
                return self._refuse(recorded, error, status=status, headers=headers)
            case ErrorResponse(code, message, status):
                return self._refuse(recorded, WireError(code, message), status=status)
            case _:
                recorded.status = fault.status
                headers = {"Content-Type": fault.content_type}
                return HttpResponse(status=fault.status, headers=headers, body=fault.body.encode())


def _check_site(headers: Mapping[str, str], own_hosts: frozenset[str], *, through_proxy: bool) -> None:
    """Refuse what a web page of another site may have sent: it could create and read resources.

    A browser names the page in `Origin`, or says in `Sec-Fetch-Site` that it is of another site. With a name of its own
    that leads to this machine (DNS rebinding), the page names that host. Programs send none of these; one that uses the
    service as a proxy names the host of its endpoint.
    """
    host = headers.get("host", "localhost")
    parts = _HOST.fullmatch(host)
    name = parts["host"].strip("[]").lower() if parts is not None else ""
    if not (through_proxy or _is_address_or_localhost(name) or name in own_hosts):
        advice = "use its address, or start it with the name as its host or an allowed host"
        raise WireError("AccessDeniedException", f"The host {host[:100]!r} is not this service: {advice}.")
    origin = headers.get("origin")
    if (origin is not None and origin != f"http://{host}") or headers.get("sec-fetch-site") in _FOREIGN_SITES:
        raise WireError("AccessDeniedException", "Requests of web pages of other sites are refused.")


def is_open(host: str) -> bool:
    """Whether other machines may reach a service that listens on this host."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _is_address_or_localhost(name: str) -> bool:
    """Whether a host is an address or the local machine. No page of another site has an address of this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    with suppress(ValueError):
        ip_address(name.partition("%")[0])
        return True
    return False


def _caller(authorization: str) -> tuple[str, str]:
    """Return the account and region that a request is signed for, or the defaults."""
    credential = _CREDENTIAL.search(authorization)
    if credential is None:
        return DEFAULT_ACCOUNT, DEFAULT_REGION
    key = credential["key"]
    return key if _ACCOUNT.fullmatch(key) else DEFAULT_ACCOUNT, credential["region"]


async def _read_body(http_request: web.Request) -> bytes:
    try:
        return await http_request.read()
    except web.HTTPRequestEntityTooLarge:
        message = f"The request is larger than {_MAX_BODY} bytes."
        raise WireError("RequestEntityTooLargeException", message) from None
    except web.RequestPayloadError:
        raise serialization("The request's body cannot be read.") from None


def _web_response(response: HttpResponse) -> web.Response:
    return web.Response(status=response.status, headers=response.headers, body=response.body)


async def _truncated(http_request: web.Request, response: HttpResponse) -> web.StreamResponse:
    length = max(len(response.body), 1)
    stream = web.StreamResponse(status=response.status, headers={**response.headers, "Content-Length": str(length)})
    await stream.prepare(http_request)
    await stream.write(response.body[: length // 2])
    http_request.protocol.force_close()
    return stream


def reset(http_request: web.Request) -> web.Response:
    """Reset the connection. aiohttp requires a response, which is not sent."""
    connection: socket.socket | None = http_request.get_extra_info("socket")
    if connection is not None:  # the client is still connected
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    http_request.protocol.force_close()
    return web.Response()
