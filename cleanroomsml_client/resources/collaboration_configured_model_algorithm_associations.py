"""Associations of configured model algorithms as every member of their collaboration sees them."""

from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._paging import Pages
from .configured_model_algorithm_associations import PrivacyConfiguration

__all__ = [
    "CollaborationConfiguredModelAlgorithmAssociation",
    "CollaborationConfiguredModelAlgorithmAssociationSummary",
    "get_collaboration_configured_model_algorithm_association",
    "list_collaboration_configured_model_algorithm_associations",
]


@displayed
@attrs.frozen(kw_only=True)
class CollaborationConfiguredModelAlgorithmAssociation:
    """An association of any member: without tags, with the account that created it."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    """The membership that associated the algorithm."""
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    creator_account_id: str
    create_time: datetime
    update_time: datetime
    privacy_configuration: PrivacyConfiguration | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationConfiguredModelAlgorithmAssociationSummary:
    """An association in a list of a collaboration."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    creator_account_id: str
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def get_collaboration_configured_model_algorithm_association(
    client: Client, collaboration_identifier: str, configured_model_algorithm_association_arn: str
) -> CollaborationConfiguredModelAlgorithmAssociation:
    """Return an association of any member of a collaboration.

    AWS: GetCollaborationConfiguredModelAlgorithmAssociation.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        configured_model_algorithm_association_arn: The ARN of the association;
            `list_collaboration_configured_model_algorithm_associations` lists it.

    Returns:
        The association, without tags, but with its creator's account.

    Raises:
        ResourceNotFoundError: The association does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetCollaborationConfiguredModelAlgorithmAssociation",
        CollaborationConfiguredModelAlgorithmAssociation,
        collaboration_identifier=collaboration_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )


def list_collaboration_configured_model_algorithm_associations(
    client: Client, collaboration_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[CollaborationConfiguredModelAlgorithmAssociationSummary]:
    """List the associations of all members of a collaboration.

    AWS: ListCollaborationConfiguredModelAlgorithmAssociations.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListCollaborationConfiguredModelAlgorithmAssociations",
        CollaborationConfiguredModelAlgorithmAssociationSummary,
        "collaborationConfiguredModelAlgorithmAssociations",
        page_size=page_size,
        starting_token=starting_token,
        collaboration_identifier=collaboration_identifier,
    )
