"""The hook: a client from an AWS connection of Airflow, for async code and for workers."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import attrs
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from asgiref.sync import sync_to_async

from .._blocking import blocking
from .._client import Client
from .._connect import Connection, connect
from ..errors import CredentialsError

__all__ = ["CleanRoomsMLHook"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


@attrs.frozen(kw_only=True)
class ConnectionSettings:
    """What an AWS connection of Airflow says, as arguments of `connect`."""

    session: Any
    region_name: str | None
    endpoint_url: str | None
    config: Any
    verify: bool | str | None

    def connect(self) -> Connection:
        """Return what opens a client with these settings."""
        return connect(**attrs.asdict(self, recurse=False))


class CleanRoomsMLHook(AwsBaseHook):
    """Clients of Clean Rooms ML with the credentials and settings of an AWS connection of Airflow.

    The connection's extra may set `region_name`, `verify`, `config_kwargs`, `role_arn` and `endpoint_url`, as for every
    hook of the amazon provider; `service_config` may have a part named `cleanroomsml`.

    Args:
        aws_conn_id: The id of the connection. None: the standard AWS configuration of the machine.
        region_name: The AWS region. None: that of the connection.
        verify: Whether the endpoint's certificate is verified, or the file with the authorities that are trusted.
            None: as the connection says.
        config: Settings of botocore, as a dict or a `Config`. None: those of the connection.
    """

    def __init__(
        self,
        aws_conn_id: str | None = "aws_default",
        *,
        region_name: str | None = None,
        verify: bool | str | None = None,
        config: Any = None,  # a dict, or a Config of botocore, which has no types
    ) -> None:
        super().__init__(aws_conn_id, client_type="cleanroomsml", region_name=region_name, verify=verify, config=config)

    @asynccontextmanager
    async def connect(self) -> AsyncGenerator[Client]:
        """Open a client for a block of async code, such as a trigger.

        The connection of Airflow is read in a thread, and so is the first session token of an assumed role.

        Yields:
            The client, which every function of this library takes as its first argument.

        Raises:
            RequestError: The settings cannot be used; the message names the one.
            CredentialsError: The credentials are incomplete, or the role cannot be assumed.
        """
        # Airflow passes requests for connections on to the event loop of the triggerer, which needs asgiref's thread.
        settings = await sync_to_async(self._settings)()
        async with settings.connect() as client:
            yield client

    @overload
    def run(
        self, function: Callable[Concatenate[Client, _P], Awaitable[_R]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _R: ...
    @overload
    def run(
        self, function: Callable[Concatenate[Client, _P], AsyncIterable[_R]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> list[_R]: ...
    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call an async function with a client and wait for it, in a worker or another synchronous program.

        Args:
            function: A function of this library, such as `get_audience_model`, or one of yours that takes a client.
            *args: Its further arguments.
            **kwargs: Its further arguments.

        Returns:
            The result; for a list or a `watch_` function, a list of all that it yields.

        Raises:
            RequestError: An event loop is running in this thread; use `connect` there.
            CleanRoomsMLError: As for the function.
        """
        with blocking(self._settings().connect()) as call:
            result = call(function, *args, **kwargs)
            return [*result] if inspect.isgenerator(result) else result

    def _settings(self) -> ConnectionSettings:
        """Read the connection, and assume its role: blocks, on Airflow's database and on AWS STS."""
        airflow: Any = self  # whose methods have partly unknown types
        try:
            session = airflow.get_session(region_name=self.region_name, deferrable=True)
        except Exception as error:  # of botocore, which only `_aws` knows, or of what the connection asks for a role
            raise CredentialsError(f"no credentials from Airflow's connection {self.aws_conn_id!r}: {error}") from error
        _refresh_in_thread(session)
        return ConnectionSettings(
            session=session,
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            config=self._get_config(),
            verify=self.verify,
        )

    @property
    def endpoint_url(self) -> str | None:
        """The URL that the connection sends requests to. None: AWS."""
        url: str | None = self.conn_config.get_service_endpoint_url(self.service_name)
        return url


def _refresh_in_thread(session: Any) -> None:
    """Let the credentials of an assumed role be refreshed in a thread: Airflow's function for it blocks.

    A session without a role has no credentials yet; aiobotocore's own functions refresh those without blocking.
    """
    credentials: Any = getattr(session, "_credentials", None)
    refresh: Callable[[], Any] | None = getattr(credentials, "_refresh_using", None)
    if refresh is not None:
        credentials._refresh_using = partial(asyncio.to_thread, refresh)  # noqa: SLF001
