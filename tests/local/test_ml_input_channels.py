from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.local.conftest import Boto

DAY = 86_400
DELETABLE = ["ACTIVE", "CREATE_FAILED", "DELETE_FAILED"]
NOT_DELETABLE = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "DELETE_PENDING", "DELETE_IN_PROGRESS", "INACTIVE"]


def identity(arn: str) -> dict[str, str]:
    """Return the parameters that identify the channel."""
    return {"membershipIdentifier": arn.split("/")[1], "mlInputChannelArn": arn}


async def status_of(boto: Boto, arn: str) -> str:
    """Return the status of the channel."""
    status: str = (await boto("get_ml_input_channel", **identity(arn)))["status"]
    return status


def request(service: LocalService, **sql: object) -> dict[str, Any]:
    """Return the parameters of a channel with these SQL parameters."""
    association = service.add_configured_model_algorithm_association()
    source = {"protectedQueryInputParameters": {"sqlParameters": sql or {"queryString": "SELECT 1"}}}
    return {
        "membershipIdentifier": association.split("/")[1],
        "configuredModelAlgorithmAssociations": [association],
        "inputChannel": {"dataSource": source, "roleArn": "arn:aws:iam::111122223333:role/reader"},
        "name": "c",
        "retentionInDays": 2,
    }


