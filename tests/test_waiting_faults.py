"""Waits for a local service that throttles, fails, closes connections, restarts or loses its state; in virtual time."""

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from cleanroomsml_client import (
    Attempt,
    AudienceModel,
    AudienceModelStatus,
    Client,
    Polling,
    ResourceNotFoundError,
    ServiceError,
    WaitFailedError,
    WaitTimeoutError,
    delete_audience_model,
    wait_for_audience_generation_job,
    wait_for_audience_model,
    wait_for_audience_model_deleted,
    watch_audience_model,
)
from cleanroomsml_client.local import (
    Clock,
    ErrorResponse,
    Fault,
    LocalService,
    RawResponse,
    Reset,
    Throttle,
    TruncatedBody,
)
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import running_loop

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow]

CREATED = [AudienceModelStatus.CREATE_PENDING, AudienceModelStatus.CREATE_IN_PROGRESS, AudienceModelStatus.ACTIVE]
"""The service keeps a model pending for 120 s, then in progress for 480 s."""


class LoopClock(Clock):
    """A clock of the service that follows the virtual time of the event loop."""

    def __init__(self) -> None:
        super().__init__(speed=0)
        self._loop = running_loop()
        self._loop_start = self._loop.time()

    def now(self) -> datetime:
        """The simulated moment."""
        return super().now() + timedelta(seconds=self._loop.time() - self._loop_start)


class Times:
    """An observer that records when each attempt ended."""

    def __init__(self) -> None:
        self.all: list[float] = []
        self._loop = running_loop()

    def __call__(self, attempt: Attempt) -> None:  # noqa: D102
        del attempt
        self.all.append(self._loop.time())

    @property
    def seconds(self) -> list[float]:
        """Seconds since the first attempt."""
        return [time - self.all[0] for time in self.all]


def port_of(service: LocalService) -> int:
    """Return the port of a service."""
    return int(service.endpoint_url.rpartition(":")[2])


async def changes_of(client: Client, arn: str, **polling: Any) -> list[AudienceModel]:
    """Return everything that a watch yields."""
    return [model async for model in watch_audience_model(client, arn, polling=Polling(**polling))]


def success(document: Mapping[str, object]) -> RawResponse:
    """Return a successful response with this document."""
    return RawResponse(body=json.dumps(document), content_type="application/json")


# --- transient faults

FAULTS: list[Fault] = [
    Throttle(),
    Throttle(status=400, retry_after=30),
    ErrorResponse("InternalServiceException"),
    ErrorResponse("ServiceUnavailable", "busy", 503),
    RawResponse(status=502, body="<html>Bad Gateway</html>"),
    RawResponse(status=504),
    Reset(),
    Reset(after=True),
    TruncatedBody(),
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=repr)
async def test_a_wait_survives_a_transient_fault(fault: Fault) -> None:
    """A wait continues while the service fails in one way, and afterwards yields each new status once."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        watching = asyncio.create_task(changes_of(client, arn, timeout=3600))
        await asyncio.sleep(10)
        service.inject(fault, times=None)
        await asyncio.sleep(300)
        assert not watching.done()
        service.clear_faults()
        models = await watching
    assert [model.status for model in models] == CREATED


async def test_a_wait_survives_a_mix_of_faults(caplog: pytest.LogCaptureFixture) -> None:
    """A wait survives one fault after another, and logs every failed poll."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        for fault in FAULTS * 3:
            service.inject(fault, "GetAudienceModel", times=5)
        model = await wait_for_audience_model(client, arn)
    assert model.status is AudienceModelStatus.ACTIVE
    messages = [record.getMessage() for record in caplog.records if record.getMessage().startswith("still waiting")]
    assert {message.removeprefix(f"still waiting for {arn}: ") for message in messages} == {
        "ThrottlingException",
        "InternalServiceException",
        "ServiceUnavailable",
        "502",
        "504",
        "TransportError",
    }


