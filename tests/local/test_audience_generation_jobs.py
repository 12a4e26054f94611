from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

ROLE = {"roleArn": "arn:aws:iam::111122223333:role/reader"}
SEED = {**ROLE, "dataSource": {"s3Uri": "s3://bucket/seed.jsonl"}}
QUERY = {**ROLE, "sqlParameters": {"queryString": "SELECT user_id FROM t"}}
COLLABORATION = "00000000-0000-4000-8000-000000000000"


def job(configured_arn: str, **members: object) -> dict[str, Any]:
    """Return the parameters of a job."""
    return {"name": "j", "configuredAudienceModelArn": configured_arn, "seedAudience": SEED, **members}


async def test_audience_generation_job_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A job becomes ACTIVE, has metrics only while ACTIVE, and passes through the states of a deletion."""
    configured = service.add_configured_audience_model()
    request = job(configured, description="d", collaborationId=COLLABORATION, tags={"team": "ads"})
    created = await boto("start_audience_generation_job", **request)
    created_at = clock.now()
    started = {
        **request,
        **created,
        "status": "CREATE_PENDING",
        "includeSeedInOutput": False,
        "startedBy": "111122223333",
        "createTime": created_at,
        "updateTime": created_at,
    }
    assert await boto("get_audience_generation_job", **created) == started
    clock.advance(120)
    assert (await boto("get_audience_generation_job", **created))["status"] == "CREATE_IN_PROGRESS"
    clock.advance(480)
    finished = {**started, "status": "ACTIVE", "updateTime": clock.now()}
    got = await boto("get_audience_generation_job", **created)
    assert {name: value for name, value in got.items() if name != "metrics"} == finished
    assert "metrics" in got
    details = {"seedAudience", "includeSeedInOutput", "tags"}
    summary = {name: value for name, value in finished.items() if name not in details}
    assert await boto("list_audience_generation_jobs") == {"audienceGenerationJobs": [summary]}
    in_use = f"ConflictException: Resource {configured} is still in use by {created['audienceGenerationJobArn']}."
    assert await boto.refused("delete_configured_audience_model", configuredAudienceModelArn=configured) == in_use
    await boto("delete_audience_generation_job", **created)
    assert (await boto("get_audience_generation_job", **created))["status"] == "DELETE_PENDING"
    await boto("delete_configured_audience_model", configuredAudienceModelArn=configured)
    clock.advance(120)
    not_found = f"ResourceNotFoundException: Resource {created['audienceGenerationJobArn']} was not found."
    assert await boto.refused("get_audience_generation_job", **created) == not_found


@pytest.mark.parametrize(
    ("size_type", "bins"), [("PERCENTAGE", [1, 100, 5, 20]), ("ABSOLUTE", [20_000_000, 1, 2]), ("ABSOLUTE", [7, 7])]
)
async def test_audience_generation_job_metrics(
    boto: Boto, service: LocalService, size_type: str, bins: list[int]
) -> None:
    """Every response has the same score for each configured size, lower for larger audiences."""
    configured = service.add_configured_audience_model(
        audience_size_config={"audienceSizeType": size_type, "audienceSizeBins": bins}
    )
    arn = service.add_audience_generation_job(configured_audience_model_arn=configured)
    metrics = (await boto("get_audience_generation_job", audienceGenerationJobArn=arn))["metrics"]
    sizes = [metric["audienceSize"] for metric in metrics["relevanceMetrics"]]
    scores = [metric["score"] for metric in metrics["relevanceMetrics"]]
    assert sizes == [{"type": size_type, "value": value} for value in sorted(set(bins))]
    assert scores == sorted(set(scores), reverse=True)
    assert 1 < scores[-1] <= scores[0] < 8
    assert 0.6 <= metrics["recallMetric"] <= 0.9
    again = (await boto("get_audience_generation_job", audienceGenerationJobArn=arn))["metrics"]
    assert again == metrics


async def test_audience_sizes_are_fixed_at_the_start(boto: Boto, service: LocalService) -> None:
    """Updating the configured model does not change a job that has started."""
    configured = service.add_configured_audience_model()
    arn = service.add_audience_generation_job(configured_audience_model_arn=configured)
    sizes = {"audienceSizeType": "ABSOLUTE", "audienceSizeBins": [1000]}
    await boto("update_configured_audience_model", configuredAudienceModelArn=configured, audienceSizeConfig=sizes)
    got = await boto("get_audience_generation_job", audienceGenerationJobArn=arn)
    assert len(got["metrics"]["relevanceMetrics"]) == 5


@pytest.mark.parametrize("seed", [ROLE, {**SEED, **QUERY}])
async def test_seed_has_one_source(boto: Boto, service: LocalService, seed: dict[str, Any]) -> None:
    """A seed audience must have exactly one source: S3 or a query."""
    request = job(service.add_configured_audience_model(), seedAudience=seed)
    message = "ValidationException: The seed audience needs one of dataSource and sqlParameters."
    assert await boto.refused("start_audience_generation_job", **request) == message


async def test_seed_from_a_query(boto: Boto, service: LocalService) -> None:
    """A seed audience from a query has a protected query."""
    arn = service.add_audience_generation_job(seed_audience=QUERY, include_seed_in_output=True)
    got = await boto("get_audience_generation_job", audienceGenerationJobArn=arn)
    assert got["seedAudience"] == QUERY
    assert got["includeSeedInOutput"] is True
    assert len(got["protectedQueryIdentifier"]) == 36


async def test_audience_generation_job_filters(boto: Boto, service: LocalService) -> None:
    """Jobs are listed by configured model, by collaboration, or by both."""
    first, second = service.add_configured_audience_model(), service.add_configured_audience_model()

    def add(name: str, configured: str, **members: str) -> None:
        service.add_audience_generation_job(name=name, configured_audience_model_arn=configured, **members)

    add("a", first)
    add("b", first, collaboration_id=COLLABORATION)
    add("c", second, collaboration_id=COLLABORATION)

    async def names(**filters: str) -> str:
        jobs = (await boto("list_audience_generation_jobs", **filters))["audienceGenerationJobs"]
        return "".join(job["name"] for job in jobs)

    assert await names() == "abc"
    assert await names(configuredAudienceModelArn=first) == "ab"
    assert await names(collaborationId=COLLABORATION) == "bc"
    assert await names(configuredAudienceModelArn=first, collaborationId=COLLABORATION) == "b"
    assert await names(collaborationId=COLLABORATION.replace("4", "5")) == ""


async def test_tag_inheritance(boto: Boto, service: LocalService) -> None:
    """A job inherits the tags of its configured model if the model says so; its own tags take precedence."""
    tags = {"team": "ads", "year": "2026"}
    policies = {"FROM_PARENT_RESOURCE": {"team": "own", "year": "2026", "x": "y"}, "NONE": {"team": "own", "x": "y"}}
    for policy, expected in policies.items():
        configured = service.add_configured_audience_model(tags=tags, child_resource_tag_on_create_policy=policy)
        request = job(configured, tags={"team": "own", "x": "y"})
        created = await boto("start_audience_generation_job", **request)
        assert (await boto("get_audience_generation_job", **created))["tags"] == expected


async def test_audience_generation_job_quota(boto: Boto, service: LocalService) -> None:
    """An account can have at most ten jobs in progress."""
    request = job(service.add_configured_audience_model())
    for _ in range(10):
        await boto("start_audience_generation_job", **request)
    name = "Pending/in progress audience generation jobs per customer"
    message = f"ServiceQuotaExceededException: The quota '{name}' is 10."
    assert await boto.refused("start_audience_generation_job", **request) == message


async def test_job_in_progress_is_not_deleted(boto: Boto, service: LocalService) -> None:
    """A job that is in progress cannot be deleted."""
    arn = service.add_audience_generation_job(status="CREATE_IN_PROGRESS")
    message = f"ConflictException: Resource {arn} is CREATE_IN_PROGRESS."
    assert await boto.refused("delete_audience_generation_job", audienceGenerationJobArn=arn) == message
