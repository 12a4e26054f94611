"""Trained models: what a configured model algorithm makes of input channels, in one version or more."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages
from .._waiting import Goal, Polling, active_goal, last, run_to_end, watch
from ..errors import RequestError
from .instance_types import InstanceType
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base

__all__ = [
    "CreatedTrainedModel",
    "IncrementalTrainingDataChannel",
    "IncrementalTrainingDataChannelOutput",
    "ModelTrainingDataChannel",
    "ResourceConfig",
    "S3DataDistributionType",
    "StoppingCondition",
    "TrainedModel",
    "TrainedModelStatus",
    "TrainedModelSummary",
    "TrainingInputMode",
    "cancel_trained_model",
    "create_trained_model",
    "delete_trained_model_output",
    "get_trained_model",
    "list_trained_model_versions",
    "list_trained_models",
    "wait_for_trained_model",
    "wait_for_trained_model_cancelled",
    "wait_for_trained_model_output_deleted",
    "watch_trained_model",
    "watch_trained_model_cancelled",
    "watch_trained_model_output_deleted",
]


class TrainedModelStatus(OpenEnum):
    """Where a version of a trained model is between its creation and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    INACTIVE = "INACTIVE"
    """Cancelled, or its output is deleted: the status does not tell which."""
    CANCEL_PENDING = "CANCEL_PENDING"
    CANCEL_IN_PROGRESS = "CANCEL_IN_PROGRESS"
    CANCEL_FAILED = "CANCEL_FAILED"


class TrainingInputMode(OpenEnum):
    """How the training container gets its data."""

    FILE = "File"
    """Copied to the instance before training begins."""
    FAST_FILE = "FastFile"
    """Seen as files, but read from Amazon S3 on demand."""
    PIPE = "Pipe"
    """Streamed through a named pipe."""


class S3DataDistributionType(OpenEnum):
    """Which part of a channel each training instance gets."""

    FULLY_REPLICATED = "FullyReplicated"
    """All of it."""
    SHARDED_BY_S3_KEY = "ShardedByS3Key"
    """Its share of the objects."""


@attrs.frozen(kw_only=True)
class ResourceConfig:
    """The machines that a model is trained on."""

    instance_type: InstanceType
    volume_size_in_gb: int
    """Storage of an instance, 1-8192 GB; not every instance type allows that much."""
    instance_count: int | None = None
    """1-5."""


@attrs.frozen(kw_only=True)
class StoppingCondition:
    """When training is broken off."""

    max_runtime_in_seconds: int | None = None
    """1-2419200, which is 28 days."""


@attrs.frozen(kw_only=True)
class ModelTrainingDataChannel:
    """An ML input channel under the name by which the training container knows it."""

    ml_input_channel_arn: str
    channel_name: str
    s3_data_distribution_type: S3DataDistributionType | None = None


@attrs.frozen(kw_only=True)
class IncrementalTrainingDataChannel:
    """The trained model from which incremental training goes on, under its name in the training container."""

    trained_model_arn: str
    channel_name: str
    """Different from those of the data channels."""
    version_identifier: str | None = None
    """None: the latest version."""


@attrs.frozen(kw_only=True)
class IncrementalTrainingDataChannelOutput:
    """The trained model from which incremental training went on: it is told by name, not by ARN."""

    model_name: str
    channel_name: str
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""


@attrs.frozen(kw_only=True)
class CreatedTrainedModel:
    """What identifies a new trained model, or a new version of one."""

    trained_model_arn: str
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""


