from collections.abc import Callable

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
CREATE = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ACTIVE", "INACTIVE"]
DELETE = ["DELETE_PENDING", "DELETE_IN_PROGRESS", "DELETE_FAILED"]
CANCEL = ["CANCEL_PENDING", "CANCEL_IN_PROGRESS", "CANCEL_FAILED"]


def membership_of(arn: str) -> dict[str, str]:
    """Return the parameter for the membership that an ARN names."""
    return {"membershipIdentifier": arn.split("/")[1]}


@pytest.mark.parametrize("status", CREATE + DELETE + CANCEL)
async def test_custom_model_builders_accept_any_status(boto: Boto, service: LocalService, status: str) -> None:
    """A resource is built with the given status; a failed one has status details."""
    arn = service.add_trained_model(status=status)
    model = await boto("get_trained_model", **membership_of(arn), trainedModelArn=arn)
    assert (model["status"], "statusDetails" in model) == (status, status.endswith("_FAILED"))
    if status not in CANCEL:
        arn = service.add_ml_input_channel(status=status)
        channel = await boto("get_ml_input_channel", **membership_of(arn), mlInputChannelArn=arn)
        assert channel["status"] == status
    if status not in DELETE:
        arn = service.add_trained_model_inference_job(status=status)
        job = await boto("get_trained_model_inference_job", **membership_of(arn), trainedModelInferenceJobArn=arn)
        assert job["status"] == status


async def test_built_cancellations_and_deletions_continue(boto: Boto, service: LocalService) -> None:
    """A resource that is built in a cancellation or deletion becomes INACTIVE and still exists."""
    model = service.add_trained_model(status="CANCEL_PENDING")
    channel = service.add_ml_input_channel(status="DELETE_PENDING")
    service.clock.advance(120)
    for get, member, arn in (
        ("get_trained_model", "trainedModelArn", model),
        ("get_ml_input_channel", "mlInputChannelArn", channel),
    ):
        assert (await boto(get, **membership_of(arn), **{member: arn}))["status"] == "INACTIVE"


async def test_builder_acts_for_the_member(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A builder acts for the account of the given membership, with roles of that account."""
    membership = service.add_membership(account_id=OTHER)
    job = service.add_trained_model_inference_job(membership_identifier=membership)
    assert job.startswith(f"arn:aws:cleanrooms-ml:us-east-1:{OTHER}:membership/{membership}/")
    other = connect_boto(OTHER)
    [algorithm] = (await other("list_configured_model_algorithms"))["configuredModelAlgorithms"]
    assert algorithm["configuredModelAlgorithmArn"].split(":")[4] == OTHER
    configuration = await other("get_ml_configuration", membershipIdentifier=membership)
    assert configuration["defaultOutputLocation"]["roleArn"].split(":")[4] == OTHER


async def test_builder_keeps_the_ml_configuration(boto: Boto, service: LocalService) -> None:
    """Building an inference job does not replace the ML configuration of the membership."""
    membership = {"membershipIdentifier": service.add_membership()}
    location = {"roleArn": "arn:aws:iam::111122223333:role/writer"}
    await boto("put_ml_configuration", **membership, defaultOutputLocation=location)
    service.add_trained_model_inference_job(membership_identifier=membership["membershipIdentifier"])
    assert (await boto("get_ml_configuration", **membership))["defaultOutputLocation"] == location


def test_custom_model_builders_refuse_wrong_members(service: LocalService) -> None:
    """A builder refuses unknown members with TypeError, and unknown statuses and memberships with ValueError."""
    with pytest.raises(TypeError, match=r"^CreateMLInputChannel has no colour; there are "):
        service.add_ml_input_channel(colour="red")
    with pytest.raises(ValueError, match=r"^CreateMLInputChannel makes nothing with the status CANCEL_PENDING; "):
        service.add_ml_input_channel(status="CANCEL_PENDING")
    with pytest.raises(ValueError, match=r"^no such membership: nowhere$"):
        service.add_trained_model(membership_identifier="nowhere")
