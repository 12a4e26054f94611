"""Pacing: the window, the rate of a throttled operation, the two queues, and timeouts while a call queues.

The first half tests the rules of a `Pacer` in virtual time; the second half makes calls to the local service.
"""

# pyright: reportPrivateUsage=false

import asyncio
import logging
from typing import Any

import attrs
import pytest

from cleanroomsml_client import (
    NO_PACING,
    NO_RETRY,
    Attempt,
    Client,
    DeadlineError,
    Pacing,
    RequestError,
    RetryPolicy,
    ThrottlingError,
    WaitTimeoutError,
    connect,
    get_audience_model,
    get_trained_model,
    list_audience_models,
    wait_for_audience_export_job,
    wait_for_audience_model,
    wait_for_trained_model_export_job,
)
from cleanroomsml_client._client import shared_by
from cleanroomsml_client._pacing import Pacer, is_poll
from cleanroomsml_client.kinds import parse_arn
from cleanroomsml_client.local import Clock, Delay, LocalService, Throttle
from tests.support.leaks import nothing_left_behind
from tests.support.virtual_time import record_timers, running_loop

pytestmark = pytest.mark.virtual_time

PACING = Pacing()
REFUSED = ThrottlingError("slow down", "Get", "ThrottlingException", 429, None, 1)


