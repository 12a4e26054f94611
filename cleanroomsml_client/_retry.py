"""Retries: which failures, how often, after which pause; the only module that knows tenacity."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import attrs

from ._pacing import NO_PACING, Pacer, Pacing, is_poll
from ._settings import check_boolean, number, optional_seconds, seconds, whole_number
from .errors import (
    CleanRoomsMLError,
    DeadlineError,
    ServiceError,
    ThrottlingError,
    TransportError,
)

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, RetryCallState

__all__ = ["NO_RETRY", "Attempt", "AttemptState", "Observer", "RetryPolicy", "RetryQuota", "run"]

_LOGGER = logging.getLogger("cleanroomsml_client")

_THROTTLED_BASE = 1.0
_TRANSIENT_BASE = 0.05
_MAX_SERVICE_EXTRA = 5.0

# Larger exponents than this would only overflow.
_MAX_EXPONENT = 32

_QUOTA = 500
_REFILL_PER_SECOND = 1.0
_THROTTLED_COST = 5
_TRANSIENT_COST = 14


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """Which failures a client retries, and for how long. A plain value: share it, or change one with `attrs.evolve`."""

    __module__ = "cleanroomsml_client"

    max_attempts: int = attrs.field(default=5, validator=whole_number("a whole number of at least 1", 1))
    """How many requests a call may need, the first included; at least 1."""
    max_delay: float = attrs.field(
        default=20.0,
        converter=seconds,
        validator=number("seconds or a timedelta, at least 0", lambda value: value >= 0),
    )
    """The longest pause between two requests, in seconds or as a `timedelta`; at least 0. The service may ask for up to
    5 seconds more."""
    timeout: float | None = attrs.field(
        default=60.0,
        converter=optional_seconds,
        validator=number("seconds or a timedelta, more than 0", lambda value: value > 0, optional=True),
    )
    """Seconds, or a `timedelta`, for the whole call, with all its requests and pauses, and with the time that it is
    queued (see `Pacing`); more than 0. None: no limit. The queue of a poll of a wait is not counted."""
    retry_creates: bool = attrs.field(default=False, validator=check_boolean)
    """True: also retry create and start calls whose outcome is unknown. The API has no idempotency token, so such a
    retry may create a second resource."""


NO_RETRY = RetryPolicy(max_attempts=1)
"""One request per call, within the usual timeout of 60 seconds."""


@attrs.frozen(kw_only=True)
class Attempt:
    """One attempt of a call and its outcome; an observer receives it when the attempt has ended.

    A call that fails before its request is sent has an attempt, too: its error is a RequestError or CredentialsError.
    """

    __module__ = "cleanroomsml_client"

    operation: str
    """The AWS name of the operation."""
    number: int
    """1 for the first attempt of the call. 0: the timeout of the call passed in the queue, or in the pause before an
    attempt."""
    elapsed: float
    """Seconds that the request took."""
    status: int | None = None
    """HTTP status. None: no response arrived."""
    request_id: str | None = None
    """The id that AWS support asks for. None: no response arrived, or it had none."""
    error: CleanRoomsMLError | None = None
    """Why the request failed. None: it succeeded."""
    next_delay: float | None = None
    """Seconds until the next request of the call. None: this was the last one."""
    queued: float = 0.0
    """Seconds that the request was queued before it was sent; see `Pacing`. They are not part of `elapsed`."""


Observer = Callable[[Attempt], None]
"""Called with each `Attempt`; a plain function, not an `async def`. An exception that it raises is logged."""


@attrs.define
class AttemptState:
    """What is known of an attempt besides its result; who sends the request fills it in."""

    number: int
    """1 for the first request of the call."""
    request_sent: bool = False
    """Whether the service may have received the request."""
    signature_refused: bool = False
    """Whether the service refused the request for the time of its signature, without executing it."""
    status: int | None = None
    """HTTP status of a successful response. None: none has arrived."""
    request_id: str | None = None


_NOT_STARTED = AttemptState(0)

_R = TypeVar("_R")


class RetryQuota:
    """A budget of retries that all calls of one client share, so that an outage does not multiply their requests.

    It refills with every success, and slowly with time.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._available: float = _QUOTA
        self._refilled = now()

    def acquire(self, amount: int) -> bool:
        """Take the amount and return True; return False if less than that is left."""
        now = self._now()
        self.release((now - self._refilled) * _REFILL_PER_SECOND)
        self._refilled = now
        if amount > self._available:
            return False
        self._available -= amount
        return True

    def release(self, amount: float) -> None:
        """Give an amount back."""
        self._available = min(_QUOTA, self._available + amount)


