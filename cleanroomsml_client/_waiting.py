"""Polling a resource until it reaches the status that is waited for. Knows statuses, but no resource."""

import asyncio
import inspect
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol, TypeVar, cast

import attrs

from ._models import OpenEnum, kind_of
from ._pacing import is_poll
from ._settings import number, optional_seconds, seconds
from .errors import (
    CleanRoomsMLError,
    CredentialsError,
    DeadlineError,
    ResourceNotFoundError,
    ResponseError,
    ServiceError,
    WaitFailedError,
    WaitTimeoutError,
)

__all__ = ["Goal", "Polling", "active_goal", "end_goal", "last", "run_to_end", "watch"]

_LOGGER = logging.getLogger("cleanroomsml_client")

CREDENTIALS_PATIENCE = 900.0
"""Seconds since the last successful poll for which a wait survives failing credentials. A failed refresh is often
over with the next one; a login that has expired needs a person."""


@attrs.frozen(kw_only=True)
class Polling:
    """How often a wait polls, and for how long. A plain value: share it, or change one with `attrs.evolve`.

    The pause between two polls grows from `initial` to `maximum` seconds. Each pause is shortened by up to a fifth at
    random, so that waits that begin together spread out. Every duration may also be a `timedelta`.
    """

    __module__ = "cleanroomsml_client"

    initial: float = attrs.field(
        default=5.0, converter=seconds, validator=number("seconds or a timedelta, more than 0", lambda value: value > 0)
    )
    """Seconds between the first and the second poll; more than 0."""
    maximum: float = attrs.field(
        default=60.0,
        converter=seconds,
        validator=number("seconds or a timedelta, more than 0", lambda value: value > 0),
    )
    """Seconds; no pause is longer. More than 0."""
    multiplier: float = attrs.field(default=1.5, validator=number("a number of at least 1", lambda value: value >= 1))
    """By how much each pause is longer than the one before; at least 1."""
    timeout: float | None = attrs.field(
        default=None,
        converter=optional_seconds,
        validator=number("seconds or a timedelta, at least 0", lambda value: value >= 0, optional=True),
    )
    """Seconds for the whole wait, a poll in progress included; at least 0. 0: poll exactly once. None: no limit."""


@attrs.frozen
class Goal:
    """Where a wait ends. Every status in neither set, one unknown today included, is still pending."""

    success: frozenset[OpenEnum]
    failure: frozenset[OpenEnum]
    success_when_not_found: bool = False
    """True: ResourceNotFoundError counts as success (waiting for deletion)."""


def active_goal(status: type[OpenEnum]) -> Goal:
    """Return the goal of waiting for a new resource: ACTIVE. Every known status after its creation is a failure."""
    success = status("ACTIVE")
    pending = {status("CREATE_PENDING"), status("CREATE_IN_PROGRESS")}
    return Goal(success=frozenset({success}), failure=frozenset(set(status) - pending - {success}))


def end_goal(
    status: type[OpenEnum], *success: OpenEnum, before: OpenEnum | None = None, success_when_not_found: bool = False
) -> Goal:
    """Return the goal of waiting for the end of a deletion or cancellation.

    Every known status that is settled is a failure, except `success` and the status `before` the transition, which the
    service may still show in the beginning.
    """
    settled = {member for member in status if not member.endswith(("_PENDING", "_IN_PROGRESS"))}
    failure = settled - set(success) - ({before} if before is not None else set())
    return Goal(frozenset(success), frozenset(failure), success_when_not_found=success_when_not_found)


class _HasStatus(Protocol):
    @property
    def status(self) -> OpenEnum: ...


_R = TypeVar("_R", bound=_HasStatus)


def watch(
    poll: Callable[[], Awaitable[_R | None]],
    subject: str,
    goal: Goal,
    polling: Polling,
    timeout: float | timedelta | None = None,
) -> AsyncIterator[_R]:
    """Check the settings, and yield the resource first and at every change of its status; end at the goal."""
    return _watch(poll, subject, goal, _limited(polling, timeout))


def _limited(polling: object, timeout: float | timedelta | None) -> Polling:
    """Return the polling with the timeout."""
    if not isinstance(polling, Polling):
        raise TypeError(f"polling must be a Polling, not {kind_of(polling)}; for a time limit, write `timeout=...`")
    if timeout is None:
        return polling
    if polling.timeout is not None:
        raise TypeError("timeout and polling.timeout are both set; set one of them")
    return attrs.evolve(polling, timeout=seconds(timeout))


