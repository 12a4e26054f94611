"""Tests that are marked `driven_time`."""

import asyncio

from cleanroomsml_client.local.driven_time import DrivenTimeLoop

__all__ = ["running_loop"]


def running_loop() -> DrivenTimeLoop:
    """The loop of a test that is marked `driven_time`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, DrivenTimeLoop), "mark the test with @pytest.mark.driven_time"
    return loop
