"""What the abilities of a member of a collaboration allow it."""

from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

ACCOUNT = "111122223333"
OTHER = "444455556666"
RECEIVING = ["CAN_RECEIVE_MODEL_OUTPUT", "CAN_RECEIVE_INFERENCE_OUTPUT"]


def location(account: str) -> dict[str, Any]:
    """Return an output location of an account."""
    return {"roleArn": f"arn:aws:iam::{account}:role/writer"}


class Parties:
    """A member with all abilities, and another one with some, both with an ML configuration."""

    def __init__(self, service: LocalService, boto: Boto, other: Boto, *abilities: str) -> None:
        self.service = service
        self.boto = boto
        self.other = other
        self.membership = service.add_membership()
        self.theirs = service.add_membership(
            account_id=OTHER,
            collaboration_identifier=service.collaboration_of(self.membership),
            abilities=abilities,
        )
        self.association = service.add_configured_model_algorithm_association(membership_identifier=self.membership)
        self.channel = service.add_ml_input_channel(configured_model_algorithm_association_arn=self.association)
        self.model = service.add_trained_model(
            configured_model_algorithm_association_arn=self.association,
            data_channels=[{"mlInputChannelArn": self.channel, "channelName": "training"}],
        )

    async def configure(self) -> None:
        """Put the ML configurations of both."""
        mine, theirs = self.membership, self.theirs
        await self.boto("put_ml_configuration", membershipIdentifier=mine, defaultOutputLocation=location(ACCOUNT))
        await self.other("put_ml_configuration", membershipIdentifier=theirs, defaultOutputLocation=location(OTHER))

    def requests(self) -> dict[str, dict[str, Any]]:
        """Return the requests of the other member that need CAN_QUERY."""
        source = {"protectedQueryInputParameters": {"sqlParameters": {"queryString": "SELECT 1"}}}
        sent = {"membershipIdentifier": self.theirs, "name": "n"}
        return {
            "create_ml_input_channel": {
                **sent,
                "configuredModelAlgorithmAssociations": [self.association],
                "inputChannel": {"dataSource": source, "roleArn": location(OTHER)["roleArn"]},
                "retentionInDays": 1,
            },
            "create_trained_model": {
                **sent,
                "configuredModelAlgorithmAssociationArn": self.association,
                "resourceConfig": {"instanceType": "ml.m5.xlarge", "volumeSizeInGB": 10},
                "dataChannels": [{"mlInputChannelArn": self.channel, "channelName": "training"}],
            },
            "start_trained_model_inference_job": self.inference(ACCOUNT, self.theirs),
        }

    def inference(self, receiver: str, membership: str | None = None) -> dict[str, Any]:
        """Return the parameters of an inference job."""
        return {
            **self.export(receiver, membership),
            "resourceConfig": {"instanceType": "ml.m5.xlarge"},
            "dataSource": {"mlInputChannelArn": self.channel},
        }

    def export(self, receiver: str, membership: str | None = None) -> dict[str, Any]:
        """Return the parameters of an export."""
        return {
            "membershipIdentifier": membership or self.membership,
            "name": "n",
            "trainedModelArn": self.model,
            "outputConfiguration": {"members": [{"accountId": receiver}]},
        }


@pytest.fixture
def parties(service: LocalService, connect_boto: Callable[..., Boto]) -> Callable[..., Parties]:
    """Make the parties; the other one has these abilities."""

    def make(*abilities: str) -> Parties:
        return Parties(service, connect_boto(), connect_boto(OTHER), *abilities)

    return make


async def test_queries_need_an_ability(parties: Callable[..., Parties]) -> None:
    """Who lacks CAN_QUERY can create no channel, train no model and start no inference."""
    lacking = parties(*RECEIVING)
    await lacking.configure()
    for operation, sent in lacking.requests().items():
        name = lacking.other.client.meta.method_to_api_mapping[operation]
        assert await lacking.other.refused(operation, **sent) == (
            f"AccessDeniedException: Account {OTHER} is not authorized to perform {name}: "
            f"its membership {lacking.theirs} lacks CAN_QUERY"
        )


async def test_an_ability_is_enough(parties: Callable[..., Parties]) -> None:
    """CAN_QUERY alone is enough for channels, training and inference, and for starting what others receive."""
    able = parties("CAN_QUERY")
    await able.configure()
    for operation, sent in able.requests().items():
        await able.other(operation, **sent)
    await able.other("start_trained_model_export_job", **able.export(ACCOUNT, able.theirs))


@pytest.mark.parametrize("lacks", RECEIVING)
async def test_receivers_need_an_ability(parties: Callable[..., Parties], lacks: str) -> None:
    """Output goes only to members that can receive it: a model's and that of inference are two abilities."""
    both = parties("CAN_QUERY", *(ability for ability in RECEIVING if ability != lacks))
    await both.configure()
    requests = {
        "CAN_RECEIVE_MODEL_OUTPUT": ("start_trained_model_export_job", both.export(OTHER)),
        "CAN_RECEIVE_INFERENCE_OUTPUT": ("start_trained_model_inference_job", both.inference(OTHER)),
    }
    operation, sent = requests.pop(lacks)
    assert await both.boto.refused(operation, **sent) == f"ValidationException: Account {OTHER} lacks {lacks}."
    [(operation, sent)] = requests.values()
    await both.boto(operation, **sent)


def test_unknown_abilities(service: LocalService) -> None:
    """An ability that does not exist is refused when the membership is added, with those that do."""
    message = r"^there is no ability CAN_QEURY; did you mean CAN_QUERY\? There are CAN_QUERY, CAN_RECEIVE_MODEL_OUTPUT,"
    with pytest.raises(ValueError, match=message):
        service.add_membership(abilities=["CAN_QEURY"])
    with pytest.raises(TypeError, match=r"^abilities must be several, such as \['CAN_QUERY'\], not text$"):
        service.add_membership(abilities="CAN_QUERY")


def test_builders_need_abilities(service: LocalService) -> None:
    """A builder refuses what the service would refuse."""
    membership = service.add_membership(abilities=[])
    with pytest.raises(ValueError, match=r"lacks CAN_QUERY$"):
        service.add_ml_input_channel(membership_identifier=membership)