async def test_ml_input_channel_lifecycle(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A channel is filled and has a size; after its data is deleted it is INACTIVE and still exists."""
    sent: dict[str, Any] = {**request(service), "description": "d", "tags": {"a": "b"}}
    sent |= {"kmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/k"}
    sent |= {"payerConfiguration": {"computePayerAccountId": "111122223333"}}
    arn = (await boto("create_ml_input_channel", **sent))["mlInputChannelArn"]
    created_at = clock.now()
    created = await boto("get_ml_input_channel", **identity(arn))
    query = created["protectedQueryIdentifier"]
    known = {
        "mlInputChannelArn": arn,
        "collaborationIdentifier": service.collaboration_of(sent["membershipIdentifier"]),
        "protectedQueryIdentifier": query,
        "createTime": created_at,
    }
    # The format has a default.
    sent["inputChannel"]["dataSource"]["protectedQueryInputParameters"]["resultFormat"] = "CSV"
    assert created == {**sent, **known, "status": "CREATE_PENDING", "updateTime": created_at}
    clock.advance(600)
    active = await boto("get_ml_input_channel", **identity(arn))
    size = {name: active[name] for name in ("numberOfRecords", "numberOfFiles", "sizeInGb")}
    assert active == {**created, "status": "ACTIVE", "updateTime": clock.now(), **size}
    assert 1e5 <= size["numberOfRecords"] < 1e8
    assert size["numberOfFiles"] == -(-size["numberOfRecords"] // 1_000_000)
    assert size["sizeInGb"] == size["numberOfRecords"] * 200 / 1e9
    hidden = {"inputChannel", "retentionInDays", "kmsKeyArn", "tags", *size}
    listed = await boto("list_ml_input_channels", membershipIdentifier=sent["membershipIdentifier"])
    assert listed == {"mlInputChannelsList": [{name: value for name, value in active.items() if name not in hidden}]}
    assert await boto("delete_ml_input_channel_data", **identity(arn)) == {}
    statuses: list[str] = []
    for seconds in (0, 60, 60, 1e6):
        clock.advance(seconds)
        statuses.append(await status_of(boto, arn))
    assert statuses == ["DELETE_PENDING", "DELETE_IN_PROGRESS", "INACTIVE", "INACTIVE"]


@pytest.mark.parametrize("sql", [{"queryString": "SELECT 1", "analysisTemplateArn": "arn"}, {"parameters": {"a": "b"}}])
async def test_channel_has_one_query(boto: Boto, service: LocalService, sql: dict[str, Any]) -> None:
    """A channel must have exactly one of a query and an analysis template."""
    template = f"arn:aws:cleanrooms:us-east-1:111122223333:membership/{'0' * 8}/analysistemplate/{'0' * 8}"
    sql = {name: template if name == "analysisTemplateArn" else value for name, value in sql.items()}
    refused = await boto.refused("create_ml_input_channel", **request(service, **sql))
    assert refused == "ValidationException: The SQL parameters need one of queryString and analysisTemplateArn."


async def test_format_of_a_channel(boto: Boto, service: LocalService) -> None:
    """The format of a query's result is the one of the request; the recorded request has none that it did not have."""
    sent = request(service)
    await boto("create_ml_input_channel", **sent)
    assert service.requests[-1].params == sent
    query = sent["inputChannel"]["dataSource"]["protectedQueryInputParameters"]
    query["resultFormat"] = "PARQUET"
    arn = (await boto("create_ml_input_channel", **sent))["mlInputChannelArn"]
    assert (await boto("get_ml_input_channel", **identity(arn)))["inputChannel"] == sent["inputChannel"]


async def test_channel_payer_is_a_member(boto: Boto, service: LocalService) -> None:
    """Only a member can be the payer."""
    payers = {"syntheticDataPayerAccountId": "444455556666"}
    refused = await boto.refused("create_ml_input_channel", **request(service), payerConfiguration=payers)
    assert refused == "ValidationException: Account 444455556666 is not a member of the collaboration."


async def test_channel_association_of_another_collaboration(boto: Boto, service: LocalService) -> None:
    """The association of a channel must belong to its collaboration."""
    arn = service.add_configured_model_algorithm_association()
    sent = {**request(service), "configuredModelAlgorithmAssociations": [arn]}
    message = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("create_ml_input_channel", **sent) == message


async def test_channel_failures(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A failed query or deletion gives a channel status details; a channel without data has no size."""
    service.fail_next("CreateMLInputChannel", status_code="SQL", message="No such table.")
    arn = (await boto("create_ml_input_channel", **request(service)))["mlInputChannelArn"]
    clock.advance(600)
    channel = await boto("get_ml_input_channel", **identity(arn))
    assert channel["status"] == "CREATE_FAILED"
    assert channel["statusDetails"] == {"statusCode": "SQL", "message": "No such table."}
    assert "numberOfRecords" not in channel
    service.fail_next("DeleteMLInputChannelData")
    await boto("delete_ml_input_channel_data", **identity(arn))
    clock.advance(120)
    assert await status_of(boto, arn) == "DELETE_FAILED"


@pytest.mark.parametrize("status", DELETABLE)
async def test_channel_data_is_deleted(boto: Boto, service: LocalService, clock: Clock, status: str) -> None:
    """The data of a channel that is not in a transition can be deleted."""
    arn = service.add_ml_input_channel(status=status)
    await boto("delete_ml_input_channel_data", **identity(arn))
    clock.advance(120)
    assert await status_of(boto, arn) == "INACTIVE"


@pytest.mark.parametrize("status", NOT_DELETABLE)
async def test_channel_without_deletable_data(boto: Boto, service: LocalService, status: str) -> None:
    """A channel in a transition, or without data, refuses the deletion of its data."""
    arn = service.add_ml_input_channel(status=status)
    refused = await boto.refused("delete_ml_input_channel_data", **identity(arn))
    assert refused == f"ConflictException: Resource {arn} is {status}."


async def test_channel_retention(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A channel becomes INACTIVE `retentionInDays` after it became ACTIVE, and still exists."""
    arn = (await boto("create_ml_input_channel", **request(service)))["mlInputChannelArn"]
    clock.advance(600 + 2 * DAY - 1)
    assert await status_of(boto, arn) == "ACTIVE"
    clock.advance(1)
    channel = await boto("get_ml_input_channel", **identity(arn))
    assert (channel["status"], channel["updateTime"]) == ("INACTIVE", clock.now())


@pytest.mark.parametrize("status", ["ACTIVE", "DELETE_FAILED"])
async def test_retention_of_built_channels(boto: Boto, service: LocalService, clock: Clock, status: str) -> None:
    """Retention also applies to built channels and to those whose deletion failed."""
    arn = service.add_ml_input_channel(status=status, retention_in_days=1)
    clock.advance(DAY - 1)
    assert await status_of(boto, arn) == status
    clock.advance(1)
    assert await status_of(boto, arn) == "INACTIVE"


async def test_channel_in_use(boto: Boto, service: LocalService, clock: Clock) -> None:
    """A channel's data cannot be deleted while training or inference uses it; the error names the users."""
    channel = service.add_ml_input_channel()
    association = (await boto("get_ml_input_channel", **identity(channel)))["configuredModelAlgorithmAssociations"][0]
    data = [{"mlInputChannelArn": channel, "channelName": "training"}]
    members = {"configured_model_algorithm_association_arn": association}
    service.add_trained_model(status="CREATE_PENDING", **members)
    service.add_trained_model(data_channels=data, **members)
    model = service.add_trained_model(status="CREATE_PENDING", data_channels=data, **members)
    trained = service.add_trained_model(**members)
    job = service.add_trained_model_inference_job(
        status="CREATE_PENDING", trained_model_arn=trained, data_source={"mlInputChannelArn": channel}
    )
    refused = await boto.refused("delete_ml_input_channel_data", **identity(channel))
    assert refused == f"ConflictException: Resource {channel} is still in use by {model}, {job}."
    clock.advance(600)
    await boto("delete_ml_input_channel_data", **identity(channel))
