"""A check that a call leaves no task, socket or warning behind."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.virtual_time import running_loop

__all__ = ["nothing_left_behind"]


@asynccontextmanager
async def nothing_left_behind() -> AsyncGenerator[None]:
    """Check that no task and no open socket remains, and that nothing was reported to the event loop's handler.

    asyncio reports, for example, "exception was never retrieved" and "unclosed connection". Warnings are errors anyway.
    """
    loop = running_loop()
    tasks, sockets = asyncio.all_tasks(), loop.open_sockets
    reports: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: reports.append(context))
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
    assert reports == []
    loop.set_exception_handler(None)
