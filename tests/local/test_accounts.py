import json
from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client.local import LocalService
from cleanroomsml_client.local.policies import allow
from tests.local.conftest import Boto

OTHER = "444455556666"
ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:configured-audience-model/a"
START = "StartAudienceGenerationJob"
SEED: dict[str, Any] = {
    "roleArn": f"arn:aws:iam::{OTHER}:role/reader",
    "dataSource": {"s3Uri": "s3://bucket/seed.jsonl"},
}


def policy(**statement: object) -> str:
    """Return a policy that allows the other account to start jobs; `statement` overrides members of its statement."""
    allowing = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "cleanrooms-ml:StartAudienceGenerationJob"}
    return json.dumps({"Statement": [{**allowing, **statement}]})


async def test_accounts_are_separate(boto: Boto, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """An account cannot get, delete or list the resources of another account."""
    arn = service.add_training_dataset()
    other = connect_boto(OTHER)
    denied = "AccessDeniedException: Account 444455556666 is not authorized to perform {} on resource " + arn
    assert await other.refused("get_training_dataset", trainingDatasetArn=arn) == denied.format("GetTrainingDataset")
    assert await other.refused("delete_training_dataset", trainingDatasetArn=arn) == denied.format(
        "DeleteTrainingDataset"
    )
    assert await other("list_training_datasets") == {"trainingDatasets": []}
    assert len((await boto("list_training_datasets"))["trainingDatasets"]) == 1


async def test_regions_are_separate(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A resource exists only in its own region, which its ARN names."""
    arn = service.add_training_dataset()
    frankfurt = connect_boto(region_name="eu-central-1")
    message = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await frankfurt.refused("get_training_dataset", trainingDatasetArn=arn) == message
    assert await frankfurt("list_training_datasets") == {"trainingDatasets": []}
    dataset = await connect_boto()("get_training_dataset", trainingDatasetArn=arn)
    request = {name: dataset[name] for name in ("name", "roleArn", "trainingData")}
    created = await frankfurt("create_training_dataset", **request)
    assert created["trainingDatasetArn"].startswith("arn:aws:cleanrooms-ml:eu-central-1:111122223333:")


async def test_other_access_keys(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """An access key that is not an account number acts for the default account."""
    service.add_training_dataset()
    response = await connect_boto("AKIAIOSFODNN7EXAMPLE")("list_training_datasets")
    assert len(response["trainingDatasets"]) == 1


async def add_shared_model(boto: Boto, service: LocalService, **members: Any) -> str:
    """Add a configured model that the other account may read and use; return its ARN."""
    arn = service.add_configured_audience_model(**members)
    document = policy(Action=["cleanrooms-ml:StartAudienceGenerationJob", "cleanrooms-ml:GetConfigured*"])
    await boto(
        "put_configured_audience_model_policy", configuredAudienceModelArn=arn, configuredAudienceModelPolicy=document
    )
    return arn


async def test_policy_of_a_shared_model(boto: Boto, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """Another account may do only what the policy names; its jobs do not inherit the owner's tags."""
    tags = {"tags": {"team": "ads"}, "child_resource_tag_on_create_policy": "FROM_PARENT_RESOURCE"}
    arn = await add_shared_model(boto, service, **tags)
    other = connect_boto(OTHER)
    assert (await other("get_configured_audience_model", configuredAudienceModelArn=arn))["name"] == "configured-model"
    refused = await other.refused("delete_configured_audience_model", configuredAudienceModelArn=arn)
    assert refused.startswith("AccessDeniedException")
    created = await other("start_audience_generation_job", name="j", configuredAudienceModelArn=arn, seedAudience=SEED)
    assert created["audienceGenerationJobArn"].split(":")[4] == OTHER
    job = await other("get_audience_generation_job", **created)
    assert (job["startedBy"], job["seedAudience"], job.get("tags")) == (OTHER, SEED, None)
    await boto("delete_configured_audience_model_policy", configuredAudienceModelArn=arn)
    refused = await other.refused("get_configured_audience_model", configuredAudienceModelArn=arn)
    assert refused.startswith("AccessDeniedException")


@pytest.mark.parametrize(("shared", "visible"), [("ALL", True), ("NONE", False)])
async def test_job_on_a_shared_model(
    boto: Boto, connect_boto: Callable[..., Boto], service: LocalService, *, shared: str, visible: bool
) -> None:
    """The model's owner gets the job without its seed; the owner decides if the other account gets metrics."""
    arn = await add_shared_model(boto, service, shared_audience_metrics=[shared])
    other = connect_boto(OTHER)
    request = {"name": "j", "configuredAudienceModelArn": arn, "seedAudience": SEED}
    created = await other("start_audience_generation_job", **request)
    service.clock.advance(600)
    theirs, ours = [await side("get_audience_generation_job", **created) for side in (other, boto)]
    assert "seedAudience" not in ours
    assert "metrics" in ours
    assert theirs["seedAudience"] == SEED
    assert ("metrics" in theirs) is visible
    export = {"name": "e", **created, "audienceSize": {"type": "PERCENTAGE", "value": 1}}
    await other("start_audience_export_job", **export)
    assert await other("list_audience_export_jobs") == await boto("list_audience_export_jobs")
    third = connect_boto("777788889999")
    assert (await third.refused("get_audience_generation_job", **created)).startswith("AccessDeniedException")


async def test_quotas_per_account(boto: Boto, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """Jobs of other accounts on a shared model do not count towards the owner's quota."""
    arn = await add_shared_model(boto, service)
    request = {"name": "j", "configuredAudienceModelArn": arn, "seedAudience": SEED}
    other = connect_boto(OTHER)
    for _ in range(10):
        await other("start_audience_generation_job", **request)
    own_role = {**SEED, "roleArn": SEED["roleArn"].replace(OTHER, "111122223333")}
    await boto("start_audience_generation_job", **{**request, "seedAudience": own_role})
    refused = await other.refused("start_audience_generation_job", **request)
    assert refused.startswith("ServiceQuotaExceededException")


@pytest.mark.parametrize(
    ("document", "allowed"),
    [
        (policy(), True),
        (policy(Principal="*"), True),
        (policy(Principal={"AWS": f"arn:aws:iam::{OTHER}:root"}), True),
        (policy(Principal={"AWS": ["777788889999", OTHER]}), True),
        (policy(Principal={"AWS": "777788889999"}), False),
        (policy(Principal={"Service": OTHER}), False),
        (policy(Action="cleanrooms-ml:*"), True),
        (policy(Action="cleanrooms-ml:Get*"), False),
        (policy(Action=[5]), False),
        (policy(Resource=ARN), True),
        (policy(Resource=[f"{ARN}b"]), False),
        (policy(Effect="Deny"), False),
        ('{"Statement": "nonsense"}', False),
        ("{}", False),
        (
            json.dumps(
                {"Statement": [json.loads(policy(Effect=effect))["Statement"][0] for effect in ("Allow", "Deny")]}
            ),
            False,
        ),
        (None, False),
    ],
)
def test_policy_statements(document: str | None, allowed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A request is allowed if a statement allows its account, action and resource, and no statement denies them."""
    assert allow(document, OTHER, START, ARN) is allowed
