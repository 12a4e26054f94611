"""How a resource moves through its states: computed from the clock, never driven by a task."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import attrs

GONE = "GONE"
"""Past the last state: the resource no longer exists."""


@attrs.frozen(kw_only=True)
class Durations:
    """Simulated seconds that a transition stays pending and then in progress."""

    create: tuple[float, float] = (120.0, 480.0)
    delete: tuple[float, float] = (60.0, 60.0)
    cancel: tuple[float, float] = (60.0, 60.0)


@attrs.frozen
class Failure:
    """Why a transition fails, as `statusDetails` tells it."""

    status_code: str
    message: str


@attrs.frozen
class Step:
    """A state and how many simulated seconds it lasts until the next step; the last one lasts for ever."""

    status: str
    seconds: float = 0.0
    failure: Failure | None = None


@attrs.frozen
class Phase:
    """A state and the moment in which it begins."""

    starts: datetime
    status: str
    failure: Failure | None = None


def transition(verb: str, goal: str, durations: Durations, failure: Failure | None = None) -> list[Step]:
    """The states of one `verb` (CREATE, DELETE, CANCEL) on the way to `goal`, or to failure."""
    waits: dict[str, tuple[float, float]] = {
        "CREATE": durations.create,
        "DELETE": durations.delete,
        "CANCEL": durations.cancel,
    }
    pending, in_progress = waits[verb]
    end = Step(goal) if failure is None else Step(f"{verb}_FAILED", failure=failure)
    return [Step(f"{verb}_PENDING", pending), Step(f"{verb}_IN_PROGRESS", in_progress), end]


class Lifecycle:
    """A resource's states, past and to come."""

    def __init__(self, now: datetime, steps: Sequence[Step]) -> None:
        self._phases: list[Phase] = []
        self.schedule(now, steps)

    def schedule(self, now: datetime, steps: Iterable[Step]) -> None:
        """Let `steps` begin now; what was still to come does not happen."""
        self._phases = [phase for phase in self._phases if phase.starts < now]
        starts = now
        for step in steps:
            self._phases.append(Phase(starts, step.status, step.failure))
            starts += timedelta(seconds=step.seconds)

    def at(self, now: datetime) -> Phase:
        """The state at `now`."""
        return [phase for phase in self._phases if phase.starts <= now][-1]

    def has_been(self, status: str, now: datetime) -> bool:
        """Whether it is in this state at `now`, or ever was before."""
        return any(phase.status == status for phase in self._phases if phase.starts <= now)
