"""The clients that the triggers of one triggerer share, and with them connections, credentials and pace."""

import asyncio
import json
from collections.abc import AsyncGenerator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from asgiref.sync import sync_to_async

from .._client import Client
from .hooks import CleanRoomsMLHook

__all__ = ["MAX_AGE", "SharedClient", "shared_client"]

MAX_AGE = 900.0
"""Seconds after which a client is replaced, so that a change of Airflow's connection takes effect."""

_shared_clients: dict[Hashable, "SharedClient"] = {}


class SharedClient:
    """A client that is open as long as it has users, and takes new ones until it expires."""

    def __init__(self, hook: CleanRoomsMLHook) -> None:
        self._hook = hook
        self._users = 0
        self._lock = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._client: Client | None = None
        self.expires = asyncio.get_running_loop().time() + MAX_AGE
        """When it is left for a new one, in the event loop's time."""

    @property
    def is_expired(self) -> bool:
        """Whether a newcomer has to open a client of its own."""
        return asyncio.get_running_loop().time() >= self.expires

    def discard(self) -> None:
        """Expire now: the credentials failed, and Airflow's connection may have better ones."""
        self.expires = asyncio.get_running_loop().time()

    async def enter(self) -> Client:
        """Count a user in; the first one opens the client."""
        self._users += 1
        async with self._lock:
            if self._client is None:
                self._client = await self._stack.enter_async_context(self._hook.connect())
            return self._client

    def leave(self) -> bool:
        """Count a user out; return whether it was the last one, which then has to close the client."""
        self._users -= 1
        return self._users == 0

    async def close(self) -> None:
        """Close the client."""
        await self._stack.aclose()


@asynccontextmanager
async def shared_client(
    aws_conn_id: str | None,
    region_name: str | None,
    verify: bool | str | None,  # noqa: FBT001  # the type of Airflow's parameter
    botocore_config: dict[str, Any] | None,
) -> AsyncGenerator[tuple[SharedClient, Client]]:
    """Yield the client of everybody with these settings in this event loop, and with the connection's endpoint."""
    # A new hook, because a hook reads its connection only once.
    hook = CleanRoomsMLHook(aws_conn_id=aws_conn_id, region_name=region_name, verify=verify, config=botocore_config)
    endpoint_url = await sync_to_async(lambda: hook.endpoint_url)()
    config = json.dumps(botocore_config, sort_keys=True, default=repr)
    key = (asyncio.get_running_loop(), aws_conn_id, region_name, verify, config, endpoint_url)
    shared = _shared_clients.get(key)
    if shared is None or shared.is_expired:
        shared = _shared_clients[key] = SharedClient(hook)
    try:
        yield shared, await shared.enter()
    finally:
        if shared.leave():
            # Before the await: who comes meanwhile opens another one.
            if _shared_clients.get(key) is shared:
                del _shared_clients[key]
            await shared.close()
