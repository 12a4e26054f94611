"""What the tests of the integration with Airflow share. Only `make test-airflow` runs them."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from cleanroomsml_client.local import Clock, LocalService
from tests.support.cli import background

HAS_AIRFLOW = find_spec("airflow") is not None
collect_ignore_glob = [] if HAS_AIRFLOW else ["test_*.py"]

# Airflow reads its configuration when it is imported; without a folder of its own, it would make one at home.
if "AIRFLOW_HOME" not in os.environ:
    _HOME = tempfile.TemporaryDirectory(prefix="airflow-", ignore_cleanup_errors=True)
    os.environ["AIRFLOW_HOME"] = _HOME.name
os.environ.setdefault("AIRFLOW__CORE__UNIT_TEST_MODE", "True")


def connection(endpoint_url: str, *, login: str = "AKIDEXAMPLE", **extra: Any) -> str:
    """Return an AWS connection of Airflow to a local service, as an environment variable holds it."""
    fields = {"endpoint_url": endpoint_url, "region_name": "us-east-1", **extra}
    return json.dumps({"conn_type": "aws", "login": login, "password": "made-up-secret", "extra": fields})


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lets Airflow's default AWS connection lead to an endpoint."""

    def set_connection(endpoint_url: str, **extra: Any) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(endpoint_url, **extra))

    return set_connection


@pytest.fixture
def service(use: Callable[[str], None]) -> Iterator[LocalService]:
    """A local service in a thread, to which Airflow's connection leads; an hour passes in a third of a second."""
    running = LocalService(clock=Clock(speed=10_000))
    with background(running):
        use(running.endpoint_url)
        yield running
