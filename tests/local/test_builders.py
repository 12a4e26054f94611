import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

STATUSES = [
    "CREATE_PENDING",
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "ACTIVE",
    "DELETE_PENDING",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
]


@pytest.mark.parametrize("status", STATUSES)
async def test_any_state(boto: Boto, service: LocalService, status: str) -> None:
    """A resource is built in the state asked for; a failed one says why."""
    model = await boto("get_audience_model", audienceModelArn=service.add_audience_model(status=status))
    arn = service.add_audience_generation_job(status=status)
    job = await boto("get_audience_generation_job", audienceGenerationJobArn=arn)
    assert (model["status"], job["status"]) == (status, status)
    assert ("statusDetails" in model, "statusDetails" in job) == (
        status.endswith("_FAILED"),
        status.endswith("_FAILED"),
    )


async def test_goes_on(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A resource built on its way arrives."""
    creating = service.add_audience_model(status="CREATE_IN_PROGRESS")
    deleting = service.add_audience_model(status="DELETE_IN_PROGRESS")
    clock.advance(60)
    refused = await boto.refused("get_audience_model", audienceModelArn=deleting)
    assert refused == f"ResourceNotFoundException: Resource {deleting} was not found."
    assert (await boto("get_audience_model", audienceModelArn=creating))["status"] == "CREATE_IN_PROGRESS"
    clock.advance(420)
    assert (await boto("get_audience_model", audienceModelArn=creating))["status"] == "ACTIVE"


async def test_any_number(boto: Boto, service: LocalService) -> None:
    """Quotas do not count when a test sets the scene, but count what it set."""
    dataset = service.add_training_dataset()
    for _ in range(3):
        service.add_audience_model(status="CREATE_PENDING", training_dataset_arn=dataset)
    refused = await boto.refused("create_audience_model", name="m", trainingDatasetArn=dataset)
    assert refused.startswith("ServiceQuotaExceededException")


def test_wrong_members(service: LocalService) -> None:
    """A builder takes only members that the operation has, with values that it accepts, and says so in Python."""
    with pytest.raises(TypeError, match=r"^CreateTrainingDataset has no colour, size$"):
        service.add_training_dataset(size=5, colour="red")
    with pytest.raises(ValueError, match="Value at 'name' failed to satisfy constraint: Member must have length less"):
        service.add_training_dataset(name="x" * 64)
    with pytest.raises(ValueError, match="nowhere was not found"):
        service.add_audience_model(
            training_dataset_arn="arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/nowhere"
        )
    with pytest.raises(ValueError, match="no such status: CREATE_NOW"):
        service.add_audience_model(status="CREATE_NOW")
