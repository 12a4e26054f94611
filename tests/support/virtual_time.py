"""Access to the event loop of tests that are marked `virtual_time`."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cleanroomsml_client.testing.event_loop import VirtualTimeLoop

__all__ = ["record_timers", "running_loop"]


def running_loop() -> VirtualTimeLoop:
    """Return the event loop of a test that is marked `virtual_time`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop), "mark the test with @pytest.mark.virtual_time"
    return loop


def record_timers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list of the functions for which the loop sets timers from now on, by qualified name."""
    loop, names = running_loop(), list[str]()
    call_at: Callable[..., asyncio.TimerHandle] = loop.call_at

    def record(when: float, callback: Callable[..., object], *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        names.append(callback.__qualname__)
        return call_at(when, callback, *args, **kwargs)

    monkeypatch.setattr(loop, "call_at", record)
    return names
