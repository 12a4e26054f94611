"""ML configurations: where a member's custom models put their output, one setting for each membership."""

from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .shared import S3ConfigMap

__all__ = [
    "Destination",
    "MLConfiguration",
    "MLOutputConfiguration",
    "delete_ml_configuration",
    "get_ml_configuration",
    "put_ml_configuration",
]


@attrs.frozen(kw_only=True)
class Destination:
    """A place for output."""

    s3_destination: S3ConfigMap


@attrs.frozen(kw_only=True)
class MLOutputConfiguration:
    """Where output is stored, and who may store it."""

    role_arn: str
    """The IAM role that writes to the destination and publishes metrics and logs."""
    destination: Destination | None = None


@displayed
@attrs.frozen(kw_only=True)
class MLConfiguration:
    """The ML configuration of a membership."""

    membership_identifier: str
    default_output_location: MLOutputConfiguration
    create_time: datetime
    update_time: datetime


async def put_ml_configuration(
    client: Client, membership_identifier: str, *, default_output_location: MLOutputConfiguration
) -> None:
    """Set a membership's ML configuration, in place of one that is there already.

    Raises AccessDeniedError and ValidationError. AWS: PutMLConfiguration.
    """
    await call(
        client,
        "PutMLConfiguration",
        None,
        membership_identifier=membership_identifier,
        default_output_location=default_output_location,
    )


async def get_ml_configuration(client: Client, membership_identifier: str) -> MLConfiguration:
    """Return a membership's ML configuration. Raises ResourceNotFoundError if it has none. AWS: GetMLConfiguration."""
    return await call(client, "GetMLConfiguration", MLConfiguration, membership_identifier=membership_identifier)


async def delete_ml_configuration(client: Client, membership_identifier: str) -> None:
    """Delete a membership's ML configuration.

    Raises ResourceNotFoundError if it has none. AWS: DeleteMLConfiguration.
    """
    await call(client, "DeleteMLConfiguration", None, membership_identifier=membership_identifier)
