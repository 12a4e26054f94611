"""Audience generation jobs: they rank the users of the training data by likeness to a seed audience."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages
from .._waiting import Goal, Polling, active_goal, last, run_to_end, watch
from .queries import ComputeConfiguration, ProtectedQuerySQLParameters
from .shared import AudienceSize, S3ConfigMap, StatusDetails

__all__ = [
    "AudienceGenerationJob",
    "AudienceGenerationJobDataSource",
    "AudienceGenerationJobStatus",
    "AudienceGenerationJobSummary",
    "Metrics",
    "RelevanceMetric",
    "delete_audience_generation_job",
    "get_audience_generation_job",
    "list_audience_generation_jobs",
    "start_audience_generation_job",
    "wait_for_audience_generation_job",
    "wait_for_audience_generation_job_deleted",
    "watch_audience_generation_job",
    "watch_audience_generation_job_deleted",
]


class AudienceGenerationJobStatus(OpenEnum):
    """Where an audience generation job is between its start and its end."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"


@attrs.frozen(kw_only=True)
class AudienceGenerationJobDataSource:
    """A seed audience: the users whose like is sought, from a file or from a query in the collaboration."""

    role_arn: str
    """The IAM role that may read the seed."""
    data_source: S3ConfigMap | None = None
    """A file of JSON lines, each an object with a `user_id`."""
    sql_parameters: ProtectedQuerySQLParameters | None = attrs.field(default=None, repr=False)
    sql_compute_configuration: ComputeConfiguration | None = None


@attrs.frozen(kw_only=True)
class RelevanceMetric:
    """How much like the seed an audience of one size is."""

    audience_size: AudienceSize
    score: float | None = None
    """0-10."""


@displayed
@attrs.frozen(kw_only=True)
class Metrics:
    """The quality of a generated audience, from which to choose a size. AWS: AudienceQualityMetrics."""

    relevance_metrics: tuple[RelevanceMetric, ...]
    recall_metric: float | None = None
    """0-1, larger is better; about as large as the largest size on offer: no better than chance."""


@displayed
@attrs.frozen(kw_only=True)
class AudienceGenerationJob:
    """An audience generation job: once ACTIVE, audiences of any size on offer can be exported from it."""

    audience_generation_job_arn: str
    name: str
    status: AudienceGenerationJobStatus
    configured_audience_model_arn: str
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    seed_audience: AudienceGenerationJobDataSource | None = None
    """None: another account started the job."""
    include_seed_in_output: bool | None = None
    """True: audiences begin with the users of the seed."""
    collaboration_id: str | None = None
    metrics: Metrics | None = None
    """None: not measured yet, or not shared with you."""
    started_by: str | None = None
    """The account that started the job."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None
    protected_query_identifier: str | None = None
    """The query that made the seed, where one did."""


@displayed
@attrs.frozen(kw_only=True)
class AudienceGenerationJobSummary:
    """An audience generation job as lists show it."""

    audience_generation_job_arn: str
    name: str
    status: AudienceGenerationJobStatus
    configured_audience_model_arn: str
    create_time: datetime
    update_time: datetime
    collaboration_id: str | None = None
    started_by: str | None = None
    """The account that started the job."""
    description: str | None = None


async def start_audience_generation_job(
    client: Client,
    *,
    name: str,
    configured_audience_model_arn: str,
    seed_audience: AudienceGenerationJobDataSource,
    include_seed_in_output: bool | None = None,
    collaboration_id: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Start an audience generation job and return its ARN; `wait_for_audience_generation_job` tells when it is done.

    The users of the seed are left out of the audiences unless `include_seed_in_output` is true.

    Raises ServiceQuotaExceededError while too many jobs are running, ResourceNotFoundError for an unknown configured
    audience model, ConflictError and ValidationError. AWS: StartAudienceGenerationJob.
    """
    return await call(
        client,
        "StartAudienceGenerationJob",
        str,
        "audienceGenerationJobArn",
        name=name,
        configured_audience_model_arn=configured_audience_model_arn,
        seed_audience=seed_audience,
        include_seed_in_output=include_seed_in_output,
        collaboration_id=collaboration_id,
        tags=tags,
        description=description,
    )


async def get_audience_generation_job(client: Client, audience_generation_job_arn: str) -> AudienceGenerationJob:
    """Return an audience generation job. Raises ResourceNotFoundError once it is deleted.

    AWS: GetAudienceGenerationJob.
    """
    return await call(
        client,
        "GetAudienceGenerationJob",
        AudienceGenerationJob,
        audience_generation_job_arn=audience_generation_job_arn,
    )


def list_audience_generation_jobs(
    client: Client,
    *,
    configured_audience_model_arn: str | None = None,
    collaboration_id: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[AudienceGenerationJobSummary]:
    """Return audience generation jobs, `page_size` (1-100) to a request: all, or those of one model or collaboration.

    AWS: ListAudienceGenerationJobs.
    """
    return Pages(
        client,
        "ListAudienceGenerationJobs",
        AudienceGenerationJobSummary,
        "audienceGenerationJobs",
        configured_audience_model_arn=configured_audience_model_arn,
        collaboration_id=collaboration_id,
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_audience_generation_job(client: Client, audience_generation_job_arn: str) -> None:
    """Begin to delete an audience generation job; `wait_for_audience_generation_job_deleted` tells when it is gone.

    Raises ConflictError while the job's state forbids it, and ResourceNotFoundError. AWS: DeleteAudienceGenerationJob.
    """
    await call(client, "DeleteAudienceGenerationJob", None, audience_generation_job_arn=audience_generation_job_arn)


_UNTIL_ACTIVE = active_goal(AudienceGenerationJobStatus)
_UNTIL_DELETED = Goal(
    success=frozenset(), failure=frozenset({AudienceGenerationJobStatus.DELETE_FAILED}), success_when_not_found=True
)


def watch_audience_generation_job(
    client: Client, audience_generation_job_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[AudienceGenerationJob]:
    """Yield the job at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    poll = partial(get_audience_generation_job, client, audience_generation_job_arn)
    return watch(poll, audience_generation_job_arn, _UNTIL_ACTIVE, polling)


async def wait_for_audience_generation_job(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[AudienceGenerationJob], object] | None = None,
) -> AudienceGenerationJob:
    """Return the job when it is ACTIVE, which takes hours; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when the job fails or is being deleted, WaitTimeoutError, ResourceNotFoundError.
    AWS: GetAudienceGenerationJob.
    """
    changes = watch_audience_generation_job(client, audience_generation_job_arn, polling=polling)
    return await last(changes, on_change)


def watch_audience_generation_job_deleted(
    client: Client, audience_generation_job_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[AudienceGenerationJob]:
    """Yield the job at first sight and at every change of status, until it is gone; errors as when waiting."""
    poll = partial(get_audience_generation_job, client, audience_generation_job_arn)
    return watch(poll, audience_generation_job_arn, _UNTIL_DELETED, polling)


async def wait_for_audience_generation_job_deleted(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[AudienceGenerationJob], object] | None = None,
) -> None:
    """Return when the job is gone; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when deleting fails, and WaitTimeoutError. AWS: GetAudienceGenerationJob.
    """
    await run_to_end(
        watch_audience_generation_job_deleted(client, audience_generation_job_arn, polling=polling), on_change
    )