async def test_an_outage_ends_with_the_timeout_of_the_wait() -> None:
    """A wait for a service that stays down ends exactly with its own timeout."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        watching = asyncio.create_task(wait_for_audience_model(client, arn, polling=Polling(timeout=1800)))
        started = running_loop().time()
        await asyncio.sleep(1)
        service.inject(ErrorResponse("ServiceUnavailable", "busy", 503), times=None)
        with pytest.raises(
            WaitTimeoutError, match=r" is still CREATE_PENDING after 1800 s; it continues, so wait again$"
        ) as caught:
            await watching
    assert running_loop().time() - started == 1800
    assert caught.value.last.status is AudienceModelStatus.CREATE_PENDING


# --- a restart


@pytest.mark.parametrize("down", [0, 90, 3000], ids=["immediately", "after 90 s", "after 3000 s"])
async def test_a_wait_survives_a_restart(down: float) -> None:
    """A wait continues after the service was stopped and started again with the same state."""
    clock = LoopClock()
    async with nothing_left_behind():
        async with LocalService(clock=clock) as before:
            port = port_of(before)
            arn = before.add_audience_model(status="CREATE_PENDING")
            connection = before.connect()
            client = await connection.__aenter__()
            watching = asyncio.create_task(changes_of(client, arn, timeout=7200))
            # Long enough for a poll of the state that lasts from 120 to 600 s, whatever the pauses.
            await asyncio.sleep(300)
        await asyncio.sleep(down)
        assert not watching.done()
        after = LocalService(clock=clock, port=port)
        after._state = before._state  # pyright: ignore[reportPrivateUsage]
        async with after:
            models = await watching
            await connection.__aexit__(None, None, None)
    assert [model.status for model in models] == CREATED
    assert after.requests


@pytest.mark.parametrize("deleting", [False, True], ids=["creation", "deletion"])
async def test_a_restart_without_state_loses_the_resource(*, deleting: bool) -> None:
    """After a restart without state, the resource is not found: a deletion has its goal, any other wait fails."""
    async with nothing_left_behind():
        async with LocalService(clock=LoopClock()) as before:
            port = port_of(before)
            arn = before.add_audience_model(status="DELETE_PENDING" if deleting else "CREATE_PENDING")
            connection = before.connect()
            client = await connection.__aenter__()
            wait = wait_for_audience_model_deleted if deleting else wait_for_audience_model
            waiting: asyncio.Task[object] = asyncio.create_task(wait(client, arn))
            await asyncio.sleep(20)
        async with LocalService(clock=LoopClock(), port=port):
            if deleting:
                assert await waiting is None
            else:
                with pytest.raises(ResourceNotFoundError):
                    await waiting
            await connection.__aexit__(None, None, None)


# --- unexpected changes


async def test_a_deletion_ends_both_kinds_of_waits() -> None:
    """While a model is deleted, a wait for ACTIVE fails, and a wait for its deletion reaches its goal."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="ACTIVE")
        deleted = asyncio.create_task(wait_for_audience_model_deleted(client, arn))
        await asyncio.sleep(30)
        await delete_audience_model(client, arn)
        with pytest.raises(WaitFailedError) as caught:
            await wait_for_audience_model(client, arn)
        assert caught.value.last.status == "DELETE_PENDING"
        await deleted
        with pytest.raises(ResourceNotFoundError):
            await wait_for_audience_model(client, arn)


