"""The `Client` that every operation takes as its first argument, and the `call` that operations make."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, cast, overload
from weakref import WeakKeyDictionary

import attrs

from . import _codec
from ._arguments import encode_arguments, encode_parameters
from ._aws import (
    BODY,
    call_operation,
    connection_limit,
    is_aiobotocore_client,
    is_boto3_client,
    is_not_entered,
    is_within_attempt,
)
from ._models import kind_of
from ._pacing import Pacer, Pacing
from ._retry import AttemptState, Observer, RetryPolicy, RetryQuota, run
from .errors import RequestError, ResponseError

__all__ = ["OPEN_ADVICE", "Client", "ConnectionBase", "Response", "call", "checked_client", "request", "shared_by"]

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Response:
    """A successful response, before its body is structured into classes."""

    __module__ = "cleanroomsml_client"

    operation: str
    """The AWS name of the operation."""
    status: int
    """HTTP status."""
    request_id: str | None
    """The id that AWS support asks for. None: the response had none."""
    attempts: int
    """How many requests the call needed, the successful one included."""
    document: Mapping[str, Any] = attrs.field(repr=False)
    """The JSON object in the body, with AWS's member names; empty when the body is empty."""

    def read(self, result: type[_T], member: str | None = None) -> _T:
        """Structure the body, or one member of it.

        Args:
            result: The type to return: a model class of this package, `str`, or a tuple or mapping of them.
            member: AWS's name of the member to read, such as `audienceModelArn`. None: the whole body.

        Returns:
            An instance of `result`.

        Raises:
            ResponseError: The body is empty or is not of this type; `path` names the first place that does not fit.
        """
        if not self.document:
            raise ResponseError("the body is empty", self.operation, "$", self.request_id, self.attempts)
        value, path = (self.document, "$") if member is None else (self.document.get(member), f"$.{member}")
        try:
            return _codec.structure(value, result, path)
        except _codec.MalformedError as error:
            raise _response_error(error, self.operation, self.request_id, self.attempts) from error


class ConnectionBase(ABC):
    """What opens an aiobotocore client, and closes it; see `_connect.py`."""

    @abstractmethod
    async def close(self) -> None:
        """Close the aiobotocore client."""


