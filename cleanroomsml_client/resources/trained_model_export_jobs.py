"""Trained model export jobs: each gives the output of a trained model to a member. They have no ARN, only a name.

The API shows them through the collaboration only, so the collaboration's view is in this module.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, to_tuple
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, last, watch
from .shared import StatusDetails, none_if_base

__all__ = [
    "CollaborationTrainedModelExportJobSummary",
    "TrainedModelExportJobStatus",
    "TrainedModelExportOutputConfiguration",
    "TrainedModelExportReceiverMember",
    "list_collaboration_trained_model_export_jobs",
    "start_trained_model_export_job",
    "wait_for_trained_model_export_job",
    "watch_trained_model_export_job",
]


class TrainedModelExportJobStatus(OpenEnum):
    """The status of an export job."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    """The output has been delivered."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelExportReceiverMember:
    """A member of the collaboration that receives the output."""

    account_id: str
    """The 12-digit ID of the member's account."""


def _receivers(
    value: SequenceNotStr[TrainedModelExportReceiverMember],
) -> tuple[TrainedModelExportReceiverMember, ...]:
    return to_tuple(TrainedModelExportReceiverMember, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelExportOutputConfiguration:
    """Which member receives the output."""

    members: tuple[TrainedModelExportReceiverMember, ...] = attrs.field(converter=_receivers)
    """Exactly one."""


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModelExportJobSummary:
    """An export job in a list of its collaboration."""

    name: str
    status: TrainedModelExportJobStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    trained_model_arn: str
    output_configuration: TrainedModelExportOutputConfiguration
    create_time: datetime
    update_time: datetime
    trained_model_version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    status_details: StatusDetails | None = None
    description: str | None = None


async def start_trained_model_export_job(
    client: Client,
    membership_identifier: str,
    trained_model_arn: str,
    *,
    name: str,
    output_configuration: TrainedModelExportOutputConfiguration,
    trained_model_version_identifier: str | None = None,
    description: str | None = None,
) -> None:
    """Start an export job: give the output of a trained model to a member of the collaboration.

    `wait_for_trained_model_export_job` returns when it is done. An export job has no ARN; its name is all that
    identifies it.

    AWS: StartTrainedModelExportJob.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        trained_model_arn: The ARN that `create_trained_model` returned; `list_trained_models` lists it.
        name: 1-63 characters. Choose a name that no other export of this model has.
        output_configuration: Which member receives the output.
        trained_model_version_identifier: The version. None: AWS does not document which one; name it when the model has
            several.
        description: Free text, up to 255 characters.

    Raises:
        ConflictError: The model is not ACTIVE.
        ResourceNotFoundError: There is no such membership, model or version.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "StartTrainedModelExportJob",
        None,
        membership_identifier=membership_identifier,
        trained_model_arn=trained_model_arn,
        name=name,
        output_configuration=output_configuration,
        trained_model_version_identifier=trained_model_version_identifier,
        description=description,
    )


def list_collaboration_trained_model_export_jobs(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    *,
    trained_model_version_identifier: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[CollaborationTrainedModelExportJobSummary]:
    """List the export jobs of a trained model: all, or those of one version.

    AWS: ListCollaborationTrainedModelExportJobs.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        trained_model_version_identifier: Only exports of this version. None: of all versions.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListCollaborationTrainedModelExportJobs",
        CollaborationTrainedModelExportJobSummary,
        "collaborationTrainedModelExportJobs",
        collaboration_identifier=collaboration_identifier,
        trained_model_arn=trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )


async def _newest(
    jobs: Pages[CollaborationTrainedModelExportJobSummary], name: str
) -> CollaborationTrainedModelExportJobSummary | None:
    # Names need not be unique: after a failed export, a new one may have the same name.
    return max([job async for job in jobs if job.name == name], key=lambda job: job.create_time, default=None)


_UNTIL_ACTIVE = active_goal(TrainedModelExportJobStatus)


def watch_trained_model_export_job(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    name: str,
    *,
    trained_model_version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[CollaborationTrainedModelExportJobSummary]:
    """Yield the job after the first poll and after every change of its status, until it is ACTIVE.

    Of several jobs with this name, the newest one counts. A job that is not listed yet is waited for, so a wrong name
    waits until the timeout.

    AWS: ListCollaborationTrainedModelExportJobs.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        name: The name that `start_trained_model_export_job` was given.
        trained_model_version_identifier: Only exports of this version. None: of all versions.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job. The last one is ACTIVE.

    Raises:
        WaitFailedError: The export failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    jobs = list_collaboration_trained_model_export_jobs(
        client,
        collaboration_identifier,
        trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
        page_size=100,
    )
    return watch(partial(_newest, jobs, name), f"trained model export job {name}", _UNTIL_ACTIVE, polling, timeout)


async def wait_for_trained_model_export_job(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    name: str,
    *,
    trained_model_version_identifier: str | None = None,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[CollaborationTrainedModelExportJobSummary], object] | None = None,
) -> CollaborationTrainedModelExportJobSummary:
    """Wait until an export job of a trained model is ACTIVE: the output is delivered, and return it.

    Of several jobs with this name, the newest one counts. A job that is not listed yet is waited for, so a wrong name
    waits until the timeout.

    AWS: ListCollaborationTrainedModelExportJobs.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: The ARN of the model; `list_collaboration_trained_models` lists it.
        name: The name that `start_trained_model_export_job` was given.
        trained_model_version_identifier: Only exports of this version. None: of all versions.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The job.

    Raises:
        WaitFailedError: The export failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_trained_model_export_job(
        client,
        collaboration_identifier,
        trained_model_arn,
        name,
        trained_model_version_identifier=trained_model_version_identifier,
        polling=polling,
        timeout=timeout,
    )
    return await last(changes, on_change)
