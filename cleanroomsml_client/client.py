"""`connect` and `Client`: the only room that knows aiobotocore, and the only one that meets its errors."""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import http.client
import re
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar, cast

import attrs
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from aiohttp import ClientConnectorError, ClientResponseError
from botocore import exceptions as boto
from botocore import xform_name
from botocore.loaders import Loader
from botocore.useragent import UserAgentString

from . import _codec
from ._exchange import BODY, DirectSession, take_over
from ._version import __version__
from .errors import (
    CleanRoomsMLError,
    CredentialsError,
    RequestError,
    ResponseError,
    ServiceError,
    ServiceQuotaExceededError,
    TransportError,
    service_error_class,
)
from .retry import Observer, RetryPolicy, RetryQuota, run

__all__ = ["Answer", "Client", "connect"]

_T = TypeVar("_T")

_SERVICE = "cleanroomsml"


@attrs.frozen(kw_only=True)
class Answer:
    """A successful answer, before it is read."""

    operation: str
    status: int
    """HTTP status."""
    request_id: str | None
    attempts: int
    """How many requests it took."""
    document: Mapping[str, Any] = attrs.field(repr=False)
    """The body as JSON; empty where the body was."""

    def read(self, result: type[_T], member: str | None = None) -> _T:
        """The body, or the member of it that is named as on the wire, as this type; ResponseError if it is not."""
        if not self.document:
            raise ResponseError("the body is empty", self.operation, "$", self.request_id, self.attempts)
        value, path = (self.document, "$") if member is None else (self.document.get(member), f"$.{member}")
        try:
            return _codec.structure(value, result, path)
        except _codec.MalformedError as error:
            raise _response_error(error, self.operation, self.request_id, self.attempts) from error


class _Lifetime:
    """What a client and its `attrs.evolve`d copies share."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def check(self, operation: str) -> None:
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RequestError(
                f"{operation}: the client is closed; call it inside `async with connect(...)`", operation
            )
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RequestError(
                f"{operation}: the client belongs to another event loop; connect in the loop that uses it", operation
            )


@attrs.frozen
class Client:
    """What every operation takes first. Made by `connect`, or from an aiobotocore client: `Client(aws)`.

    A frozen value: `attrs.evolve(client, retry=NO_RETRY)` is the same connection under another policy.
    """

    aws: Any = attrs.field(repr=False)
    """The aiobotocore client underneath. One that you bring keeps its own retries: turn them off there."""
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    observer: Observer | None = None
    """Called with an `Attempt` after each request."""
    _quota: RetryQuota = attrs.field(factory=RetryQuota, alias="quota", repr=False, eq=False)
    _lifetime: _Lifetime = attrs.field(factory=_Lifetime, alias="lifetime", repr=False, eq=False)

    async def call(self, operation: str, result: type[_T], member: str | None = None, /, **params: object) -> _T:
        """Perform an AWS operation and read its answer, or one member of it, as `result`."""
        answer = await self.send(operation, **params)
        return answer.read(result, member)

    async def send(self, operation: str, /, **params: object) -> Answer:
        """Perform an AWS operation. Parameters are snake_case; None means not sent."""
        self._lifetime.check(operation)
        try:
            wire = {_codec.wire_name(name): _codec.encode(value) for name, value in params.items() if value is not None}
        except (AttributeError, TypeError, ValueError) as error:
            raise RequestError(f"{operation}: {error}", operation) from error

        async def send_once(number: int) -> Answer:
            return await self._send_once(operation, wire, number)

        return await run(operation, send_once, policy=self.retry, quota=self._quota, observer=self.observer)

    async def _send_once(self, operation: str, wire: dict[str, Any], number: int) -> Answer:
        try:
            parsed: dict[str, Any] = await getattr(self.aws, xform_name(operation))(**wire)
        except Exception as error:  # noqa: BLE001  # botocore has no common base for all that it raises
            cause = _without_secrets(error)
        else:
            return _answer(parsed, operation, number)
        # Outside the handler, or __context__ would keep what the cause is rid of.
        raise _failure(cause, operation, number) from cause


@asynccontextmanager
async def connect(
    *,
    region_name: str | None = None,
    profile_name: str | None = None,
    endpoint_url: str | None = None,
    session: AioSession | None = None,
    config: AioConfig | None = None,
    retry: RetryPolicy | None = None,
    observer: Observer | None = None,
) -> AsyncGenerator[Client]:
    """A client for as long as the context lasts. Everything left out comes from the standard AWS configuration.

    `session` is used, never changed. `config` takes precedence over ours, which turns botocore's retries off, allows
    50 connections, 10 s to connect and 30 s for the service to go on answering.

    Raises RequestError for an unknown profile, a missing region or an invalid endpoint; CredentialsError for
    incomplete credentials (absent ones show at the first call).
    """
    if session is not None and profile_name is not None:
        raise RequestError("profile_name has no effect on a session; give one of the two")
    lifetime = _Lifetime()
    async with AsyncExitStack() as stack:
        try:
            if session is None:
                session = _session(profile_name)
            aws = await stack.enter_async_context(
                session.create_client(
                    _SERVICE,
                    region_name=region_name,
                    endpoint_url=endpoint_url,
                    config=_merged(session, config),
                )
            )
        except Exception as error:
            raise _unusable(error) from error
        stack.callback(lifetime.close)
        # On the client's own copy of the event hooks: the session does not notice.
        take_over(aws)
        yield Client(aws, retry or RetryPolicy(), observer, lifetime=lifetime)


def _session(profile_name: str | None) -> AioSession:
    session = AioSession(profile=profile_name)
    paths: list[str] = session.get_component("data_loader").search_paths
    session.register_component("data_loader", _Loader(paths, include_default_search_paths=False))
    return session


class _Loader(Loader):  # type: ignore[misc]  # botocore is untyped
    """botocore's, but that it looks for a service in its own folder, instead of in those of all 400 first."""

    def list_available_services(self, type_name: str) -> Any:
        return _Services(self, type_name)


