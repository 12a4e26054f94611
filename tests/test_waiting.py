"""Waiting for an invented resource, in virtual time."""

import asyncio
import logging
from typing import Any

import attrs
import pytest

from cleanroomsml_client._waiting import CREDENTIALS_PATIENCE, Goal, Polling, run_to_end, watch
from cleanroomsml_client.errors import (
    CleanRoomsMLError,
    CredentialsError,
    DeadlineError,
    ResourceNotFoundError,
    ServiceError,
    TransportError,
    WaitFailedError,
    WaitTimeoutError,
)
from cleanroomsml_client.resources.audience_models import AudienceModelStatus as Status
from cleanroomsml_client.resources.shared import StatusDetails
from tests.support.leaks import nothing_left_behind
from tests.support.outcomes import not_json, not_sent, sent, service_error, truncated
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time


@attrs.frozen
class Thing:
    """A resource with a status."""

    status: Status
    status_details: StatusDetails | None = None


@attrs.frozen
class WithoutDetails:
    """A resource without status details."""

    status: Status


PENDING, ACTIVE, FAILED = Thing(Status.CREATE_PENDING), Thing(Status.ACTIVE), Thing(Status.CREATE_FAILED)
IN_PROGRESS, DELETING = Thing(Status.CREATE_IN_PROGRESS), Thing(Status.DELETE_IN_PROGRESS)
NOT_FOUND = service_error("ResourceNotFoundException", 404)

CREATED = Goal(success=frozenset({Status.ACTIVE}), failure=frozenset({Status.CREATE_FAILED}))
DELETED = Goal(success=frozenset(), failure=frozenset({Status.DELETE_FAILED}), success_when_not_found=True)


class Polls:
    """A `poll` function with given results; the last one is repeated."""

    def __init__(self, *results: Any, takes: float = 0.0) -> None:
        self.times: list[float] = []
        """When each poll started; the first at 0."""
        self._results = results
        self._takes = takes
        self._started: float | None = None

    async def __call__(self) -> Any:  # noqa: D102
        now = running_loop().time()
        self._started = now if self._started is None else self._started
        self.times.append(now - self._started)
        await asyncio.sleep(self._takes)
        result = self._results[min(len(self.times), len(self._results)) - 1]
        if isinstance(result, Exception):
            raise result
        return result

    async def followed(self, goal: Goal = CREATED, **polling: Any) -> list[Any]:
        """Watch these polls and return what the watch yields."""
        return [thing async for thing in watch(self, "the thing", goal, Polling(**polling))]


# --- what is yielded


async def test_every_change_of_status_is_yielded_once() -> None:
    """The first poll and every change of the status are yielded, the goal last; other changes are not."""
    detailed = Thing(Status.CREATE_PENDING, StatusDetails(message="queued"))
    polls = Polls(PENDING, detailed, IN_PROGRESS, IN_PROGRESS, ACTIVE)
    assert await polls.followed() == [PENDING, IN_PROGRESS, ACTIVE]
    assert len(polls.times) == 5


async def test_a_reached_goal_needs_one_poll() -> None:
    """A wait whose goal is already reached ends after one poll."""
    polls = Polls(ACTIVE)
    started = running_loop().time()
    assert await polls.followed() == [ACTIVE]
    assert running_loop().time() == started


async def test_on_change_is_called_for_each_change() -> None:
    """`on_change` is called with everything that a watch yields, at the same time."""
    changes: list[tuple[float, Thing]] = []
    started = running_loop().time()
    polls = Polls(PENDING, ACTIVE)
    watched = watch(polls, "the thing", CREATED, Polling())
    latest = await run_to_end(watched, lambda thing: changes.append((running_loop().time() - started, thing)))
    assert [thing for _, thing in changes] == [PENDING, ACTIVE]
    assert latest == ACTIVE
    assert [time for time, _ in changes] == polls.times


async def test_an_unknown_status_is_pending() -> None:
    """A status that AWS adds later neither ends nor fails a wait; it is yielded with its text."""
    novel = Thing(Status("CREATE_PAUSED"))
    assert await Polls(PENDING, novel, ACTIVE).followed() == [PENDING, novel, ACTIVE]


async def test_a_poll_without_result_is_repeated() -> None:
    """A poll that returns None is followed by another."""
    polls = Polls(None, None, ACTIVE)
    assert await polls.followed() == [ACTIVE]
    assert len(polls.times) == 3