class _Shared:
    """What all `Client`s over one aiobotocore client share: event loop, whether it is open, quota of retries, pace."""

    def __init__(self, aws: Any) -> None:
        self.quota = RetryQuota()
        self.pacer = Pacer(connection_limit(aws))
        self.connection: Callable[[], ConnectionBase | None] = lambda: None
        """What opened the aiobotocore client, as a weak reference. None: the user did."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self.pacer.close()

    def check(self, operation: str) -> None:
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RequestError(
                f"{operation}: the client is closed; call it inside `async with connect(...)`, or before `close()`",
                operation,
            )
        if self._loop is None:
            self._loop = loop
        elif self._loop is not loop:
            raise RequestError(
                f"{operation}: the client belongs to another event loop; connect in the loop that uses it", operation
            )


_shared: WeakKeyDictionary[Any, _Shared] = WeakKeyDictionary()


def shared_by(aws: Any) -> _Shared:
    """Return what the clients over an aiobotocore client share."""
    try:
        if (shared := _shared.get(aws)) is None:
            shared = _shared[aws] = _Shared(aws)
    except TypeError:
        # A test double that cannot be referenced weakly: each of its clients is on its own.
        return _Shared(aws)
    return shared


def _check_wrapped(_: object, __: object, aws: object) -> None:
    """Refuse what `Client(aws)` cannot wrap. A test double is accepted."""
    if isinstance(aws, Client):
        raise RequestError("Client(aws) wraps an aiobotocore client, but a Client was passed; use it as it is")
    if is_boto3_client(aws):
        raise RequestError(f"Client(aws) wraps an aiobotocore client, but {_BOTO3_ADVICE}")
    if isinstance(aws, ConnectionBase):
        raise RequestError(f"Client(aws) wraps an aiobotocore client, but a connect(...) was passed; {OPEN_ADVICE}")
    if is_not_entered(aws):
        raise RequestError("the aiobotocore client was not entered; write `async with session.create_client(...)`")


def _check_retry(_: object, __: object, retry: Any) -> None:
    if not isinstance(retry, RetryPolicy):
        raise RequestError(f"retry must be a RetryPolicy, not {kind_of(retry)}; write `RetryPolicy(max_attempts=...)`")


def _check_pacing(_: object, __: object, pacing: Any) -> None:
    if not isinstance(pacing, Pacing):
        raise RequestError(f"pacing must be a Pacing, not {kind_of(pacing)}; to turn it off, write `pacing=NO_PACING`")


def _check_observer(_: object, __: object, observer: Any) -> None:
    """Refuse an `async def`, among others: nothing would await what it returns."""
    if observer is not None and not callable(observer):
        raise RequestError(f"observer must be a function that takes an Attempt, not {kind_of(observer)}")
    if inspect.iscoroutinefunction(observer) or inspect.iscoroutinefunction(type(observer).__call__):
        raise RequestError(
            "observer must be a plain function, not an `async def`; to await something, "
            "start it with `asyncio.create_task` or put the attempt into an `asyncio.Queue`"
        )


OPEN_ADVICE = "write `async with connect(...) as client:`"
_BOTO3_ADVICE = "a boto3 client was passed, which is synchronous; use `async with connect(...) as client:`"


@attrs.frozen
class Client:
    """The first argument of every operation. `connect` opens one; `Client(aws)` wraps an aiobotocore client.

    A frozen value: `attrs.evolve(client, retry=NO_RETRY)` is the same connection with another policy.
    """

    __module__ = "cleanroomsml_client"

    aws: Any = attrs.field(repr=False, validator=_check_wrapped)
    """The aiobotocore client. One that you wrap keeps botocore's own retries: turn them off in its config."""
    retry: RetryPolicy = attrs.field(factory=RetryPolicy, validator=_check_retry)
    """Which failures are retried, how often, and the timeout of each call."""
    observer: Observer | None = attrs.field(default=None, validator=_check_observer)
    """Called with an `Attempt` after each attempt of a call. A plain function; an `async def` is refused."""
    pacing: Pacing = attrs.field(factory=Pacing, validator=_check_pacing)
    """How calls are spread over time. Copies share the window and the rates, which belong to the aiobotocore client."""
    # Derived from `aws`, so that copies made by attrs.evolve share it and no signature shows it.
    _shared: _Shared = attrs.field(
        default=attrs.Factory(lambda self: shared_by(self.aws), takes_self=True), init=False, repr=False, eq=False
    )
    # Keeps alive what warns of a client that was never closed.
    _connection: ConnectionBase | None = attrs.field(
        default=attrs.Factory(lambda self: self._shared.connection(), takes_self=True), init=False, repr=False, eq=False
    )

    if not TYPE_CHECKING:
        # Hidden from type checkers, which would otherwise accept every attribute.

        def __getattr__(self, name: str) -> NoReturn:
            """Refuse an operation as a method, as it is in boto3."""
            problem = f"{type(self).__name__!r} object has no attribute {name!r}"
            function = getattr(import_module(__package__), name, None)
            if inspect.isfunction(function) and "client" in inspect.signature(function).parameters:
                is_iterated = name.startswith(("list_", "watch_"))
                call = f"async for item in {name}(client, ...)" if is_iterated else f"await {name}(client, ...)"
                problem = f"{problem}; write `{call}`"
            raise AttributeError(problem, name=name, obj=self)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections of this client and of all its copies. Closing it again does nothing.

        `async with client:` closes it when the block ends.

        Raises:
            RequestError: The client wraps an aiobotocore client of yours. Close that one.
        """
        if self._connection is None:
            raise RequestError("this Client wraps an aiobotocore client that you opened; close that one")
        await self._connection.close()

    async def send(self, operation: str, /, **params: object) -> Response:
        """Call any AWS operation by its name: the way to what AWS adds before this package does.

        Retries, timeout, observer and exceptions are those of every operation. The installed botocore must know the
        operation.

        Args:
            operation: The AWS name, such as `GetAudienceModel`.
            **params: The parameters in snake_case; botocore's name for `audience_model_arn` is `audienceModelArn`.
                A model class, an enum or a datetime is converted. None: the parameter is not sent.

        Returns:
            The response; `document` holds the body as JSON, `read` structures it.

        Raises:
            CleanRoomsMLError: As for every operation; see `cleanroomsml_client.errors`.
        """
        return await request(self, operation, encode_parameters(operation, params), lambda response: response)

    def _check(self, operation: str) -> _Shared:
        """Check that the client is open and in its event loop; return what its copies share."""
        self._shared.check(operation)
        return self._shared


@attrs.frozen
class _Exchange(Generic[_T]):
    """What a call sends in each of its attempts; a class, because a closure takes more memory while it is queued."""

    client: Client
    operation: str
    wire: Mapping[str, Any]
    read: Callable[[Response], _T]

    async def __call__(self, attempt: AttemptState) -> _T:
        """Send the request once."""
        parsed = await call_operation(self.client.aws, self.operation, self.wire, attempt)
        metadata: dict[str, Any] = parsed.pop("ResponseMetadata")
        attempt.status, attempt.request_id = metadata["HTTPStatusCode"], metadata.get("RequestId")
        return self.read(_response(parsed, self.operation, attempt))


def request(
    client: Client, operation: str, wire: Mapping[str, Any], read: Callable[[Response], _T]
) -> Coroutine[Any, Any, _T]:
    """Call an operation; return what `read` makes of its response. A ResponseError of `read` counts as a failure.

    Not an `async def`: each coroutine takes memory while a call is queued.
    """
    shared = client._check(operation)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # not for users
    return run(
        operation,
        _Exchange(client, operation, wire, read),
        policy=client.retry,
        quota=shared.quota,
        observer=client.observer,
        # A call that an event hook makes must not queue behind the call that waits for the hook.
        pacer=None if is_within_attempt() else shared.pacer,
        pacing=client.pacing,
    )


@overload
def call(
    client: Client, operation: str, result: None, member: None = None, /, **params: object
) -> Coroutine[Any, Any, None]: ...
@overload
def call(
    client: Client, operation: str, result: type[_T], member: str | None = None, /, **params: object
) -> Coroutine[Any, Any, _T]: ...
def call(
    client: Client, operation: str, result: type[_T] | None, member: str | None = None, /, **params: object
) -> Coroutine[Any, Any, _T | None]:
    """Call an operation and structure its response, or one member of it, as `result`; None: there is no output."""
    return request(
        checked_client(client, operation),
        operation,
        encode_arguments(operation, params),
        _reader(cast("Any", result), member),
    )


@cache
def _reader(result: Any, member: str | None) -> Callable[[Response], Any]:
    """Return a function that structures responses."""
    if result is None:
        return lambda _: None
    return lambda response: response.read(result, member)


def checked_client(client: object, operation: str) -> Client:
    """Return the client, or raise a RequestError that says what to pass in place of something else."""
    if isinstance(client, Client):
        return client
    if is_aiobotocore_client(client):
        advice = "an aiobotocore client was passed; wrap it: `Client(aws)`"
    elif is_boto3_client(client):
        advice = _BOTO3_ADVICE
    elif isinstance(client, ConnectionBase):
        advice = f"connect(...) was passed without being entered; {OPEN_ADVICE}"
    else:
        advice = f"the first argument must be a Client, not {type(client).__name__}"
    raise RequestError(f"{operation}: {advice}", operation)


def _response(parsed: dict[str, Any], operation: str, attempt: AttemptState) -> Response:
    body = parsed.get(BODY)
    try:
        # botocore has already parsed the body for a wrapped client. Without output the body is empty or {}.
        document = parsed if body is None else _codec.parse(body or b"{}")
    except _codec.MalformedError as error:
        raise _response_error(error, operation, attempt.request_id, attempt.number) from error
    return Response(
        operation=operation,
        status=cast("int", attempt.status),
        request_id=attempt.request_id,
        attempts=attempt.number,
        document=document,
    )


def _response_error(
    error: _codec.MalformedError, operation: str, request_id: str | None, attempts: int
) -> ResponseError:
    return ResponseError(error.problem, operation, error.path, request_id, attempts, error.incomplete)
