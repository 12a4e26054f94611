import math
import time
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanroomsml_client.local import Clock
from tests.support.clocks import RealSeconds

START = datetime(2026, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """Return the time this many seconds after `START`."""
    return START + timedelta(seconds=seconds)


def test_clock_at_speed_zero() -> None:
    """At speed 0 only `advance` moves the clock, by exactly its argument, however much real time passes."""
    real = RealSeconds()
    clock = Clock(speed=0, start=START, monotonic=real)
    real.passed = 1000
    assert clock.now() == START
    clock.advance(90)
    clock.advance(0.5)
    assert clock.now() == after(90.5)


@pytest.mark.parametrize("speed", [1e-6, 1, 600, 1e6])
def test_now_is_calendar_time(monkeypatch: pytest.MonkeyPatch, speed: float) -> None:
    """At every speed but 0, the time moves by one second in a real second; `advance` adds to that."""
    real = RealSeconds()
    monkeypatch.setattr(time, "monotonic", real)
    clock = Clock(speed=speed, start=START)
    real.passed = 1
    assert clock.now() == after(1)
    clock.advance(3600)
    real.passed = 2.5
    assert clock.now() == after(3602.5)


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


@pytest.mark.parametrize("wrong", [-1, -0.1, math.nan, math.inf])
def test_impossible_speed(wrong: float) -> None:
    """A speed that is negative or not finite is refused, also while the clock runs, and changes nothing."""
    message = f"^speed must be at least 0 and finite: {wrong}$"
    with pytest.raises(ValueError, match=message):
        Clock(speed=wrong)
    clock = Clock(speed=3)
    with pytest.raises(ValueError, match=message):
        clock.speed = wrong
    assert clock.speed == 3


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf, 1e300, 7000 * 366 * 86_400])
def test_impossible_advance(wrong: float) -> None:
    """An advance to the past, or beyond the year 9000, is refused, and changes nothing."""
    clock = Clock(speed=0, start=START)
    with pytest.raises(ValueError, match=r"^seconds must be at least 0 and not lead beyond the year 9000: "):
        clock.advance(wrong)
    assert clock.now() == START


# --- after


@pytest.mark.parametrize(
    ("speed", "expected"),
    [(0, 600), (0.5, 1200), (1, 600), (600, 1), (1e6, 0.0006)],
)
def test_transitions_pass_at_the_speed(speed: float, expected: float) -> None:
    """Ten simulated minutes take 600 s divided by the speed; at speed 0, 600 s of `advance`."""
    assert Clock(speed=speed, start=START).after(START, 600) == after(expected)


def test_advance_moves_transitions_by_as_much() -> None:
    """What is in progress during an advance moves on by exactly the advance, before and after it at the speed."""
    real = RealSeconds()
    clock = Clock(speed=600, start=START, monotonic=real)
    real.passed = 1
    clock.advance(120)
    real.passed = 2
    clock.advance(60)
    # 600 s in the first second, 120 s in the advance, 600 s in the next second, 60 s in the advance, then the speed.
    ends = {0: 0, 300: 0.5, 600: 1, 601: 2, 720: 121, 1020: 121.5, 1320: 122, 1350: 152, 1380: 182, 1980: 183}
    assert {seconds: clock.after(START, seconds) for seconds in ends} == {
        seconds: after(end) for seconds, end in ends.items()
    }


def test_start_within_an_advance() -> None:
    """What starts in the middle of an advance has only the rest of it."""
    real = RealSeconds()
    clock = Clock(speed=600, start=START, monotonic=real)
    clock.advance(100)
    assert clock.after(after(60), 40) == after(100)
    assert clock.after(after(60), 640) == after(101)
    assert clock.after(after(100), 600) == after(101)


def test_the_past_stays_as_it_was() -> None:
    """An advance or another speed changes only what ends after it."""
    real = RealSeconds()
    clock = Clock(speed=600, start=START, monotonic=real)
    real.passed = 1
    assert clock.after(START, 300) == after(0.5)
    assert clock.after(START, 1200) == after(2)
    clock.advance(100)
    clock.speed = 10
    assert clock.after(START, 300) == after(0.5)
    assert clock.after(START, 1200) == after(1 + 100 + 50)


def test_speed_can_be_set() -> None:
    """Another speed applies from the moment it is set; at 0 the time stands still until the next one."""
    real = RealSeconds()
    clock = Clock(speed=10, start=START, monotonic=real)
    assert clock.speed == 10
    real.passed = 1
    clock.speed = 0
    assert clock.speed == 0
    real.passed = 100
    assert clock.now() == after(1)
    clock.advance(5)
    clock.speed = 100
    real.passed = 102
    assert clock.now() == after(1 + 5 + 2)
    assert clock.after(START, 10 + 5 + 200) == clock.now()


@pytest.mark.parametrize(("speed", "seconds"), [(600, math.inf), (1e-320, 2), (1e-9, 1e6), (1, 1e12)])
def test_transition_that_never_ends(speed: float, seconds: float) -> None:
    """What takes longer than the calendar goes ends at its end, after every advance."""
    clock = Clock(speed=speed, start=START)
    clock.advance(1)
    assert clock.after(START, seconds) == datetime.max.replace(tzinfo=UTC)


_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(0, 100_000)),
        st.tuples(st.just("advance"), st.integers(0, 100_000)),
        st.tuples(st.just("speed"), st.sampled_from([0.0, 0.25, 1.0, 2.0, 600.0])),
    ),
    max_size=20,
)


@given(events=_EVENTS)
def test_any_history(events: list[tuple[str, float]]) -> None:
    """Simulated seconds add up, whatever happens: what takes as many as have passed since any moment ends now."""
    real = RealSeconds()
    clock = Clock(speed=600, start=START, monotonic=real)
    simulated = [0.0]
    moments = [clock.now()]
    for event, amount in events:
        passed = 0.0
        if event == "run":
            real.passed += amount
            passed = amount * clock.speed
        elif event == "advance":
            clock.advance(amount)
            passed = amount
        else:
            clock.speed = amount
        simulated.append(simulated[-1] + passed)
        moments.append(clock.now())
    close = partial(pytest.approx, abs=timedelta(microseconds=10))
    assert moments == sorted(moments)
    for begun, moment in zip(simulated, moments, strict=True):
        assert clock.after(moment, simulated[-1] - begun) == close(clock.now())
