"""Audience generation jobs: they rank the users of the training data by similarity to a seed audience."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import attrs

from .._client import Client, call
from .._display import displayed
from .._display.chart import Chart, Score
from .._fields import check_inputs, map_field
from .._models import OpenEnum
from .._paging import Pages
from .._waiting import Polling, active_goal, end_goal, last, run_to_end, watch
from .queries import ComputeConfiguration, ProtectedQuerySQLParameters
from .shared import AudienceSize, AudienceSizeType, S3ConfigMap, StatusDetails

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
    """The status of an audience generation job."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class AudienceGenerationJobDataSource:
    """A seed audience: the users to find similar ones of, from a file or from a query in the collaboration."""

    role_arn: str
    """The IAM role that AWS assumes to read the seed."""
    data_source: S3ConfigMap | None = None
    """A file of JSON lines, each an object with a `user_id`. None: the seed comes from a query."""
    sql_parameters: ProtectedQuerySQLParameters | None = attrs.field(default=None, repr=False)
    """A query that selects users by their `user_id`. None: the seed comes from a file."""
    sql_compute_configuration: ComputeConfiguration | None = None
    """The machines that run the query. None: AWS's default."""

    @classmethod
    def from_s3(cls, s3_uri: str, *, role_arn: str) -> Self:
        """Return a seed audience in a file of JSON lines, each an object with a `user_id`.

        Args:
            s3_uri: The file, such as `s3://bucket/seed.jsonl`.
            role_arn: The IAM role that AWS assumes to read it.

        Returns:
            The seed audience.
        """
        return cls(role_arn=role_arn, data_source=S3ConfigMap(s3_uri=s3_uri))

    @classmethod
    def from_sql(
        cls, query_string: str, *, role_arn: str, compute_configuration: ComputeConfiguration | None = None
    ) -> Self:
        """Return a seed audience that a query in the collaboration selects.

        Args:
            query_string: SQL that selects users by their `user_id`, up to 500,000 characters.
            role_arn: The IAM role that AWS assumes to run the query.
            compute_configuration: The machines that run it. None: AWS's default.

        Returns:
            The seed audience.
        """
        parameters = ProtectedQuerySQLParameters(query_string=query_string)
        return cls(role_arn=role_arn, sql_parameters=parameters, sql_compute_configuration=compute_configuration)


@attrs.frozen(kw_only=True)
class RelevanceMetric:
    """How similar an audience of one size is to the seed."""

    audience_size: AudienceSize
    score: float | None = None
    """0-10; larger is more similar. None: not measured for this size."""


@displayed
@attrs.frozen(kw_only=True)
class Metrics:
    """The quality of a generated audience, from which to choose a size. AWS: AudienceQualityMetrics."""

    relevance_metrics: tuple[RelevanceMetric, ...]
    recall_metric: float | None = None
    """0-1; larger is better. A recall near the largest size on offer (as a share of 1) is no better than chance."""

    def _chart_(self) -> Chart:
        sizes = [metric.audience_size for metric in self.relevance_metrics]
        are_percentages = bool(sizes) and all(size.type is AudienceSizeType.PERCENTAGE for size in sizes)
        scores = [
            Score(label=_size_text(metric.audience_size), position=metric.audience_size.value, value=metric.score)
            for metric in self.relevance_metrics
            if metric.score is not None
        ]
        return Chart(
            scores=tuple(sorted(scores, key=lambda score: score.position)),
            recall=self.recall_metric,
            # As many users as the largest audience has, chosen at random, contain this share of the seed.
            chance=max(size.value for size in sizes) / 100 if are_percentages else None,
        )


def _size_text(size: AudienceSize) -> str:
    return f"{size.value} %" if size.type is AudienceSizeType.PERCENTAGE else f"{size.value:,}"


