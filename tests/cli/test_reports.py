from datetime import UTC

import pytest

from cleanroomsml_client.cli import reports


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (0.9, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (90061, "25 h 01 min")],
)
def test_durations(seconds: float, text: str) -> None:
    """A duration is printed in its two largest units."""
    assert reports.duration(seconds) == text


def test_times_are_in_utc() -> None:
    """The times of the program are in UTC."""
    assert reports.now().tzinfo is UTC
