from collections.abc import Callable

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto

OTHER = "444455556666"
CREATE = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ACTIVE", "INACTIVE"]
DELETE = ["DELETE_PENDING", "DELETE_IN_PROGRESS", "DELETE_FAILED"]
CANCEL = ["CANCEL_PENDING", "CANCEL_IN_PROGRESS", "CANCEL_FAILED"]


def within(arn: str) -> dict[str, str]:
    """The membership that an ARN names."""
    return {"membershipIdentifier": arn.split("/")[1]}


@pytest.mark.parametrize("status", CREATE + DELETE + CANCEL)
async def test_any_state(boto: Boto, service: LocalService, status: str) -> None:
    """A resource is built in the state asked for; a failed one says why."""
    arn = service.add_trained_model(status=status)
    model = await boto("get_trained_model", **within(arn), trainedModelArn=arn)
    assert (model["status"], "statusDetails" in model) == (status, status.endswith("_FAILED"))
    if status not in CANCEL:
        arn = service.add_ml_input_channel(status=status)
        channel = await boto("get_ml_input_channel", **within(arn), mlInputChannelArn=arn)
        assert channel["status"] == status
    if status not in DELETE:
        arn = service.add_trained_model_inference_job(status=status)
        job = await boto("get_trained_model_inference_job", **within(arn), trainedModelInferenceJobArn=arn)
        assert job["status"] == status


async def test_goes_on(boto: Boto, service: LocalService) -> None:
    """What is built on its way out ends INACTIVE, and stays."""
    model = service.add_trained_model(status="CANCEL_PENDING")
    channel = service.add_ml_input_channel(status="DELETE_PENDING")
    service.clock.advance(120)
    for get, member, arn in (
        ("get_trained_model", "trainedModelArn", model),
        ("get_ml_input_channel", "mlInputChannelArn", channel),
    ):
        assert (await boto(get, **within(arn), **{member: arn}))["status"] == "INACTIVE"


async def test_other_member(connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A builder acts for the account whose membership it is given, with roles of that account."""
    membership = service.add_membership(account_id=OTHER)
    job = service.add_trained_model_inference_job(membership_identifier=membership)
    assert job.startswith(f"arn:aws:cleanrooms-ml:us-east-1:{OTHER}:membership/{membership}/")
    other = connect_boto(OTHER)
    [algorithm] = (await other("list_configured_model_algorithms"))["configuredModelAlgorithms"]
    assert algorithm["configuredModelAlgorithmArn"].split(":")[4] == OTHER
    configuration = await other("get_ml_configuration", membershipIdentifier=membership)
    assert configuration["defaultOutputLocation"]["roleArn"].split(":")[4] == OTHER


async def test_configuration_stays(boto: Boto, service: LocalService) -> None:
    """An inference job is built on the ML configuration that the membership already has."""
    membership = {"membershipIdentifier": service.add_membership()}
    location = {"roleArn": "arn:aws:iam::111122223333:role/writer"}
    await boto("put_ml_configuration", **membership, defaultOutputLocation=location)
    service.add_trained_model_inference_job(membership_identifier=membership["membershipIdentifier"])
    assert (await boto("get_ml_configuration", **membership))["defaultOutputLocation"] == location


def test_wrong_members(service: LocalService) -> None:
    """A builder says in Python what is wrong."""
    with pytest.raises(TypeError, match=r"^CreateMLInputChannel has no colour$"):
        service.add_ml_input_channel(colour="red")
    with pytest.raises(ValueError, match=r"^no such status: CANCEL_PENDING$"):
        service.add_ml_input_channel(status="CANCEL_PENDING")
    with pytest.raises(ValueError, match=r"^no such membership: nowhere$"):
        service.add_trained_model(membership_identifier="nowhere")
