"""Trained models as every member of their collaboration sees them."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._paging import Pages
from .._waiting import Polling, last, watch
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base
from .trained_models import (
    TRAINED_MODEL_UNTIL_ACTIVE,
    IncrementalTrainingDataChannelOutput,
    ResourceConfig,
    StoppingCondition,
    TrainedModelStatus,
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
    """A version of a trained model, without what is its owner's alone: data channels, settings, key and tags."""

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
    """Empty: trained from scratch."""
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
    """A version of a collaboration's trained model as lists show it."""

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
    """Return a version of a collaboration's trained model; no version identifier means the latest version.

    Raises ResourceNotFoundError. AWS: GetCollaborationTrainedModel.
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
    """Return the trained models of all members of a collaboration, `page_size` (1-100) to a request.

    AWS: ListCollaborationTrainedModels.
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


def watch_collaboration_trained_model(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
) -> AsyncIterator[CollaborationTrainedModel]:
    """Yield the version at first sight and at every change of status, until it is ACTIVE.

    Versions and errors as when waiting.
    """
    poll = partial(
        get_collaboration_trained_model,
        client,
        collaboration_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
    )
    return watch(poll, trained_model_arn, TRAINED_MODEL_UNTIL_ACTIVE, polling)


async def wait_for_collaboration_trained_model(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    on_change: Callable[[CollaborationTrainedModel], object] | None = None,
) -> CollaborationTrainedModel:
    """Return the version when it is ACTIVE; `on_change` is called with what `watch_` would yield.

    No version identifier means whichever version is the latest at each look. Metrics and logs may come later.

    Raises WaitFailedError when training fails or is cancelled, or the output is deleted, WaitTimeoutError,
    ResourceNotFoundError. AWS: GetCollaborationTrainedModel.
    """
    changes = watch_collaboration_trained_model(
        client, collaboration_identifier, trained_model_arn, version_identifier=version_identifier, polling=polling
    )
    return await last(changes, on_change)
