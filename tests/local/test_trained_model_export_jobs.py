from typing import Any

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

RECEIVERS = {"members": [{"accountId": "111122223333"}]}


async def request(boto: Boto, service: LocalService, **members: Any) -> dict[str, Any]:
    """Add a model and an ML configuration; return the parameters of an export."""
    arn = service.add_trained_model(**members)
    membership = {"membershipIdentifier": arn.split("/")[1]}
    location = {"roleArn": "arn:aws:iam::111122223333:role/writer"}
    await boto("put_ml_configuration", **membership, defaultOutputLocation=location)
    return {**membership, "trainedModelArn": arn, "name": "e", "outputConfiguration": RECEIVERS}


def listing(service: LocalService, sent: dict[str, Any], **filters: str) -> dict[str, str]:
    """Return the parameters of a list of the exports of the model."""
    collaboration = service.collaboration_of(sent["membershipIdentifier"])
    return {"collaborationIdentifier": collaboration, "trainedModelArn": sent["trainedModelArn"], **filters}


async def test_trained_model_export_job_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """Starting an export returns nothing; the list of the collaboration contains the job."""
    sent = {**await request(boto, service), "description": "d"}
    where = listing(service, sent)
    operation = "list_collaboration_trained_model_export_jobs"
    assert await boto(operation, **where) == {"collaborationTrainedModelExportJobs": []}
    assert await boto("start_trained_model_export_job", **sent) == {}
    created_at = clock.now()
    started = {
        **sent,
        **where,
        "creatorAccountId": "111122223333",
        "status": "CREATE_PENDING",
        "createTime": created_at,
        "updateTime": created_at,
    }
    assert await boto(operation, **where) == {"collaborationTrainedModelExportJobs": [started]}
    clock.advance(600)
    finished = {**started, "status": "ACTIVE", "updateTime": clock.now()}
    assert await boto(operation, **where) == {"collaborationTrainedModelExportJobs": [finished]}


async def test_trained_model_export_job_filter(boto: Boto, service: LocalService) -> None:
    """Exports are listed for one model, or for one version of it."""
    sent = await request(boto, service)
    arn = sent["trainedModelArn"]
    channels = [{"trainedModelArn": arn, "channelName": "model"}]
    membership = sent["membershipIdentifier"]
    service.add_trained_model(membership_identifier=membership, incremental_training_data_channels=channels)
    model = await boto("get_trained_model", membershipIdentifier=membership, trainedModelArn=arn)
    version = {"trainedModelVersionIdentifier": model["versionIdentifier"]}
    await boto("start_trained_model_export_job", **sent)
    await boto("start_trained_model_export_job", **{**sent, "name": "v"}, **version)
    elsewhere = service.add_trained_model(membership_identifier=membership)
    await boto("start_trained_model_export_job", **{**sent, "trainedModelArn": elsewhere})

    async def names(**filters: str) -> list[str]:
        where = listing(service, sent, **filters)
        response = await boto("list_collaboration_trained_model_export_jobs", **where)
        return [job["name"] for job in response["collaborationTrainedModelExportJobs"]]

    assert await names() == ["e", "v"]
    assert await names(**version) == ["v"]


async def test_trained_model_export_needs_permission(boto: Boto, service: LocalService) -> None:
    """A model is exported only if the privacy configuration of the association allows it."""
    association = service.add_configured_model_algorithm_association(privacy_configuration={"policies": {}})
    sent = await request(boto, service, configured_model_algorithm_association_arn=association)
    refused = await boto.refused("start_trained_model_export_job", **sent)
    assert refused == (
        "AccessDeniedException: Account 111122223333 is not authorized to perform StartTrainedModelExportJob "
        f"on resource {sent['trainedModelArn']}"
    )


async def test_export_needs_an_active_model(boto: Boto, service: LocalService) -> None:
    """Only an ACTIVE model can be exported."""
    sent = await request(boto, service, status="CREATE_PENDING")
    refused = await boto.refused("start_trained_model_export_job", **sent)
    assert refused == f"ConflictException: Resource {sent['trainedModelArn']} is CREATE_PENDING, not ACTIVE."


async def test_export_receiver_is_a_member(boto: Boto, service: LocalService) -> None:
    """Only a member can receive an export."""
    sent = await request(boto, service)
    sent["outputConfiguration"] = {"members": [{"accountId": "444455556666"}]}
    refused = await boto.refused("start_trained_model_export_job", **sent)
    assert refused == "ValidationException: Account 444455556666 is not a member of the collaboration."


async def test_trained_model_export_job_failure(boto: Boto, service: LocalService, clock: Clock) -> None:
    """The list shows why an export failed."""
    sent = await request(boto, service)
    service.fail_next("StartTrainedModelExportJob", status_code="NO_ACCESS", message="The bucket is closed.")
    await boto("start_trained_model_export_job", **sent)
    clock.advance(600)
    response = await boto("list_collaboration_trained_model_export_jobs", **listing(service, sent))
    [failed] = response["collaborationTrainedModelExportJobs"]
    assert failed["status"] == "CREATE_FAILED"
    assert failed["statusDetails"] == {"statusCode": "NO_ACCESS", "message": "The bucket is closed."}
