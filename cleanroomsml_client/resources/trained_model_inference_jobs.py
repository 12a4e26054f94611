"""Trained model inference jobs: a trained model's answers to the data of an input channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages
from .._waiting import Goal, Polling, active_goal, last, watch
from .instance_types import InferenceInstanceType
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base

__all__ = [
    "CollaborationTrainedModelInferenceJobSummary",
    "InferenceContainerExecutionParameters",
    "InferenceOutputConfiguration",
    "InferenceReceiverMember",
    "InferenceResourceConfig",
    "ModelInferenceDataSource",
    "TrainedModelInferenceJob",
    "TrainedModelInferenceJobStatus",
    "TrainedModelInferenceJobSummary",
    "cancel_trained_model_inference_job",
    "get_trained_model_inference_job",
    "list_collaboration_trained_model_inference_jobs",
    "list_trained_model_inference_jobs",
    "start_trained_model_inference_job",
    "wait_for_trained_model_inference_job",
    "wait_for_trained_model_inference_job_cancelled",
    "watch_trained_model_inference_job",
    "watch_trained_model_inference_job_cancelled",
]


class TrainedModelInferenceJobStatus(OpenEnum):
    """Where an inference job is between its start and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    """Done: the output is with its receivers."""
    CANCEL_PENDING = "CANCEL_PENDING"
    CANCEL_IN_PROGRESS = "CANCEL_IN_PROGRESS"
    CANCEL_FAILED = "CANCEL_FAILED"
    INACTIVE = "INACTIVE"
    """Cancelled."""


@attrs.frozen(kw_only=True)
class InferenceResourceConfig:
    """The machines that an inference job runs on."""

    instance_type: InferenceInstanceType
    instance_count: int | None = None
    """1-10."""


@attrs.frozen(kw_only=True)
class InferenceReceiverMember:
    """A member of the collaboration who receives the output."""

    account_id: str


@attrs.frozen(kw_only=True)
class InferenceOutputConfiguration:
    """In which form the output is wanted, and who receives it."""

    members: tuple[InferenceReceiverMember, ...]
    """Exactly one."""
    accept: str | None = None
    """MIME type."""


@attrs.frozen(kw_only=True)
class ModelInferenceDataSource:
    """Where the data comes from."""

    ml_input_channel_arn: str


