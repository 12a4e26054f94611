"""Creates the aiobotocore client that a `Client` uses."""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

from aiobotocore.client import AioBaseClient
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, ClientCreatorContext
from botocore.client import BaseClient
from botocore.config import Config
from botocore.useragent import UserAgentString

from .._models import kind_of
from .._version import __version__
from ..errors import RequestError
from .endpoint import replace_endpoint
from .failures import translate_credentials_error, translate_setup_error, without_secrets
from .files import prepare_session
from .resolution import remember_endpoints
from .signing import sign_with
from .tls import Verify, find_authorities
from .transport import check_endpoint, create_transport

__all__ = ["connection_limit", "is_aiobotocore_client", "is_boto3_client", "is_not_entered", "open_client"]

_SERVICE = "cleanroomsml"
_CONNECTIONS = 50


def is_aiobotocore_client(value: object) -> bool:
    """Whether a value is a client made by aiobotocore, for any service."""
    return isinstance(value, AioBaseClient)


def is_boto3_client(value: object) -> bool:
    """Whether a value is a synchronous client, made by boto3 or botocore."""
    return isinstance(value, BaseClient) and not isinstance(value, AioBaseClient)


def is_not_entered(value: object) -> bool:
    """Whether a value is what aiobotocore's `create_client` returns, before its context is entered."""
    return isinstance(value, ClientCreatorContext)


def connection_limit(aws: Any) -> int:
    """Return how many connections the pool of a client has; as many as by default for a test double."""
    return aws.meta.config.max_pool_connections if is_aiobotocore_client(aws) else _CONNECTIONS


@asynccontextmanager
async def open_client(
    session: AioSession | None,
    config: AioConfig | None,
    *,
    profile_name: str | None,
    verify: Verify,
    max_response_bytes: int,
    **arguments: str | None,
) -> AsyncGenerator[tuple[Any, int | None]]:
    """Open an aiobotocore client, closed when the context ends; yield it and the configured number of attempts.

    Raise one of our exceptions if that fails. Because this is an async generator, the end of the event loop closes a
    client that was left open. It enters no other generator: the loop closes them in any order.
    """
    _check_types(session, config)
    async with AsyncExitStack() as stack:
        if arguments["endpoint_url"] is not None:
            check_endpoint(arguments["endpoint_url"])
        session, source = await _load_credentials(
            session, profile_name, is_explicit=arguments["aws_access_key_id"] is not None
        )
        authorities = find_authorities(session, verify=verify)
        aws = await _create_client(stack, session, config, verify=authorities.bundle, **arguments)
        transport = await create_transport(aws, authorities, max_response_bytes=max_response_bytes)
        await stack.enter_async_context(transport)
        # This changes the client's own copy of the event handlers, not the session's.
        endpoint = replace_endpoint(aws, transport, source)
        remember_endpoints(aws)
        sign_with(aws, endpoint.clock, session.get_credentials)
        yield aws, _configured_attempts(session)


def _configured_attempts(session: AioSession) -> int | None:
    """Return how many attempts the environment or the profile allows a call; None: neither says so."""
    try:
        attempts = cast("int | None", session.get_config_variable("max_attempts"))
    except ValueError:
        attempts = 0
    if attempts is not None and attempts < 1:
        raise RequestError(
            "AWS_MAX_ATTEMPTS (or max_attempts of the profile) must be a whole number of at least 1; change or unset it"
        )
    return attempts


def _check_types(session: object, config: object) -> None:
    if not isinstance(session, AioSession | None):
        raise RequestError(
            f"session must be an aiobotocore session, not {type(session).__module__}.{type(session).__qualname__}; "
            "leave it out, or write `session=aiobotocore.session.get_session()`"
        )
    if not isinstance(config, Config | None):
        raise RequestError(
            f"config must be an aiobotocore config, not {kind_of(config)}; write `config=AioConfig(read_timeout=...)`"
        )


async def _load_credentials(
    session: AioSession | None, profile_name: str | None, *, is_explicit: bool
) -> tuple[AioSession, str | None]:
    """Return the session, or a new one, and the source of its credentials.

    The session keeps the credentials: creating a client loads them, too.
    """
    try:
        session = await prepare_session(session, profile_name, _SERVICE)
        if is_explicit:
            return session, "explicit"
        credentials = cast("Any", await session.get_credentials())
        return session, getattr(credentials, "method", None)
    except Exception as error:  # noqa: BLE001  # a source may raise anything: it reads files and runs programs
        failure, cause = translate_credentials_error(error), without_secrets(error)
    # Raised outside the `except` block: inside it, __context__ would still hold the original, with its secrets.
    raise failure from cause


async def _create_client(
    stack: AsyncExitStack, session: AioSession, config: AioConfig | None, *, region_name: str | None, **arguments: Any
) -> Any:
    try:
        merged = _merged(session, config)
        if not (region_name or merged.region_name or session.get_config_variable("region")):
            # Most AWS SDKs read this variable; botocore does not.
            region_name = os.environ.get("AWS_REGION") or None
        return await stack.enter_async_context(
            session.create_client(_SERVICE, config=merged, region_name=region_name, **arguments)
        )
    except Exception as error:  # noqa: BLE001  # botocore's exceptions have no common base class
        failure, cause = translate_setup_error(error), without_secrets(error)
    raise failure from cause


def _merged(session: AioSession, config: AioConfig | None) -> Any:
    ours: Any = AioConfig(
        connect_timeout=10,
        read_timeout=30,
        max_pool_connections=_CONNECTIONS,
        user_agent_extra=f"cleanroomsml-client/{__version__}",
    )
    # Our policy is the only one: botocore's retries would multiply it.
    no_retries = AioConfig(retries={"total_max_attempts": 1, "mode": "standard"})
    for layer in (session.get_default_client_config(), no_retries, config):
        if layer is not None:
            ours = ours.merge(layer)
    return ours if ours.user_agent else ours.merge(AioConfig(user_agent=_user_agent(session, ours)))


def _user_agent(session: AioSession, config: Any) -> str:
    """Return botocore's own user agent, built once: botocore builds it twice in every call, and still adds the extras.

    Saves half of the Python calls of a get with botocore 1.43, but only a sixteenth with 1.44, which caches it itself:
    delete this when 1.44 is the lowest version.
    """
    application = config.user_agent_appid or session.get_config_variable("user_agent_appid")
    agent = UserAgentString.from_environment()
    agent.set_session_config(session.user_agent_name, session.user_agent_version, None)
    return cast("str", agent.with_client_config(AioConfig(user_agent_appid=application)).to_string())
