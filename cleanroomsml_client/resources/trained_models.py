"""Trained models: the result of training a configured model algorithm on input channels, in one or more versions."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, map_field
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, end_goal, last, run_to_end, watch
from ..errors import RequestError
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base
from .training_settings import (
    IncrementalTrainingDataChannel,
    IncrementalTrainingDataChannelOutput,
    ModelTrainingDataChannel,
    ResourceConfig,
    StoppingCondition,
    TrainingInputMode,
)

__all__ = [
    "CreatedTrainedModel",
    "TrainedModel",
    "TrainedModelStatus",
    "TrainedModelSummary",
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
    """The status of a version of a trained model."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    INACTIVE = "INACTIVE"
    """Training was cancelled, or the output was deleted; the status is the same for both."""
    CANCEL_PENDING = "CANCEL_PENDING"
    CANCEL_IN_PROGRESS = "CANCEL_IN_PROGRESS"
    CANCEL_FAILED = "CANCEL_FAILED"


@attrs.frozen(kw_only=True)
class CreatedTrainedModel:
    """The identity of a new trained model, or of a new version of one."""

    trained_model_arn: str
    version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    """None: the base version."""


@displayed
@attrs.frozen(kw_only=True)
class TrainedModel:
    """A version of a trained model, as the member that trained it sees it."""

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
    """The model that training continued from. Empty: trained from scratch."""
    status_details: StatusDetails | None = None
    resource_config: ResourceConfig | None = None
    training_input_mode: TrainingInputMode | None = None
    stopping_condition: StoppingCondition | None = None
    hyperparameters: Mapping[str, str] = map_field()
    environment: Mapping[str, str] = map_field()
    """Environment variables of the training container."""
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    training_container_image_digest: str | None = None
    ml_model_training_payer_account_id: str | None = None
    kms_key_arn: str | None = None
    """The KMS key that encrypts the model. None: a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelSummary:
    """A version of a trained model in a list."""

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
    data_channels: SequenceNotStr[ModelTrainingDataChannel],
    hyperparameters: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    stopping_condition: StoppingCondition | None = None,
    incremental_training_data_channels: SequenceNotStr[IncrementalTrainingDataChannel] | None = None,
    training_input_mode: TrainingInputMode | None = None,
    description: str | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    ml_model_training_payer_account_id: str | None = None,
) -> CreatedTrainedModel:
    """Start training a model, or a new version of one.

    Training takes hours: `wait_for_trained_model` returns when the model is ready.

    AWS: CreateTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        name: 1-63 characters. It need not be unique.
        configured_model_algorithm_association_arn: The ARN that `create_configured_model_algorithm_association`
            returned; `list_collaboration_configured_model_algorithm_associations` lists those of all members.
        resource_config: The machines to train on.
        data_channels: The ML input channels to train on, 1-20; an incremental channel counts, too.
        hyperparameters: Settings for the training container, at most 100.
        environment: Environment variables of the training container, at most 100.
        stopping_condition: When to stop training that takes too long. None: AWS's default.
        incremental_training_data_channels: The earlier model to continue from; at most one. None: from scratch.
        training_input_mode: How the container gets its data. None: AWS's default.
        description: Free text, up to 255 characters.
        kms_key_arn: The AWS KMS key that encrypts the data of the model. None: a key that AWS owns.
        tags: Labels of the new model, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        ml_model_training_payer_account_id: The 12-digit ID of the account that pays. None: the default payer.

    Returns:
        The ARN of the trained model and the identifier of its version.

    Raises:
        ConflictError: A channel or the earlier model is not ACTIVE.
        ResourceNotFoundError: There is no such membership, association, channel or earlier model.
        ServiceQuotaExceededError: Too many models are being trained; by default 10 per account and 5 per membership.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Return a version of a trained model of your own membership.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the latest one.

    Returns:
        The version.

    Raises:
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """List the trained models of your own membership.

    AWS: ListTrainedModels.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
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
    """List the versions of a trained model of your own membership: all, or those in one status.

    AWS: ListTrainedModelVersions.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        status: Only versions in this status. None: in any.
        page_size: How many items each request asks for, 1-100. None: 10.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        ResourceNotFoundError: By the iteration: there is no such model.
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Start cancelling the training of a version of a trained model.

    `wait_for_trained_model_cancelled` returns when training has stopped.

    AWS: CancelTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, which is not the latest one that `get_trained_model`
            returns.

    Raises:
        ConflictError: The version is not being trained.
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Start deleting the output of training. The model itself stays, with status INACTIVE.

    `wait_for_trained_model_output_deleted` returns when the output is deleted.

    AWS: DeleteTrainedModelOutput.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, which is not the latest one that `get_trained_model`
            returns.

    Raises:
        ConflictError: The output is in use, or training has not ended.
        ResourceNotFoundError: There is no such model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "DeleteTrainedModelOutput",
        None,
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        version_identifier=version_identifier,
    )


