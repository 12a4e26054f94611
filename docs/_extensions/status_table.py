"""The directive `status-table`: which statuses end each wait, read from the goals of the waiters."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from cleanroomsml_client import resources
from cleanroomsml_client._waiting import Goal


class StatusTable(SphinxDirective):
    """Renders the table."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each goal."""
        for module in _modules():
            self.env.note_dependency(str(inspect.getsourcefile(module)))
        return self.parse_text_to_nodes("\n".join(_markdown()))


def _modules() -> Iterator[ModuleType]:
    for found in iter_modules(resources.__path__):
        yield import_module(f"{resources.__name__}.{found.name}")


def _markdown() -> Iterator[str]:
    yield "| resource | until | success | failure |"
    yield "|---|---|---|---|"
    for module in _modules():
        resource = module.__name__.rpartition(".")[2].replace("_", " ").replace("ml ", "ML ")
        for name, goal in vars(module).items():
            if isinstance(goal, Goal):
                until = name.removeprefix("_UNTIL_").replace("_", " ")
                until = until if until == "ACTIVE" else until.lower()
                success = [*_texts(goal.success), *(["not found"] if goal.success_when_not_found else [])]
                yield f"| {resource} | {until} | {', '.join(success)} | {', '.join(_texts(goal.failure))} |"


def _texts(statuses: frozenset[str]) -> list[str]:
    return [f"`{status}`" for status in sorted(str(status) for status in statuses)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("status-table", StatusTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
