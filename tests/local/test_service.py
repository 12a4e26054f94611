import json
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from aiobotocore.config import AioConfig

from cleanroomsml_client import (
    AudienceModelStatus,
    ResourceNotFoundError,
    StatusDetails,
    create_audience_model,
    delete_audience_model,
    get_audience_model,
)
from cleanroomsml_client.local import Clock, Durations, LocalService
from cleanroomsml_client.local.handlers import HANDLERS
from cleanroomsml_client.local.service_model import load
from tests.local.conftest import Boto, Http


async def test_recorded_requests(boto: Boto, service: LocalService) -> None:
    """Every request is recorded with its parameters and the status of its response, but without credentials."""
    service.add_training_dataset()
    await boto("list_training_datasets", maxResults=5)
    await boto.refused("get_training_dataset", trainingDatasetArn="not an ARN, but long enough")
    listing, getting = service.requests
    assert (listing.operation, listing.method, listing.path, listing.query) == (
        "ListTrainingDatasets",
        "GET",
        "/training-dataset",
        "maxResults=5",
    )
    assert (listing.params, listing.status) == ({"maxResults": 5}, 200)
    assert listing.headers["user-agent"].startswith("Boto3/")
    assert not any("111122223333" in value for value in listing.headers.values())
    assert getting.path == "/training-dataset/not%20an%20ARN%2C%20but%20long%20enough"
    assert getting.params == {"trainingDatasetArn": "not an ARN, but long enough"}
    assert (getting.operation, getting.status) == ("GetTrainingDataset", 400)


@pytest.mark.parametrize("config", [None, AioConfig(read_timeout=5)], ids=["plain", "configured"])
async def test_connect_ignores_the_machine(monkeypatch: pytest.MonkeyPatch, config: AioConfig | None) -> None:
    """`connect` uses neither the machine's proxy nor its AWS profile."""
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    load.cache_clear()
    async with LocalService() as service, service.connect(config=config) as client:
        assert (await get_audience_model(client, service.add_audience_model())).name == "model"


async def test_recorded_requests_are_limited(http: Http, service: LocalService) -> None:
    """Only the last thousand requests are recorded."""
    assert service.requests.maxlen == 1000
    await http("GET", "/nowhere")
    [unknown] = service.requests
    assert (unknown.operation, unknown.path, unknown.params, unknown.status) == (None, "/nowhere", {}, 404)


