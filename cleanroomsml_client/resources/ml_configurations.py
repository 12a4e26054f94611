"""ML configurations: where the custom models of a member store their output; one per membership."""

from datetime import datetime
from typing import Self

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import check_inputs
from .shared import S3ConfigMap

__all__ = [
    "Destination",
    "MLConfiguration",
    "MLOutputConfiguration",
    "delete_ml_configuration",
    "get_ml_configuration",
    "put_ml_configuration",
]


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class Destination:
    """A location for output."""

    s3_destination: S3ConfigMap


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class MLOutputConfiguration:
    """Where output is stored, and by which IAM role."""

    role_arn: str
    """The IAM role that AWS assumes to write to the destination and to publish metrics and logs."""
    destination: Destination | None = None

    @classmethod
    def to_s3(cls, s3_uri: str, *, role_arn: str) -> Self:
        """Return a configuration that writes to Amazon S3.

        Args:
            s3_uri: Where, such as `s3://bucket/output/`.
            role_arn: The IAM role that AWS assumes to write there.

        Returns:
            The configuration.
        """
        return cls(destination=Destination(s3_destination=S3ConfigMap(s3_uri=s3_uri)), role_arn=role_arn)


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
    """Set the ML configuration of a membership, in place of an earlier one.

    AWS: PutMLConfiguration.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        default_output_location: Where output is stored, and the IAM role that AWS assumes to store it.

    Raises:
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "PutMLConfiguration",
        None,
        membership_identifier=membership_identifier,
        default_output_location=default_output_location,
    )


async def get_ml_configuration(client: Client, membership_identifier: str) -> MLConfiguration:
    """Return the ML configuration of a membership.

    AWS: GetMLConfiguration.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.

    Returns:
        The ML configuration.

    Raises:
        ResourceNotFoundError: The membership has none.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(client, "GetMLConfiguration", MLConfiguration, membership_identifier=membership_identifier)


async def delete_ml_configuration(client: Client, membership_identifier: str) -> None:
    """Delete the ML configuration of a membership.

    AWS: DeleteMLConfiguration.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.

    Raises:
        ResourceNotFoundError: The membership has none.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "DeleteMLConfiguration", None, membership_identifier=membership_identifier)
