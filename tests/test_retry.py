"""The retry policy, branch by branch, on virtual time."""

import asyncio
import logging
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
    is_transient,
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
UNSENT = [not_sent()]
DOUBTFUL = [
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
    """A call under the policy, whose own quota is full unless one is given."""
    return await run(operation, send, policy=policy, quota=quota or RetryQuota(), observer=observer)


async def attempts_made(
    outcome: Exception, policy: RetryPolicy = POLICY, operation: str = "GetAudienceModel"
) -> ScriptedSend:
    """What was sent for a call all of whose attempts end so."""
    send = ScriptedSend(outcome)
    with pytest.raises(type(outcome)) as caught:
        await call(send, policy, operation=operation)
    assert caught.value is outcome
    return send


def named(error: Exception) -> str:
    """A case's name."""
    code = error.code if isinstance(error, ServiceError) else str(error)
    return f"{type(error).__name__}-{code}-{getattr(error, 'status', '')}"


# --- which, how often, after what pause


@pytest.mark.parametrize("operation", [*SAFE_OPERATIONS, *CREATES])
@pytest.mark.parametrize("error", THROTTLED, ids=named)
async def test_throttled_calls_are_repeated_over_growing_seconds(operation: str, error: Exception) -> None:
    """Every throttled call, create or not, is tried five times; pauses lie within 1, 2, 4 and 8 s."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, THROTTLED_LIMITS, strict=True))


@pytest.mark.parametrize("operation", [*SAFE_OPERATIONS, *CREATES])
@pytest.mark.parametrize("error", UNSENT, ids=named)
async def test_unsent_requests_are_repeated(operation: str, error: Exception) -> None:
    """What was never sent is tried five times, creates too; pauses lie within 50, 100, 200 and 400 ms."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, TRANSIENT_LIMITS, strict=True))


@pytest.mark.parametrize("operation", SAFE_OPERATIONS)
@pytest.mark.parametrize("error", DOUBTFUL, ids=named)
async def test_doubtful_outcomes_are_repeated_where_that_is_safe(operation: str, error: Exception) -> None:
    """Where repeating does no harm, a doubtful outcome is tried five times."""
    send = await attempts_made(error, operation=operation)
    assert len(send.started) == 5
    assert all(0 <= pause <= limit for pause, limit in zip(send.pauses, TRANSIENT_LIMITS, strict=True))


@pytest.mark.parametrize("operation", CREATES)
@pytest.mark.parametrize("error", DOUBTFUL, ids=named)
async def test_creates_are_not_repeated_on_a_doubtful_outcome(operation: str, error: Exception) -> None:
    """A create or start that may have been carried out is sent once, unless the caller accepts a second resource."""
    assert len((await attempts_made(error, operation=operation)).started) == 1
    send = await attempts_made(error, RetryPolicy(retry_creates=True), operation)
    assert len(send.started) == 5


@pytest.mark.parametrize("error", FINAL, ids=named)
async def test_everything_else_is_final(error: Exception) -> None:
    """A failure that a retry cannot fix is not retried."""
    assert len((await attempts_made(error)).started) == 1


async def test_a_foreign_exception_passes() -> None:
    """An exception that is not ours goes to the caller as it is, at once and unreported."""
    recorded: list[Attempt] = []
    send = ScriptedSend(KeyError("bug"))
    with pytest.raises(KeyError):
        await call(send, observer=recorded.append)
    assert len(send.started) == 1
    assert recorded == []


async def test_a_call_succeeds_at_a_later_attempt() -> None:
    """The first success is returned."""
    send = ScriptedSend(sent(), service_error("ThrottlingException", 429), SUCCESS)
    assert await call(send) is SUCCESS
    assert len(send.started) == 3
    assert send.pauses[0] <= 0.05
    assert send.pauses[1] <= 2


async def test_no_retry_is_one_request() -> None:
    """NO_RETRY sends once."""
    assert len((await attempts_made(service_error("ThrottlingException", 429), NO_RETRY)).started) == 1


async def test_pauses_do_not_pass_the_longest() -> None:
    """max_delay bounds every pause."""
    send = await attempts_made(service_error("ThrottlingException", 429), RetryPolicy(max_attempts=9, max_delay=0.5))
    assert len(send.started) == 9
    assert max(send.pauses) <= 0.5


async def test_jitter_is_full() -> None:
    """Pauses spread over the whole of their range, so callers that failed together come back apart."""
    sends = [ScriptedSend(service_error("ThrottlingException", 429), SUCCESS) for _ in range(200)]
    await asyncio.gather(*(call(send) for send in sends))
    pauses = [pause for send in sends for pause in send.pauses]
    assert min(pauses) < 0.2
    assert max(pauses) > 0.8
    assert len(set(pauses)) == 200


@pytest.mark.parametrize(("asked", "least", "most"), [(0.0, 0, 0.05), (3.0, 3, 3), (1000.0, 5, 5.05)])
async def test_the_service_may_ask_for_a_longer_pause(asked: float, least: float, most: float) -> None:
    """A pause is as long as the service asks, but at most 5 s longer than ours."""
    send = ScriptedSend(service_error("ServiceUnavailable", 503, asked), SUCCESS)
    await call(send)
    assert least <= send.pauses[0] <= most


@pytest.mark.usefixtures("longest_pauses")
async def test_the_service_cannot_shorten_a_pause() -> None:
    """Asking for less than our own pause changes nothing."""
    send = ScriptedSend(service_error("ThrottlingException", 429, 0.5), SUCCESS)
    await call(send)
    assert send.pauses == [1.0]


@pytest.mark.parametrize(
    ("arguments"),
    [{"max_attempts": 0}, {"max_delay": -1.0}, {"timeout": 0.0}],
    ids=str,
)
def test_policies_that_make_no_sense_are_refused(arguments: dict[str, Any]) -> None:
    """A policy that could never send anything cannot be made."""
    with pytest.raises(ValueError, match="must be"):
        RetryPolicy(**arguments)


def test_transient_or_not() -> None:
    """A wait goes on through exactly what a call repeats, and through a call's own deadline."""
    for error in [*THROTTLED, *UNSENT, *DOUBTFUL, DeadlineError("late", "GetAudienceModel", 1, 60.0)]:
        assert isinstance(error, CleanRoomsMLError)
        assert is_transient(error)
    for error in [*FINAL, WaitTimeoutError("late", None)]:
        assert isinstance(error, CleanRoomsMLError)
        assert not is_transient(error)


# --- the timeout


async def test_the_deadline_cuts_off_the_attempt_in_flight() -> None:
    """A call without a response ends with its timeout; the error has the number of requests."""
    begun = running_loop().time()
    send = ScriptedSend(SUCCESS, takes=1000)
    with pytest.raises(DeadlineError) as caught:
        await call(send, RetryPolicy(timeout=60))
    assert running_loop().time() - begun == 60
    assert (caught.value.operation, caught.value.attempts, caught.value.timeout) == ("GetAudienceModel", 1, 60)
    assert isinstance(caught.value, TimeoutError)
    assert isinstance(caught.value.__cause__, TimeoutError)


async def test_the_deadline_names_the_last_error() -> None:
    """A call that is cut off in its second attempt has the first one's error as its cause."""
    error = sent()
    send = ScriptedSend(error, takes=40)
    with pytest.raises(DeadlineError) as caught:
        await call(send)
    assert caught.value.attempts == 2
    assert caught.value.__cause__ is error


@pytest.mark.usefixtures("longest_pauses")
async def test_there_is_no_pause_past_the_deadline() -> None:
    """If the pause would outlast the timeout, the error is raised immediately."""
    begun = running_loop().time()
    # Pauses of 1, 2, 4 s end at 7 s; the fourth, of 8 s, would end at 15 s.
    send = await attempts_made(service_error("ThrottlingException", 429), RetryPolicy(timeout=15))
    assert len(send.started) == 4
    assert running_loop().time() - begun == 7


async def test_without_a_total_time_a_call_takes_as_long_as_it_takes() -> None:
    """timeout=None cuts off nothing."""
    send = ScriptedSend(sent(), SUCCESS, takes=100_000)
    assert await call(send, RetryPolicy(timeout=None)) is SUCCESS
    assert len(send.started) == 2


@pytest.mark.parametrize("limit", [None, 60.0])
async def test_a_timeout_error_from_below_is_not_the_deadline(limit: float | None) -> None:
    """Our own errors that are TimeoutErrors pass unchanged."""
    late = DeadlineError("another call's", "GetAudienceModel", 3, 1.0)
    send = ScriptedSend(late)
    with pytest.raises(DeadlineError) as caught:
        await call(send, RetryPolicy(timeout=limit, max_attempts=1))
    assert caught.value is late


async def test_a_callers_own_timeout_is_not_mistaken_for_ours() -> None:
    """asyncio.timeout around a call raises the caller's TimeoutError."""
    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(5):
            await call(ScriptedSend(SUCCESS, takes=1000))
    assert not isinstance(caught.value, DeadlineError)


# --- the quota


async def test_the_quota_stops_retries_before_the_policy_does() -> None:
    """Without enough quota an error is final at once; a throttled retry is cheaper than a transient one."""
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


async def test_success_refills_the_quota() -> None:
    """A success gives back what the call's last retry cost, or one; never more than there was."""
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


async def test_an_outage_is_not_answered_with_a_storm() -> None:
    """500 concurrent calls through two evolved clients make 500 requests and as few retries as the quota pays for."""
    aws = _FailingAws()
    client = Client(aws)
    impatient = attrs.evolve(client, retry=RetryPolicy(max_attempts=50))
    calls = [get_audience_model(one, "arn:x") for _ in range(250) for one in (client, impatient)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {InternalServiceError}
    assert aws.requests == 500 + 500 // 14


# --- observer and log


async def test_the_observer_is_told_of_every_attempt() -> None:
    """The observer sees each attempt once: number, duration, status, request id, error and the pause to come."""
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
    assert [attempt.next_delay for attempt in recorded[:2]] == pytest.approx(send.pauses)
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
async def test_the_observer_is_told_of_the_last_error(outcome: CleanRoomsMLError, policy: RetryPolicy) -> None:
    """The last attempt of a failed call is reported once, with its error and without a next pause."""
    recorded: list[Attempt] = []
    send = ScriptedSend(outcome)
    with pytest.raises(type(outcome)):
        await call(send, policy, observer=recorded.append)
    assert [attempt.number for attempt in recorded] == list(range(1, len(send.started) + 1))
    assert recorded[-1].error is outcome
    assert [attempt.next_delay for attempt in recorded].count(None) == 1
    assert recorded[-1].next_delay is None


async def test_the_observer_is_told_of_the_deadline() -> None:
    """An attempt that the timeout cancels is reported with the DeadlineError."""
    recorded: list[Attempt] = []
    with pytest.raises(DeadlineError) as caught:
        await call(ScriptedSend(sent(), takes=40), observer=recorded.append)
    assert [type(attempt.error) for attempt in recorded] == [TransportError, DeadlineError]
    assert recorded[-1].error is caught.value
    assert recorded[-1].number == 2
    assert recorded[0].next_delay is not None
    assert recorded[-1].elapsed == pytest.approx(60 - 40 - recorded[0].next_delay)


async def test_an_observer_that_raises_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """An observer's exception goes to the log, and the call goes on."""

    def broken(_: Attempt) -> None:
        raise KeyError("observer")

    assert await call(ScriptedSend(sent(), SUCCESS), observer=broken) is SUCCESS
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == ["the observer failed"] * 2


@pytest.mark.usefixtures("longest_pauses")
async def test_the_log_tells_the_same(caplog: pytest.LogCaptureFixture) -> None:
    """Retries are warnings, last attempts are debug records; both bear code, status and request id."""
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
    """CancelledError passes unchanged and at once, nothing is sent after it, and no task is left."""
    begun = running_loop().time()
    send = ScriptedSend(service_error("ThrottlingException", 429), takes=2)
    async with nothing_left_behind():
        task = asyncio.create_task(call(send))
        await asyncio.sleep(moment)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert running_loop().time() - begun == moment
    assert len(send.started) == 1


# --- against a model

_OUTCOMES: dict[str, Exception | Response] = {
    "success": SUCCESS,
    "throttled": service_error("ThrottlingException", 429),
    "unsent": not_sent(),
    "unavailable": service_error("ServiceUnavailable", 503),
    "lost": sent(),
    "gone": service_error("ResourceNotFoundException", 404),
}


def _expected_attempts(outcomes: list[str], creates: bool, policy: RetryPolicy, quota: int) -> int:  # noqa: FBT001
    """How many requests the policy allows: the whole of it, without pauses."""
    for number, outcome in enumerate(outcomes, 1):
        cost = 5 if outcome == "throttled" else 14
        doubtful = outcome in {"unavailable", "lost"}
        if outcome in {"success", "gone"} or (doubtful and creates and not policy.retry_creates):
            return number
        if number == policy.max_attempts or cost > quota:
            return number
        quota -= cost
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
    """Attempts, the outcome, and what the observer sees are those of a model of a few lines."""
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


def test_a_missing_resource_is_never_repeated_as_any_other_404() -> None:
    """404 is not a class of its own: codes decide."""
    assert isinstance(service_error("ResourceNotFoundException", 404), ResourceNotFoundError)
    assert type(service_error("UnknownOperationException", 404)) is ServiceError
