"""For Apache Airflow: a hook, operators, a sensor and a trigger, with the connections of its amazon provider.

Needs the extra `airflow`. This module itself imports nothing of Airflow: every Airflow that has this package installed
reads `get_provider_info`, with the extra or without.
"""

from typing import Any

from .._version import __version__

__all__ = ["get_provider_info"]

_INTEGRATION = "Clean Rooms ML"


def get_provider_info() -> dict[str, Any]:
    """Return what Airflow shows about this package among its providers.

    Airflow calls it, through the entry point `apache_airflow_provider`.

    Returns:
        The name, the version, and the modules of the hook, the operators, the sensor and the trigger.
    """
    modules = {
        part: [{"integration-name": _INTEGRATION, "python-modules": [f"{__name__}.{part}"]}]
        for part in ("hooks", "operators", "sensors", "triggers")
    }
    return {
        "package-name": "cleanroomsml-client",
        "name": _INTEGRATION,
        "description": "AWS Clean Rooms ML: lookalike and custom models on data that cannot be shared.",
        "versions": [__version__],
        "integrations": [{"integration-name": _INTEGRATION, "tags": ["service"]}],
        **modules,
    }
