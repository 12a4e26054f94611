import asyncio
import errno
import json
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from aiohttp import web

from cleanroomsml_client import NO_RETRY, ThrottlingError, list_audience_models, list_training_datasets
from cleanroomsml_client.local import (
    Delay,
    ErrorResponse,
    Fault,
    LocalService,
    RawResponse,
    Reset,
    Throttle,
    TruncatedBody,
)
from cleanroomsml_client.local.faults import RateLimit
from cleanroomsml_client.local.service import reset
from tests.local.conftest import Boto, Http, HttpResponse

LIST = "/training-dataset"
DATASET = {
    "name": "d",
    "roleArn": "arn:aws:iam::111122223333:role/reader",
    "trainingData": [
        {
            "type": "INTERACTIONS",
            "inputConfig": {
                "schema": [{"columnName": "user_id", "columnTypes": ["USER_ID"]}],
                "dataSource": {"glueDataSource": {"tableName": "t", "databaseName": "d"}},
            },
        }
    ],
}


def error_of(received: HttpResponse) -> tuple[int, str | None, str]:
    """Return status, code and message of an error response."""
    return received.status, received.headers.get("x-amzn-ErrorType"), json.loads(received.body)["message"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Throttle(), (429, "ThrottlingException", "Rate exceeded")),
        (Throttle(status=400), (400, "ThrottlingException", "Rate exceeded")),
        (ErrorResponse("AccessDeniedException"), (403, "AccessDeniedException", "An injected failure.")),
        (ErrorResponse("ServiceUnavailable", "busy", 503), (503, "ServiceUnavailable", "busy")),
        (ErrorResponse("SomethingNew"), (500, "SomethingNew", "An injected failure.")),
    ],
)
async def test_error_responses(http: Http, service: LocalService, fault: Fault, expected: tuple[int, str, str]) -> None:
    """An injected error has the status of its code unless another is given, happens once, and is recorded."""
    service.inject(fault)
    assert error_of(await http("GET", LIST)) == expected
    assert service.requests[-1].status == expected[0]
    assert (await http("GET", LIST)).status == 200


async def test_retry_after(http: Http, service: LocalService) -> None:
    """A throttled response can have a Retry-After header."""
    service.inject(Throttle(retry_after=1.5))
    service.inject(Throttle())
    assert (await http("GET", LIST)).headers["Retry-After"] == "1.5"
    assert "Retry-After" not in (await http("GET", LIST)).headers


async def test_raw_responses(http: Http, service: LocalService) -> None:
    """A response can have any status, body and type, such as an HTML page of a proxy, or an empty body."""
    service.inject(RawResponse(status=503, body="<html>Sorry</html>"))
    service.inject(RawResponse())
    received = await http("GET", LIST)
    assert (received.status, received.headers["Content-Type"], received.body) == (
        503,
        "text/html",
        "<html>Sorry</html>",
    )
    assert service.requests[-1].status == 503
    received = await http("GET", LIST)
    assert (received.status, received.body) == (200, "")


async def test_operation_and_times(http: Http, boto: Boto, service: LocalService) -> None:
    """A fault affects its operation as often as given, in the order of injection."""
    service.inject(ErrorResponse("First"), operation="ListTrainingDatasets", times=2)
    service.inject(ErrorResponse("Second"), operation="ListTrainingDatasets")
    assert await boto("list_audience_models") == {"audienceModels": []}
    codes = [(await http("GET", LIST)).headers.get("x-amzn-ErrorType") for _ in range(4)]
    assert codes == ["First", "First", "Second", None]


async def test_faults_until_cleared(http: Http, service: LocalService) -> None:
    """With `times=None` a fault affects all requests, those to unknown paths included, until faults are cleared."""
    service.inject(Throttle(), times=None)
    assert [(await http("GET", path)).status for path in (LIST, LIST, "/nowhere")] == [429, 429, 429]
    service.clear_faults()
    assert (await http("GET", LIST)).status == 200


def test_fault_for_an_unknown_operation(service: LocalService) -> None:
    """A fault for an operation that does not exist is refused."""
    with pytest.raises(ValueError, match=r"^there is no operation GetAudienceModels; did you mean GetAudienceModel\?$"):
        service.inject(Throttle(), operation="GetAudienceModels")
    with pytest.raises(
        ValueError, match=r"^there is no operation get_audiencemodel; did you mean get_audience_model\?$"
    ):
        service.inject(Throttle(), operation="get_audiencemodel")
    with pytest.raises(ValueError, match="other") as caught:
        service.inject(Throttle(), operation="other")
    assert str(caught.value) == (
        "there is no operation other; write AWS's name or the function's, such as CreateAudienceModel or "
        "create_audience_model"
    )


