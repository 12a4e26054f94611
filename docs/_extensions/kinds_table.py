"""The directive `kinds-table`: the kinds of resources, read from `KINDS`."""

import inspect
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from cleanroomsml_client import kinds


class KindsTable(SphinxDirective):
    """Renders the table."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each kind."""
        self.env.note_dependency(str(inspect.getsourcefile(kinds)))
        return self.parse_text_to_nodes("\n".join(_markdown()))


def _markdown() -> Iterator[str]:
    yield "| name | family | type in its ARN | waits for |"
    yield "|---|---|---|---|"
    for kind in kinds.KINDS:
        arn_type = f"`{kind.arn_type}`" if kind.arn_type else ""
        goals = ", ".join(f"`{goal.name}`" for goal in kinds.WaitFor if goal in kind.watches)
        yield f"| {kind.name} | `{kind.family}` | {arn_type} | {goals} |"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("kinds-table", KindsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
