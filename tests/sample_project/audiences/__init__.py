"""Finds and exports the largest audience that is relevant enough."""

from collections.abc import Iterable

from cleanroomsml_client import (
    AudienceGenerationJob,
    AudienceGenerationJobDataSource,
    AudienceModelStatus,
    AudienceSize,
    Client,
    Polling,
    RelevanceMetric,
    S3ConfigMap,
    get_audience_model,
    start_audience_export_job,
    start_audience_generation_job,
    wait_for_audience_export_job,
    wait_for_audience_generation_job,
)

__all__ = ["deliver", "is_usable", "largest_relevant"]

A_DAY = Polling(timeout=24 * 3600)


async def is_usable(client: Client, audience_model_arn: str) -> bool:
    """Return whether the model can generate audiences, now or when its training has ended."""
    model = await get_audience_model(client, audience_model_arn)
    match model.status:
        case AudienceModelStatus.ACTIVE | AudienceModelStatus.CREATE_PENDING | AudienceModelStatus.CREATE_IN_PROGRESS:
            return True
        case _:
            return False


async def deliver(
    client: Client, *, configured_audience_model_arn: str, seed_uri: str, role_arn: str, least_relevance: float
) -> AudienceSize | None:
    """Export the largest audience that is relevant enough. Return its size, or None if there is none. Takes hours."""
    job_arn = await start_audience_generation_job(
        client,
        name="nightly",
        configured_audience_model_arn=configured_audience_model_arn,
        seed_audience=AudienceGenerationJobDataSource(role_arn=role_arn, data_source=S3ConfigMap(s3_uri=seed_uri)),
    )
    job = await wait_for_audience_generation_job(client, job_arn, polling=A_DAY)
    size = largest_relevant(_relevance(job), least_relevance)
    if size is not None:
        await start_audience_export_job(client, name="nightly", audience_generation_job_arn=job_arn, audience_size=size)
        await wait_for_audience_export_job(client, job_arn, "nightly", polling=A_DAY)
    return size


def largest_relevant(metrics: Iterable[RelevanceMetric], least: float) -> AudienceSize | None:
    """Return the largest size whose score is known and sufficient."""
    sizes = [metric.audience_size for metric in metrics if metric.score is not None and metric.score >= least]
    return max(sizes, key=lambda size: size.value, default=None)


def _relevance(job: AudienceGenerationJob) -> tuple[RelevanceMetric, ...]:
    return job.metrics.relevance_metrics if job.metrics else ()