async def test_large_requests_are_not_kept(http: Http, service: LocalService) -> None:
    """The bodies of the recorded requests have at most 4 MiB in all; the newest request is always kept."""
    large = json.dumps({"name": "x", "padding": "x" * 900_000})
    for _ in range(10):
        await http("POST", "/training-dataset", large)
    await http("GET", "/training-dataset")
    assert [recorded.method for recorded in service.requests] == ["POST"] * 4 + ["GET"]
    assert sum(recorded.body_size for recorded in service.requests) <= 4 * 1024 * 1024


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("0.0.0.0", "http://127.0.0.1:"),  # noqa: S104  # not listened on
        ("::", "http://[::1]:"),
        ("::1", "http://[::1]:"),
        ("localhost", "http://localhost:"),
    ],
)
async def test_the_url_of_an_open_address_can_be_used(
    host: str, expected: str, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a service on every address, the URL is that of the loopback; IPv6 addresses are in brackets."""
    monkeypatch.setattr(service, "_host", host)
    assert service.endpoint_url.startswith(expected)


async def test_session_tokens_are_not_recorded(http: Http, service: LocalService) -> None:
    """The header with the session token is not recorded."""
    await http("GET", "/training-dataset", **{"X-Amz-Security-Token": "secret", "X-Other": "kept"})
    headers = service.requests[-1].headers
    assert "x-amz-security-token" not in headers
    assert headers["x-other"] == "kept"


async def test_internal_failure(
    boto: Boto, service: LocalService, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The response to an internal failure is an InternalServiceException; the traceback is only logged."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(HANDLERS, "ListAudienceModels", broken)
    refused = await boto.refused("list_audience_models")
    assert refused == "InternalServiceException: Something went wrong on the service's side."
    [record] = [record for record in caplog.records if record.name == "cleanroomsml_client.local"]
    assert record.levelno == logging.ERROR
    assert record.getMessage() == f"Request {service.requests[-1].request_id} (ListAudienceModels) failed"
    assert "ZeroDivisionError" in caplog.text


async def test_operation_without_handler(boto: Boto, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation without a handler is reported as unknown, not as an internal failure."""
    monkeypatch.delitem(HANDLERS, "ListAudienceModels")
    refused = await boto.refused("list_audience_models")
    assert refused == "UnknownOperationException: There is no operation at this path."


def test_fail_next_needs_a_transition(service: LocalService) -> None:
    """`fail_next` accepts only operations that start a transition."""
    with pytest.raises(
        ValueError, match=r"^CreateTrainingDataset starts nothing that could fail later; these do: Cancel"
    ):
        service.fail_next("CreateTrainingDataset")


async def test_fail_next_by_the_name_of_our_function(service: LocalService) -> None:
    """`fail_next` takes the name of our function as it takes AWS's."""
    service.fail_next("create_audience_model", status_code="NO_DATA")
    async with service.connect() as client:
        arn = await create_audience_model(client, name="m", training_dataset_arn=service.add_training_dataset())
        service.clock.advance(3600)
        model = await get_audience_model(client, arn)
    assert (model.status, model.status_details) == (
        "CREATE_FAILED",
        StatusDetails(status_code="NO_DATA", message="An injected failure."),
    )


def test_endpoint_url_needs_a_running_service() -> None:
    """The URL of a service that is not running is a RuntimeError."""
    with pytest.raises(RuntimeError, match=r"^the service is not running: use it in `async with`$"):
        _ = LocalService().endpoint_url


async def test_two_services() -> None:
    """Two services run at the same time, each on its own loopback port."""
    async with LocalService() as first, LocalService() as second:
        assert first.endpoint_url.startswith("http://127.0.0.1:")
        assert second.endpoint_url.startswith("http://127.0.0.1:")
        assert first.endpoint_url != second.endpoint_url


async def test_port_in_use(service: LocalService) -> None:
    """A port that is in use is an OSError, and no socket stays open."""
    port = int(service.endpoint_url.rpartition(":")[2])
    with pytest.raises(OSError, match="address already in use"):
        await LocalService(port=port).__aenter__()


async def test_durations_of_a_service(boto3_session: object) -> None:
    """The `durations` of the constructor apply to all transitions."""
    durations = Durations(create=(1, 2), delete=(0, 1))
    clock = Clock(speed=0)
    async with LocalService(clock=clock, durations=durations) as service:
        boto = Boto(boto3_session, service.endpoint_url, "111122223333", "us-east-1")
        arn = service.add_audience_model(status="CREATE_PENDING")
        clock.advance(3)
        assert (await boto("get_audience_model", audienceModelArn=arn))["status"] == "ACTIVE"
        await boto("delete_audience_model", audienceModelArn=arn)
        assert (await boto("get_audience_model", audienceModelArn=arn))["status"] == "DELETE_IN_PROGRESS"
        boto.client.close()


def test_default_speed() -> None:
    """By default an audience model is trained in one real second, which is ten simulated minutes."""
    clock = LocalService().clock
    start = clock.now()
    assert clock.after(start, sum(Durations().create)) - start == timedelta(seconds=1)


async def test_connect_for_any_account(service: LocalService) -> None:
    """`connect` opens a client for any account."""
    service.add_training_dataset()
    counts: list[int] = []
    for account in ("111122223333", "444455556666"):
        async with service.connect(account_id=account) as client:
            counts.append(len((await client.send("ListTrainingDatasets")).document["trainingDatasets"]))
    assert counts == [1, 0]


async def test_unsigned_request(http: Http, service: LocalService, connect_boto: Callable[..., Boto]) -> None:
    """A request without a signature, such as one from curl, acts for the default account."""
    service.add_training_dataset(name="here")
    assert '"name": "here"' in (await http("GET", "/training-dataset")).body
    signed = await connect_boto()("list_training_datasets")
    assert signed["trainingDatasets"][0]["name"] == "here"


async def test_durations_can_be_set() -> None:
    """`durations` can be set and applies to the transitions that start afterwards."""
    clock = Clock(speed=0)
    async with LocalService(clock=clock) as service, service.connect() as client:
        assert service.durations == Durations()
        service.durations = Durations(delete=(5, 5))
        arn = service.add_audience_model()
        await delete_audience_model(client, arn)
        clock.advance(9)
        assert (await get_audience_model(client, arn)).status is AudienceModelStatus.DELETE_IN_PROGRESS
        clock.advance(1)
        with pytest.raises(ResourceNotFoundError):
            await get_audience_model(client, arn)