@displayed
@attrs.frozen(kw_only=True)
class AudienceGenerationJob:
    """An audience generation job. When it is ACTIVE, audiences of every size on offer can be exported from it."""

    audience_generation_job_arn: str
    name: str
    status: AudienceGenerationJobStatus
    configured_audience_model_arn: str
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    seed_audience: AudienceGenerationJobDataSource | None = None
    """None: another account started the job, and AWS hides its seed."""
    include_seed_in_output: bool | None = None
    """True: audiences include the users of the seed."""
    collaboration_id: str | None = None
    """The UUID of the collaboration that the job belongs to."""
    metrics: Metrics | None = None
    """None: not measured yet, or not shared with you."""
    started_by: str | None = None
    """The account that started the job."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None
    protected_query_identifier: str | None = None
    """The query that selected the seed. None: the seed came from a file."""


@displayed
@attrs.frozen(kw_only=True)
class AudienceGenerationJobSummary:
    """An audience generation job in a list."""

    audience_generation_job_arn: str
    name: str
    status: AudienceGenerationJobStatus
    configured_audience_model_arn: str
    create_time: datetime
    update_time: datetime
    collaboration_id: str | None = None
    """The UUID of the collaboration that the job belongs to."""
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
    """Start an audience generation job: rank the users of the training data by similarity to a seed audience.

    The job takes hours: `wait_for_audience_generation_job` returns when it is done.

    AWS: StartAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. It need not be unique.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.
        seed_audience: The users to find similar ones of: a file in Amazon S3, or a query in the collaboration.
        include_seed_in_output: True: audiences include the users of the seed. None: they do not.
        collaboration_id: The UUID of the collaboration that the job belongs to; see
            `aws cleanrooms list-collaborations`. Needed to use another account's model. None: no collaboration.
        tags: Labels of the new job, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the audience generation job.

    Raises:
        ConflictError: The configured audience model cannot be used now, for example because it is being deleted.
        ResourceNotFoundError: There is no such configured audience model.
        ServiceQuotaExceededError: Too many generation jobs of the account are running; AWS allows 10 by default.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Return an audience generation job.

    AWS: GetAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.

    Returns:
        The job, with its quality `metrics` once it is done.

    Raises:
        ResourceNotFoundError: The job does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """List audience generation jobs: all, or those of one configured audience model or one collaboration.

    AWS: ListAudienceGenerationJobs.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: Only jobs of this configured audience model. None: jobs of all models.
        collaboration_id: Only jobs of the collaboration with this UUID; see `aws cleanrooms list-collaborations`.
            None: jobs of all collaborations, and those outside any.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Start deleting an audience generation job.

    `wait_for_audience_generation_job_deleted` returns when it is deleted.

    AWS: DeleteAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.

    Raises:
        ConflictError: The job is still running, or an export of it is.
        ResourceNotFoundError: The job does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "DeleteAudienceGenerationJob", None, audience_generation_job_arn=audience_generation_job_arn)


_UNTIL_ACTIVE = active_goal(AudienceGenerationJobStatus)
_UNTIL_DELETED = end_goal(
    AudienceGenerationJobStatus, before=AudienceGenerationJobStatus.ACTIVE, success_when_not_found=True
)


def watch_audience_generation_job(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[AudienceGenerationJob]:
    """Yield the job after the first poll and after every change of its status, until it is ACTIVE.

    AWS: GetAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job. The last one is ACTIVE.

    Raises:
        WaitFailedError: The job failed, or is being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_audience_generation_job, client, audience_generation_job_arn)
    return watch(poll, audience_generation_job_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_audience_generation_job(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[AudienceGenerationJob], object] | None = None,
) -> AudienceGenerationJob:
    """Wait until an audience generation job is ACTIVE, which takes hours, and return it.

    AWS: GetAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The job, with its quality `metrics`.

    Raises:
        WaitFailedError: The job failed, or is being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such job.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_audience_generation_job(client, audience_generation_job_arn, polling=polling, timeout=timeout)
    return await last(changes, on_change)


def watch_audience_generation_job_deleted(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[AudienceGenerationJob]:
    """Yield the job after the first poll and after every change of its status, until it is deleted.

    AWS: GetAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The job.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_audience_generation_job, client, audience_generation_job_arn)
    return watch(poll, audience_generation_job_arn, _UNTIL_DELETED, polling, timeout)


async def wait_for_audience_generation_job_deleted(
    client: Client,
    audience_generation_job_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[AudienceGenerationJob], object] | None = None,
) -> None:
    """Wait until an audience generation job is deleted.

    AWS: GetAudienceGenerationJob.

    Args:
        client: The client from `connect`.
        audience_generation_job_arn: The ARN that `start_audience_generation_job` returned;
            `list_audience_generation_jobs` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the job after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await run_to_end(
        watch_audience_generation_job_deleted(client, audience_generation_job_arn, polling=polling, timeout=timeout),
        on_change,
    )
