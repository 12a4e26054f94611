"""The retry policy in virtual time."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client._client import Client, Response
from cleanroomsml_client._retry import (
    NO_RETRY,
    Attempt,
    Observer,
    RetryPolicy,
    RetryQuota,
    run,
)
from cleanroomsml_client.errors import (
    CleanRoomsMLError,
    CredentialsError,
    DeadlineError,
    InternalServiceError,
    RequestError,
    ResourceNotFoundError,
    ServiceError,
    ThrottlingError,
    TransportError,
    WaitTimeoutError,
)
from cleanroomsml_client.resources.audience_models import get_audience_model
from cleanroomsml_client.testing.event_loop import VirtualTimeLoop
from tests.support.leaks import nothing_left_behind
from tests.support.outcomes import SUCCESS, ScriptedSend, not_json, not_sent, sent, service_error, truncated
from tests.support.virtual_time import running_loop

pytestmark = pytest.mark.virtual_time

POLICY = RetryPolicy()
THROTTLED_LIMITS = [1, 2, 4, 8]
TRANSIENT_LIMITS = [0.05, 0.1, 0.2, 0.4]

THROTTLED = [
    service_error("ThrottlingException", 400),
    service_error("ThrottlingException", 429),
    service_error("TooManyRequestsException", 429),
    service_error("RequestLimitExceeded", 503),
    service_error("SlowDown", 503),
]
NOT_SENT = [not_sent()]
UNKNOWN = [
    service_error("InternalServiceException", 500),
    service_error("500", 500),
    service_error("502", 502),
    service_error("ServiceUnavailable", 503),
    service_error("504", 504),
    sent(),
    truncated(),
]
FINAL = [
    service_error("ValidationException", 400),
    service_error("AccessDeniedException", 403),
    service_error("ExpiredTokenException", 403),
    service_error("ResourceNotFoundException", 404),
    service_error("UnknownOperationException", 404),
    service_error("ConflictException", 409),
    service_error("ServiceQuotaExceededException", 402),
    service_error("501", 501),
    not_json(),
    RequestError("no", "GetAudienceModel"),
    CredentialsError("none", "GetAudienceModel"),
]
SAFE_OPERATIONS = [
    "GetAudienceModel",
    "ListAudienceModels",
    "PutConfiguredAudienceModelPolicy",
    "UpdateConfiguredAudienceModel",
    "DeleteAudienceModel",
    "CancelTrainedModel",
    "TagResource",
    "UntagResource",
]
CREATES = ["CreateAudienceModel", "StartAudienceGenerationJob"]


async def call(
    send: ScriptedSend,
    policy: RetryPolicy = POLICY,
    *,
    operation: str = "GetAudienceModel",
    quota: RetryQuota | None = None,
    observer: Observer | None = None,
) -> Response:
    """Call `send` under the policy; without a given quota, with a full one."""
    return await run(operation, send, policy=policy, quota=quota or RetryQuota(), observer=observer)


async def attempts_made(
    outcome: Exception,
    policy: RetryPolicy = POLICY,
    operation: str = "GetAudienceModel",
    quota: RetryQuota | None = None,
) -> ScriptedSend:
    """Make a call whose every attempt ends with this outcome; return what was sent."""
    send = ScriptedSend(outcome)
    with pytest.raises(type(outcome)) as caught:
        await call(send, policy, operation=operation, quota=quota)
    assert caught.value is outcome
    return send


def named(error: Exception) -> str:
    """Return the id of a case."""
    code = error.code if isinstance(error, ServiceError) else str(error)
    return f"{type(error).__name__}-{code}-{getattr(error, 'status', '')}"


# --- which failures are retried, how often, after which pause


@pytest.mark.parametrize("operation", [*SAFE_OPERATIONS, *CREATES])
@pytest.mark.parametrize("error", THROTTLED, ids=named)
async def test_throttled_calls_are_retried(operation: str, error: Exception) -> None:
    """Every throttled call, also a create, makes five attempts, with pauses of up to 1, 2, 4 and 8 s."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, THROTTLED_LIMITS, strict=True))


