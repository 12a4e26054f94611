"""Trained models as every member of their collaboration sees them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._paging import Pages
from .._waiting import Polling, active_goal, last, watch
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base
from .trained_models import TrainedModelStatus
from .training_settings import (
    IncrementalTrainingDataChannelOutput,
    ResourceConfig,
    StoppingCondition,
    TrainingInputMode,
)

__all__ = [
    "CollaborationTrainedModel",
    "CollaborationTrainedModelSummary",
    "get_collaboration_trained_model",
    "list_collaboration_trained_models",
    "wait_for_collaboration_trained_model",
    "watch_collaboration_trained_model",
]


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModel:
    """A version of a trained model of any member: without data channels, settings, KMS key and tags."""

    trained_model_arn: str
    name: str
    status: TrainedModelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_association_arn: str
    create_time: datetime
    update_time: datetime
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""
    incremental_training_data_channels: tuple[IncrementalTrainingDataChannelOutput, ...] = ()
    """The model that training continued from. Empty: trained from scratch."""
    status_details: StatusDetails | None = None
    resource_config: ResourceConfig | None = None
    training_input_mode: TrainingInputMode | None = None
    stopping_condition: StoppingCondition | None = None
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    training_container_image_digest: str | None = None
    ml_model_training_payer_account_id: str | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModelSummary:
    """A version of a trained model in a list of a collaboration."""

    trained_model_arn: str
    name: str
    status: TrainedModelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_association_arn: str
    create_time: datetime
    update_time: datetime
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""
    incremental_training_data_channels: tuple[IncrementalTrainingDataChannelOutput, ...] = ()
    ml_model_training_payer_account_id: str | None = None
    description: str | None = None


async def get_collaboration_trained_model(
    client: Client, collaboration_identifier: str, trained_model_arn: str, *, version_identifier: str | None = None
) -> CollaborationTrainedModel:
    """Return a version of a trained model of any member of a collaboration.

    AWS: GetCollaborationTrainedModel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        version_identifier: The version. None: the latest one.

    Returns:
        The version, without its owner's settings, but with its creator's account.

    Raises:
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetCollaborationTrainedModel",
        CollaborationTrainedModel,
        collaboration_identifier=collaboration_identifier,
        trained_model_arn=trained_model_arn,
        version_identifier=version_identifier,
    )


def list_collaboration_trained_models(
    client: Client, collaboration_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[CollaborationTrainedModelSummary]:
    """List the trained models of all members of a collaboration.

    AWS: ListCollaborationTrainedModels.

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
        "ListCollaborationTrainedModels",
        CollaborationTrainedModelSummary,
        "collaborationTrainedModels",
        collaboration_identifier=collaboration_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )


_UNTIL_ACTIVE = active_goal(TrainedModelStatus)


def watch_collaboration_trained_model(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[CollaborationTrainedModel]:
    """Yield the model after the first poll and after every change of its status, until it is ACTIVE.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetCollaborationTrainedModel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        version_identifier: The version. None: whichever version is the latest at each poll.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The model. The last one is ACTIVE.

    Raises:
        WaitFailedError: Training failed or was cancelled, or its output was deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(
        get_collaboration_trained_model,
        client,
        collaboration_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
    )
    return watch(poll, trained_model_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_collaboration_trained_model(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[CollaborationTrainedModel], object] | None = None,
) -> CollaborationTrainedModel:
    """Wait until a version of a trained model of any member is ACTIVE, and return it.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetCollaborationTrainedModel.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        version_identifier: The version. None: whichever version is the latest at each poll.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the model after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The version.

    Raises:
        WaitFailedError: Training failed or was cancelled, or its output was deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_collaboration_trained_model(
        client,
        collaboration_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
        polling=polling,
        timeout=timeout,
    )
    return await last(changes, on_change)
