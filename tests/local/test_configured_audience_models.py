import hashlib
import json
from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

OUTPUT = {
    "destination": {"s3Destination": {"s3Uri": "s3://bucket/audiences"}},
    "roleArn": "arn:aws:iam::111122223333:role/writer",
}
DEFAULT_SIZES = {"audienceSizeType": "PERCENTAGE", "audienceSizeBins": [1, 5, 10, 20, 50]}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
POLICY_HASH = hashlib.sha256(POLICY.encode()).hexdigest()


def configured(audience_model_arn: str, **members: object) -> dict[str, Any]:
    """Return the parameters of a configured model."""
    return {
        "name": "c",
        "audienceModelArn": audience_model_arn,
        "outputConfig": OUTPUT,
        "sharedAudienceMetrics": ["ALL"],
        **members,
    }


async def test_configured_audience_model_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A configured model is ACTIVE immediately, has AWS's defaults, is updated partly, and is deleted immediately."""
    request = configured(service.add_audience_model(), description="d", tags={"team": "ads"})
    created = await boto("create_configured_audience_model", **request)
    created_at = clock.now()
    defaults = {
        "minMatchingSeedSize": 500,
        "audienceSizeConfig": DEFAULT_SIZES,
        "childResourceTagOnCreatePolicy": "NONE",
    }
    model = {**request, **defaults, **created, "status": "ACTIVE", "createTime": created_at, "updateTime": created_at}
    assert await boto("get_configured_audience_model", **created) == model
    clock.advance(60)
    changes = {"minMatchingSeedSize": 25, "audienceModelArn": service.add_audience_model()}
    assert await boto("update_configured_audience_model", **created, **changes) == created
    changed = {**model, **changes, "updateTime": clock.now()}
    assert await boto("get_configured_audience_model", **created) == changed
    details = {*defaults, "sharedAudienceMetrics", "tags"}
    summary = {name: value for name, value in changed.items() if name not in details}
    assert await boto("list_configured_audience_models") == {"configuredAudienceModels": [summary]}
    assert await boto("delete_configured_audience_model", **created) == {}
    not_found = f"ResourceNotFoundException: Resource {created['configuredAudienceModelArn']} was not found."
    assert await boto.refused("get_configured_audience_model", **created) == not_found
    assert await boto.refused("get_configured_audience_model_policy", **created) == not_found


async def test_configured_model_needs_an_active_model(boto: Boto, service: LocalService) -> None:
    """Create and update refuse an audience model that is not ACTIVE."""
    arn = service.add_audience_model(status="CREATE_IN_PROGRESS")
    message = f"ConflictException: Resource {arn} is CREATE_IN_PROGRESS, not ACTIVE."
    assert await boto.refused("create_configured_audience_model", **configured(arn)) == message
    mine = {"configuredAudienceModelArn": service.add_configured_audience_model()}
    assert await boto.refused("update_configured_audience_model", **mine, audienceModelArn=arn) == message


@pytest.mark.parametrize("bins", [[101], [1, 2, 20_000_000]])
async def test_percentage_limit(boto: Boto, service: LocalService, bins: list[int]) -> None:
    """A percentage is at most 100; an absolute size can be larger."""
    arn = service.add_audience_model()
    sizes = {"audienceSizeType": "PERCENTAGE", "audienceSizeBins": bins}
    message = "ValidationException: Audience sizes of type PERCENTAGE go from 1 to 100."
    request = configured(arn, audienceSizeConfig=sizes)
    assert await boto.refused("create_configured_audience_model", **request) == message
    mine = {"configuredAudienceModelArn": service.add_configured_audience_model()}
    assert await boto.refused("update_configured_audience_model", **mine, audienceSizeConfig=sizes) == message
    absolute = {**sizes, "audienceSizeType": "ABSOLUTE"}
    await boto("update_configured_audience_model", **mine, audienceSizeConfig=absolute)
    assert (await boto("get_configured_audience_model", **mine))["audienceSizeConfig"] == absolute


async def test_audience_model_in_use_is_not_deleted(boto: Boto, service: LocalService) -> None:
    """An audience model cannot be deleted while a configured one uses it."""
    model = service.add_audience_model()
    mine = service.add_configured_audience_model(audience_model_arn=model)
    message = f"ConflictException: Resource {model} is still in use by {mine}."
    assert await boto.refused("delete_audience_model", audienceModelArn=model) == message


async def test_resource_policy(boto: Boto, service: LocalService) -> None:
    """A policy is returned unchanged, with the SHA-256 of its text, until it is deleted."""
    mine = {"configuredAudienceModelArn": service.add_configured_audience_model()}
    missing = f"ResourceNotFoundException: Resource {mine['configuredAudienceModelArn']}/policy was not found."
    assert await boto.refused("get_configured_audience_model_policy", **mine) == missing
    assert await boto.refused("delete_configured_audience_model_policy", **mine) == missing
    put = {"configuredAudienceModelPolicy": POLICY, "policyHash": POLICY_HASH}
    assert await boto("put_configured_audience_model_policy", **mine, configuredAudienceModelPolicy=POLICY) == put
    assert await boto("get_configured_audience_model_policy", **mine) == {**mine, **put}
    assert await boto("delete_configured_audience_model_policy", **mine) == {}
    assert await boto.refused("get_configured_audience_model_policy", **mine) == missing


async def test_policy_preconditions(boto: Boto, service: LocalService) -> None:
    """A policy is replaced only if the conditions of the request are met."""
    put = {
        "configuredAudienceModelArn": service.add_configured_audience_model(),
        "configuredAudienceModelPolicy": POLICY,
    }
    operation = "put_configured_audience_model_policy"
    must, must_not = (
        {"policyExistenceCondition": "POLICY_MUST_EXIST"},
        {"policyExistenceCondition": "POLICY_MUST_NOT_EXIST"},
    )
    stale = "ValidationException: The previousPolicyHash is not the hash of the current policy."
    unmet = "ValidationException: The policy existence condition {} is not met."
    assert await boto.refused(operation, **put, previousPolicyHash=POLICY_HASH) == stale
    assert await boto.refused(operation, **put, **must) == unmet.format("POLICY_MUST_EXIST")
    await boto(operation, **put, **must_not)
    assert await boto.refused(operation, **put, **must_not) == unmet.format("POLICY_MUST_NOT_EXIST")
    assert await boto.refused(operation, **put, previousPolicyHash="0" * 64) == stale
    await boto(operation, **put, **must, previousPolicyHash=POLICY_HASH)


@pytest.mark.parametrize("policy", ["nonsense", "[]", '"text"', "[" * 10_000, " "])
async def test_policy_documents(boto: Boto, service: LocalService, policy: str) -> None:
    """A policy must be a JSON object with a statement."""
    mine = {"configuredAudienceModelArn": service.add_configured_audience_model()}
    refused = await boto.refused("put_configured_audience_model_policy", **mine, configuredAudienceModelPolicy=policy)
    assert refused == "ValidationException: The policy is not a valid JSON policy document."
    refused = await boto.refused("put_configured_audience_model_policy", **mine, configuredAudienceModelPolicy="{}")
    assert refused == "ValidationException: The policy has no Statement."
