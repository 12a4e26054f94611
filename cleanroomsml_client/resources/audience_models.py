"""Audience models: lookalike models that AWS trains on a training dataset."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import map_field
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, end_goal, last, run_to_end, watch
from .shared import StatusDetails

__all__ = [
    "AudienceModel",
    "AudienceModelMetric",
    "AudienceModelMetricType",
    "AudienceModelStatus",
    "AudienceModelSummary",
    "create_audience_model",
    "delete_audience_model",
    "get_audience_model",
    "list_audience_models",
    "wait_for_audience_model",
    "wait_for_audience_model_deleted",
    "watch_audience_model",
    "watch_audience_model_deleted",
]


class AudienceModelStatus(OpenEnum):
    """The status of an audience model."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"


class AudienceModelMetricType(OpenEnum):
    """The kind of measure of an audience model's quality."""

    NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN = "NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN"
    MEAN_RECIPROCAL_RANK = "MEAN_RECIPROCAL_RANK"
    PRECISION = "PRECISION"
    RECALL = "RECALL"


@attrs.frozen(kw_only=True)
class AudienceModelMetric:
    """One measure of an audience model's quality."""

    type: AudienceModelMetricType
    for_top_k_item_predictions: int
    """How many of the best-ranked items the measure takes into account."""
    value: float
    """0-1; larger is better."""


@displayed
@attrs.frozen(kw_only=True)
class AudienceModel:
    """A lookalike model: it ranks the users of a training dataset by similarity to a seed audience."""

    audience_model_arn: str
    name: str
    status: AudienceModelStatus
    training_dataset_arn: str
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    training_data_start_time: datetime | None = None
    """None: the training data starts where the dataset starts."""
    training_data_end_time: datetime | None = None
    """None: the training data ends where the dataset ends."""
    metrics: tuple[AudienceModelMetric, ...] = ()
    """Empty unless the service sends them: AWS removed the member from its API model in 2024."""
    kms_key_arn: str | None = None
    """The KMS key that encrypts the model. None: a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class AudienceModelSummary:
    """An audience model in a list."""

    audience_model_arn: str
    name: str
    status: AudienceModelStatus
    training_dataset_arn: str
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def create_audience_model(
    client: Client,
    *,
    name: str,
    training_dataset_arn: str,
    training_data_start_time: datetime | None = None,
    training_data_end_time: datetime | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Start training an audience model on a training dataset.

    Training takes hours: `wait_for_audience_model` returns when the model is ready.

    AWS: CreateAudienceModel.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. It need not be unique.
        training_dataset_arn: The ARN that `create_training_dataset` returned; `list_training_datasets` lists it.
        training_data_start_time: Train on data from this time on; a datetime with a time zone. None: from the dataset's
            beginning.
        training_data_end_time: Train on data up to this time; a datetime with a time zone. None: up to the dataset's
            end.
        kms_key_arn: The ARN of the AWS KMS key that encrypts the data of the model. None: a key that AWS owns.
        tags: Labels of the new model, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the audience model.

    Raises:
        ConflictError: The training dataset cannot be used now, for example because it is being deleted.
        ResourceNotFoundError: There is no such training dataset.
        ServiceQuotaExceededError: Too many audience models of the account are being trained; AWS allows 2 by default.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "CreateAudienceModel",
        str,
        "audienceModelArn",
        name=name,
        training_dataset_arn=training_dataset_arn,
        training_data_start_time=training_data_start_time,
        training_data_end_time=training_data_end_time,
        kms_key_arn=kms_key_arn,
        tags=tags,
        description=description,
    )


async def get_audience_model(client: Client, audience_model_arn: str) -> AudienceModel:
    """Return an audience model.

    AWS: GetAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.

    Returns:
        The audience model.

    Raises:
        ResourceNotFoundError: The model does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(client, "GetAudienceModel", AudienceModel, audience_model_arn=audience_model_arn)


def list_audience_models(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[AudienceModelSummary]:
    """List the audience models of the account.

    AWS: ListAudienceModels.

    Args:
        client: The client from `connect`.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListAudienceModels",
        AudienceModelSummary,
        "audienceModels",
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_audience_model(client: Client, audience_model_arn: str) -> None:
    """Start deleting an audience model.

    `wait_for_audience_model_deleted` returns when it is deleted.

    AWS: DeleteAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.

    Raises:
        ConflictError: Configured audience models use the model, or it is being trained or deleted.
        ResourceNotFoundError: The model does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "DeleteAudienceModel", None, audience_model_arn=audience_model_arn)


_UNTIL_ACTIVE = active_goal(AudienceModelStatus)
_UNTIL_DELETED = end_goal(AudienceModelStatus, before=AudienceModelStatus.ACTIVE, success_when_not_found=True)


def watch_audience_model(
    client: Client, audience_model_arn: str, *, polling: Polling = Polling(), timeout: float | timedelta | None = None
) -> AsyncIterator[AudienceModel]:
    """Yield the model after the first poll and after every change of its status, until it is ACTIVE.

    AWS: GetAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The model. The last one is ACTIVE.

    Raises:
        WaitFailedError: Training failed, or the model is being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return watch(
        partial(get_audience_model, client, audience_model_arn), audience_model_arn, _UNTIL_ACTIVE, polling, timeout
    )


async def wait_for_audience_model(
    client: Client,
    audience_model_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[AudienceModel], object] | None = None,
) -> AudienceModel:
    """Wait until an audience model is ACTIVE, which takes hours, and return it.

    AWS: GetAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the model after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The audience model.

    Raises:
        WaitFailedError: Training failed, or the model is being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such model.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await last(watch_audience_model(client, audience_model_arn, polling=polling, timeout=timeout), on_change)


def watch_audience_model_deleted(
    client: Client, audience_model_arn: str, *, polling: Polling = Polling(), timeout: float | timedelta | None = None
) -> AsyncIterator[AudienceModel]:
    """Yield the model after the first poll and after every change of its status, until it is deleted.

    AWS: GetAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The model.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return watch(
        partial(get_audience_model, client, audience_model_arn), audience_model_arn, _UNTIL_DELETED, polling, timeout
    )


async def wait_for_audience_model_deleted(
    client: Client,
    audience_model_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[AudienceModel], object] | None = None,
) -> None:
    """Wait until an audience model is deleted.

    AWS: GetAudienceModel.

    Args:
        client: The client from `connect`.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the model after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await run_to_end(
        watch_audience_model_deleted(client, audience_model_arn, polling=polling, timeout=timeout), on_change
    )