# --- how it ends


async def test_a_failure_is_yielded_and_then_raised() -> None:
    """The failed resource is the last item of the watch and the `last` of the error, which has the reason of AWS."""
    failed = Thing(Status.CREATE_FAILED, StatusDetails(status_code="NO_DATA", message="the dataset is empty"))
    things = watch(Polls(PENDING, failed), "the thing", CREATED, Polling())
    assert await anext(things) is PENDING
    assert await anext(things) is failed
    with pytest.raises(WaitFailedError, match=r"^the thing is CREATE_FAILED: NO_DATA: the dataset is empty$") as caught:
        await anext(things)
    assert caught.value.last is failed
    assert caught.value.status_details is failed.status_details


@pytest.mark.parametrize("failed", [FAILED, WithoutDetails(Status.CREATE_FAILED)], ids=["none given", "no such member"])
async def test_a_failure_without_details(failed: Any) -> None:
    """The error for a failed resource without details has its status only."""
    with pytest.raises(WaitFailedError, match=r"^the thing is CREATE_FAILED$") as caught:
        await Polls(failed).followed()
    assert caught.value.status_details is None


async def test_a_resource_deleted_during_a_wait_is_an_error() -> None:
    """If the resource is deleted during a wait for its creation, the wait raises ResourceNotFoundError."""
    with pytest.raises(ResourceNotFoundError) as caught:
        await Polls(PENDING, NOT_FOUND).followed()
    assert caught.value is NOT_FOUND


async def test_a_deleted_resource_is_the_goal_of_deleting() -> None:
    """A wait for deletion ends when the resource is not found, also in the first poll."""
    assert await Polls(ACTIVE, DELETING, NOT_FOUND).followed(DELETED) == [ACTIVE, DELETING]
    assert await Polls(NOT_FOUND).followed(DELETED) == []


async def test_another_404_does_not_mean_deleted() -> None:
    """A 404 with another code does not end a wait for deletion."""
    with pytest.raises(ServiceError) as caught:
        await Polls(service_error("UnknownOperationException", 404)).followed(DELETED)
    assert caught.value.code == "UnknownOperationException"


@pytest.mark.parametrize(
    "error", [service_error("AccessDeniedException", 403), service_error("ExpiredTokenException", 403), not_json()]
)
async def test_a_permanent_error_ends_a_wait(error: Exception) -> None:
    """An error that a later poll cannot fix is raised unchanged."""
    with pytest.raises(type(error)) as caught:
        await Polls(PENDING, error).followed()
    assert caught.value is error


# --- transient errors


async def test_transient_errors_do_not_end_a_wait(caplog: pytest.LogCaptureFixture) -> None:
    """Throttling, 5xx, broken connections and timeouts of calls do not end a wait; each is logged as a warning."""
    errors: list[CleanRoomsMLError] = [
        service_error("ThrottlingException", 429),
        service_error("ServiceUnavailable", 503),
        service_error("InternalServiceException", 500),
        sent(),
        not_sent(),
        truncated(),
        DeadlineError("late", "GetAudienceModel", 5, 60.0),
    ]
    polls = Polls(PENDING, *errors, PENDING, ACTIVE)
    assert await polls.followed() == [PENDING, ACTIVE]
    assert len(polls.times) == 10
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, f"still waiting for the thing: {outcome}")
        for outcome in (
            "ThrottlingException",
            "ServiceUnavailable",
            "InternalServiceException",
            "TransportError",
            "TransportError",
            "ResponseError",
            "DeadlineError",
        )
    ]


async def test_a_wait_during_an_outage_ends_with_its_timeout() -> None:
    """A wait for a service that has responded and stays down lasts as long as its timeout."""
    started = running_loop().time()
    with pytest.raises(
        WaitTimeoutError, match=r"^the thing: no poll has succeeded after 3600 s; the last one: "
    ) as caught:
        await Polls(service_error("ServiceUnavailable", 503), sent()).followed(timeout=3600.0)
    assert caught.value.last is None
    assert running_loop().time() - started == 3600


async def test_a_wait_without_any_response_ends_with_its_first_poll() -> None:
    """A service that has never responded is not waited for: the first poll has made all its retries."""
    polls = Polls(not_sent(), ACTIVE)
    with pytest.raises(TransportError, match="not_sent"):
        await polls.followed()
    assert polls.times == [0]


