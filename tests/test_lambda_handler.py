"""The test of a synchronous function that the page about synchronous code shows."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cleanroomsml_client import blocking, connect
from cleanroomsml_client.local import LocalService
from docs.examples.recipes import lambda_handler


class Context:
    """The context of an invocation that has the default limit."""

    def get_remaining_time_in_millis(self) -> int:
        """Return 3 seconds."""
        return 3000


@pytest.fixture
def thread(cleanroomsml_service: LocalService, monkeypatch: pytest.MonkeyPatch) -> Iterator[ThreadPoolExecutor]:
    """A thread for the handler, because the service needs the event loop of the test."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", cleanroomsml_service.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    call = blocking(connect())
    monkeypatch.setattr(lambda_handler, "call", call)
    with ThreadPoolExecutor(max_workers=1) as executor:
        yield executor
        executor.submit(call.close).result()


async def test_a_model_is_returned(cleanroomsml_service: LocalService, thread: ThreadPoolExecutor) -> None:
    """The handler returns the model as JSON."""
    arn = cleanroomsml_service.add_audience_model(name="spring")
    loop = asyncio.get_running_loop()
    result = await loop.run_in_executor(thread, lambda_handler.handler, {"arn": arn}, Context())
    assert result["model"]["name"] == "spring"


async def test_an_error_is_returned(cleanroomsml_service: LocalService, thread: ThreadPoolExecutor) -> None:
    """A second test has a client of its own."""
    arn = cleanroomsml_service.add_audience_model()
    missing = f"{arn[:-12]}000000000000"
    loop = asyncio.get_running_loop()
    result = await loop.run_in_executor(thread, lambda_handler.handler, {"arn": missing}, Context())
    assert result["error"]["code"] == "ResourceNotFoundException"