@attrs.frozen(kw_only=True)
class InferenceContainerExecutionParameters:
    """How the inference container is called."""

    max_payload_in_mb: int | None = None
    """MB in one request to the container, 1-100."""


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelInferenceJob:
    """A run of a trained model over an input channel, as the member sees it who started it."""

    trained_model_inference_job_arn: str
    name: str
    status: TrainedModelInferenceJobStatus
    membership_identifier: str
    trained_model_arn: str
    data_source: ModelInferenceDataSource
    resource_config: InferenceResourceConfig
    output_configuration: InferenceOutputConfiguration
    create_time: datetime
    update_time: datetime
    trained_model_version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    configured_model_algorithm_association_arn: str | None = None
    status_details: StatusDetails | None = None
    container_execution_parameters: InferenceContainerExecutionParameters | None = None
    environment: Mapping[str, str] = map_field()
    """The inference container's environment variables."""
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    inference_container_image_digest: str | None = None
    ml_model_inference_payer_account_id: str | None = None
    kms_key_arn: str | None = None
    """None: encrypted with a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelInferenceJobSummary:
    """An inference job as lists show it."""

    trained_model_inference_job_arn: str
    name: str
    status: TrainedModelInferenceJobStatus
    membership_identifier: str
    collaboration_identifier: str
    trained_model_arn: str
    output_configuration: InferenceOutputConfiguration
    create_time: datetime
    update_time: datetime
    trained_model_version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    configured_model_algorithm_association_arn: str | None = None
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    ml_model_inference_payer_account_id: str | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModelInferenceJobSummary:
    """An inference job as every member of its collaboration sees it."""

    trained_model_inference_job_arn: str
    name: str
    status: TrainedModelInferenceJobStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    trained_model_arn: str
    output_configuration: InferenceOutputConfiguration
    create_time: datetime
    update_time: datetime
    trained_model_version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    configured_model_algorithm_association_arn: str | None = None
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    ml_model_inference_payer_account_id: str | None = None
    description: str | None = None


async def start_trained_model_inference_job(
    client: Client,
    membership_identifier: str,
    *,
    name: str,
    trained_model_arn: str,
    resource_config: InferenceResourceConfig,
    output_configuration: InferenceOutputConfiguration,
    data_source: ModelInferenceDataSource,
    trained_model_version_identifier: str | None = None,
    configured_model_algorithm_association_arn: str | None = None,
    description: str | None = None,
    container_execution_parameters: InferenceContainerExecutionParameters | None = None,
    environment: Mapping[str, str] | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    ml_model_inference_payer_account_id: str | None = None,
) -> str:
    """Start an inference job and return its ARN; `wait_for_trained_model_inference_job` tells when it is done.

    AWS does not say which version no version identifier means: give one as soon as the model has several.
    Environment variables (at most 16) are for the inference container.

    Raises ServiceQuotaExceededError while too many jobs run, ResourceNotFoundError for an unknown model, channel or
    association, ConflictError for a model that is not ACTIVE, and ValidationError. AWS: StartTrainedModelInferenceJob.
    """
    return await call(
        client,
        "StartTrainedModelInferenceJob",
        str,
        "trainedModelInferenceJobArn",
        membership_identifier=membership_identifier,
        name=name,
        trained_model_arn=trained_model_arn,
        resource_config=resource_config,
        output_configuration=output_configuration,
        data_source=data_source,
        trained_model_version_identifier=trained_model_version_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
        description=description,
        container_execution_parameters=container_execution_parameters,
        environment=environment,
        kms_key_arn=kms_key_arn,
        tags=tags,
        ml_model_inference_payer_account_id=ml_model_inference_payer_account_id,
    )


async def get_trained_model_inference_job(
    client: Client, membership_identifier: str, trained_model_inference_job_arn: str
) -> TrainedModelInferenceJob:
    """Return an inference job. Raises ResourceNotFoundError. AWS: GetTrainedModelInferenceJob."""
    return await call(
        client,
        "GetTrainedModelInferenceJob",
        TrainedModelInferenceJob,
        membership_identifier=membership_identifier,
        trained_model_inference_job_arn=trained_model_inference_job_arn,
    )


def list_trained_model_inference_jobs(
    client: Client,
    membership_identifier: str,
    *,
    trained_model_arn: str | None = None,
    trained_model_version_identifier: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[TrainedModelInferenceJobSummary]:
    """Return the membership's inference jobs, `page_size` (1-100) to a request.

    They can be narrowed to those of one model or one version of it; no version identifier means all versions.
    AWS: ListTrainedModelInferenceJobs.
    """
    return Pages(
        client,
        "ListTrainedModelInferenceJobs",
        TrainedModelInferenceJobSummary,
        "trainedModelInferenceJobs",
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )


def list_collaboration_trained_model_inference_jobs(
    client: Client,
    collaboration_identifier: str,
    *,
    trained_model_arn: str | None = None,
    trained_model_version_identifier: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[CollaborationTrainedModelInferenceJobSummary]:
    """Return the inference jobs of all members of a collaboration, `page_size` (1-100) to a request.

    They can be narrowed to those of one model or one version of it; no version identifier means all versions.
    AWS: ListCollaborationTrainedModelInferenceJobs.
    """
    return Pages(
        client,
        "ListCollaborationTrainedModelInferenceJobs",
        CollaborationTrainedModelInferenceJobSummary,
        "collaborationTrainedModelInferenceJobs",
        collaboration_identifier=collaboration_identifier,
        trained_model_arn=trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )


async def cancel_trained_model_inference_job(
    client: Client, membership_identifier: str, trained_model_inference_job_arn: str
) -> None:
    """Begin to cancel an inference job; `wait_for_trained_model_inference_job_cancelled` tells when it has stopped.

    Raises ConflictError when there is nothing to cancel any more, ResourceNotFoundError.
    AWS: CancelTrainedModelInferenceJob.
    """
    await call(
        client,
        "CancelTrainedModelInferenceJob",
        None,
        membership_identifier=membership_identifier,
        trained_model_inference_job_arn=trained_model_inference_job_arn,
    )


_UNTIL_ACTIVE = active_goal(TrainedModelInferenceJobStatus)
# A job that fails before it is cancelled has stopped all the same.
_UNTIL_CANCELLED = Goal(
    success=frozenset({TrainedModelInferenceJobStatus.INACTIVE, TrainedModelInferenceJobStatus.CREATE_FAILED}),
    failure=frozenset({TrainedModelInferenceJobStatus.CANCEL_FAILED, TrainedModelInferenceJobStatus.ACTIVE}),
)


def watch_trained_model_inference_job(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
) -> AsyncIterator[TrainedModelInferenceJob]:
    """Yield the job at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    poll = partial(get_trained_model_inference_job, client, membership_identifier, trained_model_inference_job_arn)
    return watch(poll, trained_model_inference_job_arn, _UNTIL_ACTIVE, polling)


async def wait_for_trained_model_inference_job(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[TrainedModelInferenceJob], object] | None = None,
) -> TrainedModelInferenceJob:
    """Return the job when it is ACTIVE, which means done; `on_change` is called with what `watch_` would yield.

    Metrics and logs may come later.

    Raises WaitFailedError when the job fails or is cancelled, WaitTimeoutError, ResourceNotFoundError.
    AWS: GetTrainedModelInferenceJob.
    """
    changes = watch_trained_model_inference_job(
        client, membership_identifier, trained_model_inference_job_arn, polling=polling
    )
    return await last(changes, on_change)


def watch_trained_model_inference_job_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
) -> AsyncIterator[TrainedModelInferenceJob]:
    """Yield the job at first sight and at every change of status, until it has stopped; errors as when waiting."""
    poll = partial(get_trained_model_inference_job, client, membership_identifier, trained_model_inference_job_arn)
    return watch(poll, trained_model_inference_job_arn, _UNTIL_CANCELLED, polling)


async def wait_for_trained_model_inference_job_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[TrainedModelInferenceJob], object] | None = None,
) -> TrainedModelInferenceJob:
    """Return the job when it has stopped; `on_change` is called with what `watch_` would yield.

    It is INACTIVE then, or CREATE_FAILED when failure came first.

    Raises WaitFailedError when cancelling fails or the job was done first, WaitTimeoutError, ResourceNotFoundError.
    AWS: GetTrainedModelInferenceJob.
    """
    changes = watch_trained_model_inference_job_cancelled(
        client, membership_identifier, trained_model_inference_job_arn, polling=polling
    )
    return await last(changes, on_change)
