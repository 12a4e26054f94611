"""The aiobotocore client that ours stands on, made as ours needs it."""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, cast

from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader
from botocore.useragent import UserAgentString

from .._version import __version__
from .calls import translate_setup_error
from .endpoint import NoRedirectSession, replace_endpoint

__all__ = ["is_aiobotocore_client", "open_client"]

_SERVICE = "cleanroomsml"


def is_aiobotocore_client(value: object) -> bool:
    """Whether a value is a client made by aiobotocore, of whatever service."""
    return isinstance(value, AioBaseClient)


@asynccontextmanager
async def open_client(
    session: AioSession | None, config: AioConfig | None, *, profile_name: str | None, **arguments: str | None
) -> AsyncGenerator[Any]:
    """An aiobotocore client, for as long as the context lasts; our exception if there can be none."""
    async with AsyncExitStack() as stack:
        try:
            if session is None:
                session = _session(profile_name)
            client = session.create_client(_SERVICE, config=_merged(session, config), **arguments)
            aws = await stack.enter_async_context(client)
        except Exception as error:
            raise translate_setup_error(error) from error
        # On the client's own copy of the event hooks: the session does not notice.
        replace_endpoint(aws)
        yield aws


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
        with suppress(DataNotFoundError):
            self._loader.determine_latest_version(service_name, self._type_name)
            return True
        return False

    def __iter__(self) -> Iterator[str]:
        yield from Loader.list_available_services(self._loader, self._type_name)


def _merged(session: AioSession, config: AioConfig | None) -> Any:
    ours: Any = AioConfig(
        http_session_cls=NoRedirectSession,
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
