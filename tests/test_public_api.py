"""The public face: what `cleanroomsml_client` offers by name."""

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
    """The module of each name, as the stub for type checkers says."""
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in tree.body:
        assert isinstance(node, ast.ImportFrom)
        module = node.module or ""
        for alias in node.names:
            exported = import_module(f"cleanroomsml_client.{module}").__all__ if alias.name == "*" else [alias.name]
            names |= dict.fromkeys(exported, module)
    return names


def test_type_checkers_see_what_there_is() -> None:
    """The stub names the same things from the same modules as the package itself."""
    assert stub() == FACE._MODULE_OF
    assert set(FACE.__all__) == set(stub())


@pytest.mark.parametrize("name", FACE.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each public name leads to what its module calls by that name."""
    module = import_module(f"cleanroomsml_client.{stub()[name]}")
    assert getattr(FACE, name) is getattr(module, name)
    assert name in dir(FACE)


def test_unknown_name() -> None:
    """A name that is not there is an ordinary AttributeError."""
    with pytest.raises(AttributeError, match="module 'cleanroomsml_client' has no attribute 'get_audience'"):
        FACE.__getattr__("get_audience")


def test_importing_loads_nothing_else() -> None:
    """The package loads a module of its own, and aiobotocore, only when a name of it is used."""
    program = (
        "import sys, cleanroomsml_client\n"
        "assert not {'aiobotocore', 'attrs', 'cleanroomsml_client._client'} & sys.modules.keys()\n"
        "cleanroomsml_client.get_audience_model\n"
        "assert 'cleanroomsml_client.resources.audience_models' in sys.modules\n"
        "assert 'cleanroomsml_client.resources.trained_models' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PACKAGE.parent)
