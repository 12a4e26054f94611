"""What `cleanroomsml doctor` needs of aiobotocore: who the caller is, and how a client is connected."""

# aiobotocore is untyped; what it returns is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Callable
from typing import Any

import attrs
from aiobotocore.config import AioConfig

from .endpoint import find_endpoint
from .failures import translate_credentials_error, without_secrets
from .files import prepare_session

__all__ = ["Caller", "ConnectionFacts", "describe_connection", "find_caller", "watch_dates"]


@attrs.frozen(kw_only=True)
class Caller:
    """Whom AWS takes the caller for."""

    account: str
    arn: str


@attrs.frozen(kw_only=True)
class ConnectionFacts:
    """How a client is connected."""

    region: str
    endpoint_url: str
    credential_source: str | None
    """botocore's name of the source of the credentials. None: there are none."""


def describe_connection(aws: Any) -> ConnectionFacts:
    """Return how a client that `connect` opened is connected."""
    endpoint = find_endpoint(aws)
    return ConnectionFacts(
        region=aws.meta.region_name,
        endpoint_url=aws.meta.endpoint_url,
        credential_source=None if endpoint is None else endpoint.credential_source,
    )


async def find_caller(profile_name: str | None, region_name: str) -> Caller:
    """Ask AWS STS who the caller is; it needs no permission. Raise one of our exceptions if that fails."""
    config: Any = AioConfig(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 1, "mode": "standard"})
    try:
        session: Any = await prepare_session(None, profile_name, "sts")
        async with session.create_client("sts", region_name=region_name, config=config) as sts:
            response: dict[str, str] = await sts.get_caller_identity()
        return Caller(account=response["Account"], arn=response["Arn"])
    except Exception as error:  # noqa: BLE001  # botocore's exceptions have no common base class
        failure, cause = translate_credentials_error(error), without_secrets(error)
    raise failure from cause


def watch_dates(aws: Any, receive: Callable[[str], None]) -> None:
    """Call a function with the Date header of each response of the service."""

    def after_call(parsed: dict[str, Any], **_: object) -> None:
        headers: dict[str, str] = parsed["ResponseMetadata"].get("HTTPHeaders", {})
        if (date := headers.get("date")) is not None:
            receive(date)

    aws.meta.events.register("after-call.cleanroomsml", after_call)
