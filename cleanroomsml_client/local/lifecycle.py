"""The states of a resource over time. They are computed from the clock; no task changes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import attrs

from .clock import Clock

DELETED = "DELETED"
"""The state after the last one: the resource no longer exists."""


@attrs.frozen(kw_only=True)
class Durations:
    """How long transitions take: simulated seconds that they are pending, and then in progress."""

    create: tuple[float, float] = (120.0, 480.0)
    """From CREATE_PENDING through CREATE_IN_PROGRESS to ACTIVE."""
    delete: tuple[float, float] = (60.0, 60.0)
    """From DELETE_PENDING through DELETE_IN_PROGRESS to the end: the resource is deleted or INACTIVE."""
    cancel: tuple[float, float] = (60.0, 60.0)
    """From CANCEL_PENDING through CANCEL_IN_PROGRESS to INACTIVE."""


@attrs.frozen
class Failure:
    """Why a transition fails; `statusDetails` in responses."""

    status_code: str
    message: str


@attrs.frozen
class Step:
    """A state and its duration; the last state of a transition has no end."""

    status: str
    seconds: float = 0.0
    """Simulated seconds, which pass at the speed of the clock."""
    failure: Failure | None = None
    in_calendar_time: bool = False
    """True: its seconds are those of the calendar."""


@attrs.frozen
class ResourceState:
    """A state, and the calendar time at which it starts."""

    starts: datetime
    status: str
    failure: Failure | None = None


def transition(verb: str, goal: str, durations: Durations, failure: Failure | None = None) -> list[Step]:
    """Return the states of a transition (CREATE, DELETE, CANCEL) to `goal`, or to failure."""
    waits: dict[str, tuple[float, float]] = {
        "CREATE": durations.create,
        "DELETE": durations.delete,
        "CANCEL": durations.cancel,
    }
    pending, in_progress = waits[verb]
    end = Step(goal) if failure is None else Step(f"{verb}_FAILED", failure=failure)
    return [Step(f"{verb}_PENDING", pending), Step(f"{verb}_IN_PROGRESS", in_progress), end]


class Lifecycle:
    """The past and future states of a resource, by calendar time."""

    def __init__(self, clock: Clock, now: datetime, steps: Sequence[Step]) -> None:
        self._clock = clock
        self._started: list[ResourceState] = []
        self._changes: list[tuple[Step, Step]] = []
        self.schedule(now, steps)

    def schedule(self, now: datetime, steps: Sequence[Step]) -> None:
        """Start these steps now, in place of all future states."""
        past = [state for state in self._until(now) if state.starts < now]
        self._started = [*past, _state(now, steps[0])]
        self._changes = [*pairwise(steps)]

    def at(self, now: datetime) -> ResourceState:
        """Return the state at `now`."""
        return self._until(now)[-1]

    def has_been(self, status: str, now: datetime) -> bool:
        """Whether it has this state at `now` or had it before."""
        return any(state.status == status for state in self._until(now))

    def progress(self, now: datetime) -> float | None:
        """Return which part of the time of a transition has passed, 0 to 1. None: nothing is in progress."""
        states = self._until(now)
        verb, _, stage = states[-1].status.partition("_")
        if stage not in {"PENDING", "IN_PROGRESS"}:
            return None
        begin = next(state.starts for state in states if state.status.startswith(f"{verb}_"))
        end = states[-1].starts
        for before, _ in self._changes[: 2 if stage == "PENDING" else 1]:
            end = self._end(before, end)
        return (now - begin) / (end - begin)

    def _until(self, now: datetime) -> list[ResourceState]:
        """Return the states that have started; those are final, while an advance may change when others start."""
        while self._changes:
            before, after = self._changes[0]
            ends = self._end(before, self._started[-1].starts)
            if ends > now:
                break
            self._started.append(_state(ends, after))
            del self._changes[0]
        return [state for state in self._started if state.starts <= now]

    def _end(self, step: Step, starts: datetime) -> datetime:
        if step.in_calendar_time:
            return starts + timedelta(seconds=step.seconds)
        return self._clock.after(starts, step.seconds)


def _state(starts: datetime, step: Step) -> ResourceState:
    return ResourceState(starts, step.status, step.failure)
