"""What a call must not leave behind."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.virtual_time import running_loop

__all__ = ["nothing_left_behind"]


@asynccontextmanager
async def nothing_left_behind() -> AsyncGenerator[None]:
    """Check that no task, no socket and no complaint to the event loop outlives the context.

    Complaints are such as "exception was never retrieved" and "unclosed connection". Warnings are errors anyway.
    """
    loop = running_loop()
    tasks, sockets = asyncio.all_tasks(), loop.open_sockets
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, complaint: complaints.append(complaint))
    # Collecting takes long if it has to visit everything that was imported.
    gc.freeze()
    yield
    # The loop reports closed connections in its next iterations.
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    gc.unfreeze()
    assert asyncio.all_tasks() == tasks
    assert loop.open_sockets == sockets
    assert complaints == []
    loop.set_exception_handler(None)