@pytest.mark.parametrize(("fault", "name"), [(Throttle, "Throttle"), ("Throttle", "str"), (429, "int")])
async def test_what_is_no_fault(fault: Any, name: str, service: LocalService) -> None:
    """A class, or anything else that is no fault, is refused."""
    with pytest.raises(TypeError) as caught:
        service.inject(fault)
    assert str(caught.value) == (f"fault must be a fault such as Throttle(), not {name}; write an instance: Throttle()")


async def test_the_name_of_our_function(service: LocalService) -> None:
    """A fault is injected by the name of our function as by AWS's."""
    async with service.connect(retry=NO_RETRY) as client:
        service.inject(Throttle(), operation="list_audience_models")
        assert await list_training_datasets(client).collect() == []
        with pytest.raises(ThrottlingError):
            await list_audience_models(client).collect()


async def test_delay(http: Http, service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delayed request does not block others, and gets the correct response after its delay."""
    service.add_training_dataset(name="here")
    delays: list[float] = []
    started, finished = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        delays.append(seconds)
        started.set()
        await finished.wait()

    monkeypatch.setattr(asyncio, "sleep", sleep)
    service.inject(Delay(90))
    late = asyncio.create_task(http("GET", LIST))
    await started.wait()
    assert (await http("GET", LIST)).status == 200
    assert not late.done()
    finished.set()
    assert '"name": "here"' in (await late).body
    assert delays == [90]


async def test_stopping_during_a_delay(http: Http, service: LocalService) -> None:
    """Stopping the service does not wait for delayed requests."""
    service.inject(Delay(3600))
    waiting = asyncio.create_task(http("POST", LIST))
    await http.until_recorded(service)
    await service.__aexit__(None, None, None)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting


async def test_truncated_body(http: Http, service: LocalService) -> None:
    """The request is executed, and the connection is closed before the whole body is sent."""
    service.inject(TruncatedBody())
    with pytest.raises(aiohttp.ClientPayloadError):
        await http("POST", LIST, json.dumps(DATASET))
    assert service.requests[-1].status == 200
    assert len(json.loads((await http("GET", LIST)).body)["trainingDatasets"]) == 1


async def test_truncated_empty_body(boto: Boto, http: Http, service: LocalService) -> None:
    """A response without a body is also truncated."""
    arn = service.add_training_dataset()
    service.inject(TruncatedBody())
    with pytest.raises(aiohttp.ClientPayloadError):
        await http("DELETE", f"{LIST}/{arn.replace(':', '%3A').replace('/', '%2F')}")
    assert await boto("list_training_datasets") == {"trainingDatasets": []}


@pytest.mark.parametrize("after", [False, True])
async def test_reset(http: Http, service: LocalService, *, after: bool) -> None:
    """The connection is reset before or after the request is executed."""
    service.inject(Reset(after=after), operation="CreateTrainingDataset")
    with pytest.raises(aiohttp.ClientOSError) as caught:
        await http("POST", LIST, json.dumps(DATASET))
    assert caught.value.errno == errno.ECONNRESET
    assert service.requests[-1].status == (200 if after else None)
    assert len(json.loads((await http("GET", LIST)).body)["trainingDatasets"]) == after


async def test_reset_of_a_closed_connection() -> None:
    """If the client has disconnected already, a reset does not fail."""
    request: Any = Mock(web.Request)
    request.get_extra_info.return_value = None
    reset(request)
    request.protocol.force_close.assert_called_once_with()


async def test_rate_limit() -> None:
    """Requests above the rate limit are throttled."""
    async with LocalService(rate_limit=2) as service, aiohttp.ClientSession() as session:
        http = Http(session, service.endpoint_url)
        assert [(await http("GET", LIST)).status for _ in range(3)] == [200, 200, 429]


@pytest.mark.virtual_time
async def test_rate_limit_tokens() -> None:
    """A burst of one second's requests is admitted, then requests at the rate; a limit below 1 admits one."""
    limit, slow = RateLimit(2), RateLimit(0.1)
    assert [limit.admit() for _ in range(3)] == [True, True, False]
    assert [slow.admit() for _ in range(2)] == [True, False]
    await asyncio.sleep(0.5)
    assert [limit.admit() for _ in range(2)] == [True, False]
    await asyncio.sleep(59.5)
    assert [limit.admit() for _ in range(3)] == [True, True, False]
    assert [slow.admit() for _ in range(2)] == [True, False]
