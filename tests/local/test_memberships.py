from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
LISTS = [
    "list_configured_model_algorithm_associations",
    "list_ml_input_channels",
    "list_trained_models",
    "list_trained_model_inference_jobs",
]


async def test_unknown_membership(boto: Boto) -> None:
    """A list of a membership that does not exist is refused, instead of being empty."""
    membership = str(uuid4())
    for operation in LISTS:
        refused = await boto.refused(operation, membershipIdentifier=membership)
        assert refused.startswith("AccessDeniedException: Account 111122223333 is not authorized to perform List")
        assert refused.endswith(f" on resource membership/{membership}")


async def test_membership_of_another_account(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """An account cannot use the membership of another account, not even in the same collaboration."""
    mine = service.add_membership()
    service.add_membership(account_id=OTHER, collaboration_identifier=service.collaboration_of(mine))
    other = connect_boto(OTHER)
    for operation in LISTS:
        assert (await other.refused(operation, membershipIdentifier=mine)).startswith("AccessDeniedException")


async def test_collaboration_of_others(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """Only members can use a collaboration; others get the same error as if it did not exist."""
    collaboration = service.collaboration_of(service.add_membership())
    for account, identifier in ((OTHER, collaboration), ("111122223333", str(uuid4()))):
        refused = await connect_boto(account).refused(
            "list_collaboration_trained_models", collaborationIdentifier=identifier
        )
        assert refused == (
            f"AccessDeniedException: Account {account} is not authorized to perform "
            f"ListCollaborationTrainedModels on resource collaboration/{identifier}"
        )


async def test_memberships_are_separate(boto: Boto, service: LocalService) -> None:
    """A resource of one membership is not found through another membership of the same account."""
    arn = service.add_ml_input_channel()
    elsewhere = service.add_membership()
    message = f"ResourceNotFoundException: Resource {arn} was not found."
    refused = await boto.refused("get_ml_input_channel", membershipIdentifier=elsewhere, mlInputChannelArn=arn)
    assert refused == message
    view = {"collaborationIdentifier": service.collaboration_of(elsewhere), "mlInputChannelArn": arn}
    assert await boto.refused("get_collaboration_ml_input_channel", **view) == message
    assert await boto("list_ml_input_channels", membershipIdentifier=elsewhere) == {"mlInputChannelsList": []}


def test_joining_a_collaboration(service: LocalService) -> None:
    """An account can join an existing collaboration, and only once."""
    mine = service.add_membership()
    collaboration = service.collaboration_of(mine)
    theirs = service.add_membership(account_id=OTHER, collaboration_identifier=collaboration)
    assert mine != theirs
    assert service.collaboration_of(theirs) == collaboration
    with pytest.raises(ValueError, match=f"^account {OTHER} is a member already$"):
        service.add_membership(account_id=OTHER, collaboration_identifier=collaboration)
    with pytest.raises(ValueError, match=r"^no such collaboration: nowhere$"):
        service.add_membership(collaboration_identifier="nowhere")
    with pytest.raises(ValueError, match=r"^no such membership: nowhere$"):
        service.collaboration_of("nowhere")


async def test_a_named_collaboration(service: LocalService) -> None:
    """Its identifiers follow from the names: they are the same each time."""
    ids = service.add_collaboration("spring", ["111122223333", "444455556666"])
    assert ids == {account: str(uuid5(NAMESPACE_URL, f"spring/{account}")) for account in ids}
    collaboration = str(uuid5(NAMESPACE_URL, "spring"))
    assert {service.collaboration_of(membership) for membership in ids.values()} == {collaboration}
    assert service.memberships == tuple(ids.values())
    assert [service.account_of(membership) for membership in service.memberships] == list(ids)
    with pytest.raises(ValueError, match=r"^there is a collaboration 'spring' already$"):
        service.add_collaboration("spring", ["777788889999"])
    with pytest.raises(ValueError, match=r"^account 111122223333 is given twice$"):
        service.add_collaboration("summer", ["111122223333", "111122223333"])
    with pytest.raises(ValueError, match=r"^no such membership: other$"):
        service.account_of("other")
