import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import cleanroomsml_client
from cleanroomsml_client import Dataset, OpenEnum, get_audience_model, get_training_dataset
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

EXPORT_STATUSES = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ACTIVE"]


@pytest.mark.parametrize("status", STATUSES)
async def test_builders_accept_any_status(boto: Boto, service: LocalService, status: str) -> None:
    """A resource is built with the given status; a failed one has status details."""
    model = await boto("get_audience_model", audienceModelArn=service.add_audience_model(status=status))
    arn = service.add_audience_generation_job(status=status)
    job = await boto("get_audience_generation_job", audienceGenerationJobArn=arn)
    assert (model["status"], job["status"]) == (status, status)
    assert ("statusDetails" in model, "statusDetails" in job) == (
        status.endswith("_FAILED"),
        status.endswith("_FAILED"),
    )


@pytest.mark.parametrize("status", EXPORT_STATUSES)
async def test_export_builders_accept_any_status(boto: Boto, service: LocalService, status: str) -> None:
    """Export jobs, which their names identify, are built with the given status."""
    assert service.add_audience_export_job(status=status) == "export"
    arn = service.add_trained_model()
    assert service.add_trained_model_export_job(status=status, name="mine", trained_model_arn=arn) == "mine"
    collaboration = service.collaboration_of(arn.split("/")[1])
    [audience] = (await boto("list_audience_export_jobs"))["audienceExportJobs"]
    shared = await boto(
        "list_collaboration_trained_model_export_jobs", collaborationIdentifier=collaboration, trainedModelArn=arn
    )
    [model] = shared["collaborationTrainedModelExportJobs"]
    assert [(job["name"], job["status"], "statusDetails" in job) for job in (audience, model)] == [
        ("export", status, status == "CREATE_FAILED"),
        ("mine", status, status == "CREATE_FAILED"),
    ]


async def test_builder_for_every_family(service: LocalService) -> None:
    """Every resource with a status has a builder, which accepts every status."""
    families = {name.removesuffix("Status") for name in dir(cleanroomsml_client) if name.endswith("Status")}
    for family in families - {"Metrics", "Logs"}:
        add: Callable[..., str] = getattr(service, f"add_{re.sub('(?<=[a-z])(?=[A-Z])|(?<=ML)', '_', family).lower()}")
        statuses: list[OpenEnum] = list(getattr(cleanroomsml_client, f"{family}Status"))
        if statuses == ["ACTIVE"]:
            assert add()
        else:
            assert all(add(status=status) for status in statuses)


async def test_built_transitions_continue(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A resource that is built in a transition completes it."""
    creating = service.add_audience_model(status="CREATE_IN_PROGRESS")
    deleting = service.add_audience_model(status="DELETE_IN_PROGRESS")
    clock.advance(60)
    refused = await boto.refused("get_audience_model", audienceModelArn=deleting)
    assert refused == f"ResourceNotFoundException: Resource {deleting} was not found."
    assert (await boto("get_audience_model", audienceModelArn=creating))["status"] == "CREATE_IN_PROGRESS"
    clock.advance(420)
    assert (await boto("get_audience_model", audienceModelArn=creating))["status"] == "ACTIVE"


async def test_quotas_do_not_limit_builders(boto: Boto, service: LocalService) -> None:
    """Quotas do not limit builders, but count what builders created."""
    dataset = service.add_training_dataset()
    for _ in range(3):
        service.add_audience_model(status="CREATE_PENDING", training_dataset_arn=dataset)
    refused = await boto.refused("create_audience_model", name="m", trainingDatasetArn=dataset)
    assert refused.startswith("ServiceQuotaExceededException")


async def test_builders_take_our_classes(service: LocalService) -> None:
    """A builder takes model classes, enums and datetimes as members, as the operations do."""
    interactions = Dataset.from_glue("shop", "interactions", {"user": "USER_ID"})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    dataset_arn = service.add_training_dataset(training_data=[interactions])
    model_arn = service.add_audience_model(training_dataset_arn=dataset_arn, training_data_start_time=start)
    async with service.connect() as client:
        assert (await get_training_dataset(client, dataset_arn)).training_data == (interactions,)
        assert (await get_audience_model(client, model_arn)).training_data_start_time == start


def test_builders_refuse_wrong_members(service: LocalService) -> None:
    """A builder refuses unknown members with TypeError, and values that the operation refuses with ValueError."""
    with pytest.raises(TypeError) as caught:
        service.add_training_dataset(size=5, colour="red")
    assert str(caught.value) == (
        "CreateTrainingDataset has no colour, size; there are description, name, role_arn, tags, training_data"
    )
    with pytest.raises(
        TypeError, match=r"^CreateTrainingDataset has no descripton; did you mean description\? There are"
    ):
        service.add_training_dataset(descripton="red")
    with pytest.raises(ValueError, match="Value at 'name' failed to satisfy constraint: Member must have length less"):
        service.add_training_dataset(name="x" * 64)
    with pytest.raises(ValueError, match="nowhere was not found"):
        service.add_audience_model(
            training_dataset_arn="arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/nowhere"
        )
    with pytest.raises(ValueError, match="CREATE_NOW") as refused:
        service.add_audience_model(status="CREATE_NOW")
    assert str(refused.value) == (
        "CreateAudienceModel makes nothing with the status CREATE_NOW; there are CREATE_PENDING, CREATE_IN_PROGRESS, "
        "CREATE_FAILED, ACTIVE, DELETE_PENDING, DELETE_IN_PROGRESS, DELETE_FAILED"
    )
    with pytest.raises(ValueError, match=r"; did you mean CREATE_FAILED\? There are CREATE_PENDING, "):
        service.add_audience_model(status="CREATED_FAILED")
