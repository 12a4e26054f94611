"""The `timeout` of every function that waits, and wrong settings of a wait."""

import inspect
from datetime import timedelta
from typing import Any

import pytest

import cleanroomsml_client
from cleanroomsml_client import (
    NO_RETRY,
    Client,
    Polling,
    RetryPolicy,
    ThrottlingError,
    WaitTimeoutError,
    wait_for_audience_export_job,
    wait_for_audience_model,
    watch_audience_model,
)
from cleanroomsml_client.local import Clock, Delay, LocalService, Throttle
from tests.support.public_names import PUBLIC_NAMES
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time

_WAITS = [name for name in PUBLIC_NAMES if name.startswith(("wait_for_", "watch_"))]


async def _finished(function: Any, *arguments: Any, **settings: Any) -> Any:
    """Call a function that waits, with text for its required arguments, or with these arguments; drain a watch."""
    if not arguments:
        parameters = inspect.signature(function).parameters.values()
        arguments = tuple("x" for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD)
        arguments = (Client(object()), *arguments[1:])
        required = {
            each.name: "x" for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty
        }
        settings = {**required, **settings}
    waiting = function(*arguments, **settings)
    if inspect.isawaitable(waiting):
        return await waiting
    return [each async for each in waiting]


def test_all_waits_are_here() -> None:
    """There are as many `watch_` functions as `wait_for_` functions."""
    assert len(_WAITS) == 30


@pytest.mark.parametrize("name", _WAITS)
async def test_two_timeouts_are_refused(name: str) -> None:
    """Every wait and watch takes `timeout`, but not beside a polling that has one."""
    function = getattr(cleanroomsml_client, name)
    with pytest.raises(TypeError) as caught:
        await _finished(function, polling=Polling(timeout=60), timeout=60)
    assert str(caught.value) == "timeout and polling.timeout are both set; set one of them"


@pytest.mark.parametrize("name", _WAITS)
async def test_a_number_is_no_polling(name: str) -> None:
    """Every wait and watch refuses a number as `polling`, and names `timeout`."""
    function = getattr(cleanroomsml_client, name)
    with pytest.raises(TypeError) as caught:
        await _finished(function, polling=60)
    assert str(caught.value) == "polling must be a Polling, not int; for a time limit, write `timeout=...`"


@pytest.mark.parametrize("limit", [90, 90.0, timedelta(minutes=1.5)], ids=repr)
@pytest.mark.parametrize("function", [wait_for_audience_model, watch_audience_model])
async def test_the_timeout_ends_the_wait(function: Any, limit: float | timedelta) -> None:
    """A wait ends after the timeout, in seconds or as a timedelta, and keeps the pauses of its polling."""
    async with LocalService(clock=Clock(speed=0)) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        started = running_loop().time()
        with pytest.raises(WaitTimeoutError, match=r"after 90 s; it continues, so wait again$") as caught:
            await _finished(function, client, arn, timeout=limit, polling=Polling(initial=30, maximum=30))
        assert running_loop().time() - started == 90
        assert caught.value.last.status == "CREATE_PENDING"
        assert len(service.requests) in {3, 4}


@pytest.mark.parametrize("limit", [0, timedelta()], ids=repr)
async def test_a_timeout_of_zero_polls_once(limit: float | timedelta) -> None:
    """`timeout=0` polls exactly once: a get, or for an export job the pages of one list."""
    async with LocalService(clock=Clock(speed=0)) as service, service.connect() as client:
        arn = service.add_audience_model(status="CREATE_PENDING")
        with pytest.raises(WaitTimeoutError, match=r"is still CREATE_PENDING after 0 s; it continues, so wait again$"):
            await wait_for_audience_model(client, arn, timeout=limit)
        assert [each.operation for each in service.requests] == ["GetAudienceModel"]
        job_arn = service.add_audience_generation_job()
        with pytest.raises(WaitTimeoutError, match=r"^audience export job spring was not found after 0 s$"):
            await wait_for_audience_export_job(client, job_arn, "spring", timeout=limit)
        assert [each.operation for each in service.requests] == ["GetAudienceModel", "ListAudienceExportJobs"]


async def test_a_wait_without_a_successful_poll_says_why() -> None:
    """If no poll has succeeded before the timeout, the error has the reason of the last one in text and cause."""
    policy = RetryPolicy(max_attempts=2)
    async with LocalService() as service, service.connect(retry=policy) as client:
        arn = service.add_audience_model()
        service.inject(Throttle(), times=None)
        with pytest.raises(WaitTimeoutError) as caught:
            await wait_for_audience_model(client, arn, timeout=0)
        assert len(service.requests) == 2
    cause = caught.value.__cause__
    assert isinstance(cause, ThrottlingError)
    assert cause.request_id == service.requests[-1].request_id
    assert str(caught.value) == f"{arn}: no poll has succeeded after 0 s; the last one: {cause}"
    assert caught.value.last is None


async def test_a_wait_whose_last_poll_failed_has_its_error_as_the_cause() -> None:
    """The error of the last poll is the cause; one that a later poll has overcome is not."""
    polling = Polling(initial=30, maximum=30, timeout=100)
    for polls_that_fail, cause in ((range(3, 9), ThrottlingError), (range(1, 2), TimeoutError)):
        async with LocalService(clock=Clock(speed=0)) as service, service.connect(retry=NO_RETRY) as client:
            arn = service.add_audience_model(status="CREATE_PENDING")
            for number in range(9):
                service.inject(Throttle() if number in polls_that_fail else Delay(0), "GetAudienceModel")
            with pytest.raises(WaitTimeoutError, match="is still CREATE_PENDING after 100 s; it continues") as caught:
                await wait_for_audience_model(client, arn, polling=polling)
            assert type(caught.value.__cause__) is cause


@pytest.mark.parametrize("limit", [-1, float("nan"), timedelta(seconds=-1)], ids=repr)
async def test_an_impossible_timeout(limit: float | timedelta) -> None:
    """A timeout below 0, or one that is no number, is refused before the first poll."""
    with pytest.raises(ValueError, match=r"^Polling\.timeout must be seconds or a timedelta, at least 0, or None, not"):
        await _finished(wait_for_audience_model, timeout=limit)


async def test_on_change_must_be_a_function() -> None:
    """What cannot be called is refused as `on_change` before the first poll."""
    with pytest.raises(TypeError) as caught:
        await _finished(wait_for_audience_model, on_change="print")
    assert str(caught.value) == "on_change must be a function that takes the resource, not str"
