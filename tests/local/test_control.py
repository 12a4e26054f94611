"""The control API, over HTTP as programs in other languages use it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from cleanroomsml_client import (
    NO_RETRY,
    ResourceNotFoundError,
    ThrottlingError,
    create_audience_model,
    get_audience_model,
    list_audience_models,
)
from cleanroomsml_client._version import __version__
from cleanroomsml_client.local import ErrorResponse, LocalService, Throttle

_NONE = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/00000000-0000-4000-8000-000000000000"


class Api:
    """A client of the control API."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = f"{url}/_cleanroomsml/"
        self._session = session

    async def __call__(
        self, method: str, path: str, body: Any = None, *, version: str = "v1", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send a request; return the status and the JSON of the response."""
        data = body if isinstance(body, str) or body is None else None
        json = None if data is not None else body
        async with self._session.request(
            method, f"{self.url}{version}/{path}", json=json, data=data, headers=headers
        ) as response:
            assert response.headers["Content-Type"].startswith("application/json")
            return response.status, await response.json()

    async def get(self, path: str) -> Any:
        """Return the JSON of a resource that exists."""
        status, document = await self("GET", path)
        assert status == 200
        return document


@pytest.fixture
async def api(service: LocalService) -> AsyncIterator[Api]:
    """The control API of the service."""
    async with aiohttp.ClientSession() as session:
        yield Api(service.endpoint_url, session)


async def test_health(api: Api, service: LocalService) -> None:
    """A program that waits for the service asks for its health."""
    assert await api.get("health") == {"status": "ok", "version": __version__, "endpoint": service.endpoint_url}


async def test_memberships(api: Api, service: LocalService) -> None:
    """Memberships are listed and added."""
    ids = service.add_collaboration("spring", ["111122223333"])
    status, added = await api(
        "POST",
        "memberships",
        {"accountId": "444455556666", "collaborationIdentifier": service.collaboration_of(ids["111122223333"])},
    )
    assert status == 200
    listed = await api.get("memberships")
    assert [each["accountId"] for each in listed["memberships"]] == ["111122223333", "444455556666"]
    assert listed["memberships"][1] == added
    status, error = await api("POST", "memberships", {"accountId": "1", "abilities": ["CAN_FLY"]})
    assert status == 400
    assert "CAN_FLY" in error["message"]
    assert (await api("POST", "memberships", {"accountId": "1", "abilities": ["CAN_QUERY"]}))[0] == 200
    status, error = await api("POST", "memberships", {"accountId": "1", "collaborationIdentifier": "none"})
    assert (status, error) == (400, {"message": "no such collaboration: none"})


async def test_requests(api: Api, service: LocalService) -> None:
    """The recorded requests are readable and can be forgotten; those of the control API are not among them."""
    async with service.connect() as client:
        await list_audience_models(client, page_size=3).collect()
    [request] = (await api.get("requests"))["requests"]
    assert (request["operation"], request["status"], request["query"]) == ("ListAudienceModels", 200, "maxResults=3")
    assert "authorization" not in request["headers"]
    assert request["accountId"] == "111122223333"
    start = datetime(2026, 3, 1, tzinfo=UTC)
    async with service.connect() as client:
        with pytest.raises(ResourceNotFoundError):
            await create_audience_model(client, name="n", training_dataset_arn=_NONE, training_data_start_time=start)
    [_, request] = (await api.get("requests"))["requests"]
    assert request["params"]["trainingDataStartTime"] == "2026-03-01T00:00:00Z"
    assert await api("DELETE", "requests") == (200, {})
    assert await api.get("requests") == {"requests": []}


async def test_faults(api: Api, service: LocalService) -> None:
    """Every fault can be injected, is listed until it has happened, and can be removed."""
    faults: list[dict[str, Any]] = [
        {"fault": "Throttle", "status": 400, "retryAfter": 3, "operation": "GetAudienceModel"},
        {"fault": "ErrorResponse", "code": "ConflictException", "message": "no", "times": 2},
        {"fault": "RawResponse", "status": 503, "body": "<html>", "contentType": "text/html", "times": 0},
        {"fault": "Delay", "seconds": 1.5},
        {"fault": "TruncatedBody"},
        {"fault": "Reset", "after": True},
    ]
    for fault in faults:
        assert await api("POST", "faults", fault) == (200, {})
    listed = (await api.get("faults"))["faults"]
    assert [each["fault"] for each in listed] == [fault["fault"] for fault in faults]
    assert [each["times"] for each in listed] == [1, 2, None, 1, 1, 1]
    assert listed[0] == {
        "fault": "Throttle",
        "status": 400,
        "retryAfter": 3.0,
        "operation": "GetAudienceModel",
        "times": 1,
    }
    assert service.faults[:2] == [
        (Throttle(status=400, retry_after=3.0), "GetAudienceModel", 1),
        (ErrorResponse("ConflictException", "no"), None, 2),
    ]
    async with service.connect(retry=NO_RETRY) as client:
        with pytest.raises(ThrottlingError):
            await get_audience_model(client, service.add_audience_model())
    assert len((await api.get("faults"))["faults"]) == 5
    assert await api("DELETE", "faults") == (200, {})
    assert service.faults == []


async def test_a_job_that_fails(api: Api, service: LocalService) -> None:
    """The next job of an operation fails with the given details."""
    failure = {"operation": "CreateAudienceModel", "statusCode": "DATA", "message": "No rows."}
    assert await api("POST", "fail-next", failure) == (200, {})
    status, error = await api("POST", "fail-next", {"operation": "GetAudienceModel"})
    assert status == 400
    assert error["message"].startswith("GetAudienceModel starts nothing that could fail later; these do: ")
    assert service.requests.maxlen is not None


async def test_the_clock(api: Api, service: LocalService) -> None:
    """Time passes on demand, and the speed can be changed."""
    arn = service.add_audience_model(status="CREATE_PENDING")
    before = (await api.get("clock"))["now"]
    status, clock = await api("POST", "clock", {"advance": 3600, "speed": 60})
    assert (status, clock["speed"]) == (200, 60.0)
    assert datetime.fromisoformat(clock["now"]) - datetime.fromisoformat(before) >= timedelta(hours=1)
    async with service.connect() as client:
        assert (await get_audience_model(client, arn)).status == "ACTIVE"
    assert (await api("POST", "clock", {"advance": -1}))[0] == 400
    assert (await api("POST", "clock", {"speed": -1}))[0] == 400
    status, clock = await api("POST", "clock", {})
    assert (status, clock["speed"]) == (200, 60.0)


async def test_resources(api: Api, service: LocalService) -> None:
    """What there is, of all accounts, with the progress of what moves."""
    service.clock.speed = 0
    service.add_configured_model_algorithm(account_id="444455556666", name="other")
    arn = service.add_audience_model(name="spring", status="CREATE_PENDING")
    service.add_audience_export_job(name="e")
    gone = service.add_audience_model(name="gone", status="DELETE_IN_PROGRESS")
    service.clock.advance(60)
    listed = (await api.get("resources"))["resources"]
    assert gone not in {each["arn"] for each in listed}
    [model] = [each for each in listed if each["arn"] == arn]
    assert (model["kind"], model["name"], model["status"]) == ("audience-model", "spring", "CREATE_PENDING")
    assert (model["accountId"], model["region"], model["progress"]) == ("111122223333", "us-east-1", 0.1)
    assert (model["versionIdentifier"], model["membershipIdentifier"]) == (None, None)
    assert [each["arn"] for each in listed if each["name"] == "e"] == [None]
    service.clock.advance(300)
    [model] = [each for each in service.resources() if each["arn"] == arn]
    assert (model["status"], model["progress"]) == ("CREATE_IN_PROGRESS", 0.6)
    assert {each["progress"] for each in service.resources() if each["status"] == "ACTIVE"} == {None}
    [other] = (await api.get("resources?accountId=444455556666"))["resources"]
    assert other["name"] == "other"


async def test_the_page(api: Api, service: LocalService) -> None:
    """People see the service at its address; the page runs no code but its own."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{service.endpoint_url}/") as response:
            assert (response.status, response.content_type) == (200, "text/html")
            assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'sha256-")
            assert "<title>" in await response.text()
        async with session.post(f"{service.endpoint_url}/") as response:
            assert response.headers["x-amzn-ErrorType"] == "UnknownOperationException"
        service.requests.clear()
    assert await api.get("requests") == {"requests": []}


