"""ML input channels as every member of their collaboration sees them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._paging import Pages
from .._waiting import Polling, active_goal, last, watch
from .ml_input_channels import MLInputChannelStatus, PayerConfiguration, PrivacyBudgets, SyntheticDataConfiguration
from .shared import StatusDetails

__all__ = [
    "CollaborationMLInputChannel",
    "CollaborationMLInputChannelSummary",
    "get_collaboration_ml_input_channel",
    "list_collaboration_ml_input_channels",
    "wait_for_collaboration_ml_input_channel",
    "watch_collaboration_ml_input_channel",
]


@displayed
@attrs.frozen(kw_only=True)
class CollaborationMLInputChannel:
    """A channel of any member: without query, KMS key and tags, with the account that created it."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_associations: tuple[str, ...]
    """The ARNs of the associations that may use the data; exactly one, so far."""
    retention_in_days: int
    """1-30."""
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    number_of_records: int | None = None
    privacy_budgets: PrivacyBudgets | None = None
    synthetic_data_configuration: SyntheticDataConfiguration | None = None
    payer_configuration: PayerConfiguration | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationMLInputChannelSummary:
    """A channel in a list of a collaboration."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_associations: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    payer_configuration: PayerConfiguration | None = None
    description: str | None = None


async def get_collaboration_ml_input_channel(
    client: Client, collaboration_identifier: str, ml_input_channel_arn: str
) -> CollaborationMLInputChannel:
    """Return an ML input channel of any member of a collaboration, also after its data was deleted.

    AWS: GetCollaborationMLInputChannel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        ml_input_channel_arn: The ARN of the channel; `list_collaboration_ml_input_channels` lists it.

    Returns:
        The channel, without query, KMS key and tags, but with its creator's account.

    Raises:
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetCollaborationMLInputChannel",
        CollaborationMLInputChannel,
        collaboration_identifier=collaboration_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


def list_collaboration_ml_input_channels(
    client: Client, collaboration_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[CollaborationMLInputChannelSummary]:
    """List the ML input channels of all members of a collaboration.

    AWS: ListCollaborationMLInputChannels.

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
        "ListCollaborationMLInputChannels",
        CollaborationMLInputChannelSummary,
        "collaborationMLInputChannelsList",
        page_size=page_size,
        starting_token=starting_token,
        collaboration_identifier=collaboration_identifier,
    )


_UNTIL_ACTIVE = active_goal(MLInputChannelStatus)


def watch_collaboration_ml_input_channel(
    client: Client,
    collaboration_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[CollaborationMLInputChannel]:
    """Yield the channel after the first poll and after every change of its status, until it is ACTIVE.

    AWS: GetCollaborationMLInputChannel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        ml_input_channel_arn: The ARN of the channel; `list_collaboration_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The channel. The last one is ACTIVE.

    Raises:
        WaitFailedError: The query failed, or the data is deleted or being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_collaboration_ml_input_channel, client, collaboration_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_collaboration_ml_input_channel(
    client: Client,
    collaboration_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[CollaborationMLInputChannel], object] | None = None,
) -> CollaborationMLInputChannel:
    """Wait until an ML input channel of any member is ACTIVE, and return it.

    AWS: GetCollaborationMLInputChannel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        ml_input_channel_arn: The ARN of the channel; `list_collaboration_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the channel after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The channel.

    Raises:
        WaitFailedError: The query failed, or the data is deleted or being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_collaboration_ml_input_channel(
        client, collaboration_identifier, ml_input_channel_arn, polling=polling, timeout=timeout
    )
    return await last(changes, on_change)
