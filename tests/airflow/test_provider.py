"""What Airflow itself finds of an installed package."""

from typing import Any

from airflow.providers_manager import ProvidersManager

from cleanroomsml_client import __version__


def test_airflow_finds_the_provider() -> None:
    """`airflow providers list` shows the package with its version."""
    manager: Any = ProvidersManager()
    provider = manager.providers["cleanroomsml-client"]
    assert (provider.version, provider.data["name"]) == (__version__, "Clean Rooms ML")