async def test_reset(api: Api, service: LocalService) -> None:
    """Resources, requests and faults go; memberships stay."""
    membership = service.add_membership()
    service.add_audience_model()
    service.inject(Throttle(), times=None)
    service.audience_model_metrics = [{"type": "RECALL"}]
    assert await api("POST", "reset") == (200, {})
    async with service.connect() as client:
        assert await list_audience_models(client).collect() == []
    assert service.memberships == (membership,)
    assert service.audience_model_metrics == [{"type": "RECALL"}]


@pytest.mark.parametrize(
    ("route", "body", "status", "message"),
    [
        ("GET nothing", None, 404, "there is no /_cleanroomsml/v1/nothing; there are /_cleanroomsml/v1/health, "),
        ("PUT health", None, 405, "health takes GET, not PUT"),
        ("GET clock?speed=2", None, 400, "there is no parameter speed; there are none"),
        ("POST memberships", None, 400, "accountId is missing"),
        ("POST memberships", {"accountId": 1}, 400, "accountId: a string expected, not an integer"),
        ("POST memberships", "[]", 400, "the body must be a JSON object"),
        ("POST memberships", "{", 400, "the body must be a JSON object"),
        ("POST faults", {"fault": "Nap"}, 400, "there is no fault Nap; there are Throttle, "),
        (
            "POST faults",
            {"fault": "Delay", "minutes": 1},
            400,
            "there is no parameter minutes; there are fault, seconds, operation, times",
        ),
        ("POST faults", {"fault": "Delay"}, 400, "Delay.seconds: a required member is missing"),
        ("POST faults", {"fault": "Throttle", "operation": "Nap"}, 400, "there is no operation Nap"),
    ],
)
async def test_mistakes(api: Api, route: str, body: Any, status: int, message: str) -> None:
    """The response to a mistake says what to write."""
    method, _, path = route.partition(" ")
    found, document = await api(method, path, body)
    assert (found, document["message"][: len(message)]) == (status, message)