@displayed
@attrs.frozen(kw_only=True)
class TrainedModel:
    """A version of a trained model, as the member sees it who trained it."""

    trained_model_arn: str
    name: str
    status: TrainedModelStatus
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_association_arn: str
    data_channels: tuple[ModelTrainingDataChannel, ...]
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
    hyperparameters: Mapping[str, str] = map_field()
    environment: Mapping[str, str] = map_field()
    """The training container's environment variables."""
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    training_container_image_digest: str | None = None
    ml_model_training_payer_account_id: str | None = None
    kms_key_arn: str | None = None
    """None: encrypted with a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelSummary:
    """A version of a trained model as lists show it."""

    trained_model_arn: str
    name: str
    status: TrainedModelStatus
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_association_arn: str
    create_time: datetime
    update_time: datetime
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""
    incremental_training_data_channels: tuple[IncrementalTrainingDataChannelOutput, ...] = ()
    ml_model_training_payer_account_id: str | None = None
    description: str | None = None


async def create_trained_model(
    client: Client,
    membership_identifier: str,
    *,
    name: str,
    configured_model_algorithm_association_arn: str,
    resource_config: ResourceConfig,
    data_channels: Sequence[ModelTrainingDataChannel],
    hyperparameters: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    stopping_condition: StoppingCondition | None = None,
    incremental_training_data_channels: Sequence[IncrementalTrainingDataChannel] | None = None,
    training_input_mode: TrainingInputMode | None = None,
    description: str | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    ml_model_training_payer_account_id: str | None = None,
) -> CreatedTrainedModel:
    """Begin to train a model and return its ARN and version; `wait_for_trained_model` tells when it is ready.

    Needs 1-20 data channels. An incremental channel, at most one and counted among the 20, goes on from a model
    trained before. Hyperparameters and environment variables (at most 100 each) are for the training container.

    Raises ServiceQuotaExceededError while too many models are in training, ResourceNotFoundError for an unknown
    association, channel or earlier model, ConflictError and ValidationError. AWS: CreateTrainedModel.
    """
    return await call(
        client,
        "CreateTrainedModel",
        CreatedTrainedModel,
        membership_identifier=membership_identifier,
        name=name,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
        resource_config=resource_config,
        data_channels=data_channels,
        hyperparameters=hyperparameters,
        environment=environment,
        stopping_condition=stopping_condition,
        incremental_training_data_channels=incremental_training_data_channels,
        training_input_mode=training_input_mode,
        description=description,
        kms_key_arn=kms_key_arn,
        tags=tags,
        ml_model_training_payer_account_id=ml_model_training_payer_account_id,
    )


async def get_trained_model(
    client: Client, membership_identifier: str, trained_model_arn: str, *, version_identifier: str | None = None
) -> TrainedModel:
    """Return a version of a trained model; no version identifier means the latest version.

    Raises ResourceNotFoundError. AWS: GetTrainedModel.
    """
    return await call(
        client,
        "GetTrainedModel",
        TrainedModel,
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        version_identifier=version_identifier,
    )


def list_trained_models(
    client: Client, membership_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[TrainedModelSummary]:
    """Return the membership's trained models, `page_size` (1-100) to a request. AWS: ListTrainedModels."""
    return Pages(
        client,
        "ListTrainedModels",
        TrainedModelSummary,
        "trainedModels",
        membership_identifier=membership_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )


