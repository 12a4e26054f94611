from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto


def export(job_arn: str, size_type: str = "PERCENTAGE", value: int = 5, **members: object) -> dict[str, Any]:
    """Return the parameters of an export."""
    size = {"type": size_type, "value": value}
    return {"name": "e", "audienceGenerationJobArn": job_arn, "audienceSize": size, **members}


async def test_audience_export_job_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """Starting an export returns nothing; the list has the job, with the location of the configured model."""
    job = service.add_audience_generation_job()
    assert await boto("start_audience_export_job", **export(job, description="d")) == {}
    created_at = clock.now()
    [started] = (await boto("list_audience_export_jobs"))["audienceExportJobs"]
    location = started["outputLocation"]
    assert location.startswith("s3://clean-rooms/audiences/")
    assert location.endswith("/")
    assert started == {
        **export(job, description="d"),
        "status": "CREATE_PENDING",
        "outputLocation": location,
        "createTime": created_at,
        "updateTime": created_at,
    }
    clock.advance(600)
    [finished] = (await boto("list_audience_export_jobs"))["audienceExportJobs"]
    assert finished == {**started, "status": "ACTIVE", "updateTime": clock.now()}


async def test_audience_export_job_filter(boto: Boto, service: LocalService) -> None:
    """Exports are listed for one job or for all jobs."""
    first, second = service.add_audience_generation_job(), service.add_audience_generation_job()
    await boto("start_audience_export_job", **export(first))
    await boto("start_audience_export_job", **export(second))
    assert len((await boto("list_audience_export_jobs"))["audienceExportJobs"]) == 2
    [one] = (await boto("list_audience_export_jobs", audienceGenerationJobArn=second))["audienceExportJobs"]
    assert one["audienceGenerationJobArn"] == second


@pytest.mark.parametrize(("size_type", "value"), [("PERCENTAGE", 6), ("ABSOLUTE", 5)])
async def test_audience_export_job_size(boto: Boto, service: LocalService, size_type: str, value: int) -> None:
    """An export must have one of the configured sizes and the configured type."""
    request = export(service.add_audience_generation_job(), size_type, value)
    message = "ValidationException: The audience size must be one of the configured: PERCENTAGE 1, 5, 10, 20, 50."
    assert await boto.refused("start_audience_export_job", **request) == message


async def test_audience_export_needs_an_active_job(boto: Boto, service: LocalService) -> None:
    """Only an ACTIVE job can be exported."""
    arn = service.add_audience_generation_job(status="CREATE_FAILED")
    message = f"ConflictException: Resource {arn} is CREATE_FAILED, not ACTIVE."
    assert await boto.refused("start_audience_export_job", **export(arn)) == message


async def test_job_in_export_is_not_deleted(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A job cannot be deleted while an export of it is in progress."""
    arn = service.add_audience_generation_job()
    await boto("start_audience_export_job", **export(arn))
    message = f"ConflictException: Resource {arn} is still being exported."
    assert await boto.refused("delete_audience_generation_job", audienceGenerationJobArn=arn) == message
    clock.advance(600)
    await boto("delete_audience_generation_job", audienceGenerationJobArn=arn)


async def test_exports_are_deleted_with_their_job(boto: Boto, service: LocalService, clock: Clock) -> None:
    """The exports of a generation job are listed until the job is deleted; those of other jobs stay."""
    arn = service.add_audience_generation_job()
    for job in (arn, service.add_audience_generation_job()):
        service.add_audience_export_job(audience_generation_job_arn=job, name=job[-8:])
    await boto("delete_audience_generation_job", audienceGenerationJobArn=arn)
    assert len((await boto("list_audience_export_jobs"))["audienceExportJobs"]) == 2
    clock.advance(120)
    [other] = (await boto("list_audience_export_jobs"))["audienceExportJobs"]
    assert other["name"] != arn[-8:]
    assert await boto("list_audience_export_jobs", audienceGenerationJobArn=arn) == {"audienceExportJobs": []}


async def test_audience_export_job_failure(boto: Boto, service: LocalService, clock: Clock) -> None:
    """The list shows why an export failed."""
    arn = service.add_audience_generation_job()
    service.fail_next("StartAudienceExportJob", status_code="NO_ACCESS", message="The bucket is closed.")
    await boto("start_audience_export_job", **export(arn))
    clock.advance(600)
    [failed] = (await boto("list_audience_export_jobs"))["audienceExportJobs"]
    assert failed["status"] == "CREATE_FAILED"
    assert failed["statusDetails"] == {"statusCode": "NO_ACCESS", "message": "The bucket is closed."}


async def test_audience_export_job_quota(boto: Boto, service: LocalService) -> None:
    """An account can have at most twenty exports in progress."""
    request = export(service.add_audience_generation_job())
    for _ in range(20):
        await boto("start_audience_export_job", **request)
    message = "ServiceQuotaExceededException: The quota 'Pending/in progress audience export jobs per customer' is 20."
    assert await boto.refused("start_audience_export_job", **request) == message
