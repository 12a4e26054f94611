from datetime import UTC, datetime, timedelta

from cleanroomsml_client.local import Clock
from cleanroomsml_client.local.lifecycle import Durations, Failure, Lifecycle, ResourceState, Step, transition
from tests.support.clocks import RealSeconds

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DURATIONS = Durations(create=(30, 600), delete=(30, 60), cancel=(0, 10))
CLOCK = Clock(speed=0, start=NOW)


def after(seconds: float) -> datetime:
    """Return the time this many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def test_states_start_exactly_on_time() -> None:
    """A state lasts until the next one starts, excluding that moment."""
    lifecycle = Lifecycle(CLOCK, NOW, transition("CREATE", "ACTIVE", DURATIONS))
    times = [0, 29.9, 30, 629.9, 630, 1e6]
    assert [lifecycle.at(after(seconds)).status for seconds in times] == [
        "CREATE_PENDING",
        "CREATE_PENDING",
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "ACTIVE",
        "ACTIVE",
    ]
    assert lifecycle.at(after(1e6)).starts == after(630)


def test_states_at_a_speed() -> None:
    """The states of a transition pass at the speed of the clock, one with a calendar duration in calendar time."""
    clock = Clock(speed=600, start=NOW)
    kept = Step("ACTIVE", 86_400, in_calendar_time=True)
    lifecycle = Lifecycle(clock, NOW, [Step("CREATE_PENDING", 60), Step("CREATE_IN_PROGRESS", 540), kept, Step("GONE")])
    states = {0.099: (0, "CREATE_PENDING"), 0.1: (0.1, "CREATE_IN_PROGRESS"), 0.999: (0.1, "CREATE_IN_PROGRESS")}
    states |= {1: (1, "ACTIVE"), 86_400.9: (1, "ACTIVE"), 86_401: (86_401, "GONE"), 1e6: (86_401, "GONE")}
    assert {seconds: lifecycle.at(after(seconds)) for seconds in states} == {
        seconds: ResourceState(after(starts), status) for seconds, (starts, status) in states.items()
    }


def test_advance_within_a_transition() -> None:
    """After an advance in the middle of a transition, each state has started when the clock had come so far."""
    real = RealSeconds()
    clock = Clock(speed=600, start=NOW, monotonic=real)
    lifecycle = Lifecycle(clock, NOW, transition("CREATE", "ACTIVE", DURATIONS))
    real.passed = 0.01  # 6 s of 630 s
    clock.advance(50)
    assert lifecycle.at(clock.now()) == ResourceState(after(0.01 + 24), "CREATE_IN_PROGRESS")
    real.passed = 1
    assert lifecycle.at(clock.now()) == ResourceState(after(0.01 + 50 + 574 / 600), "ACTIVE")


def test_failed_transition() -> None:
    """A transition that fails ends in its FAILED state, with the reason."""
    failure = Failure("INTERNAL_ERROR", "no")
    lifecycle = Lifecycle(CLOCK, NOW, transition("DELETE", "DELETED", DURATIONS, failure))
    assert lifecycle.at(after(90)) == ResourceState(after(90), "DELETE_FAILED", failure)


def test_state_of_zero_seconds() -> None:
    """A state of zero seconds is skipped."""
    assert Lifecycle(CLOCK, NOW, transition("CANCEL", "INACTIVE", DURATIONS)).at(NOW).status == "CANCEL_IN_PROGRESS"


def test_new_transition_replaces_future_states() -> None:
    """A new transition replaces the scheduled states and keeps the past ones."""
    lifecycle = Lifecycle(CLOCK, NOW, [Step("ACTIVE", 100), Step("INACTIVE")])
    lifecycle.schedule(after(50), transition("DELETE", "DELETED", DURATIONS))
    times = [49, 50, 100, 140]
    assert [lifecycle.at(after(seconds)).status for seconds in times] == [
        "ACTIVE",
        "DELETE_PENDING",
        "DELETE_IN_PROGRESS",
        "DELETED",
    ]
    assert lifecycle.has_been("ACTIVE", after(140))
    assert not lifecycle.has_been("INACTIVE", after(140))
