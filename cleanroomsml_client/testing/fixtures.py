"""The fixtures of the pytest plugin, loaded when a test uses one."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio

from .._client import Client
from ..local.clock import Clock
from ..local.service import LocalService
from .event_loop import VirtualTimeLoop

__all__ = ["VIRTUAL_TIME"]


class _VirtualTime:
    """Selects the event loop of the tests that are collected while it is registered."""

    def pytest_asyncio_loop_factories(self) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
        return {"virtual_time": VirtualTimeLoop}


VIRTUAL_TIME = _VirtualTime()


@pytest_asyncio.fixture(name="_cleanroomsml_service", loop_scope="function")
async def _service(request: pytest.FixtureRequest) -> AsyncIterator[LocalService]:
    loop = asyncio.get_running_loop()
    # Without these conditions the test would hang, or wait for hours.
    problem = _problem(request.node)
    if problem is not None or not isinstance(loop, VirtualTimeLoop):
        remedy = problem or "add the fixture to the parameters of the test, and let no other plugin select the loop"
        pytest.fail(f"cleanroomsml_service runs on the event loop of its test: {remedy}", pytrace=False)
    async with LocalService(clock=Clock(monotonic=loop.time)) as service:
        yield service


@pytest_asyncio.fixture(name="_cleanroomsml_client", loop_scope="function")
async def _client(_cleanroomsml_service: LocalService) -> AsyncIterator[Client]:
    async with _cleanroomsml_service.connect() as client:
        yield client


def _problem(test: pytest.Item) -> str | None:
    """Return why the test cannot use the service; None: it can."""
    if not pytest_asyncio.is_async_test(test):
        if inspect.iscoroutinefunction(getattr(test, "obj", None)):
            return (
                "pytest-asyncio does not run this `async def`; mark it with `@pytest.mark.asyncio`, "
                'or set `asyncio_mode = "auto"` under `[tool.pytest.ini_options]` in pyproject.toml'
            )
        return (
            "make the test an `async def`, run by pytest-asyncio, and call blocking clients such as boto3 with "
            "`await asyncio.to_thread(...)`"
        )
    marker = test.get_closest_marker("asyncio")
    marked_scope = None if marker is None else marker.kwargs.get("loop_scope")
    scope = marked_scope or test.config.getini("asyncio_default_test_loop_scope")
    if scope != "function":
        return f'it cannot share a loop of scope "{scope}": mark it with @pytest.mark.asyncio(loop_scope="function")'
    return None