async def test_an_unknown_status_is_yielded_and_pending() -> None:
    """A status that AWS adds later is yielded, and the wait continues."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        known = dict((await client.send("GetAudienceModel", audience_model_arn=arn)).document)
        service.inject(success(known | {"status": "CREATE_PAUSED"}), times=3)
        models = await changes_of(client, arn)
    assert [model.status for model in models] == ["CREATE_PAUSED", *CREATED]
    assert [model.status.is_known for model in models] == [False, True, True, True]


async def test_a_permanent_error_ends_a_wait_immediately() -> None:
    """A wait ends with the first poll that fails for a permanent reason, such as a missing permission."""
    async with nothing_left_behind(), LocalService(clock=LoopClock()) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        waiting = asyncio.create_task(wait_for_audience_model(client, arn))
        await asyncio.sleep(30)
        before = len(service.requests)
        service.inject(ErrorResponse("AccessDeniedException"))
        with pytest.raises(ServiceError) as caught:
            await waiting
    assert (caught.value.code, len(service.requests)) == ("AccessDeniedException", before + 1)


# --- when it polls

PAUSES = [10.0, 20.0, 40.0, 60.0, 60.0, 60.0, 60.0]
DOUBLING = Polling(initial=10, maximum=60, multiplier=2)


def polled_at(pauses: list[float]) -> list[float]:
    """Return the times of the polls that these pauses separate."""
    return [sum(pauses[:number]) for number in range(len(pauses) + 1)]


@pytest.mark.usefixtures("longest_pauses")
async def test_polls_over_the_wire_follow_the_polling() -> None:
    """Requests are sent exactly when the polling says, until the goal is reached."""
    times = Times()
    async with (
        nothing_left_behind(),
        LocalService(clock=LoopClock()) as service,
        service.connect(observer=times) as client,
    ):
        arn = service.add_audience_model(status="CREATE_IN_PROGRESS")
        await wait_for_audience_model(client, arn, polling=DOUBLING)
    # The model is in progress for 480 s.
    assert times.seconds == polled_at([*PAUSES, 60.0, 60.0, 60.0])


@pytest.mark.usefixtures("longest_pauses")
async def test_failing_polls_follow_the_polling() -> None:
    """A failing poll takes 0.75 s and five requests for its retries; the next pause grows as usual."""
    times = Times()
    async with (
        nothing_left_behind(),
        LocalService(clock=LoopClock()) as service,
        service.connect(observer=times) as client,
    ):
        arn = service.add_audience_model(status="CREATE_IN_PROGRESS")
        service.inject(ErrorResponse("ServiceUnavailable", "busy", 503), times=10)
        await wait_for_audience_model(client, arn, polling=DOUBLING)
    retries = [0.05, 0.1, 0.2, 0.4]
    assert times.seconds == pytest.approx(polled_at([*retries, 10.0, *retries, 20.0, 40.0, *[60.0] * 7]))


async def test_jitter_stays_within_a_fifth() -> None:
    """Each pause between requests is between 80 % and 100 % of the pause of the polling."""
    times = Times()
    async with (
        nothing_left_behind(),
        LocalService(clock=LoopClock()) as service,
        service.connect(observer=times) as client,
    ):
        arn = service.add_audience_model(status="CREATE_IN_PROGRESS")
        await wait_for_audience_model(client, arn, polling=DOUBLING)
    pauses = [later - earlier for earlier, later in zip(times.seconds, times.seconds[1:], strict=False)]
    for pause, limit in zip(pauses, [*PAUSES, *[60.0] * 10], strict=False):
        assert 0.8 * limit <= pause <= limit
    assert len(set(pauses)) == len(pauses)


@pytest.mark.usefixtures("longest_pauses")
@pytest.mark.parametrize("leap", [86_400.0, -86_400.0], ids=["ahead", "back"])
async def test_a_change_of_the_system_clock_has_no_effect(leap: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing the system clock affects neither polls nor timeout."""
    times = Times()
    async with (
        nothing_left_behind(),
        LocalService(clock=LoopClock()) as service,
        service.connect(observer=times) as client,
    ):
        arn = service.add_audience_model(status="CREATE_IN_PROGRESS")
        waiting = asyncio.create_task(wait_for_audience_model(client, arn, polling=Polling(initial=10, timeout=100)))
        await asyncio.sleep(15)
        now = time.time
        monkeypatch.setattr("time.time", lambda: now() + leap)
        with pytest.raises(WaitTimeoutError):
            await waiting
        monkeypatch.undo()
    assert times.seconds == polled_at([10.0, 15.0, 22.5, 33.75])


# --- many waits

LIMIT = 20.0
WAITS = 60


@pytest.mark.slow
async def test_many_waits_share_a_rate_limit() -> None:
    """Sixty concurrent waits for a service that accepts 20 requests per second all end as they should."""
    async with (
        nothing_left_behind(),
        LocalService(clock=LoopClock(), rate_limit=LIMIT) as service,
        service.connect() as client,
    ):
        states = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ACTIVE"]
        arns = [service.add_audience_generation_job(status=states[number % 4]) for number in range(WAITS)]
        jobs = await asyncio.gather(
            *(wait_for_audience_generation_job(client, arn) for arn in arns), return_exceptions=True
        )
    assert len(service.requests) > WAITS
    assert 429 in {request.status for request in service.requests}
    for number, (arn, job) in enumerate(zip(arns, jobs, strict=True)):
        if number % 4 == 2:
            assert isinstance(job, WaitFailedError)
            job = job.last  # noqa: PLW2901  # the job as the last poll returned it
            assert job.status == "CREATE_FAILED"
        else:
            assert not isinstance(job, BaseException)
            assert job.status == "ACTIVE"
        assert job.audience_generation_job_arn == arn
