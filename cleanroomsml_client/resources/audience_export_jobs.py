"""Audience export jobs: each writes an audience of one size to Amazon S3. They have no ARN and cannot be deleted."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, last, watch
from .shared import AudienceSize, StatusDetails

__all__ = [
    "AudienceExportJobStatus",
    "AudienceExportJobSummary",
    "list_audience_export_jobs",
    "start_audience_export_job",
    "wait_for_audience_export_job",
    "watch_audience_export_job",
]


class AudienceExportJobStatus(OpenEnum):
    """The status of an audience export job."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"


@displayed
@attrs.frozen(kw_only=True)
class AudienceExportJobSummary:
    """An audience export job. AWS has no operation that returns more about one."""

    audience_generation_job_arn: str
    name: str
    status: AudienceExportJobStatus
    audience_size: AudienceSize
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    output_location: str | None = None
    """The S3 URI where the audience is written."""
    description: str | None = None


async def start_audience_export_job(
    client: Client,
    *,
    name: str,
    audience_generation_job_arn: str,
    audience_size: AudienceSize,
    description: str | None = None,
) -> None:
    """Start an audience export job: write an audience of one size to Amazon S3.

    `wait_for_audience_export_job` returns when it is written. An export job has no ARN: only its name identifies it.

    AWS: StartAudienceExportJob.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. Choose a name that no other export of this generation job has.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        audience_size: One of the sizes that the configured audience model offers.
        description: Free text, up to 255 characters.

    Raises:
        ConflictError: The generation job is not ACTIVE.
        ResourceNotFoundError: There is no such generation job.
        ServiceQuotaExceededError: Too many exports of the account are running; AWS allows 20 by default.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "StartAudienceExportJob",
        None,
        name=name,
        audience_generation_job_arn=audience_generation_job_arn,
        audience_size=audience_size,
        description=description,
    )


def list_audience_export_jobs(
    client: Client,
    *,
    audience_generation_job_arn: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[AudienceExportJobSummary]:
    """List audience export jobs: all, or those of one generation job.

    AWS: ListAudienceExportJobs.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: Only exports of this generation job. None: exports of all jobs.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListAudienceExportJobs",
        AudienceExportJobSummary,
        "audienceExportJobs",
        audience_generation_job_arn=audience_generation_job_arn,
        page_size=page_size,
        starting_token=starting_token,
    )


async def _newest(client: Client, audience_generation_job_arn: str, name: str) -> AudienceExportJobSummary | None:
    jobs = list_audience_export_jobs(client, audience_generation_job_arn=audience_generation_job_arn, page_size=100)
    # Names need not be unique: after a failed export, a new one may have the same name.
    return max([job async for job in jobs if job.name == name], key=lambda job: job.create_time, default=None)


_UNTIL_ACTIVE = active_goal(AudienceExportJobStatus)


def watch_audience_export_job(
    client: Client,
    audience_generation_job_arn: str,
    name: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[AudienceExportJobSummary]:
    """Yield the job after the first poll and after every change of its status, until it is ACTIVE.

    If several jobs have this name, the newest one is used. If none has it yet, polling continues until one is listed;
    with a wrong name, it continues until the timeout.

    AWS: ListAudienceExportJobs.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        name: The name that `start_audience_export_job` was given.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job. The last one is ACTIVE.

    Raises:
        WaitFailedError: The export failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(_newest, client, audience_generation_job_arn, name)
    return watch(poll, f"audience export job {name}", _UNTIL_ACTIVE, polling, timeout)


async def wait_for_audience_export_job(
    client: Client,
    audience_generation_job_arn: str,
    name: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[AudienceExportJobSummary], object] | None = None,
) -> AudienceExportJobSummary:
    """Wait until an audience export job is ACTIVE, so that the audience is written, and return the job.

    If several jobs have this name, the newest one is used. If none has it yet, polling continues until one is listed;
    with a wrong name, it continues until the timeout.

    AWS: ListAudienceExportJobs.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        name: The name that `start_audience_export_job` was given.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The job, with its `output_location`.

    Raises:
        WaitFailedError: The export failed.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_audience_export_job(client, audience_generation_job_arn, name, polling=polling, timeout=timeout)
    return await last(changes, on_change)
