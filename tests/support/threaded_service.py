"""A local service on an event loop in a thread of its own, for code that blocks."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager

from cleanroomsml_client.local import LocalService

__all__ = ["threaded_service"]


@contextmanager
def threaded_service(service: LocalService) -> Generator[LocalService]:
    """Run the service until the block ends. Its builders may be called from the test: it is idle between requests."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with service:
            started.set()
            await stop.wait()

    def serve() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert started.wait(10)
        yield service
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
