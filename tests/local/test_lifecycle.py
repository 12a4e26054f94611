from datetime import UTC, datetime, timedelta

from cleanroomsml_client.local.lifecycle import Durations, Failure, Lifecycle, ResourceState, Step, transition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DURATIONS = Durations(create=(30, 600), delete=(30, 60), cancel=(0, 10))


def after(seconds: float) -> datetime:
    """Return the time this many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


def test_states_start_exactly_on_time() -> None:
    """A state lasts until the next one starts, excluding that moment."""
    lifecycle = Lifecycle(NOW, transition("CREATE", "ACTIVE", DURATIONS))
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


def test_failed_transition() -> None:
    """A transition that fails ends in its FAILED state, with the reason."""
    failure = Failure("INTERNAL_ERROR", "no")
    lifecycle = Lifecycle(NOW, transition("DELETE", "DELETED", DURATIONS, failure))
    assert lifecycle.at(after(90)) == ResourceState(after(90), "DELETE_FAILED", failure)


def test_state_of_zero_seconds() -> None:
    """A state of zero seconds is skipped."""
    assert Lifecycle(NOW, transition("CANCEL", "INACTIVE", DURATIONS)).at(NOW).status == "CANCEL_IN_PROGRESS"


def test_new_transition_replaces_future_states() -> None:
    """A new transition replaces the scheduled states and keeps the past ones."""
    lifecycle = Lifecycle(NOW, [Step("ACTIVE", 100), Step("INACTIVE")])
    lifecycle.schedule(after(50), transition("DELETE", "DELETED", DURATIONS))
    times = [49, 50, 100, 140]
    assert [lifecycle.at(after(seconds)).status for seconds in times] == [
        "ACTIVE",
        "DELETE_PENDING",
        "DELETE_IN_PROGRESS",
        "DELETED",
    ]
