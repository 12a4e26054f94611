"""Audience models: lookalike models that AWS trains on a training dataset."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages
from .._waiting import Goal, Polling, active_goal, last, run_to_end, watch
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
    """Where an audience model is between its creation and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"


class AudienceModelMetricType(OpenEnum):
    """How the quality of an audience model was measured."""

    NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN = "NORMALIZED_DISCOUNTED_CUMULATIVE_GAIN"
    MEAN_RECIPROCAL_RANK = "MEAN_RECIPROCAL_RANK"
    PRECISION = "PRECISION"
    RECALL = "RECALL"


@attrs.frozen(kw_only=True)
class AudienceModelMetric:
    """One measure of an audience model's quality."""

    type: AudienceModelMetricType
    for_top_k_item_predictions: int
    """How many of the best-ranked items the measure looks at."""
    value: float


@displayed
@attrs.frozen(kw_only=True)
class AudienceModel:
    """A lookalike model: it ranks the users of a training dataset by likeness to a seed audience."""

    audience_model_arn: str
    name: str
    status: AudienceModelStatus
    training_dataset_arn: str
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    training_data_start_time: datetime | None = None
    """None: trained on data from the dataset's beginning."""
    training_data_end_time: datetime | None = None
    """None: trained on data up to the dataset's end."""
    metrics: tuple[AudienceModelMetric, ...] = ()
    """Empty unless the service sends them: AWS took the member out of its model in 2024."""
    kms_key_arn: str | None = None
    """None: encrypted with a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class AudienceModelSummary:
    """An audience model as lists show it."""

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
    """Begin to train an audience model and return its ARN; `wait_for_audience_model` tells when it is ready.

    The start and end times narrow the training data to a window; they need a time zone.

    Raises ServiceQuotaExceededError while too many models are in training, ResourceNotFoundError for an unknown
    dataset, ConflictError and ValidationError. AWS: CreateAudienceModel.
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
    """Return an audience model. Raises ResourceNotFoundError once it is deleted. AWS: GetAudienceModel."""
    return await call(client, "GetAudienceModel", AudienceModel, audience_model_arn=audience_model_arn)


def list_audience_models(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[AudienceModelSummary]:
    """Return the account's audience models, `page_size` (1-100) to a request. AWS: ListAudienceModels."""
    return Pages(
        client,
        "ListAudienceModels",
        AudienceModelSummary,
        "audienceModels",
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_audience_model(client: Client, audience_model_arn: str) -> None:
    """Begin to delete an audience model; `wait_for_audience_model_deleted` tells when it is gone.

    Raises ConflictError while configured audience models use it. AWS: DeleteAudienceModel.
    """
    await call(client, "DeleteAudienceModel", None, audience_model_arn=audience_model_arn)


_UNTIL_ACTIVE = active_goal(AudienceModelStatus)
_UNTIL_DELETED = Goal(
    success=frozenset(), failure=frozenset({AudienceModelStatus.DELETE_FAILED}), success_when_not_found=True
)


def watch_audience_model(
    client: Client, audience_model_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[AudienceModel]:
    """Yield the model at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    return watch(partial(get_audience_model, client, audience_model_arn), audience_model_arn, _UNTIL_ACTIVE, polling)


async def wait_for_audience_model(
    client: Client,
    audience_model_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[AudienceModel], object] | None = None,
) -> AudienceModel:
    """Return the model when it is ACTIVE, which takes hours; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when training fails or the model is being deleted, WaitTimeoutError,
    ResourceNotFoundError. AWS: GetAudienceModel.
    """
    return await last(watch_audience_model(client, audience_model_arn, polling=polling), on_change)


def watch_audience_model_deleted(
    client: Client, audience_model_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[AudienceModel]:
    """Yield the model at first sight and at every change of status, until it is gone; errors as when waiting."""
    return watch(partial(get_audience_model, client, audience_model_arn), audience_model_arn, _UNTIL_DELETED, polling)


async def wait_for_audience_model_deleted(
    client: Client,
    audience_model_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[AudienceModel], object] | None = None,
) -> None:
    """Return when the model is gone; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when deleting fails, and WaitTimeoutError. AWS: GetAudienceModel.
    """
    await run_to_end(watch_audience_model_deleted(client, audience_model_arn, polling=polling), on_change)
