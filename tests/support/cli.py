"""Helpers for tests of the program: resources of a membership, a server in a thread, the lines on a screen."""

import asyncio
import threading
from collections.abc import Coroutine, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from cleanroomsml_client.cli import main
from cleanroomsml_client.local import Clock, LocalService
from tests.support.wire import response

__all__ = [
    "ARN",
    "CHANNEL_ARN",
    "INFERENCE_ARN",
    "MEMBERS",
    "MEMBERSHIP",
    "MODEL_ARN",
    "START",
    "TRAINED_ARN",
    "RequestClock",
    "background",
    "responses",
    "usage_error",
]

_T = TypeVar("_T")
START = datetime(2026, 1, 2, 9, 15, tzinfo=UTC)
MEMBERSHIP = "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
MODEL_ARN = f"{ARN}audience-model/m-1"
CHANNEL_ARN = f"{ARN}membership/{MEMBERSHIP}/ml-input-channel/c-1"
TRAINED_ARN = f"{ARN}membership/{MEMBERSHIP}/trained-model/t-1"
INFERENCE_ARN = f"{ARN}membership/{MEMBERSHIP}/trained-model-inference-job/i-1"
# The required members of every resource of a membership; a class ignores members that it does not declare.
MEMBERS: dict[str, object] = {
    "mlInputChannelArn": CHANNEL_ARN,
    "trainedModelArn": TRAINED_ARN,
    "trainedModelInferenceJobArn": INFERENCE_ARN,
    "configuredModelAlgorithmAssociationArn": "arn-a",
    "configuredModelAlgorithmArn": "arn-b",
    "membershipIdentifier": MEMBERSHIP,
    "collaborationIdentifier": "collaboration",
    "configuredModelAlgorithmAssociations": ["arn-a"],
    "inputChannel": {"dataSource": {"later": {"query": "one"}}, "roleArn": "arn-r"},
    "roleArn": "arn-r",
    "retentionInDays": 30,
    "dataChannels": [{"mlInputChannelArn": CHANNEL_ARN, "channelName": "training"}],
    "dataSource": {"mlInputChannelArn": CHANNEL_ARN},
    "resourceConfig": {"instanceType": "ml.r5.large", "volumeSizeInGB": 1},
    "outputConfiguration": {"members": [{"accountId": "111122223333"}]},
    "name": "mine",
    "createTime": "2026-01-02T09:00:00Z",
    "updateTime": "2026-01-02T09:00:00Z",
}


class RequestClock(Clock):
    """A clock that advances by 100 simulated seconds with each request that the service receives."""

    def __init__(self) -> None:
        super().__init__(speed=0, start=START)
        self.service = LocalService(clock=self)

    def now(self) -> datetime:
        """Simulated time."""
        return super().now() + timedelta(seconds=100 * len(self.service.requests))


@contextmanager
def background(server: AbstractAsyncContextManager[_T]) -> Generator[_T]:
    """Run a server on an event loop in a thread, because the program runs a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    async def enter() -> _T:
        return await server.__aenter__()

    async def leave() -> Any:
        return await server.__aexit__(None, None, None)

    try:
        yield run(enter())
    finally:
        run(leave())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def responses(*statuses: str) -> list[bytes]:
    """Return a response for each status, each with the members of all kinds of resource."""
    return [response(200, {**MEMBERS, "status": status}) for status in statuses]


def usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run the program, which must end with a usage error; return the last line of it."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]
