"""Trained model inference jobs: they apply a trained model to the data of an input channel."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, map_field, to_enum, to_tuple
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, end_goal, last, watch
from .instance_types import InferenceInstanceType
from .shared import LogsStatus, MetricsStatus, StatusDetails, none_if_base

__all__ = [
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
    "list_trained_model_inference_jobs",
    "start_trained_model_inference_job",
    "wait_for_trained_model_inference_job",
    "wait_for_trained_model_inference_job_cancelled",
    "watch_trained_model_inference_job",
    "watch_trained_model_inference_job_cancelled",
]


class TrainedModelInferenceJobStatus(OpenEnum):
    """The status of an inference job."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    """The output has been delivered."""
    CANCEL_PENDING = "CANCEL_PENDING"
    CANCEL_IN_PROGRESS = "CANCEL_IN_PROGRESS"
    CANCEL_FAILED = "CANCEL_FAILED"
    INACTIVE = "INACTIVE"
    """Cancelled."""


def _instance_type(value: InferenceInstanceType | str) -> InferenceInstanceType:
    return to_enum(InferenceInstanceType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InferenceResourceConfig:
    """The machines that an inference job runs on."""

    instance_type: InferenceInstanceType = attrs.field(converter=_instance_type)
    instance_count: int | None = None
    """1-10 instances. None: AWS's default."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InferenceReceiverMember:
    """A member of the collaboration that receives the output."""

    account_id: str
    """The 12-digit ID of the member's account."""


def _receivers(value: SequenceNotStr[InferenceReceiverMember]) -> tuple[InferenceReceiverMember, ...]:
    return to_tuple(InferenceReceiverMember, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InferenceOutputConfiguration:
    """Which member receives the output, and in which format."""

    members: tuple[InferenceReceiverMember, ...] = attrs.field(converter=_receivers)
    """Exactly one."""
    accept: str | None = None
    """The MIME type of the output. None: not specified."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ModelInferenceDataSource:
    """The ML input channel that the job reads."""

    ml_input_channel_arn: str


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InferenceContainerExecutionParameters:
    """Limits for the requests to the inference container."""

    max_payload_in_mb: int | None = None
    """The largest request to the container in MB, 1-100."""


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelInferenceJob:
    """An inference job, as the member that started it sees it."""

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
    """Environment variables of the inference container."""
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    inference_container_image_digest: str | None = None
    ml_model_inference_payer_account_id: str | None = None
    kms_key_arn: str | None = None
    """The KMS key that encrypts the output. None: a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainedModelInferenceJobSummary:
    """An inference job in a list."""

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
    """Start an inference job: apply a trained model to the data of an ML input channel.

    `wait_for_trained_model_inference_job` returns when the job is done.

    AWS: StartTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        name: 1-63 characters. It need not be unique.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists those of all members.
        resource_config: The machines to run on.
        output_configuration: Which member receives the output, and in which format.
        data_source: The ML input channel.
        trained_model_version_identifier: The version. None: AWS does not document which one; name it when the model has
            several.
        configured_model_algorithm_association_arn: The association whose inference container is used. None: the one
            that the model was trained with.
        description: Free text, up to 255 characters.
        container_execution_parameters: Limits for the requests to the container. None: AWS's defaults.
        environment: Environment variables of the inference container, at most 16.
        kms_key_arn: The AWS KMS key that encrypts the data of the job. None: a key that AWS owns.
        tags: Labels of the new job, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        ml_model_inference_payer_account_id: The 12-digit ID of the account that pays. None: the default payer.

    Returns:
        The ARN of the inference job.

    Raises:
        ConflictError: The model or the channel is not ACTIVE.
        ResourceNotFoundError: There is no such membership, model, channel or association.
        ServiceQuotaExceededError: Too many inference jobs are running.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Return an inference job of your own membership.

    AWS: GetTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.

    Returns:
        The job.

    Raises:
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
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
    """List your membership's inference jobs: all, or those of one trained model or one version of it.

    AWS: ListTrainedModelInferenceJobs.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: Only jobs of this model. None: of all.
        trained_model_version_identifier: Only jobs of this version; goes with `trained_model_arn`. None: of all
            versions.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
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


async def cancel_trained_model_inference_job(
    client: Client, membership_identifier: str, trained_model_inference_job_arn: str
) -> None:
    """Start cancelling an inference job.

    `wait_for_trained_model_inference_job_cancelled` returns when the job has stopped.

    AWS: CancelTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.

    Raises:
        ConflictError: The job is not running.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "CancelTrainedModelInferenceJob",
        None,
        membership_identifier=membership_identifier,
        trained_model_inference_job_arn=trained_model_inference_job_arn,
    )


_UNTIL_ACTIVE = active_goal(TrainedModelInferenceJobStatus)
# A job that fails before it is cancelled has stopped, too.
_UNTIL_CANCELLED = end_goal(
    TrainedModelInferenceJobStatus,
    TrainedModelInferenceJobStatus.INACTIVE,
    TrainedModelInferenceJobStatus.CREATE_FAILED,
)


def watch_trained_model_inference_job(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[TrainedModelInferenceJob]:
    """Yield the job after the first poll and after every change of its status, until it is ACTIVE.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job. The last one is ACTIVE.

    Raises:
        WaitFailedError: The job failed or was cancelled.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_trained_model_inference_job, client, membership_identifier, trained_model_inference_job_arn)
    return watch(poll, trained_model_inference_job_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_trained_model_inference_job(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[TrainedModelInferenceJob], object] | None = None,
) -> TrainedModelInferenceJob:
    """Wait until an inference job is ACTIVE: the output is delivered, and return it.

    Metrics and logs may arrive later: see `metrics_status` and `logs_status`.

    AWS: GetTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The job.

    Raises:
        WaitFailedError: The job failed or was cancelled.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_trained_model_inference_job(
        client, membership_identifier, trained_model_inference_job_arn, polling=polling, timeout=timeout
    )
    return await last(changes, on_change)


def watch_trained_model_inference_job_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[TrainedModelInferenceJob]:
    """Yield the job after the first poll and after every change of its status, until it has stopped.

    AWS: GetTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job.

    Raises:
        WaitFailedError: Cancelling failed, or the job was done first.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_trained_model_inference_job, client, membership_identifier, trained_model_inference_job_arn)
    return watch(poll, trained_model_inference_job_arn, _UNTIL_CANCELLED, polling, timeout)


async def wait_for_trained_model_inference_job_cancelled(
    client: Client,
    membership_identifier: str,
    trained_model_inference_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[TrainedModelInferenceJob], object] | None = None,
) -> TrainedModelInferenceJob:
    """Wait until a cancelled inference job has stopped, and return it.

    AWS: GetTrainedModelInferenceJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_inference_job_arn: The ARN that `start_trained_model_inference_job` returned;
            `list_trained_model_inference_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The job: INACTIVE, or CREATE_FAILED if it failed before it was cancelled.

    Raises:
        WaitFailedError: Cancelling failed, or the job was done first.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_trained_model_inference_job_cancelled(
        client, membership_identifier, trained_model_inference_job_arn, polling=polling, timeout=timeout
    )
    return await last(changes, on_change)
