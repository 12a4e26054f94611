"""Polling a resource until it is where it should be. Knows statuses, but no resource."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

import attrs

from ._enums import OpenEnum
from .errors import CleanRoomsMLError, ResourceNotFoundError, WaitFailedError, WaitTimeoutError
from .retry import is_transient

__all__ = ["Goal", "Polling", "drain", "watch"]

_LOGGER = logging.getLogger("cleanroomsml_client")


@attrs.frozen(kw_only=True)
class Polling:
    """How often to look, and for how long. A plain value: share it, or change one with `attrs.evolve`.

    The pause grows from `initial` to `maximum` seconds. Each pause is shortened by up to a fifth at random,
    so that many waits begun together spread out.
    """

    initial: float = attrs.field(default=5.0, validator=attrs.validators.gt(0.0))
    """Seconds between the first and the second look."""
    maximum: float = attrs.field(default=60.0, validator=attrs.validators.gt(0.0))
    """Seconds; no pause is longer."""
    multiplier: float = attrs.field(default=1.5, validator=attrs.validators.ge(1.0))
    timeout: float | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.gt(0.0)))
    """Seconds for the whole wait, the look in progress included; None: no limit."""


@attrs.frozen
class Goal:
    """Where a wait ends. Any status in neither set, one unknown today included, is still on the way."""

    success: frozenset[OpenEnum]
    failure: frozenset[OpenEnum]
    gone: bool = False
    """True: the resource being there no longer is the goal, too."""


class _HasStatus(Protocol):
    @property
    def status(self) -> OpenEnum: ...


_R = TypeVar("_R", bound=_HasStatus)


async def watch(
    look: Callable[[], Awaitable[_R | None]], subject: str, goal: Goal, polling: Polling
) -> AsyncIterator[_R]:
    """Yield the resource at first sight and at every change of status; end at the goal.

    `look` returns None while there is nothing to see yet. Throttling and transient trouble are waited out;
    every other error ends the watch.
    """
    time = asyncio.get_running_loop().time
    deadline = None if polling.timeout is None else time() + polling.timeout
    last: _R | None = None
    pause = min(polling.initial, polling.maximum)
    while True:
        # Not around the yield: the time the caller takes there is cut off by nobody.
        try:
            async with asyncio.timeout_at(deadline):
                seen = await _look(look, subject)
        except TimeoutError as error:
            raise _timed_out(subject, last, polling) from error
        except ResourceNotFoundError:
            if goal.gone:
                return
            raise
        if seen is not None:
            changed = last is None or seen.status != last.status
            last = seen
            if changed:
                yield seen
            if seen.status in goal.success:
                return
            if seen.status in goal.failure:
                raise _failed(subject, seen)
        try:
            async with asyncio.timeout_at(deadline):
                # Only ever shorter: the maximum is a promise.
                await asyncio.sleep(pause * random.uniform(0.8, 1.0))
        except TimeoutError as error:
            raise _timed_out(subject, last, polling) from error
        pause = min(pause * polling.multiplier, polling.maximum)


async def _look(look: Callable[[], Awaitable[_R | None]], subject: str) -> _R | None:
    try:
        return await look()
    except CleanRoomsMLError as error:
        if not is_transient(error):
            raise
        _LOGGER.warning("still waiting for %s: %s", subject, getattr(error, "code", type(error).__name__))
        return None


def _failed(subject: str, last: _HasStatus) -> WaitFailedError:
    details = getattr(last, "status_details", None)
    reasons = [text for text in (getattr(details, "status_code", None), getattr(details, "message", None)) if text]
    return WaitFailedError(": ".join([f"{subject} is {last.status}", *reasons]), last)


def _timed_out(subject: str, last: _HasStatus | None, polling: Polling) -> WaitTimeoutError:
    state = "was not seen" if last is None else f"is still {last.status}"
    return WaitTimeoutError(f"{subject} {state} after {polling.timeout:g} s", last)


async def drain(changes: AsyncIterator[_R], on_change: Callable[[_R], object] | None) -> list[_R]:
    """Follow a watch to its end, telling of each change; what it yielded, the goal last."""
    history: list[_R] = []
    async for resource in changes:
        history.append(resource)
        if on_change is not None:
            on_change(resource)
    return history