async def _watch(
    poll: Callable[[], Awaitable[_R | None]], subject: str, goal: Goal, polling: Polling
) -> AsyncIterator[_R]:
    """Poll until the goal.

    `poll` returns None while the resource is not there yet. Throttling and transient errors are waited out, but not if
    the service has never responded: then the first poll with all its retries decides. Failing credentials are waited
    out for a limited time after a poll has succeeded. Every other error ends the watch.
    """
    time = asyncio.get_running_loop().time
    outages = _Outages(subject, time)
    deadline = None if polling.timeout is None else time() + polling.timeout
    # A timeout of 0 allows one poll, however long it takes.
    poll_deadline = None if polling.timeout == 0 else deadline
    latest: _R | None = None
    pause = min(polling.initial, polling.maximum)

    def timed_out() -> WaitTimeoutError:
        return _timed_out(subject, latest, polling, outages.last_error)

    while True:
        # The timeout must not enclose the yield, or it would cancel the consumer's own code.
        try:
            async with _time_limit(poll_deadline, timed_out):
                resource = await outages.poll(poll)
        except ResourceNotFoundError:
            if goal.success_when_not_found:
                return
            raise
        if resource is not None:
            changed = latest is None or resource.status != latest.status
            latest = resource
            if changed:
                yield resource
            if resource.status in goal.success:
                return
            if resource.status in goal.failure:
                raise _failed(subject, resource)
        async with _time_limit(deadline, timed_out):
            # Jitter only shortens a pause, because `maximum` is a promise.
            await asyncio.sleep(pause * random.uniform(0.8, 1.0))
        pause = min(pause * polling.multiplier, polling.maximum)


@asynccontextmanager
async def _time_limit(deadline: float | None, timed_out: Callable[[], WaitTimeoutError]) -> AsyncGenerator[None]:
    """Raise what `timed_out` returns when the deadline passes."""
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except DeadlineError:
        # The timeout of a call, not of the wait.
        raise
    except TimeoutError as error:
        late = timed_out()
        raise late from late.__cause__ or error


class _Outages:
    """Decides which errors of polls a wait survives."""

    def __init__(self, subject: str, time: Callable[[], float]) -> None:
        self._subject = subject
        self._time = time
        self._has_response = False
        self._last_success: float | None = None
        self.last_error: CleanRoomsMLError | None = None
        """The error of the last poll. None: it succeeded."""

    async def poll(self, poll: Callable[[], Awaitable[_R | None]]) -> _R | None:
        """Poll once; return None after an error that the wait survives."""
        token = is_poll.set(True)
        try:
            resource = await poll()
        except CleanRoomsMLError as error:
            self._has_response |= _is_response(error) or _is_response(error.__cause__)
            if not self._survives(error):
                raise
            self.last_error = error
            _LOGGER.warning("still waiting for %s: %s", self._subject, getattr(error, "code", type(error).__name__))
            return None
        finally:
            is_poll.reset(token)
        self._has_response = True
        self._last_success = self._time()
        self.last_error = None
        return resource

    def _survives(self, error: CleanRoomsMLError) -> bool:
        if isinstance(error, CredentialsError):
            return self._last_success is not None and self._time() - self._last_success < CREDENTIALS_PATIENCE
        return self._has_response and error.is_transient


def _is_response(error: BaseException | None) -> bool:
    return isinstance(error, ServiceError | ResponseError)


def _failed(subject: str, resource: _HasStatus) -> WaitFailedError:
    details = getattr(resource, "status_details", None)
    reasons = [text for text in (getattr(details, "status_code", None), getattr(details, "message", None)) if text]
    return WaitFailedError(": ".join([f"{subject} is {resource.status}", *reasons]), resource)


def _timed_out(
    subject: str, latest: _HasStatus | None, polling: Polling, last_error: CleanRoomsMLError | None
) -> WaitTimeoutError:
    after = f"after {polling.timeout:g} s"
    if latest is not None:
        text = f"{subject} is still {latest.status} {after}; it continues, so wait again"
    elif last_error is not None:
        text = f"{subject}: no poll has succeeded {after}; the last one: {last_error}"
    else:
        text = f"{subject} was not found {after}"
    late = WaitTimeoutError(text, latest)
    late.__cause__ = last_error
    return late


async def run_to_end(changes: AsyncIterator[_R], on_change: Callable[[_R], object] | None) -> _R | None:
    """Follow a watch to its end, calling `on_change` for each change; return the last one, None if there was none.

    What `on_change` returns is awaited if it is awaitable, before the next poll.
    """
    if on_change is not None and not callable(on_change):
        raise TypeError(f"on_change must be a function that takes the resource, not {kind_of(on_change)}")
    latest: _R | None = None
    async for latest in changes:
        if on_change is not None:
            result = on_change(latest)
            if inspect.isawaitable(result):
                await result
    return latest


async def last(changes: AsyncIterator[_R], on_change: Callable[[_R], object] | None) -> _R:
    """Follow a watch that ends at a status, so that there is a last change to return."""
    # Only a goal that includes deletion ends a watch without any change.
    return cast("_R", await run_to_end(changes, on_change))
