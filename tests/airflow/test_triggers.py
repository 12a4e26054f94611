"""The trigger: its events, its log, and the client that all triggers share."""
# pyright: reportPrivateUsage=false

import asyncio
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client import (
    CleanRoomsMLError,
    RetryPolicy,
    WaitFailedError,
    WaitTimeoutError,
    create_audience_model,
    delete_audience_model,
)
from cleanroomsml_client.airflow import _clients
from cleanroomsml_client.airflow._targets import Target
from cleanroomsml_client.airflow.hooks import CleanRoomsMLHook
from cleanroomsml_client.airflow.triggers import CleanRoomsMLTrigger, check_event
from cleanroomsml_client.kinds import KINDS, WaitFor
from cleanroomsml_client.local import Clock, Durations, ErrorResponse, LocalService, Reset
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time
_POLLING = {"initial": 5.0, "maximum": 60.0, "multiplier": 1.5, "timeout": None}


def _service(create: tuple[float, float] = (120.0, 1500.0)) -> LocalService:
    """Return a service whose clock is that of the test's event loop; creating something takes so many seconds."""
    clock = Clock(monotonic=asyncio.get_running_loop().time)
    return LocalService(clock=clock, durations=Durations(create=create))


def _trigger(arn: str, **arguments: Any) -> CleanRoomsMLTrigger:
    return CleanRoomsMLTrigger(target=Target.from_arn(arn).to_json(), **arguments)


async def _event(trigger: CleanRoomsMLTrigger) -> dict[str, Any]:
    [event] = [event async for event in trigger.run()]
    payload: dict[str, Any] = event.payload
    # Airflow stores it as JSON.
    assert json.loads(json.dumps(payload)) == payload
    return payload


async def _create(service: LocalService) -> str:
    async with service.connect() as client:
        return await create_audience_model(client, name="spring", training_dataset_arn=service.add_training_dataset())


def _log(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what the trigger has logged about its resource."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    return re.findall(r"(?:audience|trained) model arn.*", output)


def _polls(service: LocalService) -> int:
    return len([request for request in service.requests if request.operation == "GetAudienceModel"])


async def test_a_success(use: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    """The event has the resource; each status is logged once."""
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        event = await _event(_trigger(arn))
    assert (event["status"], event["resource"]["audienceModelArn"]) == ("success", arn)
    lines = [line.partition(" [")[0] for line in _log(capsys)]
    assert lines == [
        f"audience model {arn} is {status}" for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS", "ACTIVE")
    ]
    check_event(event)
    assert _clients._shared_clients == {}


async def test_a_failure(use: Callable[[str], None]) -> None:
    """The event and the error of the worker have AWS's status details."""
    async with _service() as service:
        use(service.endpoint_url)
        service.fail_next("CreateAudienceModel", status_code="DATA", message="No rows.")
        event = await _event(_trigger(await _create(service)))
    assert (event["status"], event["resource"]["status"]) == ("error", "CREATE_FAILED")
    with pytest.raises(WaitFailedError, match=r"is CREATE_FAILED: DATA: No rows\.$"):
        check_event(event)


async def test_a_timeout(use: Callable[[str], None]) -> None:
    """After `end` the wait polls once more at most; the worker raises WaitTimeoutError."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        before = running_loop().time()
        event = await _event(_trigger(arn, end=time.time() + 600))
        assert 590 < running_loop().time() - before <= 600
        polls = _polls(service)
        late = await _event(_trigger(arn, end=time.time() - 1))
        assert _polls(service) == polls + 1
    assert (event["status"], late["status"]) == ("timeout", "timeout")
    with pytest.raises(WaitTimeoutError, match="is still CREATE_"):
        check_event(event)


async def test_a_refusal(use: Callable[[str], None]) -> None:
    """An error of a poll that no pause can heal ends the wait at once."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        service.inject(ErrorResponse("AccessDeniedException"), operation="GetAudienceModel")
        event = await _event(_trigger(arn))
        assert _polls(service) == 1
    assert (event["status"], event["error"], event["resource"]) == ("error", "AccessDeniedError", None)
    with pytest.raises(CleanRoomsMLError, match=r"^AccessDeniedError: GetAudienceModel: AccessDeniedException"):
        check_event(event)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.watches], ids=lambda kind: kind.family)
def test_every_wait_survives_json(kind: Any) -> None:
    """A trigger of each kind and goal is made again from what it serialises to."""
    for goal in kind.watches:
        target = Target(family=kind.family, identity=("a", "b"), version_identifier="2", wait_for=goal)
        arguments: dict[str, Any] = {
            "target": target.to_json(),
            "polling": _POLLING,
            "end": 1.5,
            "cancel_on_kill": True,
            "aws_conn_id": "mine",
            "region_name": "eu-west-1",
            "verify": False,
            "botocore_config": {"read_timeout": 9},
        }
        path, kwargs = CleanRoomsMLTrigger(**arguments).serialize()
        assert path == "cleanroomsml_client.airflow.triggers.CleanRoomsMLTrigger"
        assert json.loads(json.dumps(kwargs)) == kwargs == arguments


