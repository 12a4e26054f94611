"""The directive `operations-table`: the operations of a path, and the functions that belong to each."""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from docs._extensions.iam_actions import needed
from docs._extensions.operations import rows
from docs._extensions.reference import API


class OperationsTable(SphinxDirective):
    """Renders the table of a path."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each operation."""
        return self.parse_text_to_nodes("\n".join(_markdown(self.arguments[0])))


def _markdown(path: str) -> Iterator[str]:
    yield "| function | operation of AWS | wait for the result | list | IAM actions |"
    yield "|---|---|---|---|---|"
    for row in rows():
        if row.path == path:
            operation = f"[{row.operation}]({API}{row.operation}.html)"
            actions = ", ".join(_code(name) for name in sorted(needed(row.operation), key=_is_of_other_service))
            yield f"| {_code(row.function)} | {operation} | {_code(row.wait)} | {_code(row.list)} | {actions} |"


def _is_of_other_service(name: str) -> bool:
    return not name.startswith("cleanrooms-ml:")


def _code(name: str | None) -> str:
    return f"`{name}`" if name else ""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("operations-table", OperationsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
