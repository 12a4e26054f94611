from datetime import UTC, datetime, timedelta

from cleanroomsml_client.local.lifecycle import Durations, Failure, Lifecycle, Phase, Step, transition

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DURATIONS = Durations(create=(30, 600), delete=(30, 60), cancel=(0, 10))


def after(seconds: float) -> datetime:
    """The moment so many seconds later."""
    return NOW + timedelta(seconds=seconds)


def test_states_begin_on_the_second() -> None:
    """A state lasts until, and not including, the moment in which the next begins."""
    lifecycle = Lifecycle(NOW, transition("CREATE", "ACTIVE", DURATIONS))
    moments = [0, 29.9, 30, 629.9, 630, 1e6]
    assert [lifecycle.at(after(seconds)).status for seconds in moments] == [
        "CREATE_PENDING",
        "CREATE_PENDING",
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "ACTIVE",
        "ACTIVE",
    ]
    assert lifecycle.at(after(1e6)).starts == after(630)


def test_failure() -> None:
    """A transition that fails ends in its FAILED state, with the reason."""
    failure = Failure("INTERNAL_ERROR", "no")
    lifecycle = Lifecycle(NOW, transition("DELETE", "GONE", DURATIONS, failure))
    assert lifecycle.at(after(90)) == Phase(after(90), "DELETE_FAILED", failure)


def test_no_time_at_all() -> None:
    """A state of zero seconds is never statuses."""
    assert Lifecycle(NOW, transition("CANCEL", "INACTIVE", DURATIONS)).at(NOW).status == "CANCEL_IN_PROGRESS"


def test_a_new_transition_replaces_what_was_to_come() -> None:
    """What was scheduled for later does not happen once another transition begins; the past stays."""
    lifecycle = Lifecycle(NOW, [Step("ACTIVE", 100), Step("INACTIVE")])
    lifecycle.schedule(after(50), transition("DELETE", "GONE", DURATIONS))
    moments = [49, 50, 100, 140]
    assert [lifecycle.at(after(seconds)).status for seconds in moments] == [
        "ACTIVE",
        "DELETE_PENDING",
        "DELETE_IN_PROGRESS",
        "GONE",
    ]