class _Services:
    """As much of a list of services as botocore asks for."""

    def __init__(self, loader: Loader, type_name: str) -> None:
        self._loader = loader
        self._type_name = type_name

    def __contains__(self, service_name: str) -> bool:
        with suppress(boto.DataNotFoundError):
            self._loader.determine_latest_version(service_name, self._type_name)
            return True
        return False

    def __iter__(self) -> Iterator[str]:
        yield from Loader.list_available_services(self._loader, self._type_name)


def _merged(session: AioSession, config: AioConfig | None) -> Any:
    ours: Any = AioConfig(
        http_session_cls=DirectSession,
        connect_timeout=10,
        read_timeout=30,
        max_pool_connections=50,
        user_agent_extra=f"cleanroomsml-client/{__version__}",
    )
    # Our policy is the only one: botocore's retries would multiply it.
    no_retries = AioConfig(retries={"total_max_attempts": 1, "mode": "standard"})
    for layer in (session.get_default_client_config(), no_retries, config):
        if layer is not None:
            ours = ours.merge(layer)
    return ours if ours.user_agent else ours.merge(AioConfig(user_agent=_user_agent(session, ours)))


def _user_agent(session: AioSession, config: Any) -> str:
    """What botocore would say, put together once: it does so twice a call. It still adds the extras itself."""
    application = config.user_agent_appid or session.get_config_variable("user_agent_appid")
    agent = UserAgentString.from_environment()
    agent.set_session_config(session.user_agent_name, session.user_agent_version, None)
    return cast("str", agent.with_client_config(AioConfig(user_agent_appid=application)).to_string())


# --- what botocore hands us


def _answer(parsed: dict[str, Any], operation: str, attempts: int) -> Answer:
    metadata: dict[str, Any] = parsed.pop("ResponseMetadata")
    request_id = metadata.get("RequestId")
    body = parsed.get(BODY)
    try:
        # A wrapped client has parsed the body already. Operations without output answer with an empty one or with {}.
        document = parsed if body is None else _codec.parse(body or b"{}")
    except _codec.MalformedError as error:
        raise _response_error(error, operation, request_id, attempts) from error
    return Answer(
        operation=operation,
        status=metadata["HTTPStatusCode"],
        request_id=request_id,
        attempts=attempts,
        document=document,
    )


