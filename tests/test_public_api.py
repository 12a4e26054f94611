"""The public names of `cleanroomsml_client`."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import cleanroomsml_client

FACE: Any = cleanroomsml_client
PACKAGE = Path(cleanroomsml_client.__file__).parent


def stub() -> dict[str, str]:
    """Return the module of each name, according to the stub for type checkers."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in tree.body:
        assert isinstance(node, ast.ImportFrom)
        module = node.module or ""
        for alias in node.names:
            exported = import_module(f"cleanroomsml_client.{module}").__all__ if alias.name == "*" else [alias.name]
            names |= dict.fromkeys(exported, module)
    return names


def test_the_stub_matches_the_package() -> None:
    """The stub has the same names from the same modules as the package."""
    assert stub() == FACE._MODULE_OF
    assert set(FACE.__all__) == set(stub())


@pytest.mark.parametrize("name", FACE.__all__)
def test_a_public_name_is_that_of_its_module(name: str) -> None:
    """Each public name is the object with this name in its module."""
    module = import_module(f"cleanroomsml_client.{stub()[name]}")
    assert getattr(FACE, name) is getattr(module, name)
    assert name in dir(FACE)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that does not exist raises an ordinary AttributeError."""
    with pytest.raises(AttributeError, match="module 'cleanroomsml_client' has no attribute 'get_audience'"):
        FACE.__getattr__("get_audience")


def test_importing_the_package_loads_no_other_module() -> None:
    """The package loads its modules and aiobotocore only when one of its names is used."""
    program = (
        "import sys, cleanroomsml_client\n"
        "assert not {'aiobotocore', 'attrs', 'cleanroomsml_client._client'} & sys.modules.keys()\n"
        "cleanroomsml_client.get_audience_model\n"
        "assert 'cleanroomsml_client.resources.audience_models' in sys.modules\n"
        "assert 'cleanroomsml_client.resources.trained_models' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PACKAGE.parent)
