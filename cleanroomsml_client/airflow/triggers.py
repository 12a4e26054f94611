"""The trigger that waits for any resource, in Airflow's triggerer."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import attrs
from airflow.configuration import conf
from airflow.triggers.base import BaseTrigger, TriggerEvent

from .._dicts import to_dict
from .._retry import RetryPolicy
from .._waiting import CREDENTIALS_PATIENCE, Polling
from ..errors import CleanRoomsMLError, RequestError, WaitFailedError, WaitTimeoutError, refuses_credentials
from ..kinds import Waitable
from ._clients import shared_client
from ._targets import Target

__all__ = ["CleanRoomsMLTrigger", "check_event", "default_deferrable"]

_KILL_TIMEOUT = 20.0
"""Seconds for the request that cancels. Airflow allows 30."""


class CleanRoomsMLTrigger(BaseTrigger):
    """Waits for a resource of any kind. Its event is a dict of JSON values.

    All its instances in one triggerer that have the same connection share one client, and so the pace at which they
    poll. It needs no state but its arguments: another triggerer continues the wait.

    Args:
        target: What to wait for: `family` and `identity` as in `cleanroomsml_client.kinds`, `version_identifier` and
            `wait_for`.
        polling: The fields of `Polling`. None: the defaults.
        end: When to give up, in seconds since 1970. None: never.
        cancel_on_kill: True: cancel the job when a user marks the deferred task as failed or as successful, or
            clears it. Only trained models and inference jobs can be cancelled.
        aws_conn_id: The id of the connection of Airflow.
        region_name: The AWS region. None: that of the connection.
        verify: Whether, or by which file, the endpoint's certificate is verified. None: as the connection says.
        botocore_config: Settings of botocore. None: those of the connection.
    """

    def __init__(
        self,
        *,
        target: Mapping[str, Any],
        polling: Mapping[str, Any] | None = None,
        end: float | None = None,
        cancel_on_kill: bool = False,
        aws_conn_id: str | None = "aws_default",
        region_name: str | None = None,
        verify: bool | str | None = None,
        botocore_config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyright: ignore[reportUnknownMemberType]
        self._target = Target.from_json(target)
        self._polling = Polling(**(polling or {}))
        self._end = end
        self._cancel_on_kill = cancel_on_kill
        self._connection: dict[str, Any] = {
            "aws_conn_id": aws_conn_id,
            "region_name": region_name,
            "verify": verify,
            "botocore_config": botocore_config,
        }
        self._last: Waitable | None = None
        self._refused_since: float | None = None

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the path of this class, and the arguments as JSON values."""
        arguments = {
            "target": self._target.to_json(),
            "polling": attrs.asdict(self._polling),
            "end": self._end,
            "cancel_on_kill": self._cancel_on_kill,
            **self._connection,
        }
        return f"{type(self).__module__}.{type(self).__name__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Wait, log each status once, and yield one event.

        Yields:
            The event: `status` is `success`, `timeout` or `error`; `target` is what was waited for; `resource` is the
            resource as `to_dict` returns it, None if there is none. Unless it is a success, `error` is the class of
            the error and `message` its text, with AWS's status details.
        """
        event: dict[str, Any] = {"status": "success"}
        try:
            await self._wait()
        except CleanRoomsMLError as error:
            status = "timeout" if isinstance(error, WaitTimeoutError) else "error"
            event = {"status": status, "error": type(error).__name__, "message": str(error)}
        event["target"] = self._target.to_json()
        event["resource"] = None if self._last is None else to_dict(self._last)
        yield TriggerEvent(event)

    async def on_kill(self) -> None:
        """Cancel the job if AWS lets one, or say in the log that it goes on.

        Airflow calls it when a user ends the deferred task, never when a triggerer stops.
        """
        if self._cancel_on_kill:
            async with shared_client(**self._connection) as (_, client):
                in_time = attrs.evolve(client, retry=RetryPolicy(timeout=_KILL_TIMEOUT))
                self.log.warning("%s", await self._target.cancel(in_time))

    async def _wait(self) -> None:
        """Wait until the goal, with one client after the other."""
        polling = self._polling
        while True:
            try:
                if await self._follow(polling):
                    return
                pause = 0.0
            except CleanRoomsMLError as error:
                if not self._survives(error):
                    raise
                self.log.warning("Still waiting for %s: %s", self._target, error)
                pause = polling.initial
            await asyncio.sleep(pause)
            # Where the pauses are by now, or nearly.
            polling = attrs.evolve(polling, initial=polling.maximum)

    async def _follow(self, polling: Polling) -> bool:
        """Wait with one client; return whether the goal was reached before the client expired."""
        async with shared_client(**self._connection) as (shared, client):
            try:
                async with asyncio.timeout_at(shared.expires):
                    async for resource in self._target.watch(client, polling=polling, timeout=self._remaining()):
                        self._see(resource)
                    return True
            except CleanRoomsMLError as error:
                if refuses_credentials(error):
                    shared.discard()
                raise
            except TimeoutError:
                return False

    def _remaining(self) -> float | None:
        return None if self._end is None else max(self._end - time.time(), 0.0)

    def _see(self, resource: Waitable) -> None:
        """Log a status, once; each client sees the present one again."""
        self._refused_since = None
        if self._last is None or resource.status != self._last.status:
            self.log.info("%s is %s", self._target, resource.status.value)
        self._last = resource

    def _survives(self, error: CleanRoomsMLError) -> bool:
        """Whether to go on with another client after an error that has ended the watch of one."""
        if not refuses_credentials(error):
            # The first poll of a client; later ones are up to the watch.
            return self._last is not None and error.is_transient
        now = asyncio.get_running_loop().time()
        if self._refused_since is None:
            # The client may be an old one, and the connection of Airflow may have other credentials by now.
            self._refused_since = now
            return True
        return self._last is not None and now - self._refused_since < CREDENTIALS_PATIENCE


_ERRORS: dict[str, type[WaitFailedError | WaitTimeoutError]] = {
    "WaitFailedError": WaitFailedError,
    "WaitTimeoutError": WaitTimeoutError,
}


def default_deferrable() -> bool:
    """Return Airflow's option `operators.default_deferrable`."""
    options: Any = conf
    return bool(options.getboolean("operators", "default_deferrable", fallback=False))


def check_event(event: Mapping[str, Any]) -> None:
    """Raise in the worker what has ended the wait in the triggerer, unless it was a success.

    Raises:
        WaitFailedError: The resource has failed; the message has AWS's status details.
        WaitTimeoutError: The time was up.
        RequestError: The settings of the connection cannot be used.
        CleanRoomsMLError: Polling failed.
    """
    if event["status"] == "success":
        return
    if event["error"] == "RequestError":
        raise RequestError(event["message"])
    class_ = _ERRORS.get(event["error"])
    if class_ is None:
        raise CleanRoomsMLError(f"{event['error']}: {event['message']}")
    # The event has the last resource as JSON only.
    raise class_(event["message"], None)
