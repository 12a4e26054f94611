"""How the modules of the package import each other and their dependencies: one way, and through one seam each."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import cleanroomsml_client

_ROOT = Path(cleanroomsml_client.__file__).parent
_PACKAGE = _ROOT.name


def _module_name(path: Path) -> str:
    parts = path.relative_to(_ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


_FILES = {_module_name(path): path for path in sorted(_ROOT.rglob("*.py"))}


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all nodes below, except those under `if TYPE_CHECKING:`, which never run."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            for other in child.orelse:
                yield from _executed(other)
        else:
            yield from _executed(child)


def _imports(module: str) -> set[str]:
    """Return the modules that a module imports, in functions, too: own ones by full name, others by package."""
    path = _FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in _executed(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            # `from . import rules` imports a module, `from .rules import check` a name of one.
            names = {f"{base}.{alias.name}" for alias in node.names}
            modules = names & _FILES.keys()
            found |= modules
            if modules != names:
                found.add(base)
    return {name if name in _FILES else name.partition(".")[0] for name in found} - {module}


_GRAPH = {module: _imports(module) for module in _FILES}


def _folder(module: str) -> str:
    """Return the part of the package that a module belongs to: a folder, or a module at the top."""
    return module.split(".")[1] if "." in module else ""


def test_there_is_no_import_circle() -> None:
    """No module imports itself through others, imports inside functions included."""
    own = {module: imports & _FILES.keys() for module, imports in _GRAPH.items()}
    try:
        tuple(TopologicalSorter(own).static_order())
    except CycleError as error:
        pytest.fail(f"import circle: {' -> '.join(error.args[1])}")


_ENGINE = {
    *(
        "_arguments",
        "_aws",
        "_blocking",
        "_client",
        "_codec",
        "_connect",
        "_deadlines",
        "_dicts",
        "_display",
        "_fields",
        "_models",
        "_pacing",
        "_paging",
        "_program",
        "_retry",
        "_seed_audiences",
        "_settings",
        "_version",
        "_waiting",
    ),
    "errors",
}
_ALLOWED = {
    "": set[str](),
    "_version": set[str](),
    "errors": set[str](),
    "_models": set[str](),
    "_fields": {"_models"},
    "_codec": {"_fields", "_models"},
    "_dicts": {"_codec", "_models"},
    "_display": {"_models"},
    "_program": set[str](),
    "_seed_audiences": {"_models"},
    "_settings": set[str](),
    "_deadlines": set[str](),
    "_pacing": {"_deadlines", "_settings", "errors"},
    "_retry": {"_pacing", "_settings", "errors"},
    "_arguments": {"_codec", "_fields", "_models", "errors"},
    "_aws": {"_codec", "_models", "_retry", "_version", "errors"},
    "_client": {"_arguments", "_aws", "_codec", "_models", "_pacing", "_retry", "errors"},
    "_connect": {"_aws", "_client", "_codec", "_models", "_pacing", "_retry", "errors"},
    "_blocking": {"_client", "_connect", "_models", "_paging", "errors"},
    "_paging": {"_arguments", "_client", "_display", "errors"},
    "_waiting": {"_models", "_pacing", "_retry", "_settings", "errors"},
    "_pyinstaller": {""},
    "airflow": {
        "_blocking",
        "_client",
        "_codec",
        "_connect",
        "_dicts",
        "_fields",
        "_models",
        "_retry",
        "_version",
        "_waiting",
        "errors",
        "kinds",
        "resources",
    },
    "resources": _ENGINE,
    "local": _ENGINE,
    "testing": {*_ENGINE, "local"},
    "kinds": {*_ENGINE, "resources"},
    "cli": {*_ENGINE, "kinds", "local", "resources"},
    "__main__": {"cli"},
}


@pytest.mark.parametrize("module", _FILES)
def test_imports_point_one_way(module: str) -> None:
    """A module imports only from its own part of the package and from those below it."""
    part = _folder(module)
    imported = {_folder(name) for name in _GRAPH[module] & _FILES.keys()} - {part}
    assert imported <= _ALLOWED[part]


_SEAMS = {
    "cattrs": {"_codec"},
    "tenacity": {"_retry"},
    # `local` reads the service model and makes clients of its own.
    "aiobotocore": {"_aws", "local"},
    "botocore": {"_aws", "local"},
    # `_aws` reads aiohttp's exceptions; the local service is a server of aiohttp.
    "aiohttp": {"_aws", "local"},
    "rich": {"_display", "cli"},
    "airflow": {"airflow"},
    "asgiref": {"airflow"},
    "pytest": {"testing"},
    "pytest_asyncio": {"testing"},
}


@pytest.mark.parametrize("dependency", _SEAMS)
def test_each_dependency_has_a_seam(dependency: str) -> None:
    """A dependency is imported only in the parts of the package that are meant to know it."""
    assert {_folder(module) for module, imports in _GRAPH.items() if dependency in imports} == _SEAMS[dependency]


def test_only_aws_catches_the_errors_of_botocore() -> None:
    """Outside `_aws`, nothing but the local service's model imports botocore, and nothing its exceptions."""
    users = {module for module, imports in _GRAPH.items() if "botocore" in imports}
    assert {module for module in users if _folder(module) != "_aws"} == {f"{_PACKAGE}.local.service_model"}
    assert "exceptions" not in _FILES[f"{_PACKAGE}.local.service_model"].read_text(encoding="utf-8")