class Calls:
    """Calls of operations that begin and end as a test says."""

    def __init__(self, connections: int = 50, pacing: Pacing = PACING) -> None:
        self.pacer = Pacer(connections)
        self.begun: list[tuple[float, str, bool]] = []
        """When which operation began, and whether as a poll, in order."""
        self._pacing = pacing
        self._started = running_loop().time()

    async def begin(self, name: str = "Get", *, poll: bool = False) -> float:
        """Begin a call; return when it began."""
        time = running_loop().time
        is_poll.set(poll)
        if not self.pacer.begin(name, self._pacing, time()):
            place = self.pacer.queue(name, self._pacing, None)
            try:
                await place
            except asyncio.CancelledError as error:
                self.pacer.leave(place, name, self._pacing, error)
                raise
        self.begun.append((round(time() - self._started, 2), name, poll))
        return time()

    def end(self, began: float, error: Exception | None = None, name: str = "Get") -> None:
        """End a call."""
        self.pacer.end(name, self._pacing, began, error)

    async def start(self, number: int, name: str = "Get", *, poll: bool = False) -> list[asyncio.Task[float]]:
        """Begin calls, as many as may begin."""
        tasks = [asyncio.create_task(self.begin(name, poll=poll)) for _ in range(number)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return tasks

    async def refuse_one_of(self, number: int, name: str = "Get") -> None:
        """Make calls of an operation concurrently, of which the last is refused."""
        began = [await self.begin(name) for _ in range(number)]
        self.end(began[-1], REFUSED, name)
        for time in began[:-1]:
            self.end(time, None, name)


def _done(tasks: list[asyncio.Task[float]]) -> int:
    return sum(task.done() for task in tasks)


async def _cancel(tasks: list[asyncio.Task[float]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# --- the window


async def test_the_window_grows_with_each_success_to_the_size_of_the_pool() -> None:
    """Sixteen calls begin at once; each success lets two begin in its place, until the pool is used up."""
    calls = Calls(connections=20)
    tasks = await calls.start(40)
    assert _done(tasks) == 16
    for ended, begun in enumerate([18, 20, 22, 24, 25, 26], 1):
        calls.end(tasks[ended].result())
        await asyncio.sleep(0)
        assert _done(tasks) == begun
    await _cancel(tasks)


async def test_the_window_is_never_larger_than_the_pool() -> None:
    """With fewer connections than the window, the connections count."""
    calls = Calls(connections=3)
    tasks = await calls.start(5)
    assert _done(tasks) == 3
    await _cancel(tasks)


async def test_a_refusal_resets_the_window_for_a_minute() -> None:
    """After a refusal the window is what it was in the beginning, and grows again after a quiet minute."""
    calls = Calls(pacing=Pacing(window=2))
    for _ in range(10):
        calls.end(await calls.begin("List"), name="List")
    calls.end(await calls.begin(), REFUSED)
    calls.end(await calls.begin("List"), name="List")
    tasks = await calls.start(5, "List")
    assert _done(tasks) == 2
    await asyncio.sleep(61)
    calls.end(tasks[0].result(), name="List")
    await asyncio.sleep(0)
    assert _done(tasks) == 4
    await _cancel(tasks)


async def test_no_pacing_uses_the_whole_pool_and_no_rate() -> None:
    """Without pacing, calls queue for a connection only, after a refusal, too."""
    calls = Calls(connections=30, pacing=NO_PACING)
    await calls.refuse_one_of(3)
    tasks = await calls.start(40)
    assert _done(tasks) == 30
    await _cancel(tasks)


async def test_a_failure_leaves_the_window_as_it_is() -> None:
    """What is neither a success nor a refusal says nothing about the service's limit."""
    calls = Calls(pacing=Pacing(window=1))
    calls.end(await calls.begin(), RequestError("no"))
    tasks = await calls.start(2)
    assert _done(tasks) == 1
    await _cancel(tasks)


# --- the rate


async def test_a_lone_call_that_is_refused_starts_no_rate() -> None:
    """The pause before its retry is enough."""
    calls = Calls()
    calls.end(await calls.begin(), REFUSED)
    assert _done(await calls.start(10)) == 10


async def test_a_rate_begins_at_a_part_of_what_was_granted() -> None:
    """Of ten calls in the last second one is refused: seven a second begin from then on."""
    calls = Calls()
    await calls.refuse_one_of(10)
    calls.begun.clear()
    tasks = await calls.start(10)
    await asyncio.sleep(1.05)
    times = [time for time, _, _ in calls.begun]
    assert len(times) == 7
    assert times[:2] == [pytest.approx(1 / 7, abs=0.02), pytest.approx(2 / 7, abs=0.02)]
    await _cancel(tasks)


async def test_a_rate_grows_while_calls_queue() -> None:
    """By three percent a second; not while nothing queues."""
    calls = Calls()
    await calls.refuse_one_of(10)
    tasks = await calls.start(400)
    # Kept in progress: the window would stop them.
    for task in tasks:
        task.add_done_callback(lambda task: None if task.cancelled() else calls.end(task.result()))
    await asyncio.sleep(30)
    expected = 7 * sum(1.03**second for second in range(30))
    assert _done(tasks) == pytest.approx(expected, rel=0.05)
    await _cancel(tasks)
    await asyncio.sleep(20)
    grown = calls.pacer._operations["Get"].rate
    calls.end(await calls.begin())
    assert calls.pacer._operations["Get"].rate == pytest.approx(grown)


async def test_a_rate_is_cut_once_for_what_was_sent_before_the_cut() -> None:
    """A refusal of something that was sent later cuts it again."""
    calls = Calls()
    began = [await calls.begin() for _ in range(10)]
    await asyncio.sleep(0.1)
    for time in began[:5]:
        calls.end(time, REFUSED)
    operation = calls.pacer._operations["Get"]
    assert operation.rate == pytest.approx(7)
    calls.end(await calls.begin(), REFUSED)
    assert operation.rate == pytest.approx(4.9, rel=0.02)
    for _ in range(30):
        calls.end(await calls.begin(), REFUSED)
    assert operation.rate == 0.5


async def test_a_rate_is_forgotten_after_a_quiet_minute() -> None:
    """Sixty seconds after the last refusal, calls begin at once."""
    calls = Calls()
    await calls.refuse_one_of(3)
    await asyncio.sleep(59)
    calls.end(await calls.begin())
    tasks = await calls.start(2)
    assert _done(tasks) == 0
    await _cancel(tasks)
    await asyncio.sleep(2)
    assert _done(await calls.start(10)) == 10


async def test_a_rate_is_of_one_operation() -> None:
    """A throttled operation does not slow the others."""
    calls = Calls()
    await calls.refuse_one_of(3)
    gets, creates = await calls.start(5), await calls.start(5, "Create")
    assert (_done(gets), _done(creates)) == (0, 5)
    await _cancel(gets)


async def test_retry_after_holds_the_rate_back_for_at_most_five_seconds() -> None:
    """The service's pause is kept, if it is not absurd."""
    for asked, kept in [(3.0, 3.0), (3600.0, 5.0)]:
        calls = Calls()
        began = [await calls.begin() for _ in range(10)]
        error = attrs.evolve(REFUSED, retry_after=asked)
        calls.end(began[0], error)
        calls.begun.clear()
        await calls.begin()
        assert calls.begun[0][0] == pytest.approx(kept, abs=0.03)


async def test_a_call_that_is_nearly_due_begins() -> None:
    """A timer that rings early is not set again for the rest: on a virtual clock it would ring for ever."""
    calls = Calls()
    await calls.refuse_one_of(10)
    operation = calls.pacer._operations["Get"]
    operation.due = running_loop().time() + 0.019
    assert _done(await calls.start(1)) == 1


# --- the queues


async def test_polls_and_other_calls_take_turns() -> None:
    """A call does not queue behind all polls."""
    calls = Calls()
    await calls.refuse_one_of(10)
    calls.begun.clear()
    polls = await calls.start(100, poll=True)
    others = await calls.start(3)
    await asyncio.sleep(1)
    assert [poll for _, _, poll in calls.begun][:6] in ([False, True] * 3, [True, False] * 3)
    await _cancel(polls + others)


async def test_operations_take_turns() -> None:
    """When the window has a place, the operation that has waited longest for its turn is next."""
    calls = Calls(connections=1)
    first = await calls.begin("First")
    tasks = await calls.start(3) + await calls.start(3, "Create")
    calls.begun.clear()
    calls.end(first, name="First")
    for _ in range(5):
        await asyncio.sleep(0)
        calls.end(0, name=calls.begun[-1][1])
    await asyncio.sleep(0)
    assert [name for _, name, _ in calls.begun] == ["Get", "Create"] * 3
    await _cancel(tasks)


async def test_cancelled_calls_leave_nothing_behind() -> None:
    """Neither a place in a queue, nor one in the window, nor a timer."""
    calls = Calls()
    await calls.refuse_one_of(10)
    await _cancel(await calls.start(20) + await calls.start(20, poll=True))
    assert (calls.pacer._queues, calls.pacer._in_progress, calls.pacer._timer) == ({}, 0, None)
    assert (calls.pacer._operations["Get"].queued, calls.pacer._operations["Get"].in_progress) == (0, 0)


@pytest.mark.parametrize("others", [0, 1])
async def test_a_call_that_is_cancelled_when_it_may_begin_passes_its_place_on(others: int) -> None:
    """Before and after the place was given to it."""
    calls = Calls(connections=1)
    first = await calls.begin()
    second, *rest = await calls.start(1 + others)
    calls.end(first)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert second.cancelled()
    assert calls.pacer._in_progress == others
    for task in rest:
        calls.end(await task)
    first = await calls.begin()
    second, *rest = await calls.start(1 + others)
    second.cancel()
    calls.end(first)
    await asyncio.gather(second, return_exceptions=True)
    for task in rest:
        calls.end(await task)
    assert (calls.pacer._queues, calls.pacer._in_progress) == ({}, 0)


# --- calls


async def _service(**arguments: Any) -> LocalService:
    return LocalService(clock=Clock(monotonic=running_loop().time), **arguments)


async def test_many_waits_do_not_flood_a_throttled_service() -> None:
    """200 waits against 20 requests a second: at most one request in ten is refused, and a get is not held up."""
    attempts: list[Attempt] = []
    async with (
        await _service(rate_limit=20) as service,
        service.connect(observer=attempts.append) as client,
    ):
        models = [service.add_audience_model(status="CREATE_PENDING") for _ in range(200)]
        waits = [asyncio.create_task(wait_for_audience_model(client, model)) for model in models]
        await asyncio.sleep(5)
        began = running_loop().time()
        await get_audience_model(client, models[0])
        assert running_loop().time() - began < 0.2
        assert {(await wait).status for wait in waits} == {"ACTIVE"}
    refused = [attempt for attempt in attempts if isinstance(attempt.error, ThrottlingError)]
    assert 0 < len(refused) < len(attempts) / 10
    assert max(attempt.queued for attempt in attempts) > 1


async def test_copies_of_a_client_share_the_window() -> None:
    """The window belongs to the aiobotocore client; a signature does not show it."""
    async with await _service() as service, service.connect() as client:
        assert client.pacing == Pacing()
        copy = attrs.evolve(client, retry=NO_RETRY)
        assert copy._shared.pacer is client._shared.pacer is shared_by(client.aws).pacer
        other = attrs.evolve(client, pacing=NO_PACING)
        assert other._shared.pacer is client._shared.pacer
        assert repr(other).endswith("observer=None, pacing=Pacing(window=None, limit_rate=False))")


async def _occupy(service: LocalService, client: Client, seconds: float) -> asyncio.Task[object]:
    """Occupy the window of one call for some time."""
    service.inject(Delay(seconds))
    patient = attrs.evolve(client, retry=RetryPolicy(timeout=None, max_attempts=1))
    task = asyncio.create_task(list_audience_models(patient).collect())
    await asyncio.sleep(0.01)
    return task


async def test_the_timeout_of_a_call_includes_queueing(caplog: pytest.LogCaptureFixture) -> None:
    """The error says how long the call was queued, and that nothing was sent."""
    caplog.set_level(logging.DEBUG, "cleanroomsml_client")
    attempts: list[Attempt] = []
    async with (
        nothing_left_behind(),
        await _service() as service,
        service.connect(pacing=Pacing(window=1), retry=RetryPolicy(timeout=5), observer=attempts.append) as client,
    ):
        model = service.add_audience_model()
        other = await _occupy(service, client, 20)
        with pytest.raises(DeadlineError) as caught:
            await get_audience_model(client, model)
        requests = len(service.requests)
        await other
    error = caught.value
    queued = "queued for 5.0 s behind other calls: start fewer, or raise the timeout"
    assert str(error) == f"GetAudienceModel: no success within 5 s (0 attempts; {queued})"
    assert (error.attempts, error.request_sent) == (0, False)
    assert error.queued == pytest.approx(5)
    assert requests <= 1
    assert (attempts[0].number, attempts[0].elapsed) == (0, 0)
    assert attempts[0].queued == pytest.approx(5)
    assert "(status None, request id None); queued for 5.00 s" in caplog.text


async def test_a_call_that_has_queued_has_the_rest_of_its_timeout() -> None:
    """The request is cancelled when the timeout of the whole call has passed."""
    async with (
        await _service() as service,
        service.connect(pacing=Pacing(window=1), retry=RetryPolicy(timeout=5)) as client,
    ):
        model = service.add_audience_model()
        other = await _occupy(service, client, 3)
        service.inject(Delay(4), "GetAudienceModel")
        begun = running_loop().time()
        with pytest.raises(DeadlineError) as caught:
            await get_audience_model(client, model)
        assert running_loop().time() - begun == pytest.approx(5, abs=0.1)
        await other
    assert (caught.value.attempts, caught.value.request_sent) == (1, True)
    assert caught.value.queued == pytest.approx(3, abs=0.1)


async def test_a_place_becomes_free_at_the_deadline() -> None:
    """The call whose deadline has just passed does not begin; the place goes to the next call."""
    pacer, pacing, loop = Pacer(1), Pacing(window=1), running_loop()
    begun = loop.time()
    assert pacer.begin("Get", pacing, begun)
    late = pacer.queue("Get", pacing, begun + 1)
    in_time = pacer.queue("Get", pacing, begun + 2)
    loop.call_at(begun + 1, pacer.end, "Get", pacing, begun, None)
    with pytest.raises(TimeoutError) as caught:
        await late
    pacer.leave(late, "Get", pacing, caught.value)
    await in_time
    pacer.end("Get", pacing, loop.time(), None)
    assert pacer.begin("Get", pacing, loop.time())


async def test_queued_calls_share_a_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer of its own for each of thousands of queued calls would be work for the garbage collector."""
    async with await _service() as service, service.connect(pacing=Pacing(window=1)) as client:
        model = service.add_audience_model()
        other = await _occupy(service, client, 20)
        timers = record_timers(monkeypatch)
        calls = [asyncio.create_task(get_audience_model(client, model)) for _ in range(100)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert timers == ["Deadlines._expire"]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await other


async def test_a_retry_that_queues_until_the_timeout_has_no_number() -> None:
    """The observer can tell the queue before a retry from the attempt before it."""
    attempts: list[Attempt] = []
    policy = RetryPolicy(timeout=5)
    async with (
        await _service() as service,
        service.connect(pacing=Pacing(window=1), retry=policy, observer=attempts.append) as client,
    ):
        model = service.add_audience_model()
        service.inject(Throttle(retry_after=2), "GetAudienceModel")
        call = asyncio.create_task(get_audience_model(client, model))
        await asyncio.sleep(0.1)
        # During the pause before the retry, another call takes the only place.
        other = await _occupy(service, client, 20)
        with pytest.raises(DeadlineError) as caught:
            await call
        await other
    mine = [attempt for attempt in attempts if attempt.operation == "GetAudienceModel"]
    assert [(attempt.number, type(attempt.error)) for attempt in mine] == [(1, ThrottlingError), (0, DeadlineError)]
    assert (caught.value.attempts, caught.value.request_id) == (1, mine[0].request_id)


async def test_a_queued_poll_is_bounded_by_the_timeout_of_the_wait_only() -> None:
    """The timeout of the call stands still while a poll queues, and continues then."""
    policy = RetryPolicy(timeout=5, max_attempts=1)
    async with await _service() as service, service.connect(pacing=Pacing(window=1), retry=policy) as client:
        model = service.add_audience_model()
        other = await _occupy(service, client, 20)
        with pytest.raises(WaitTimeoutError):
            await wait_for_audience_model(client, model, timeout=10)
        assert (await wait_for_audience_model(client, model, timeout=30)).status == "ACTIVE"
        await other
    async with await _service() as service, service.connect(pacing=Pacing(window=1), retry=policy) as client:
        model = service.add_audience_model()
        other = await _occupy(service, client, 20)
        service.inject(Delay(6), "GetAudienceModel")
        with pytest.raises(DeadlineError) as caught:
            await wait_for_audience_model(client, model)
        await other
    assert (caught.value.attempts, caught.value.request_sent) == (1, True)
    assert caught.value.queued == pytest.approx(20, abs=0.1)
    assert (
        "no success within 5 s (1 attempt; queued for 20.0 s behind other calls: start fewer, or raise the timeout)"
        in str(caught.value)
    )


async def test_a_poll_without_a_timeout_of_the_call_queues() -> None:
    """There is no timeout that stands still."""
    policy = RetryPolicy(timeout=None)
    async with await _service() as service, service.connect(pacing=Pacing(window=1), retry=policy) as client:
        model = service.add_audience_model()
        other = await _occupy(service, client, 20)
        assert (await wait_for_audience_model(client, model)).status == "ACTIVE"
        await other


async def test_each_attempt_queues() -> None:
    """A retry takes its turn, and the observer sees how long."""
    attempts: list[Attempt] = []
    async with await _service() as service, service.connect(observer=attempts.append) as client:
        model = service.add_audience_model()
        service.inject(Throttle(), times=4)
        await asyncio.gather(*(get_audience_model(client, model) for _ in range(4)))
    assert len(service.requests) == len(attempts)
    assert {attempt.number for attempt in attempts} >= {1, 2}
    assert any(attempt.queued > 0 for attempt in attempts if attempt.number > 1)


async def test_closing_ends_queued_calls_at_once() -> None:
    """They fail as every call of a closed client does, not at the rate of the throttled operation."""
    async with await _service() as service:
        model = service.add_audience_model()
        client = await service.connect(pacing=Pacing(window=4))
        service.inject(Throttle(), times=8)
        tasks = [asyncio.create_task(get_audience_model(client, model)) for _ in range(50)]
        await asyncio.sleep(0.5)
        await client.close()
        began = running_loop().time()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        # The pauses of retries end by themselves.
        assert running_loop().time() - began < 30
    failed = [result for result in results if isinstance(result, Exception)]
    assert failed
    assert {type(error).__name__ for error in failed} <= {"TransportError", "ThrottlingError", "RequestError"}


async def test_waits_for_exports_ask_for_large_pages() -> None:
    """An export has no get: each poll lists all exports of its job."""
    listed: list[Any] = []

    def note(params: dict[str, Any], **_: object) -> None:
        listed.append(params.get("maxResults"))

    async with await _service() as service, service.connect() as client:
        job = service.add_audience_generation_job()
        model = service.add_trained_model()
        client.aws.meta.events.register("before-parameter-build.cleanroomsml", note)
        with pytest.raises(WaitTimeoutError):
            await wait_for_audience_export_job(client, job, "none", timeout=0)
        collaboration = (await get_trained_model(client, *parse_arn(model).identity)).collaboration_identifier
        with pytest.raises(WaitTimeoutError):
            await wait_for_trained_model_export_job(client, collaboration, model, "none", timeout=0)
    assert [pages for pages in listed if pages is not None] == [100, 100]


@pytest.mark.parametrize("open_client", [lambda: connect(pacing=5), lambda: Client(None, pacing=5)])  # type: ignore[arg-type]  # the wrong type is what is tested
async def test_a_pacing_of_another_type_is_refused(open_client: Any) -> None:
    """The error says what to write."""
    with pytest.raises(RequestError) as caught:
        await open_client().__aenter__()
    assert str(caught.value) == "pacing must be a Pacing, not int; to turn it off, write `pacing=NO_PACING`"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"window": 0}, "Pacing.window must be a whole number of at least 1, or None, not 0"),
        ({"window": 2.5}, "Pacing.window must be a whole number of at least 1, or None, not 2.5"),
        ({"limit_rate": 1}, "Pacing.limit_rate must be True or False, not 1"),
    ],
)
def test_a_pacing_names_the_field_that_is_wrong(arguments: Any, message: str) -> None:
    """As `RetryPolicy` does."""
    with pytest.raises((ValueError, TypeError)) as caught:
        Pacing(**arguments)
    assert str(caught.value) == message
