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


class Room:
    """A collaboration of two, with one of everything made by the first."""

    def __init__(self, service: LocalService, connect_boto: Callable[..., Boto]) -> None:
        self.mine = service.add_membership()
        self.collaboration = {"collaborationIdentifier": service.collaboration_of(self.mine)}
        service.add_membership(account_id=OTHER, collaboration_identifier=self.collaboration["collaborationIdentifier"])
        self.we, self.they = connect_boto(), connect_boto(OTHER)
        self.association = service.add_configured_model_algorithm_association(
            membership_identifier=self.mine, tags={"a": "b"}
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

    def identity(self, get: str) -> dict[str, str]:
        """What its one resource of a family is found by."""
        return {
            "configured_model_algorithm_association": {"configuredModelAlgorithmAssociationArn": self.association},
            "ml_input_channel": {"mlInputChannelArn": self.channel},
            "trained_model": {"trainedModelArn": self.model},
        }[get]


@pytest.fixture
def room(service: LocalService, connect_boto: Callable[..., Boto]) -> Room:
    """A collaboration of two."""
    return Room(service, connect_boto)


@pytest.mark.parametrize("family", ["configured_model_algorithm_association", "ml_input_channel", "trained_model"])
async def test_get_of_a_shared_resource(room: Room, family: str) -> None:
    """Members see each other's resources and who made them, but no keys, tags, environment or hyperparameters."""
    identity = room.identity(family)
    full = await room.we(f"get_{family}", membershipIdentifier=room.mine, **identity)
    view = await room.they(f"get_collaboration_{family}", **room.collaboration, **identity)
    assert "tags" in full
    open_part = {name: value for name, value in full.items() if name not in HIDDEN}
    assert view == {**open_part, "creatorAccountId": "111122223333"}
    assert await room.we(f"get_collaboration_{family}", **room.collaboration, **identity) == view


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
async def test_list(room: Room, family: str, own: str, shared: str) -> None:
    """Members list each other's resources: the same as their makers, but for the query, and with who made them."""
    [mine] = (await room.we(f"list_{family}", membershipIdentifier=room.mine))[own]
    [view] = (await room.they(f"list_collaboration_{family}", **room.collaboration))[shared]
    mine.pop("protectedQueryIdentifier", None)
    assert view == {**mine, "creatorAccountId": "111122223333"}


async def test_inference_jobs_of_a_model(room: Room) -> None:
    """The collaboration's inference jobs, too, can be narrowed to those of one model."""
    operation = "list_collaboration_trained_model_inference_jobs"
    other = room.model.replace(room.model[-4:], "none")
    for arn, jobs in ((room.model, [room.job]), (other, [])):
        response = await room.they(operation, **room.collaboration, trainedModelArn=arn)
        listed = response["collaborationTrainedModelInferenceJobs"]
        assert [job["trainedModelInferenceJobArn"] for job in listed] == jobs


async def test_version(room: Room, service: LocalService) -> None:
    """The collaboration's view, too, shows the latest version, or the one that is named."""
    service.add_trained_model(
        name="second",
        membership_identifier=room.mine,
        incremental_training_data_channels=[{"trainedModelArn": room.model, "channelName": "model"}],
    )
    identity = {**room.collaboration, "trainedModelArn": room.model}
    latest = await room.they("get_collaboration_trained_model", **identity)
    assert latest["name"] == "second"
    version = {"versionIdentifier": latest["versionIdentifier"]}
    assert await room.they("get_collaboration_trained_model", **identity, **version) == latest
    listed = (await room.they("list_collaboration_trained_models", **room.collaboration))["collaborationTrainedModels"]
    assert [model["versionIdentifier"] for model in listed] == [latest["versionIdentifier"]]


async def test_no_change_from_outside(room: Room) -> None:
    """Seeing is not changing: another member neither deletes nor tags, nor uses the member's own view."""
    identity = room.identity("ml_input_channel")
    for operation in ("get_ml_input_channel", "delete_ml_input_channel_data"):
        refused = await room.they.refused(operation, membershipIdentifier=room.mine, **identity)
        assert refused.startswith("AccessDeniedException")
    refused = await room.they.refused("tag_resource", resourceArn=room.channel, tags={"c": "d"})
    assert refused.startswith("AccessDeniedException")


async def test_strangers(room: Room, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """Who is no member sees nothing, not even through a collaboration of their own."""
    stranger = connect_boto("777788889999")
    identity = room.identity("trained_model")
    refused = await stranger.refused("get_collaboration_trained_model", **room.collaboration, **identity)
    assert refused.startswith("AccessDeniedException")
    elsewhere = service.collaboration_of(service.add_membership(account_id="777788889999"))
    refused = await stranger.refused("get_collaboration_trained_model", collaborationIdentifier=elsewhere, **identity)
    assert refused == f"ResourceNotFoundException: Resource {room.model} was not found."
