import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cleanroomsml_client.local import Clock

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_clock_at_speed_zero() -> None:
    """At speed 0 only `advance` moves the clock, by exactly its argument."""
    clock = Clock(speed=0, start=START)
    assert clock.now() == START
    clock.advance(90)
    clock.advance(0.5)
    assert clock.now() == START + timedelta(seconds=90.5)


def test_clock_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """At speed 600 a real second is ten simulated minutes."""
    times = iter([1000.0, 1001.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    assert Clock(speed=600, start=START).now() == START + timedelta(minutes=10)


def test_clock_starts_at_the_present() -> None:
    """Without a start the clock shows the real time, in UTC."""
    before = datetime.now(UTC)
    shown = Clock(speed=0).now()
    assert before <= shown <= datetime.now(UTC)
    assert shown.tzinfo is UTC


def test_clock_start_in_another_zone() -> None:
    """A start in another time zone is converted to UTC."""
    clock = Clock(speed=0, start=datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now().isoformat() == "2026-01-01T00:00:00+00:00"


def test_clock_never_goes_back() -> None:
    """Negative speeds and advances are refused."""
    with pytest.raises(ValueError, match=r"^speed must not be negative: -1$"):
        Clock(speed=-1)
    with pytest.raises(ValueError, match=r"^seconds must not be negative: -0.1$"):
        Clock(speed=0).advance(-0.1)
