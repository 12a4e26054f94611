"""Airflow's view of an installation without Airflow: the provider is found, and nothing of Airflow is imported."""

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec

import cleanroomsml_client
from cleanroomsml_client.airflow import get_provider_info


def test_the_entry_point() -> None:
    """Every Airflow reads it, with the extra or without."""
    [point] = entry_points(group="apache_airflow_provider", name="provider_info")
    assert point.load() is get_provider_info


def test_the_provider() -> None:
    """The modules that it names exist, and the version is ours."""
    information = get_provider_info()
    assert information["package-name"] == "cleanroomsml-client"
    assert information["versions"] == [cleanroomsml_client.__version__]
    parts = ("hooks", "operators", "sensors", "triggers")
    modules = [module for part in parts for entry in information[part] for module in entry["python-modules"]]
    assert modules == [f"cleanroomsml_client.airflow.{part}" for part in parts]
    # Not imported, because that needs Airflow.
    assert all(find_spec(module) is not None for module in modules)


def test_it_imports_nothing_of_airflow() -> None:
    """Importing the package and calling the entry point is cheap: not even our own client is loaded."""
    program = (
        "import sys; from cleanroomsml_client.airflow import get_provider_info; get_provider_info(); "
        "print([name for name in sys.modules if name.split('.')[0] in {'airflow', 'asgiref', 'aiobotocore', 'cattrs'}])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