def _was_refused(error: CleanRoomsMLError) -> bool:
    """Whether the service has certainly not executed the request."""
    return isinstance(error, ThrottlingError) or (isinstance(error, TransportError) and not error.request_sent)


async def run(
    operation: str,
    send: Callable[[AttemptState], Awaitable[_R]],
    *,
    policy: RetryPolicy,
    quota: RetryQuota,
    observer: Observer | None,
    pacer: Pacer | None = None,
    pacing: Pacing = NO_PACING,
) -> _R:
    """Call `send` for each attempt until it returns, the policy allows no more, or the timeout expires.

    With a pacer, each attempt begins when the pacer lets it. The timeout includes that time, except for a poll.
    """
    call = _Call(operation, send, policy, quota, observer, pacer=pacer, pacing=pacing)
    try:
        if not call.begins():
            await call.queue()
        async with asyncio.timeout_at(call.deadline) as timer:
            # The first attempt runs without tenacity, which would add 169 to the 757 Python calls of a get.
            try:
                return await call.send_once()
            except CleanRoomsMLError as error:
                if not call.may_retry(error):
                    raise
                failed = [error]
            return await call.retry(failed, timer)
    except CleanRoomsMLError as error:
        call.report_error(error)
        # The traceback begins anew here: tenacity's frames refer to the exception, which would be a reference cycle.
        # Its cause shows where it was raised.
        error.__traceback__ = None
        raise
    except TimeoutError as error:
        # Not None here: only the timer above, and the pacer at the deadline, raise TimeoutError.
        timeout = cast("float", policy.timeout)
        attempts = f"{call.attempt.number} attempt{'s' * (call.attempt.number != 1)}"
        if call.queued:
            queued = f"queued for {call.queued:.1f} s behind other calls"
            attempts = f"{attempts}; {queued}: start fewer, or raise the timeout"
        message = f"{operation}: no success within {timeout:g} s ({attempts})"
        late = DeadlineError(message, operation, call.attempt.number, timeout, call.request_sent, call.queued)
        call.report_error(late)
        # As above; the timer raises its error from the CancelledError.
        for link in (error, error.__cause__, call.last_error):
            if link is not None:
                link.__traceback__ = None
        cause = call.last_error or error
    finally:
        call.end()
    try:
        raise late from cause
    finally:
        del late, cause, link


