"""The directive `iam-table`: the IAM actions that each operation needs, and the functions that call it."""

import inspect
from collections.abc import Iterator, Sequence

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from docs._extensions import iam_actions
from docs._extensions.iam_actions import CALLERS, FURTHER, Further, action, waits


class IamTable(SphinxDirective):
    """Renders the table."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each operation."""
        self.env.note_dependency(str(inspect.getsourcefile(iam_actions)))
        return self.parse_text_to_nodes("\n".join(_markdown()))


def _markdown() -> Iterator[str]:
    yield "| action | needed by | further actions |"
    yield "|---|---|---|"
    for operation, further in FURTHER.items():
        own = [name for name in CALLERS[operation] if not name.startswith(("wait_for_", "watch_"))]
        users = _code([*own, *waits(operation)])
        if operation.startswith(("Get", "List")) and not waits(operation):
            users += "; optional: no wait needs it"
        yield f"| `{action(operation)}` | {users} | {'; '.join(map(_text, further))} |"


def _text(further: Further) -> str:
    return f"{_code(further.actions)} {further.when}".rstrip()


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("iam-table", IamTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
