from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
SECRETS = {
    "tags": {"a": "b"},
    "kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/k",
}
HIDDEN = {
    "dataChannels",
    "environment",
    "hyperparameters",
    "inputChannel",
    "kmsKeyArn",
    "numberOfFiles",
    "protectedQueryIdentifier",
    "sizeInGb",
    "tags",
}


class Scenario:
    """A collaboration with two members; the first one owns a resource of each family."""

    def __init__(self, service: LocalService, connect_boto: Callable[..., Boto]) -> None:
        self.membership = service.add_membership()
        self.collaboration = {"collaborationIdentifier": service.collaboration_of(self.membership)}
        service.add_membership(account_id=OTHER, collaboration_identifier=self.collaboration["collaborationIdentifier"])
        self.owner, self.other = connect_boto(), connect_boto(OTHER)
        self.association = service.add_configured_model_algorithm_association(
            membership_identifier=self.membership, tags={"a": "b"}
        )
        members: dict[str, Any] = {"configured_model_algorithm_association_arn": self.association, **SECRETS}
        self.channel = service.add_ml_input_channel(**members)
        self.model = service.add_trained_model(
            environment={"MODE": "fast"},
            hyperparameters={"depth": "3"},
            data_channels=[{"mlInputChannelArn": self.channel, "channelName": "training"}],
            **members,
        )
        self.job = service.add_trained_model_inference_job(
            trained_model_arn=self.model,
            data_source={"mlInputChannelArn": self.channel},
            environment={"MODE": "fast"},
            **members,
        )

    def identity(self, family: str) -> dict[str, str]:
        """Return the parameter that identifies the resource of a family."""
        return {
            "configured_model_algorithm_association": {"configuredModelAlgorithmAssociationArn": self.association},
            "ml_input_channel": {"mlInputChannelArn": self.channel},
            "trained_model": {"trainedModelArn": self.model},
        }[family]


@pytest.fixture
def scenario(service: LocalService, connect_boto: Callable[..., Boto]) -> Scenario:
    """A collaboration with two members."""
    return Scenario(service, connect_boto)


@pytest.mark.parametrize("family", ["configured_model_algorithm_association", "ml_input_channel", "trained_model"])
async def test_get_of_a_shared_resource(scenario: Scenario, family: str) -> None:
    """Members get each other's resources with the creator, but no keys, tags, environment or hyperparameters."""
    identity = scenario.identity(family)
    full = await scenario.owner(f"get_{family}", membershipIdentifier=scenario.membership, **identity)
    view = await scenario.other(f"get_collaboration_{family}", **scenario.collaboration, **identity)
    assert "tags" in full
    open_part = {name: value for name, value in full.items() if name not in HIDDEN}
    assert view == {**open_part, "creatorAccountId": "111122223333"}
    assert await scenario.owner(f"get_collaboration_{family}", **scenario.collaboration, **identity) == view


@pytest.mark.parametrize(
    ("family", "own", "shared"),
    [
        (
            "configured_model_algorithm_associations",
            "configuredModelAlgorithmAssociations",
            "collaborationConfiguredModelAlgorithmAssociations",
        ),
        ("ml_input_channels", "mlInputChannelsList", "collaborationMLInputChannelsList"),
        ("trained_models", "trainedModels", "collaborationTrainedModels"),
        ("trained_model_inference_jobs", "trainedModelInferenceJobs", "collaborationTrainedModelInferenceJobs"),
    ],
)
async def test_list_of_shared_resources(scenario: Scenario, family: str, own: str, shared: str) -> None:
    """Members list each other's resources as the owner does, with the creator and without the query."""
    [mine] = (await scenario.owner(f"list_{family}", membershipIdentifier=scenario.membership))[own]
    [view] = (await scenario.other(f"list_collaboration_{family}", **scenario.collaboration))[shared]
    mine.pop("protectedQueryIdentifier", None)
    assert view == {**mine, "creatorAccountId": "111122223333"}


async def test_shared_inference_jobs_of_a_model(scenario: Scenario) -> None:
    """The inference jobs of a collaboration can be filtered by model."""
    operation = "list_collaboration_trained_model_inference_jobs"
    other = scenario.model.replace(scenario.model[-4:], "none")
    for arn, jobs in ((scenario.model, [scenario.job]), (other, [])):
        response = await scenario.other(operation, **scenario.collaboration, trainedModelArn=arn)
        listed = response["collaborationTrainedModelInferenceJobs"]
        assert [job["trainedModelInferenceJobArn"] for job in listed] == jobs


async def test_version_of_a_shared_model(scenario: Scenario, service: LocalService) -> None:
    """The collaboration's view shows the given version, or the latest one by default."""
    service.add_trained_model(
        name="second",
        membership_identifier=scenario.membership,
        incremental_training_data_channels=[{"trainedModelArn": scenario.model, "channelName": "model"}],
    )
    identity = {**scenario.collaboration, "trainedModelArn": scenario.model}
    latest = await scenario.other("get_collaboration_trained_model", **identity)
    assert latest["name"] == "second"
    version = {"versionIdentifier": latest["versionIdentifier"]}
    assert await scenario.other("get_collaboration_trained_model", **identity, **version) == latest
    listed = (await scenario.other("list_collaboration_trained_models", **scenario.collaboration))[
        "collaborationTrainedModels"
    ]
    assert [model["versionIdentifier"] for model in listed] == [latest["versionIdentifier"]]


async def test_other_members_cannot_change_resources(scenario: Scenario) -> None:
    """Another member can neither delete nor tag a resource, nor get it through the owner's membership."""
    identity = scenario.identity("ml_input_channel")
    for operation in ("get_ml_input_channel", "delete_ml_input_channel_data"):
        refused = await scenario.other.refused(operation, membershipIdentifier=scenario.membership, **identity)
        assert refused.startswith("AccessDeniedException")
    refused = await scenario.other.refused("tag_resource", resourceArn=scenario.channel, tags={"c": "d"})
    assert refused.startswith("AccessDeniedException")


async def test_accounts_outside_the_collaboration(
    scenario: Scenario, connect_boto: Callable[..., Boto], service: LocalService
) -> None:
    """An account that is not a member gets no resource, not even through its own collaboration."""
    outsider = connect_boto("777788889999")
    identity = scenario.identity("trained_model")
    refused = await outsider.refused("get_collaboration_trained_model", **scenario.collaboration, **identity)
    assert refused.startswith("AccessDeniedException")
    elsewhere = service.collaboration_of(service.add_membership(account_id="777788889999"))
    refused = await outsider.refused("get_collaboration_trained_model", collaborationIdentifier=elsewhere, **identity)
    assert refused == f"ResourceNotFoundException: Resource {scenario.model} was not found."