async def test_a_wait_ends_with_a_permanent_error() -> None:
    """An untrusted certificate ends a wait, also after a success."""
    polls = Polls(PENDING, TransportError("certificate", "GetAudienceModel", 1, request_sent=False, permanent=True))
    with pytest.raises(TransportError, match="certificate"):
        await polls.followed()
    assert len(polls.times) == 2


async def test_a_wait_survives_a_failed_refresh_of_credentials() -> None:
    """Credentials that fail after a success are waited out; the wait goes on when they work again."""
    failing = CredentialsError("no credentials", "GetAudienceModel")
    assert await Polls(PENDING, *[failing] * 10, PENDING, *[failing] * 10, ACTIVE).followed() == [PENDING, ACTIVE]


async def test_failing_credentials_end_a_wait_in_the_end() -> None:
    """Without a success for 15 minutes, failing credentials end a wait; without any success, immediately."""
    failing = CredentialsError("no credentials", "GetAudienceModel")
    polls = Polls(PENDING, failing)
    with pytest.raises(CredentialsError):
        await polls.followed()
    assert CREDENTIALS_PATIENCE <= polls.times[-1] < CREDENTIALS_PATIENCE + 60
    polls = Polls(failing, ACTIVE)
    with pytest.raises(CredentialsError):
        await polls.followed()
    assert len(polls.times) == 1


# --- when it polls


@pytest.mark.usefixtures("longest_pauses")
async def test_pauses_follow_the_polling() -> None:
    """Pauses grow by the multiplier up to the maximum."""
    polls = Polls(PENDING, PENDING, PENDING, PENDING, PENDING, PENDING, ACTIVE)
    await polls.followed(initial=4.0, maximum=20.0, multiplier=2.0)
    assert polls.times == [0, 4, 12, 28, 48, 68, 88]


@pytest.mark.usefixtures("longest_pauses")
async def test_the_default_polling() -> None:
    """By default a wait polls after 5 s, lengthens each pause by half, and finally polls every minute."""
    polls = Polls(*[PENDING] * 9, ACTIVE)
    await polls.followed()
    pauses = [later - earlier for earlier, later in zip(polls.times, polls.times[1:], strict=False)]
    assert pauses == pytest.approx([5, 7.5, 11.25, 16.875, 25.3125, 37.96875, 56.953125, 60, 60])


@pytest.mark.usefixtures("longest_pauses")
async def test_the_maximum_limits_the_first_pause() -> None:
    """An initial pause above the maximum is shortened to the maximum."""
    polls = Polls(PENDING, ACTIVE)
    await polls.followed(initial=30.0, maximum=2.0)
    assert polls.times == [0, 2]


async def test_jitter_shortens_pauses_by_up_to_a_fifth() -> None:
    """Waits that start together spread out; no pause is longer than the polling says."""
    waits = [Polls(PENDING, ACTIVE) for _ in range(200)]
    await asyncio.gather(*(polls.followed(initial=10.0) for polls in waits))
    pauses = [polls.times[1] for polls in waits]
    assert 8 <= min(pauses) < 8.4
    assert 9.6 < max(pauses) <= 10


# --- the timeout


async def test_the_timeout_ends_a_pause() -> None:
    """The timeout ends a wait during a pause; the error has the resource from the last poll."""
    started = running_loop().time()
    polls = Polls(PENDING, IN_PROGRESS)
    with pytest.raises(
        WaitTimeoutError, match=r"^the thing is still CREATE_IN_PROGRESS after 100 s; it continues, so wait again$"
    ) as caught:
        await polls.followed(initial=60.0, timeout=100.0)
    assert running_loop().time() - started == 100
    assert caught.value.last is IN_PROGRESS
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_the_timeout_ends_a_poll() -> None:
    """The timeout ends a wait during a poll."""
    started = running_loop().time()
    with pytest.raises(WaitTimeoutError):
        await Polls(PENDING, takes=1000).followed(timeout=30.0)
    assert running_loop().time() - started == 30


async def test_a_timeout_of_zero_polls_once() -> None:
    """With a timeout of 0, the first poll runs to its end, and a pending resource is a WaitTimeoutError at once."""
    started = running_loop().time()
    polls = Polls(PENDING, ACTIVE, takes=30)
    with pytest.raises(
        WaitTimeoutError, match=r"^the thing is still CREATE_PENDING after 0 s; it continues, so wait again$"
    ) as caught:
        await polls.followed(timeout=0)
    assert caught.value.last is PENDING
    assert running_loop().time() - started == 30
    assert polls.times == [0]