async def test_a_triggerer_that_is_killed(use: Callable[[str], None]) -> None:
    """Another triggerer continues the wait from the arguments alone."""
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        trigger = _trigger(await _create(service))
        waiting = asyncio.create_task(_event(trigger))
        await asyncio.sleep(200)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert _clients._shared_clients == {}
        _, kwargs = trigger.serialize()
        assert (await _event(CleanRoomsMLTrigger(**kwargs)))["status"] == "success"


# --- sharing


async def _together(service: LocalService, *triggers: CleanRoomsMLTrigger) -> list[dict[str, Any]]:
    del service
    return await asyncio.gather(*map(_event, triggers))


async def test_triggers_share_a_client(use: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty waits open one client, and close it after the last."""
    opened = _count_clients(monkeypatch)
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        arn = service.add_audience_model(name="spring")
        await _together(service, *[_trigger(arn) for _ in range(20)])
        assert (opened, _clients._shared_clients) == ([1], {})
        await _event(_trigger(arn))
    assert opened == [1, 1]


async def test_other_settings_have_a_client_of_their_own(
    use: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only triggers with the same settings share."""
    opened = _count_clients(monkeypatch)
    async with _service() as service:
        use(service.endpoint_url)
        arn = service.add_audience_model(name="spring")
        await _together(
            service,
            _trigger(arn),
            _trigger(arn, region_name="us-east-1"),
            _trigger(arn, verify=False),
            _trigger(arn, botocore_config={"read_timeout": 9}),
        )
    assert len(opened) == 4


def _count_clients(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each client that is opened."""
    opened: list[int] = []
    enter = CleanRoomsMLHook.connect

    def connect(hook: Any) -> Any:
        opened.append(1)
        return enter(hook)

    monkeypatch.setattr(CleanRoomsMLHook, "connect", connect)
    return opened


async def test_a_client_is_replaced(use: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 15 minutes the connection is read again, so that its changes take effect, without an event."""
    opened = _count_clients(monkeypatch)
    async with nothing_left_behind(), _service() as old, _service() as new:
        use(old.endpoint_url)
        arn = await _create(old)
        twin = new.add_audience_model(name="spring")
        waiting = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(60)
        # Both services give the first model of an account the same ARN, if one asks for it.
        assert twin.rpartition("/")[0] == arn.rpartition("/")[0]
        use(new.endpoint_url)
        event = await waiting
        assert running_loop().time() < _clients.MAX_AGE + 120
    assert len(opened) == 2
    assert (event["status"], event["error"]) == ("error", "ResourceNotFoundError")


async def test_a_long_wait_does_not_poll_more_often(use: Callable[[str], None]) -> None:
    """A replacement costs one poll; the pauses stay long."""
    async with _service((120.0, 4 * 3600.0)) as service:
        use(service.endpoint_url)
        arn = await _create(service)
        event = await _event(_trigger(arn))
        hours = running_loop().time() / 3600
        assert event["status"] == "success"
        assert hours > 1
        assert _polls(service) < hours * (3600 / 48 + 4) + 10


async def test_an_outage_at_a_replacement(use: Callable[[str], None]) -> None:
    """A wait that has seen its resource survives an outage that begins with a new client."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        waiting = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(_clients.MAX_AGE - 1)
        polls = _polls(service)
        service.inject(Reset(), operation="GetAudienceModel", times=None)
        await asyncio.sleep(30)
        assert _polls(service) > polls + 5
        service.clear_faults()
        assert (await waiting)["status"] == "success"


async def test_an_outage_at_the_beginning(use: Callable[[str], None]) -> None:
    """A wait that has not seen its resource ends with the error of its first poll."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        service.inject(Reset(), operation="GetAudienceModel", times=None)
        event = await _event(_trigger(arn))
        # aiohttp itself sends a GET again when a connection is reset.
        assert _polls(service) == 2 * RetryPolicy().max_attempts
    assert (event["status"], event["error"]) == ("error", "TransportError")


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
async def test_credentials_that_expire(code: str, use: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal of the credentials replaces the client; those that the connection has by then are used."""
    opened = _count_clients(monkeypatch)
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        waiting = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(60)
        service.inject(ErrorResponse(code, status=403), operation="GetAudienceModel", times=3)
        assert (await waiting)["status"] == "success"
    assert len(opened) > 3


async def test_credentials_that_stay_refused(use: Callable[[str], None]) -> None:
    """After a quarter of an hour of refusals the wait ends; at its beginning, at once."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        waiting = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(200)
        service.inject(ErrorResponse("ExpiredTokenException", status=403), operation="GetAudienceModel", times=None)
        event = await waiting
        assert (event["error"], event["resource"]["status"]) == ("ServiceError", "CREATE_IN_PROGRESS")
        assert 900 < running_loop().time() < 2000
        before = _polls(service)
        assert (await _event(_trigger(arn)))["error"] == "ServiceError"
        # With a second client, too: the first one may have been an old one.
        assert _polls(service) == before + 2


async def test_many_waits_with_credentials_that_stay_refused(use: Callable[[str], None]) -> None:
    """Waits that share clients all end, although each of them mostly gets a client that another one has opened."""
    async with nothing_left_behind(), _service((120.0, 1e6)) as service:
        use(service.endpoint_url)
        arn = await _create(service)
        waiting = [asyncio.create_task(_event(_trigger(arn))) for _ in range(5)]
        await asyncio.sleep(200)
        service.inject(ErrorResponse("ExpiredTokenException", status=403), operation="GetAudienceModel", times=None)
        late = [asyncio.create_task(_event(_trigger(arn))) for _ in range(5)]
        assert {event["error"] for event in await asyncio.gather(*waiting, *late)} == {"ServiceError"}
        assert running_loop().time() < 2000


async def test_a_role_that_cannot_be_assumed_for_a_while(
    use: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage of STS at a replacement does not end a wait that has seen its resource; at the beginning, it does."""
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        waiting = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(_clients.MAX_AGE - 30)

        def fail(*_: object, **__: object) -> None:
            raise OSError("STS does not respond")

        with monkeypatch.context() as outage:
            outage.setattr(CleanRoomsMLHook, "get_session", fail)
            await asyncio.sleep(300)
            event = await _event(_trigger(arn))
        assert (event["error"], event["resource"]) == ("CredentialsError", None)
        assert event["message"] == "no credentials from Airflow's connection 'aws_default': STS does not respond"
        assert (await waiting)["status"] == "success"


async def test_a_shared_client_with_stale_credentials(use: Callable[[str], None]) -> None:
    """A trigger that joins a client whose credentials have expired gets a new one."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        first = asyncio.create_task(_event(_trigger(arn)))
        await asyncio.sleep(200)
        second = asyncio.create_task(_event(_trigger(arn)))
        service.inject(ErrorResponse("ExpiredTokenException", status=403), operation="GetAudienceModel", times=1)
        assert [event["status"] for event in await asyncio.gather(first, second)] == ["success", "success"]


async def test_opening_that_fails(use: Callable[..., None]) -> None:
    """Settings that cannot be used end the wait, and leave no client behind."""
    use("not a url")
    event = await _event(_trigger("arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/a"))
    assert (event["status"], event["error"]) == ("error", "RequestError")
    assert _clients._shared_clients == {}


# --- on_kill


async def test_a_kill_cancels_training(use: Callable[[str], None], capsys: pytest.CaptureFixture[str]) -> None:
    """What AWS lets one cancel is cancelled, once; a second cancellation says that it is too late."""
    async with nothing_left_behind(), _service() as service:
        use(service.endpoint_url)
        arn = service.add_trained_model(name="spring", status="CREATE_IN_PROGRESS")
        trigger = _trigger(arn, cancel_on_kill=True)
        await trigger.on_kill()
        await trigger.on_kill()
        cancelled = [request.operation for request in service.requests]
    assert cancelled == ["CancelTrainedModel", "CancelTrainedModel"]
    first, second = _log(capsys)
    assert first.startswith(f"trained model {arn} is being cancelled")
    assert second.startswith(f"trained model {arn} cannot be cancelled any more: ")


async def test_a_kill_of_what_cannot_be_cancelled(
    use: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """What AWS does not let one cancel goes on, and the log says so."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = await _create(service)
        requests = len(service.requests)
        await _trigger(arn, cancel_on_kill=True).on_kill()
        assert len(service.requests) == requests
    [line] = _log(capsys)
    assert line.startswith(f"audience model {arn} goes on: AWS has no operation that cancels it.")


async def test_a_kill_of_a_sensor(use: Callable[[str], None]) -> None:
    """What somebody else has started is not cancelled."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = service.add_trained_model(name="spring", status="CREATE_IN_PROGRESS")
        await _trigger(arn).on_kill()
        assert len(service.requests) == 0


async def test_a_deletion(use: Callable[[str], None]) -> None:
    """A wait for deletion ends when the resource is gone."""
    async with _service() as service:
        use(service.endpoint_url)
        arn = service.add_audience_model(name="spring")
        async with service.connect() as client:
            await delete_audience_model(client, arn)
        target = Target.from_arn(arn, wait_for=WaitFor.DELETED)
        event = await _event(CleanRoomsMLTrigger(target=target.to_json()))
    assert (event["status"], event["resource"]["status"]) == ("success", "DELETE_IN_PROGRESS")