def _response_error(
    error: _codec.MalformedError, operation: str, request_id: str | None, attempts: int
) -> ResponseError:
    return ResponseError(error.problem, operation, error.path, request_id, attempts, error.incomplete)


# --- what botocore raises

_CREDENTIALS_ERRORS = tuple(
    getattr(boto, name)
    for name in (
        "CredentialRetrievalError",
        "InvalidConfigError",
        "LoginError",
        "MetadataRetrievalError",
        "MissingDependencyException",
        "NoAuthTokenError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "RefreshWithMFAUnsupportedError",
        "SSOError",
        "TokenRetrievalError",
        "UnknownCredentialError",
        "UnknownTokenProviderError",
    )
    # Some came with later releases of botocore.
    if hasattr(boto, name)
)


_VALUE = re.compile(
    r"(Invalid type for parameter [^,]*), value: .*?, (type: <class '[^']*'>, valid types: )", re.DOTALL
)


def _without_secrets(error: Any) -> Exception:
    """The same complaint without the values, which may be SQL or its parameters, and without the signed request."""
    if isinstance(error, boto.ParamValidationError):
        report: str = cast("Any", error).kwargs["report"]
        return cast("Exception", boto.ParamValidationError(report=_VALUE.sub(r"\1, \2", report)))
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        told: Any = error
        told.request = None
        if isinstance(told.kwargs.get("error"), ClientResponseError):
            told.kwargs["error"] = str(told.kwargs["error"])
            told.__context__ = None
    return cast("Exception", error)


def _unusable(error: Exception) -> CleanRoomsMLError:
    """Why there is no client."""
    if isinstance(error, _CREDENTIALS_ERRORS):
        return CredentialsError(str(error))
    return RequestError(str(error))


def _failure(error: Exception, operation: str, attempts: int) -> CleanRoomsMLError:
    """Our exception for what botocore raised during a call."""
    if isinstance(error, boto.ClientError) and error.operation_name == operation:
        return _service_error(error, operation, attempts)
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return _transport_error(error, operation, attempts)
    # A ClientError of another operation is STS or SSO, asked for credentials, saying no. RuntimeError is botocore's
    # only word for credentials that came back expired from their refreshing.
    if isinstance(error, (*_CREDENTIALS_ERRORS, boto.ClientError, RuntimeError)):
        return CredentialsError(f"{operation}: {error}", operation)
    if isinstance(error, boto.BotoCoreError):
        return RequestError(f"{operation}: {error}", operation)
    problem = f"botocore cannot read the answer ({type(error).__name__})"
    return ResponseError(problem, operation, "$", None, attempts)


def _service_error(error: Any, operation: str, attempts: int) -> ServiceError:
    metadata: dict[str, Any] = error.response.get("ResponseMetadata", {})
    headers: dict[str, str] = metadata.get("HTTPHeaders", {})
    status: int = metadata.get("HTTPStatusCode", 0)
    told: dict[str, Any] = error.response.get("Error", {})
    code = told.get("Code") or str(status)
    class_ = service_error_class(code)
    quota = (
        (error.response.get("quotaName"), error.response.get("quotaValue"))
        if class_ is ServiceQuotaExceededError
        else ()
    )
    return class_(
        told.get("Message") or http.client.responses.get(status, "no message"),
        operation,
        code,
        status,
        headers.get("x-amzn-requestid"),
        attempts,
        _retry_after(headers),
        *quota,
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `x-amz-retry-after` (milliseconds) or `Retry-After` (seconds or a date)."""
    with suppress(KeyError, ValueError):
        return max(0.0, float(int(headers["x-amz-retry-after"])) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(int(value)))
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None


def _transport_error(error: Any, operation: str, attempts: int) -> TransportError:
    reason = error.kwargs.get("error")
    unsent = isinstance(error, boto.ConnectTimeoutError | boto.ProxyConnectionError)
    return TransportError(
        f"{operation}: {error}",
        operation,
        attempts,
        # botocore has one class for a connection that was refused and for one that was reset.
        request_sent=not (unsent or isinstance(reason, ClientConnectorError)),
    )