async def test_a_timeout_of_zero_finds_a_resource_that_is_ready() -> None:
    """With a timeout of 0, a resource that has reached the goal is yielded."""
    polls = Polls(ACTIVE, takes=30)
    assert await polls.followed(timeout=0) == [ACTIVE]
    assert polls.times == [0]


async def test_the_timeout_does_not_interrupt_the_consumer() -> None:
    """A consumer that works on an item is not interrupted; the next step raises the timeout error."""
    things = watch(Polls(PENDING), "the thing", CREATED, Polling(timeout=10.0))
    assert await anext(things) is PENDING
    await asyncio.sleep(1000)
    with pytest.raises(WaitTimeoutError):
        await anext(things)


@pytest.mark.parametrize(
    "arguments", [{"initial": 0.0}, {"maximum": 0.0}, {"multiplier": 0.5}, {"timeout": -1.0}], ids=str
)
def test_invalid_pollings_are_refused(arguments: dict[str, Any]) -> None:
    """A polling with a value out of range cannot be created."""
    with pytest.raises(ValueError, match="must be"):
        Polling(**arguments)


# --- cancellation and break


@pytest.mark.parametrize("moment", [1.0, 3.0], ids=["in a poll", "in a pause"])
async def test_a_wait_can_be_cancelled(moment: float) -> None:
    """CancelledError is raised immediately and unchanged, and no task is left."""
    polls = Polls(PENDING, takes=2)
    started = running_loop().time()
    async with nothing_left_behind():
        task = asyncio.create_task(polls.followed())
        await asyncio.sleep(moment)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert running_loop().time() - started == moment
    assert len(polls.times) == 1


async def test_a_watch_stops_polling_after_a_break() -> None:
    """After a `break` there are no more polls."""
    polls = Polls(PENDING)
    async with nothing_left_behind():
        async for _ in watch(polls, "the thing", CREATED, Polling()):
            break
        await asyncio.sleep(3600)
    assert len(polls.times) == 1


async def test_an_exception_of_on_change_ends_the_wait() -> None:
    """The exception of `on_change` is raised by the wait."""

    def broken(_: Thing) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        await run_to_end(watch(Polls(PENDING), "the thing", CREATED, Polling()), broken)


async def test_an_async_on_change_is_awaited_before_the_next_poll() -> None:
    """The wait continues only after `on_change` has ended, which the timeout does not interrupt."""
    polls = Polls(PENDING, ACTIVE)
    notified: list[tuple[Thing, float]] = []
    started = running_loop().time()

    async def notify(thing: Thing) -> None:
        await asyncio.sleep(1000)
        notified.append((thing, running_loop().time() - started))

    polling = Polling(initial=5, timeout=1500)
    assert await run_to_end(watch(polls, "the thing", CREATED, polling), notify) is ACTIVE
    assert [thing for thing, _ in notified] == [PENDING, ACTIVE]
    assert notified[0][1] == 1000
    assert polls.times[1] > 1000


async def test_an_exception_of_an_async_on_change_ends_the_wait() -> None:
    """The exception of an `async def` is raised by the wait, as that of a plain function is."""

    async def broken(_: Thing) -> None:
        await asyncio.sleep(0)
        raise KeyError("mine")

    polls = Polls(PENDING)
    with pytest.raises(KeyError):
        await run_to_end(watch(polls, "the thing", CREATED, Polling()), broken)
    assert len(polls.times) == 1


async def test_concurrent_waits_do_not_mix() -> None:
    """Each of a thousand concurrent waits ends at its own goal."""
    waits = [Polls(*[PENDING] * (number % 7), ACTIVE if number % 2 else FAILED) for number in range(1000)]
    outcomes = await asyncio.gather(*(polls.followed() for polls in waits), return_exceptions=True)
    for number, outcome in enumerate(outcomes):
        if number % 2:
            assert isinstance(outcome, list)
            assert outcome[-1] is ACTIVE
        else:
            assert isinstance(outcome, WaitFailedError)
            assert outcome.last is FAILED
    assert not any(isinstance(outcome, TransportError) for outcome in outcomes)