def list_trained_model_versions(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    status: TrainedModelStatus | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[TrainedModelSummary]:
    """Return all versions of a trained model, or those in one status, `page_size` (1-100; else 10) to a request.

    Iterating raises ResourceNotFoundError for an unknown model. AWS: ListTrainedModelVersions.
    """
    return Pages(
        client,
        "ListTrainedModelVersions",
        TrainedModelSummary,
        "trainedModels",
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        status=status,
        page_size=page_size,
        starting_token=starting_token,
    )


async def cancel_trained_model(
    client: Client, membership_identifier: str, trained_model_arn: str, *, version_identifier: str | None = None
) -> None:
    """Begin to cancel training; `wait_for_trained_model_cancelled` tells when it has stopped.

    No version identifier means the base version, not the latest one that `get_trained_model` would return.

    Raises ConflictError when there is nothing to cancel any more, ResourceNotFoundError. AWS: CancelTrainedModel.
    """
    await call(
        client,
        "CancelTrainedModel",
        None,
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        version_identifier=version_identifier,
    )


async def delete_trained_model_output(
    client: Client, membership_identifier: str, trained_model_arn: str, *, version_identifier: str | None = None
) -> None:
    """Begin to delete what training made; the model stays, INACTIVE. `wait_for_trained_model_output_deleted` follows.

    No version identifier means the base version alone, not the latest one that `get_trained_model` would return.

    Raises ConflictError while the output is in use or still being made, ResourceNotFoundError.
    AWS: DeleteTrainedModelOutput.
    """
    await call(
        client,
        "DeleteTrainedModelOutput",
        None,
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        version_identifier=version_identifier,
    )


# Not private: the collaboration's view of a trained model waits for the same.
TRAINED_MODEL_UNTIL_ACTIVE = active_goal(TrainedModelStatus)
# Training that fails before it is cancelled has stopped all the same.
_UNTIL_CANCELLED = Goal(
    success=frozenset({TrainedModelStatus.INACTIVE, TrainedModelStatus.CREATE_FAILED}),
    failure=frozenset({TrainedModelStatus.CANCEL_FAILED, TrainedModelStatus.ACTIVE}),
)
_UNTIL_OUTPUT_DELETED = Goal(
    success=frozenset({TrainedModelStatus.INACTIVE}),
    failure=frozenset({TrainedModelStatus.DELETE_FAILED}),
    success_when_not_found=True,
)


def watch_trained_model(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
) -> AsyncIterator[TrainedModel]:
    """Yield the version at first sight and at every change of status, until it is ACTIVE.

    Versions and errors as when waiting.
    """
    poll = partial(
        get_trained_model, client, membership_identifier, trained_model_arn, version_identifier=version_identifier
    )
    return watch(poll, trained_model_arn, TRAINED_MODEL_UNTIL_ACTIVE, polling)


async def wait_for_trained_model(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    on_change: Callable[[TrainedModel], object] | None = None,
) -> TrainedModel:
    """Return the version when it is ACTIVE; `on_change` is called with what `watch_` would yield.

    No version identifier means whichever version is the latest at each look. Metrics and logs may come later.

    Raises WaitFailedError when training fails or is cancelled, or the output is deleted, WaitTimeoutError,
    ResourceNotFoundError. AWS: GetTrainedModel.
    """
    changes = watch_trained_model(
        client, membership_identifier, trained_model_arn, version_identifier=version_identifier, polling=polling
    )
    return await last(changes, on_change)


async def _get_changed_version(
    client: Client, membership_identifier: str, trained_model_arn: str, version_identifier: str | None
) -> TrainedModel:
    """Look at the version that cancelling and deleting mean, or refuse to look at another one."""
    model = await get_trained_model(
        client, membership_identifier, trained_model_arn, version_identifier=version_identifier
    )
    if version_identifier is None and model.version_identifier is not None:
        raise RequestError(
            f"{trained_model_arn} has several versions: name the one to wait for. To name none means the base version, "
            "which AWS then shows in list_trained_model_versions only",
            "GetTrainedModel",
        )
    return model


def watch_trained_model_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
) -> AsyncIterator[TrainedModel]:
    """Yield the version at first sight and at every change of status, until training has stopped.

    Versions and errors as when waiting.
    """
    poll = partial(_get_changed_version, client, membership_identifier, trained_model_arn, version_identifier)
    return watch(poll, trained_model_arn, _UNTIL_CANCELLED, polling)


async def wait_for_trained_model_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    on_change: Callable[[TrainedModel], object] | None = None,
) -> TrainedModel:
    """Return the version when its training has stopped; `on_change` is called with what `watch_` would yield.

    It is INACTIVE then, or CREATE_FAILED when failure came first. No version identifier means the base version, as it
    does for cancelling; AWS shows that one only while there is no other.

    Raises WaitFailedError when cancelling fails or training succeeded first, RequestError when there are several
    versions and none is named, WaitTimeoutError, ResourceNotFoundError. AWS: GetTrainedModel.
    """
    changes = watch_trained_model_cancelled(
        client, membership_identifier, trained_model_arn, version_identifier=version_identifier, polling=polling
    )
    return await last(changes, on_change)


def watch_trained_model_output_deleted(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
) -> AsyncIterator[TrainedModel]:
    """Yield the version at first sight and at every change of status, until its output is deleted.

    Versions and errors as when waiting.
    """
    poll = partial(_get_changed_version, client, membership_identifier, trained_model_arn, version_identifier)
    return watch(poll, trained_model_arn, _UNTIL_OUTPUT_DELETED, polling)


async def wait_for_trained_model_output_deleted(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    on_change: Callable[[TrainedModel], object] | None = None,
) -> None:
    """Return when the version is INACTIVE or gone; `on_change` is called with what `watch_` would yield.

    No version identifier means the base version, as it does for deleting; AWS shows that one only while there is no
    other.

    Raises WaitFailedError when deleting fails, RequestError when there are several versions and none is named, and
    WaitTimeoutError. AWS: GetTrainedModel.
    """
    changes = watch_trained_model_output_deleted(
        client, membership_identifier, trained_model_arn, version_identifier=version_identifier, polling=polling
    )
    await run_to_end(changes, on_change)
