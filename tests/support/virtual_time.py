"""Access to the event loop of tests that are marked `virtual_time`."""

import asyncio

from cleanroomsml_client.testing.event_loop import VirtualTimeLoop

__all__ = ["running_loop"]


def running_loop() -> VirtualTimeLoop:
    """Return the event loop of a test that is marked `virtual_time`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop), "mark the test with @pytest.mark.virtual_time"
    return loop
