"""The pytest plugin: the fixtures `cleanroomsml_service` and `cleanroomsml_client`, with virtual time.

pytest loads this module in every run, so it imports everything else only when a test uses a fixture.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .._client import Client
    from ..local import LocalService

__all__ = ["cleanroomsml_client", "cleanroomsml_service"]


@pytest.hookimpl(wrapper=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> Generator[None]:
    """Run tests that use the service on a loop with virtual time; other tests are not affected."""
    if "cleanroomsml_service" not in metafunc.fixturenames or not _supports_virtual_time(metafunc.config):
        return (yield)
    from .fixtures import VIRTUAL_TIME  # noqa: PLC0415  # imports aiohttp, which most runs do not need

    if metafunc.definition.get_closest_marker("asyncio") is None:
        # pytest-asyncio selects the loop of a test function, not of one case. The tests themselves do not get the mark.
        metafunc.definition.add_marker(pytest.mark.asyncio)
    manager = metafunc.config.pluginmanager
    # Registered only for this test: pytest-asyncio requires a plugin with this hook to serve every test.
    manager.register(VIRTUAL_TIME)
    try:
        return (yield)
    finally:
        manager.unregister(VIRTUAL_TIME)


@pytest.fixture
def cleanroomsml_service(request: pytest.FixtureRequest) -> "LocalService":
    """An empty in-memory Clean Rooms ML service. Its time is the virtual time of the event loop."""
    if not _supports_virtual_time(request.config):
        pytest.fail(
            "cleanroomsml_service needs pytest-asyncio 1.5 or newer: install `pytest-asyncio>=1.5`", pytrace=False
        )
    from . import fixtures  # noqa: PLC0415  # imports aiohttp, which most runs do not need

    if not request.config.pluginmanager.is_registered(fixtures):
        request.config.pluginmanager.register(fixtures)
    service: LocalService = request.getfixturevalue("_cleanroomsml_service")
    return service


@pytest.fixture
def cleanroomsml_client(request: pytest.FixtureRequest, cleanroomsml_service: "LocalService") -> "Client":
    """A client of `cleanroomsml_service`."""
    del cleanroomsml_service
    client: Client = request.getfixturevalue("_cleanroomsml_client")
    return client


def _supports_virtual_time(config: pytest.Config) -> bool:
    """Whether pytest-asyncio is installed and lets plugins select the event loop."""
    return hasattr(config.hook, "pytest_asyncio_loop_factories")