@pytest.mark.parametrize("operation", [*SAFE_OPERATIONS, *CREATES])
@pytest.mark.parametrize("error", NOT_SENT, ids=named)
async def test_requests_that_were_not_sent_are_retried(operation: str, error: Exception) -> None:
    """If nothing was sent, a call, also a create, makes five attempts, with pauses of up to 50, 100, 200 and 400 ms."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, TRANSIENT_LIMITS, strict=True))


@pytest.mark.parametrize("operation", SAFE_OPERATIONS)
@pytest.mark.parametrize("error", UNKNOWN, ids=named)
async def test_unknown_outcomes_are_retried_if_that_is_safe(operation: str, error: Exception) -> None:
    """An operation that can be repeated safely makes five attempts when the outcome is unknown."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, TRANSIENT_LIMITS, strict=True))


@pytest.mark.parametrize("operation", CREATES)
@pytest.mark.parametrize("error", UNKNOWN, ids=named)
async def test_creates_are_not_retried_on_an_unknown_outcome(operation: str, error: Exception) -> None:
    """A create or start that may have been executed is sent once, unless `retry_creates` is set."""
    assert len((await attempts_made(error, operation=operation)).started) == 1
    send = await attempts_made(error, RetryPolicy(retry_creates=True), operation)
    assert len(send.started) == 5


@pytest.mark.parametrize("error", FINAL, ids=named)
async def test_permanent_failures_are_not_retried(error: Exception) -> None:
    """A failure that a retry cannot fix is not retried."""
    assert len((await attempts_made(error)).started) == 1


async def test_a_foreign_exception_is_not_handled() -> None:
    """An exception that is not ours is raised unchanged, without retry and without report to the observer."""
    recorded: list[Attempt] = []
    send = ScriptedSend(KeyError("bug"))
    with pytest.raises(KeyError):
        await call(send, observer=recorded.append)
    assert len(send.started) == 1
    assert recorded == []


async def test_a_call_succeeds_in_a_later_attempt() -> None:
    """The first success is returned."""
    send = ScriptedSend(sent(), service_error("ThrottlingException", 429), SUCCESS)
    assert await call(send) is SUCCESS
    assert len(send.started) == 3
    assert send.pauses[0] <= 0.05
    assert send.pauses[1] <= 2


async def test_no_retry_sends_one_request() -> None:
    """NO_RETRY sends one request."""
    assert len((await attempts_made(service_error("ThrottlingException", 429), NO_RETRY)).started) == 1


async def test_no_pause_exceeds_max_delay() -> None:
    """`max_delay` limits every pause."""
    send = await attempts_made(service_error("ThrottlingException", 429), RetryPolicy(max_attempts=9, max_delay=0.5))
    assert len(send.started) == 9
    assert max(send.pauses) <= 0.5


async def test_jitter_is_full() -> None:
    """Pauses are spread over their whole range, so that calls that failed together do not retry together."""
    sends = [ScriptedSend(service_error("ThrottlingException", 429), SUCCESS) for _ in range(200)]
    await asyncio.gather(*(call(send) for send in sends))
    pauses = [pause for send in sends for pause in send.pauses]
    assert min(pauses) < 0.2
    assert max(pauses) > 0.8
    assert len(set(pauses)) == 200


@pytest.mark.parametrize(("retry_after", "least", "most"), [(0.0, 0, 0.05), (3.0, 3, 3), (1000.0, 5, 5.05)])
async def test_retry_after_lengthens_a_pause(retry_after: float, least: float, most: float) -> None:
    """A pause is as long as Retry-After says, but at most 5 s longer than ours."""
    send = ScriptedSend(service_error("ServiceUnavailable", 503, retry_after), SUCCESS)
    await call(send)
    assert least <= send.pauses[0] <= most


@pytest.mark.usefixtures("longest_pauses")
async def test_retry_after_does_not_shorten_a_pause() -> None:
    """A Retry-After below our own pause has no effect."""
    send = ScriptedSend(service_error("ThrottlingException", 429, 0.5), SUCCESS)
    await call(send)
    assert send.pauses == [1.0]


@pytest.mark.parametrize(
    ("arguments"),
    [{"max_attempts": 0}, {"max_delay": -1.0}, {"timeout": 0.0}],
    ids=str,
)
def test_invalid_policies_are_refused(arguments: dict[str, Any]) -> None:
    """A policy with a value out of range cannot be created."""
    with pytest.raises(ValueError, match="must be"):
        RetryPolicy(**arguments)


def test_waits_continue_after_transient_errors() -> None:
    """A wait continues after every error that a call retries, and after the timeout of a call."""
    for error in [*THROTTLED, *NOT_SENT, *UNKNOWN, DeadlineError("late", "GetAudienceModel", 1, 60.0)]:
        assert isinstance(error, CleanRoomsMLError)
        assert error.is_transient
    for error in [*FINAL, WaitTimeoutError("late", None)]:
        assert isinstance(error, CleanRoomsMLError)
        assert not error.is_transient


