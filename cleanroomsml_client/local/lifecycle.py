"""The states of a resource over time. They are computed from the clock; no task changes them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import attrs

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
    """A state and its duration in simulated seconds; the last state of a transition has no end."""

    status: str
    seconds: float = 0.0
    failure: Failure | None = None


@attrs.frozen
class ResourceState:
    """A state, and when it starts."""

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
    """The past and future states of a resource."""

    def __init__(self, now: datetime, steps: Sequence[Step]) -> None:
        self._states: list[ResourceState] = []
        self.schedule(now, steps)

    def schedule(self, now: datetime, steps: Iterable[Step]) -> None:
        """Start these steps now, in place of all future states."""
        self._states = [state for state in self._states if state.starts < now]
        starts = now
        for step in steps:
            self._states.append(ResourceState(starts, step.status, step.failure))
            starts += timedelta(seconds=step.seconds)

    def at(self, now: datetime) -> ResourceState:
        """Return the state at `now`."""
        return [state for state in self._states if state.starts <= now][-1]

    def has_been(self, status: str, now: datetime) -> bool:
        """Whether it has this state at `now` or had it before."""
        return any(state.status == status for state in self._states if state.starts <= now)
