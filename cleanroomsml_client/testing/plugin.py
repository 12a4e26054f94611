"""The pytest plugin: the fixtures `cleanroomsml_service` and `cleanroomsml_client`, on an event loop whose time jumps.

pytest loads this module in every run, also where no test uses them, so it loads nothing else before one does.
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
    """Give tests that use the service a driven event loop; other tests, and their loops, are left alone."""
    if "cleanroomsml_service" not in metafunc.fixturenames or not _can_drive(metafunc.config):
        return (yield)
    from .fixtures import VIRTUAL_TIME  # noqa: PLC0415  # loads a server, which most runs do not need

    manager = metafunc.config.pluginmanager
    # Only now: pytest-asyncio wants whoever answers this hook to answer for every test.
    manager.register(VIRTUAL_TIME)
    try:
        return (yield)
    finally:
        manager.unregister(VIRTUAL_TIME)


@pytest.fixture
def cleanroomsml_service(request: pytest.FixtureRequest) -> "LocalService":
    """Clean Rooms ML in memory, with nothing in it. Its time is the event loop's, and waiting takes none."""
    if not _can_drive(request.config):
        pytest.fail("cleanroomsml_service needs pytest-asyncio 1.5 or newer", pytrace=False)
    from . import fixtures  # noqa: PLC0415  # the same

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


def _can_drive(config: pytest.Config) -> bool:
    """Whether pytest-asyncio is there and lets plugins choose the event loop."""
    return hasattr(config.hook, "pytest_asyncio_loop_factories")