# --- the timeout


async def test_the_timeout_ends_the_attempt_in_progress() -> None:
    """A call without a response ends with its timeout; the error has the number of attempts."""
    started = running_loop().time()
    send = ScriptedSend(SUCCESS, takes=1000)
    with pytest.raises(DeadlineError) as caught:
        await call(send, RetryPolicy(timeout=60))
    assert running_loop().time() - started == 60
    assert (caught.value.operation, caught.value.attempts, caught.value.timeout) == ("GetAudienceModel", 1, 60)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_the_timeout_error_has_the_last_error_as_cause() -> None:
    """A call that times out in its second attempt has the error of the first as its cause."""
    error = sent()
    send = ScriptedSend(error, takes=40)
    with pytest.raises(DeadlineError) as caught:
        await call(send)
    assert caught.value.attempts == 2
    assert caught.value.__cause__ is error


@pytest.mark.usefixtures("longest_pauses")
async def test_no_pause_exceeds_the_timeout() -> None:
    """If the next pause would end after the timeout, the error is raised immediately."""
    started = running_loop().time()
    # Pauses of 1, 2, 4 s end at 7 s; the fourth, of 8 s, would end at 15 s.
    send = await attempts_made(service_error("ThrottlingException", 429), RetryPolicy(timeout=15))
    assert len(send.started) == 4
    assert running_loop().time() - started == 7


async def test_without_timeout_a_call_is_not_limited() -> None:
    """With `timeout=None` a call may take any time."""
    send = ScriptedSend(sent(), SUCCESS, takes=100_000)
    assert await call(send, RetryPolicy(timeout=None)) is SUCCESS
    assert len(send.started) == 2


@pytest.mark.parametrize("limit", [None, 60.0])
async def test_a_timeout_error_of_an_attempt_is_not_replaced(limit: float | None) -> None:
    """An error of ours that is also a TimeoutError is raised unchanged."""
    late = DeadlineError("another call's", "GetAudienceModel", 3, 1.0)
    send = ScriptedSend(late)
    with pytest.raises(DeadlineError) as caught:
        await call(send, RetryPolicy(timeout=limit, max_attempts=1))
    assert caught.value is late


async def test_a_timeout_of_the_caller_is_not_ours() -> None:
    """`asyncio.timeout` around a call raises the TimeoutError of the caller."""
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(5):
            await call(ScriptedSend(SUCCESS, takes=1000))
    assert not isinstance(caught.value, DeadlineError)


# --- the quota


async def test_an_empty_quota_ends_retries() -> None:
    """Without enough quota an error is final; a retry after throttling costs less than one after a transient error."""
    quota = RetryQuota()
    assert quota.acquire(500 - 10)
    send = ScriptedSend(sent())
    with pytest.raises(TransportError):
        await call(send, quota=quota)
    assert len(send.started) == 1
    send = ScriptedSend(service_error("ThrottlingException", 429))
    with pytest.raises(ThrottlingError):
        await call(send, quota=quota)
    assert len(send.started) == 3


def test_time_refills_the_quota() -> None:
    """An empty quota gets one token a second, up to its initial value."""
    now = 0.0
    quota = RetryQuota(lambda: now)
    assert quota.acquire(500)
    assert not quota.acquire(5)
    now = 5.0
    assert quota.acquire(5)
    assert not quota.acquire(1)
    now = 100_000.0
    assert not quota.acquire(501)
    assert quota.acquire(500)


async def test_cancelled_retries_return_their_quota() -> None:
    """A call that is cancelled during the pause before a retry has not sent it, so that it costs nothing."""
    quota = RetryQuota(lambda: 0.0)
    calls = [
        asyncio.create_task(call(ScriptedSend(service_error("ThrottlingException", 429, 4.0)), quota=quota))
        for _ in range(50)
    ]
    await asyncio.sleep(0.5)
    assert not quota.acquire(500)
    for one in calls:
        one.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert quota.acquire(500)


async def test_a_thousand_attempts_do_not_overflow() -> None:
    """The pause of a late attempt has the maximum length."""
    policy = RetryPolicy(max_attempts=1100, max_delay=0.001, timeout=None)
    send = await attempts_made(service_error("ThrottlingException", 429), policy, quota=RetryQuota(_endless()))
    assert len(send.started) == 1100