class _Call(Generic[_R]):
    """One call with all its attempts."""

    # Thousands of calls may be queued.
    __slots__ = (
        "_attempt_begun",
        "_attempt_queued",
        "_begun",
        "_has_begun",
        "_loop",
        "_observer",
        "_pacer",
        "_pacing",
        "_policy",
        "_quota",
        "_send",
        "_signed_anew",
        "_spent",
        "_state",
        "attempt",
        "last_error",
        "operation",
        "queued",
        "request_sent",
    )

    def __init__(
        self,
        operation: str,
        send: Callable[[AttemptState], Awaitable[_R]],
        policy: RetryPolicy,
        quota: RetryQuota,
        observer: Observer | None,
        *,
        pacer: Pacer | None,
        pacing: Pacing,
    ) -> None:
        self.operation = operation
        self.attempt = _NOT_STARTED
        self._has_begun = False
        self.request_sent = False
        """Whether the service may have received one of the requests."""
        self.last_error: CleanRoomsMLError | None = None
        self._send = send
        self._policy = policy
        self._quota = quota
        self._observer = observer
        self._pacer = pacer
        self._pacing = pacing
        self.queued = 0.0
        """Seconds that the call has queued, before all its requests."""
        self._attempt_queued = 0.0
        self._spent = 0
        self._signed_anew = False
        self._state: RetryCallState | None = None
        self._loop = asyncio.get_running_loop()
        self._begun = self._attempt_begun = self._loop.time()

    @property
    def deadline(self) -> float | None:
        """When the timeout of the call passes, as a time of the event loop."""
        return None if self._policy.timeout is None else self._begun + self._policy.timeout

    def begins(self) -> bool:
        """Begin an attempt and return True, or return False if it has to queue."""
        self._attempt_begun = self._loop.time()
        self._attempt_queued = 0.0
        return self._pacer is None or self._pacer.begin(self.operation, self._pacing, self._attempt_begun)

    async def queue(self) -> None:
        """Begin an attempt when the pacer lets it. Raise TimeoutError at the deadline of the call."""
        pacer, begun, polls = cast("Pacer", self._pacer), self._attempt_begun, is_poll.get()
        # For a poll, the timeout of the call stands still.
        place = pacer.queue(self.operation, self._pacing, None if polls else self.deadline)
        try:
            await place
        except (asyncio.CancelledError, TimeoutError) as error:
            pacer.leave(place, self.operation, self._pacing, error)
            raise
        finally:
            self._attempt_begun = self._loop.time()
            self._attempt_queued = self._attempt_begun - begun
            self.queued += self._attempt_queued
        if polls:
            self._begun += self._attempt_queued

    async def retry(self, failed: list[CleanRoomsMLError], timer: asyncio.Timeout) -> _R:
        """Continue after the first attempt, whose error is removed from the list; queue without the timer."""

        async def attempt() -> _R:
            if failed:
                # tenacity starts with an attempt: make it the one that has failed already.
                raise failed.pop()
            if not self.begins():
                timer.reschedule(None)
                await self.queue()
                timer.reschedule(self.deadline)
            return await self.send_once()

        return await self._retrying()(attempt)

    def end(self) -> None:
        """Return the quota of a retry that was not sent; drop the last error, whose traceback refers to this object."""
        if self._spent and not self.attempt.request_sent:
            self._quota.release(self._spent)
        self.last_error = None
        if self._state is not None:
            # The traceback of the last error leads to the frame of tenacity that holds this state.
            self._state.outcome = None
            self._state = None

    def _retrying(self) -> "AsyncRetrying":
        """Return the tenacity loop. Per failed attempt it calls retry, wait, stop and before_sleep, in that order."""
        from tenacity import AsyncRetrying, retry_if_exception  # noqa: PLC0415  # loaded by the first retry: takes 15 ms

        return AsyncRetrying(
            retry=retry_if_exception(self.may_retry),
            wait=self._delay,
            stop=self._must_stop,
            before_sleep=self._before_sleep,
            sleep=asyncio.sleep,
            reraise=True,
        )

    async def send_once(self) -> _R:
        """Send the request of an attempt that has begun; return what it results in."""
        self.attempt = AttemptState(self.attempt.number + 1)
        self._has_begun = True
        failure: BaseException | None = None
        try:
            result = await self._send(self.attempt)
        except BaseException as error:
            failure = error
            if isinstance(error, CleanRoomsMLError):
                self.last_error = error
            raise
        finally:
            self.request_sent |= self.attempt.request_sent
            if self._pacer is not None:
                self._pacer.end(self.operation, self._pacing, self._attempt_begun, failure)
            # Its traceback refers to this frame, which would be a reference cycle.
            del failure
        self._quota.release(self._spent or 1)
        self._spent = 0
        self._report()
        return result

    def may_retry(self, error: BaseException) -> bool:
        """Whether a new request may be sent after this error."""
        if not isinstance(error, CleanRoomsMLError):
            return False
        if self._must_sign_anew():
            return True
        creates = self.operation.startswith(("Create", "Start"))
        return error.is_transient and (_was_refused(error) or not creates or self._policy.retry_creates)

    def _must_sign_anew(self) -> bool:
        """Whether the request was refused for the time of its signature, for the first time."""
        return self.attempt.signature_refused and not self._signed_anew

    def _delay(self, _: "RetryCallState") -> float:
        if self._must_sign_anew():
            return 0.0
        base = _THROTTLED_BASE if isinstance(self.last_error, ThrottlingError) else _TRANSIENT_BASE
        exponent = min(self.attempt.number - 1, _MAX_EXPONENT)
        # Full jitter: calls that failed at the same time are spread out.
        delay = random.uniform(0, min(self._policy.max_delay, base * 2**exponent))
        retry_after = self.last_error.retry_after if isinstance(self.last_error, ServiceError) else None
        return max(delay, min(retry_after or 0.0, delay + _MAX_SERVICE_EXTRA))

    def _must_stop(self, state: "RetryCallState") -> bool:
        self._state = state
        if self._spent and not self.attempt.request_sent:
            self._quota.release(self._spent)
        self._spent = 0
        if (
            self.attempt.number < self._policy.max_attempts
            # If the pause would outlast the timeout, raise the error now instead of a DeadlineError after it.
            and (self._policy.timeout is None or self._elapsed() + state.upcoming_sleep < self._policy.timeout)
            and self._quota.acquire(cost := self._cost())
        ):
            self._spent = cost
            self._signed_anew |= self.attempt.signature_refused
            return False
        return True

    def _cost(self) -> int:
        if self._must_sign_anew():
            return 0
        return _THROTTLED_COST if isinstance(self.last_error, ThrottlingError) else _TRANSIENT_COST

    def _elapsed(self) -> float:
        return self._loop.time() - self._begun

    def _before_sleep(self, state: "RetryCallState") -> None:
        self.report_error(self.last_error, next_delay=state.upcoming_sleep)
        # The next attempt begins with the pause: until it is sent, its share of the quota can be returned.
        self.attempt = AttemptState(self.attempt.number)
        self._has_begun = False

    def report_error(self, error: CleanRoomsMLError | None, next_delay: float | None = None) -> None:
        self._report(error, next_delay)

    def _report(self, error: CleanRoomsMLError | None = None, next_delay: float | None = None) -> None:
        """Report an attempt to the log and the observer. Logs codes and ids only: messages may repeat request data."""
        level = logging.DEBUG if next_delay is None else logging.WARNING
        if self._observer is None and not _LOGGER.isEnabledFor(level):
            return
        status = self.attempt.status or getattr(error, "status", None)
        request_id = self.attempt.request_id or getattr(error, "request_id", None)
        attempt = Attempt(
            operation=self.operation,
            number=self.attempt.number if self._has_begun else 0,
            elapsed=self._loop.time() - self._attempt_begun,
            status=status,
            request_id=request_id,
            error=error,
            next_delay=next_delay,
            queued=self._attempt_queued,
        )
        outcome = "ok" if error is None else getattr(error, "code", type(error).__name__)
        queued = f"; queued for {attempt.queued:.2f} s" if attempt.queued else ""
        facts = (self.operation, attempt.number, outcome, status, request_id, queued)
        if next_delay is None:
            _LOGGER.log(level, "%s attempt %d: %s (status %s, request id %s)%s", *facts)
        else:
            _LOGGER.log(level, "%s attempt %d: %s (status %s, request id %s)%s; next in %.2f s", *facts, next_delay)
        if self._observer is not None:
            try:
                self._observer(attempt)
            except Exception:
                # An observer's exception is logged, never raised into the call.
                _LOGGER.exception("the observer failed")