async def test_another_version(api: Api) -> None:
    """A version that does not exist yet has no routes."""
    status, _ = await api("GET", "health", version="v2")
    assert status == 404


async def test_a_token() -> None:
    """With a token, requests without it are refused."""
    async with LocalService(control_token="secret") as service, aiohttp.ClientSession() as session:
        api = Api(service.endpoint_url, session)
        for headers in (None, {"Authorization": "Bearer other"}):
            status, document = await api("GET", "health", headers=headers)
            assert status == 401
            assert document["message"] == "send the header `Authorization: Bearer TOKEN` with the --control-token"
        assert (await api("GET", "health", headers={"Authorization": "Bearer secret"}))[0] == 200


async def test_an_open_service_needs_a_token() -> None:
    """Where other machines can send requests, the control API does not work without a token."""
    async with LocalService(host="0.0.0.0") as service, aiohttp.ClientSession() as session:  # noqa: S104
        status, document = await Api(service.endpoint_url, session)("GET", "health")
    assert status == 403
    assert document["message"].endswith("start it with --control-token TOKEN")


async def test_pages_of_other_sites(api: Api) -> None:
    """A web page of another site cannot control the service."""
    status, document = await api("POST", "reset", headers={"Origin": "http://evil.test"})
    assert (status, document) == (403, {"message": "Requests of web pages of other sites are refused."})


async def test_a_name_of_the_machine(service: LocalService) -> None:
    """A name is accepted only if it was allowed."""
    async with LocalService(allowed_hosts=["Clean.test"]) as named, aiohttp.ClientSession() as session:
        for running, expected in ((named, 200), (service, 403)):
            status, _ = await Api(running.endpoint_url, session)("GET", "health", headers={"Host": "clean.TEST:80"})
            assert status == expected