def _endless() -> Callable[[], float]:
    """Return a clock on which so much time passes that the quota is always full."""
    hours = itertools.count(step=3600)
    return lambda: float(next(hours))


async def test_success_refills_the_quota() -> None:
    """A success returns the cost of the call's last retry, or 1; the quota never exceeds its initial value."""
    quota = RetryQuota()
    await call(ScriptedSend(SUCCESS), quota=quota)
    assert not quota.acquire(501)
    await call(ScriptedSend(sent(), SUCCESS), quota=quota)
    assert quota.acquire(500)
    await call(ScriptedSend(SUCCESS), quota=quota)
    assert quota.acquire(1)
    assert not quota.acquire(1)


class _FailingAws:
    """An aiobotocore client whose service is down."""

    def __init__(self) -> None:
        self.requests = 0
        self._response: dict[str, Any] = {
            "Error": {"Code": "InternalServiceException", "Message": "down"},
            "ResponseMetadata": {"HTTPStatusCode": 500, "HTTPHeaders": {}},
        }

    async def get_audience_model(self, **_: object) -> dict[str, Any]:
        self.requests += 1
        await asyncio.sleep(0.01)
        raise ClientError(self._response, "GetAudienceModel")


async def test_an_outage_causes_few_retries() -> None:
    """500 concurrent calls of two copies of a client send 500 requests, and only the retries that the quota allows."""
    aws = _FailingAws()
    client = Client(aws)
    impatient = attrs.evolve(client, retry=RetryPolicy(max_attempts=50))
    calls = [get_audience_model(one, "arn:x") for _ in range(250) for one in (client, impatient)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {InternalServiceError}
    assert aws.requests == 500 + 500 // 14


# --- observer and log


async def test_the_observer_receives_every_attempt() -> None:
    """The observer receives each attempt once: number, duration, status, request id, error and next pause."""
    recorded: list[Attempt] = []
    first, second = sent(), service_error("ThrottlingException", 429)
    send = ScriptedSend(first, second, SUCCESS, takes=2)
    await call(send, observer=recorded.append)
    assert [
        (attempt.operation, attempt.number, attempt.status, attempt.request_id, attempt.error) for attempt in recorded
    ] == [
        ("GetAudienceModel", 1, None, None, first),
        ("GetAudienceModel", 2, 429, "request-1", second),
        ("GetAudienceModel", 3, 200, "request-2", None),
    ]
    assert [attempt.elapsed for attempt in recorded] == pytest.approx([2, 2, 2])
    # The loop may run a timer earlier by its clock resolution, and a random pause may be very short.
    assert [attempt.next_delay for attempt in recorded[:2]] == pytest.approx(send.pauses, abs=1e-6)
    assert recorded[2].next_delay is None


@pytest.mark.parametrize(
    ("outcome", "policy"),
    [
        (service_error("ResourceNotFoundException", 404), POLICY),
        (service_error("ThrottlingException", 429), NO_RETRY),
        (not_sent(), RetryPolicy(max_attempts=3)),
        (sent(), RetryPolicy(timeout=0.01)),
    ],
    ids=["final", "no retry", "attempts exhausted", "no time for a pause"],
)
@pytest.mark.usefixtures("longest_pauses")
async def test_the_observer_receives_the_last_error(outcome: CleanRoomsMLError, policy: RetryPolicy) -> None:
    """The last attempt of a failed call is reported once, with its error and without a next pause."""
    recorded: list[Attempt] = []
    send = ScriptedSend(outcome)
    with pytest.raises(type(outcome)):
        await call(send, policy, observer=recorded.append)
    assert [attempt.number for attempt in recorded] == list(range(1, len(send.started) + 1))
    assert recorded[-1].error is outcome
    assert [attempt.next_delay for attempt in recorded].count(None) == 1
    assert recorded[-1].next_delay is None


async def test_the_observer_receives_the_timeout() -> None:
    """An attempt that the timeout cancels is reported with the DeadlineError."""
    recorded: list[Attempt] = []
    with pytest.raises(DeadlineError) as caught:
        await call(ScriptedSend(sent(), takes=40), observer=recorded.append)
    assert [type(attempt.error) for attempt in recorded] == [TransportError, DeadlineError]
    assert recorded[-1].error is caught.value
    assert recorded[-1].number == 2
    assert recorded[0].next_delay is not None
    assert recorded[-1].elapsed == pytest.approx(60 - 40 - recorded[0].next_delay)


async def test_an_exception_of_the_observer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """An exception of the observer is logged, and the call continues."""

    def broken(_: Attempt) -> None:
        raise KeyError("observer")

    assert await call(ScriptedSend(sent(), SUCCESS), observer=broken) is SUCCESS
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == ["the observer failed"] * 2


@pytest.mark.usefixtures("longest_pauses")
async def test_attempts_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Retries are logged as warnings, last attempts at debug level; both with code, status and request id."""
    caplog.set_level(logging.DEBUG, "cleanroomsml_client")
    await call(ScriptedSend(service_error("ServiceUnavailable", 503), sent(), SUCCESS))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            "WARNING",
            "GetAudienceModel attempt 1: ServiceUnavailable (status 503, request id request-1); next in 0.05 s",
        ),
        ("WARNING", "GetAudienceModel attempt 2: TransportError (status None, request id None); next in 0.10 s"),
        ("DEBUG", "GetAudienceModel attempt 3: ok (status 200, request id request-2)"),
    ]


# --- cancellation


@pytest.mark.parametrize("moment", [1.0, 2.5], ids=["in an attempt", "in a pause"])
@pytest.mark.usefixtures("longest_pauses")
async def test_a_call_can_be_cancelled(moment: float) -> None:
    """CancelledError is raised immediately and unchanged, nothing more is sent, and no task is left."""
    started = running_loop().time()
    send = ScriptedSend(service_error("ThrottlingException", 429), takes=2)
    async with nothing_left_behind():
        task = asyncio.create_task(call(send))
        await asyncio.sleep(moment)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert running_loop().time() - started == moment
    assert len(send.started) == 1


# --- compared with a second implementation

_OUTCOMES: dict[str, Exception | Response] = {
    "success": SUCCESS,
    "throttled": service_error("ThrottlingException", 429),
    "not sent": not_sent(),
    "unavailable": service_error("ServiceUnavailable", 503),
    "lost": sent(),
    "not found": service_error("ResourceNotFoundException", 404),
}


def _expected_attempts(outcomes: list[str], creates: bool, policy: RetryPolicy, quota: int) -> int:  # noqa: FBT001
    """Return how many requests the policy allows; a second, short implementation of the policy without pauses."""
    spent = 0
    for number, outcome in enumerate(outcomes, 1):
        if outcome == "not sent":
            # The retry was not sent, so that it costs nothing.
            quota += spent
        cost = 5 if outcome == "throttled" else 14
        unknown = outcome in {"unavailable", "lost"}
        if outcome in {"success", "not found"} or (unknown and creates and not policy.retry_creates):
            return number
        if number == policy.max_attempts or cost > quota:
            return number
        quota -= cost
        spent = cost
    return len(outcomes)


@given(
    outcomes=st.lists(st.sampled_from(sorted(_OUTCOMES)), max_size=12),
    creates=st.booleans(),
    retry_creates=st.booleans(),
    max_attempts=st.integers(1, 10),
    quota=st.integers(0, 60),
)
def test_any_sequence_of_outcomes_follows_the_policy(
    outcomes: list[str],
    creates: bool,  # noqa: FBT001
    retry_creates: bool,  # noqa: FBT001
    max_attempts: int,
    quota: int,
) -> None:
    """Attempts, outcome and observed attempts are those of the short second implementation."""
    policy = RetryPolicy(max_attempts=max_attempts, retry_creates=retry_creates, timeout=None)
    available = RetryQuota()
    available.acquire(500 - quota)
    outcomes = [*outcomes, "success"]
    send = ScriptedSend(*(_OUTCOMES[outcome] for outcome in outcomes))
    recorded: list[Attempt] = []

    async def outcome_of_call() -> object:
        operation = "CreateAudienceModel" if creates else "GetAudienceModel"
        try:
            return await call(send, policy, operation=operation, quota=available, observer=recorded.append)
        except CleanRoomsMLError as error:
            return error

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        outcome = runner.run(outcome_of_call())
    attempts = _expected_attempts(outcomes, creates, policy, quota)
    assert len(send.started) == attempts
    assert outcome is _OUTCOMES[outcomes[attempts - 1]]
    assert [attempt.number for attempt in recorded] == list(range(1, attempts + 1))


def test_the_code_decides_the_class_of_a_404() -> None:
    """Only the code ResourceNotFoundException makes a 404 a ResourceNotFoundError."""
    assert isinstance(service_error("ResourceNotFoundException", 404), ResourceNotFoundError)
    assert type(service_error("UnknownOperationException", 404)) is ServiceError
