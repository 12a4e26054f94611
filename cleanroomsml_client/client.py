"""`connect`, and the `Client` that every operation takes first."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import attrs
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from . import _codec
from ._aws import BODY, open_client, perform
from .errors import RequestError, ResponseError
from .retry import Observer, RetryPolicy, RetryQuota, run

__all__ = ["Answer", "Client", "connect"]

_T = TypeVar("_T")


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
            return _answer(await perform(self.aws, operation, wire, number), operation, number)

        return await run(operation, send_once, policy=self.retry, quota=self._quota, observer=self.observer)


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
    async with open_client(
        session, config, profile_name=profile_name, region_name=region_name, endpoint_url=endpoint_url
    ) as aws:
        try:
            yield Client(aws, retry or RetryPolicy(), observer, lifetime=lifetime)
        finally:
            lifetime.close()


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
