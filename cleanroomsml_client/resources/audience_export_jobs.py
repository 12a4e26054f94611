"""Audience export jobs: each writes an audience of one size to Amazon S3. They have no ARN and cannot be deleted."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
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
    """Where an audience export job is between its start and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"


@displayed
@attrs.frozen(kw_only=True)
class AudienceExportJobSummary:
    """An audience export job: all that AWS tells about one."""

    audience_generation_job_arn: str
    name: str
    status: AudienceExportJobStatus
    audience_size: AudienceSize
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    output_location: str | None = None
    """The S3 URI of the audience."""
    description: str | None = None


async def start_audience_export_job(
    client: Client,
    *,
    name: str,
    audience_generation_job_arn: str,
    audience_size: AudienceSize,
    description: str | None = None,
) -> None:
    """Start to export an audience; `wait_for_audience_export_job` tells when it is written.

    AWS tells export jobs apart by nothing but the name: choose one of its own for each. `audience_size` must be one
    that the configured audience model offers.

    Raises ServiceQuotaExceededError while too many exports are running, ResourceNotFoundError for an unknown
    generation job, ConflictError and ValidationError. AWS: StartAudienceExportJob.
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
    """Return audience export jobs, `page_size` (1-100) to a request: all, or those of one generation job.

    AWS: ListAudienceExportJobs.
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
    jobs = list_audience_export_jobs(client, audience_generation_job_arn=audience_generation_job_arn)
    # Names may repeat: a second try under the name of a failed one is what is waited for.
    return max([job async for job in jobs if job.name == name], key=lambda job: job.create_time, default=None)


_UNTIL_ACTIVE = active_goal(AudienceExportJobStatus)


def watch_audience_export_job(
    client: Client, audience_generation_job_arn: str, name: str, *, polling: Polling = Polling()
) -> AsyncIterator[AudienceExportJobSummary]:
    """Yield the job at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    poll = partial(_newest, client, audience_generation_job_arn, name)
    return watch(poll, f"audience export job {name}", _UNTIL_ACTIVE, polling)


async def wait_for_audience_export_job(
    client: Client,
    audience_generation_job_arn: str,
    name: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[AudienceExportJobSummary], object] | None = None,
) -> AudienceExportJobSummary:
    """Return the job when the audience is written; `on_change` is called with what `watch_` would yield.

    Of jobs with the same name it is the newest; one that is not listed yet is waited for.

    Raises WaitFailedError when the export fails, and WaitTimeoutError. AWS: ListAudienceExportJobs.
    """
    changes = watch_audience_export_job(client, audience_generation_job_arn, name, polling=polling)
    return await last(changes, on_change)
