"""`connect`, which opens a `Client`, for a block or until it is closed."""

import asyncio
import os
import warnings
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import ref

from . import _codec
from ._aws import open_client
from ._client import OPEN_ADVICE, Client, ConnectionBase, shared_by
from ._models import kind_of
from ._pacing import Pacing
from ._retry import Observer, RetryPolicy
from .errors import RequestError

__all__ = ["Connection", "connect"]


_OpenAws = Callable[[], AbstractAsyncContextManager[tuple[Any, int | None]]]


class Connection(ConnectionBase):
    """What `connect` returns: `async with` or `await` opens the client, once.

    A client that is never closed is a ResourceWarning.
    """

    __module__ = "cleanroomsml_client"

    def __init__(
        self,
        open_aws: _OpenAws,
        retry: RetryPolicy | None,
        observer: Observer | None,
        pacing: Pacing | None,
    ) -> None:
        self._open_aws: _OpenAws | None = open_aws
        self._retry = retry
        self._observer = observer
        self._pacing = pacing
        self._opened: AsyncExitStack | None = None

    def __await__(self) -> Generator[Any, None, Client]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Client:
        if self._open_aws is None:
            raise RequestError("this connect(...) has opened its client already; call connect(...) again")
        open_aws, self._open_aws = self._open_aws, None
        try:
            return await self._open(open_aws)
        except BaseException:
            # After a failure, opening may be tried again.
            self._open_aws = open_aws
            raise

    async def _open(self, open_aws: _OpenAws) -> Client:
        async with AsyncExitStack() as stack:
            await asyncio.to_thread(_codec.prepare)
            aws, attempts = await stack.enter_async_context(open_aws())
            shared = shared_by(aws)
            stack.callback(shared.close)
            shared.connection = ref(self)
            retry = self._retry
            if retry is None:
                retry = RetryPolicy() if attempts is None else RetryPolicy(max_attempts=attempts)
            client = Client(aws, retry, self._observer, Pacing() if self._pacing is None else self._pacing)
            self._opened = stack.pop_all()
        return client

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    if not TYPE_CHECKING:
        # Hidden from type checkers, which would otherwise accept the code that this method refuses.

        def __enter__(self, *_: object) -> NoReturn:
            """Refuse a plain `with`."""
            raise TypeError(f"connect(...) needs `async with`, not `with`; {OPEN_ADVICE}")

        __exit__ = __enter__

    async def close(self) -> None:
        """Close the client and all its copies. Closing it again does nothing."""
        stack, self._opened = self._opened, None
        if stack is not None:
            await stack.aclose()

    def __del__(self) -> None:
        if self._opened is not None:
            text = (
                "a client of cleanroomsml_client was never closed; use `async with`, or `await client.close()`, "
                "or with `blocking` a `with`, or `close()` in the same thread"
            )
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)


def connect(
    *,
    region_name: str | None = None,
    profile_name: str | None = None,
    aws_access_key_id: str | None = None,
    aws_secret_access_key: str | None = None,
    aws_session_token: str | None = None,
    endpoint_url: str | None = None,
    session: Any = None,  # an AioSession, which has no types
    config: Any = None,  # an AioConfig, which has no types
    verify: bool | str | os.PathLike[str] | None = None,
    max_response_bytes: int = 16 * 1024 * 1024,
    retry: RetryPolicy | None = None,
    pacing: Pacing | None = None,
    observer: Observer | None = None,
) -> Connection:
    """Open a client, for a block with `async with` or until `client.close()` with `await`.

    Everything left out comes from the standard AWS configuration: environment variables, `~/.aws` files, the
    instance's or container's role.

    Args:
        region_name: The AWS region, such as `us-east-1`. None: the configured region; last,
            the variable `AWS_REGION`.
        profile_name: The profile in `~/.aws/config`. None: the configured profile. Cannot be combined with `session`.
        aws_access_key_id: The access key, with `aws_secret_access_key`. None: the configured credentials.
        aws_secret_access_key: The secret of the access key.
        aws_session_token: The token of temporary credentials. None: the credentials are not temporary.
        endpoint_url: The URL to send requests to, for example that of a local service. None: AWS.
        session: An aiobotocore session to take credentials and configuration from; it is not modified.
            None: a new one.
        config: Settings that override ours. By default botocore's retries are off, the pool holds 50 connections,
            connecting may take 10 s, and the service may pause for 30 s while it responds.
        verify: The file with the certificates of the authorities that are trusted, in PEM format. False: do not
            verify the endpoint's certificate. None: `AWS_CA_BUNDLE`, the profile's `ca_bundle`, `REQUESTS_CA_BUNDLE`
            or botocore's own file, in this order.
        max_response_bytes: The largest body of a response that is read, in bytes; at least 1. A larger one is a
            ResponseError. No response of the service comes near the default of 16 MiB.
        retry: Which failures are retried, how often, and the timeout of each call. None: `RetryPolicy()`, with
            the `max_attempts` that `AWS_MAX_ATTEMPTS` or the profile sets. `AWS_RETRY_MODE` has no effect.
        pacing: How calls are spread over time, so that they do not flood a service that throttles. None: `Pacing()`.
            `NO_PACING` turns it off.
        observer: Called with an `Attempt` after each attempt of a call, for logs, metrics and traces; also after one
            that failed before its request was sent. A plain function, not an `async def`.

    Returns:
        What opens the client, once: `async with` closes it at the end of the block, `await` leaves that to you.

    Raises:
        RequestError: Two arguments exclude each other, or one needs another. Opening raises it if the profile is
            unknown; there is no region; the endpoint, the proxy, a certificate file or `connector_args` cannot be used;
            the config has an `http_session_cls`; `AWS_MAX_ATTEMPTS` is no number; or an argument is not of its type.
        CredentialsError: The configured credentials are incomplete. Missing ones are reported by the first call.
    """
    if session is not None and profile_name is not None:
        raise RequestError("profile_name has no effect on a session; give one of the two")
    texts = {
        "region_name": region_name,
        "profile_name": profile_name,
        "aws_access_key_id": aws_access_key_id,
        "aws_secret_access_key": aws_secret_access_key,
        "aws_session_token": aws_session_token,
        "endpoint_url": endpoint_url,
    }
    for name, value in texts.items():
        _check_type(name, value, str, "a str")
    _check_type("verify", verify, (bool, str, os.PathLike), "True, False or the path of a file")
    keys = {"aws_access_key_id": aws_access_key_id, "aws_secret_access_key": aws_secret_access_key}
    if any(value is not None for value in (*keys.values(), aws_session_token)):
        # An empty text is no key: to use the configured credentials in its place could be the wrong account.
        missing = [name for name, value in keys.items() if not value]
        if missing:
            raise RequestError(f"explicit credentials need {' and '.join(missing)}, too; or give none of them")
        keys["aws_session_token"] = aws_session_token
    return Connection(
        lambda: open_client(
            session,
            config,
            profile_name=profile_name,
            verify=verify,
            max_response_bytes=max_response_bytes,
            region_name=region_name,
            endpoint_url=endpoint_url,
            **keys,
        ),
        retry,
        observer,
        pacing,
    )


def _check_type(name: str, value: object, types: type | tuple[type, ...], expected: str) -> None:
    if value is not None and not isinstance(value, types):
        raise RequestError(f"{name} must be {expected}, not {kind_of(value)}")
