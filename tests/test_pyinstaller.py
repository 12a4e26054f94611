"""The hook for PyInstaller, which cannot see modules that are imported by name. `.ci/nightly` freezes a program."""

import runpy
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import cleanroomsml_client
from tests.support.public_names import PUBLIC_NAMES


def test_the_hook_names_every_lazy_module() -> None:
    """Each public name is in a module that the hook names, and each of these can be imported."""
    [entry_point] = [each for each in entry_points(group="pyinstaller40") if each.module.startswith("cleanroomsml")]
    [folder] = entry_point.load()()
    hidden = set(runpy.run_path(str(Path(folder) / "hook-cleanroomsml_client.py"))["hiddenimports"])
    lazy = {f"cleanroomsml_client.{module}" for module in vars(cleanroomsml_client)["_MODULE_OF"].values()}
    assert hidden == lazy
    found = {name for module in hidden for name in vars(import_module(module))}
    assert set(PUBLIC_NAMES) <= found