_UNTIL_ACTIVE = active_goal(TrainedModelStatus)
# Training that fails before it is cancelled has stopped, too.
_UNTIL_CANCELLED = end_goal(TrainedModelStatus, TrainedModelStatus.INACTIVE, TrainedModelStatus.CREATE_FAILED)
_UNTIL_OUTPUT_DELETED = end_goal(
    TrainedModelStatus, TrainedModelStatus.INACTIVE, before=TrainedModelStatus.ACTIVE, success_when_not_found=True
)


def watch_trained_model(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[TrainedModel]:
    """Yield the model after the first poll and after every change of its status, until it is ACTIVE.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
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
        get_trained_model, client, membership_identifier, trained_model_arn, version_identifier=version_identifier
    )
    return watch(poll, trained_model_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_trained_model(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[TrainedModel], object] | None = None,
) -> TrainedModel:
    """Wait until a version of a trained model is ACTIVE, which takes hours, and return it.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
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
    changes = watch_trained_model(
        client,
        membership_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
        polling=polling,
        timeout=timeout,
    )
    return await last(changes, on_change)


async def _get_changed_version(
    client: Client, membership_identifier: str, trained_model_arn: str, version_identifier: str | None
) -> TrainedModel:
    """Return the version that cancelling and deleting change; raise RequestError if AWS would return another one."""
    model = await get_trained_model(
        client, membership_identifier, trained_model_arn, version_identifier=version_identifier
    )
    if version_identifier is None and model.version_identifier is not None:
        raise RequestError(
            f"GetTrainedModel: {trained_model_arn} has several versions; pass version_identifier. None means the base "
            "version, which AWS then returns only from list_trained_model_versions",
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
    timeout: float | timedelta | None = None,
) -> AsyncIterator[TrainedModel]:
    """Yield the model after the first poll and after every change of its status, until its training has stopped.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, as long as the model has no other version.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The model.

    Raises:
        WaitFailedError: Cancelling failed, training succeeded first, or deleting the output failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model or version.
        RequestError: `version_identifier` is None, and the model has several versions.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(_get_changed_version, client, membership_identifier, trained_model_arn, version_identifier)
    return watch(poll, trained_model_arn, _UNTIL_CANCELLED, polling, timeout)


async def wait_for_trained_model_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[TrainedModel], object] | None = None,
) -> TrainedModel:
    """Wait until the training of a version of a trained model has stopped, and return it.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, as long as the model has no other version.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the model after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The version: INACTIVE, or CREATE_FAILED if training failed before it was cancelled.

    Raises:
        WaitFailedError: Cancelling failed, training succeeded first, or deleting the output failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model or version.
        RequestError: `version_identifier` is None, and the model has several versions.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_trained_model_cancelled(
        client,
        membership_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
        polling=polling,
        timeout=timeout,
    )
    return await last(changes, on_change)


def watch_trained_model_output_deleted(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[TrainedModel]:
    """Yield the model after the first poll and after every change of its status, until its output is deleted.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, as for `delete_trained_model_output`; works only while
            the model has no other version.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The model.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        RequestError: `version_identifier` is None, and the model has several versions.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(_get_changed_version, client, membership_identifier, trained_model_arn, version_identifier)
    return watch(poll, trained_model_arn, _UNTIL_OUTPUT_DELETED, polling, timeout)


async def wait_for_trained_model_output_deleted(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[TrainedModel], object] | None = None,
) -> None:
    """Wait until the output of a version of a trained model is deleted.

    AWS: GetTrainedModel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        version_identifier: The version. None: the base version, as for `delete_trained_model_output`; works only while
            the model has no other version.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the model after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        RequestError: `version_identifier` is None, and the model has several versions.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_trained_model_output_deleted(
        client,
        membership_identifier,
        trained_model_arn,
        version_identifier=version_identifier,
        polling=polling,
        timeout=timeout,
    )
    await run_to_end(changes, on_change)
