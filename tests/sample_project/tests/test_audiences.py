"""Tests of the project with the fixtures of cleanroomsml-client."""

import asyncio

import pytest
from audiences import deliver, is_usable, largest_relevant

from cleanroomsml_client import (
    AudienceModelStatus,
    AudienceSize,
    AudienceSizeType,
    Client,
    RelevanceMetric,
    WaitFailedError,
)
from cleanroomsml_client.local import LocalService, Throttle
from cleanroomsml_client.testing.factories import make

ROLE = "arn:aws:iam::111122223333:role/reader"


async def send(client: Client, service: LocalService, least_relevance: float) -> AudienceSize | None:
    """Deliver an audience of a new model; return its size."""
    return await deliver(
        client,
        configured_audience_model_arn=service.add_configured_audience_model(),
        seed_uri="s3://bucket/seed.jsonl",
        role_arn=ROLE,
        least_relevance=least_relevance,
    )


async def test_delivery_takes_virtual_time(cleanroomsml_client: Client, cleanroomsml_service: LocalService) -> None:
    """An audience is generated and exported; this takes virtual time only."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    size = await send(cleanroomsml_client, cleanroomsml_service, least_relevance=1.0)
    assert size is not None
    assert loop.time() - started > 2 * 600


async def test_no_delivery_without_relevance(cleanroomsml_client: Client, cleanroomsml_service: LocalService) -> None:
    """Nothing is exported if no size is relevant enough."""
    assert await send(cleanroomsml_client, cleanroomsml_service, least_relevance=100.0) is None
    assert "StartAudienceExportJob" not in [request.operation for request in cleanroomsml_service.requests]


async def test_delivery_survives_throttling(cleanroomsml_client: Client, cleanroomsml_service: LocalService) -> None:
    """Throttling does not prevent the delivery."""
    cleanroomsml_service.inject(Throttle(retry_after=3), "GetAudienceGenerationJob", times=3)
    assert await send(cleanroomsml_client, cleanroomsml_service, least_relevance=1.0) is not None


async def test_a_failed_job_is_an_error(cleanroomsml_client: Client, cleanroomsml_service: LocalService) -> None:
    """The error for a failed job has the reason."""
    cleanroomsml_service.fail_next("StartAudienceGenerationJob", message="Too few users.")
    with pytest.raises(WaitFailedError, match=r"Too few users\."):
        await send(cleanroomsml_client, cleanroomsml_service, least_relevance=1.0)


@pytest.mark.parametrize("status", AudienceModelStatus)
async def test_is_usable(
    cleanroomsml_client: Client, cleanroomsml_service: LocalService, status: AudienceModelStatus
) -> None:
    """Models that failed or are being deleted cannot be used."""
    arn = cleanroomsml_service.add_audience_model(status=status)
    expected = status == "ACTIVE" or status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}
    assert await is_usable(cleanroomsml_client, arn) == expected


def test_largest_relevant() -> None:
    """The largest size with a sufficient score is chosen; a size without a score is not."""

    def metric(percent: int, score: float | None) -> RelevanceMetric:
        size = make(AudienceSize, type=AudienceSizeType.PERCENTAGE, value=percent)
        return make(RelevanceMetric, audience_size=size, score=score)

    best = largest_relevant([metric(1, 8.0), metric(5, 6.5), metric(10, 3.0), metric(20, None)], 6.0)
    assert best == AudienceSize(type=AudienceSizeType.PERCENTAGE, value=5)
