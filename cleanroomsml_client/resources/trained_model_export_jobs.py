"""Trained model export jobs: they hand a trained model's output to a member. They have no ARN, only a name."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
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
    """Where an export job is between its start and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    """Done: the output is with its receivers."""


@attrs.frozen(kw_only=True)
class TrainedModelExportReceiverMember:
    """A member of the collaboration who receives the output."""

    account_id: str


@attrs.frozen(kw_only=True)
class TrainedModelExportOutputConfiguration:
    """Who receives the output."""

    members: tuple[TrainedModelExportReceiverMember, ...]
    """Exactly one."""


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModelExportJobSummary:
    """An export job as every member of its collaboration sees it."""

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
    """Start to export a version of a trained model; `wait_for_trained_model_export_job` tells when it is done.

    AWS tells export jobs apart by nothing but the name: choose one of its own for each. Nor does AWS say which version
    no version identifier means: give one as soon as the model has several.

    Raises ResourceNotFoundError for an unknown model, ConflictError for one that is not ACTIVE, and ValidationError.
    AWS: StartTrainedModelExportJob.
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
    """Return a trained model's export jobs, `page_size` (1-100) to a request.

    They can be narrowed to those of one version; no version identifier means all versions.
    AWS: ListCollaborationTrainedModelExportJobs.
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
    # Names may repeat: a second try under the name of a failed one is what is waited for.
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
) -> AsyncIterator[CollaborationTrainedModelExportJobSummary]:
    """Yield the job at first sight and at every change of status, until it is ACTIVE.

    Names, versions and errors as when waiting.
    """
    jobs = list_collaboration_trained_model_export_jobs(
        client,
        collaboration_identifier,
        trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
    )
    return watch(partial(_newest, jobs, name), f"trained model export job {name}", _UNTIL_ACTIVE, polling)


async def wait_for_trained_model_export_job(
    client: Client,
    collaboration_identifier: str,
    trained_model_arn: str,
    name: str,
    *,
    trained_model_version_identifier: str | None = None,
    polling: Polling = Polling(),
    on_change: Callable[[CollaborationTrainedModelExportJobSummary], object] | None = None,
) -> CollaborationTrainedModelExportJobSummary:
    """Return the job when it is ACTIVE, which means done; `on_change` is called with what `watch_` would yield.

    Looks for the name among the model's export jobs, or those of one version; no version identifier means all
    versions. Of jobs with the same name it is the newest; one that is not listed yet is waited for, so with a wrong
    name only `polling.timeout` ends the wait.

    Raises WaitFailedError when the export fails, and WaitTimeoutError. AWS: ListCollaborationTrainedModelExportJobs.
    """
    changes = watch_trained_model_export_job(
        client,
        collaboration_identifier,
        trained_model_arn,
        name,
        trained_model_version_identifier=trained_model_version_identifier,
        polling=polling,
    )
    return await last(changes, on_change)
