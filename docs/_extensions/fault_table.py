"""The directive `fault-table`: the rows of tests/test_faults.py, as documentation.

A comment above rows of the table in the source is the heading of their section.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from tests import test_faults
from tests.support.faults import Fault, Outcome, Tries
from tests.test_faults import FAULTS

_NEVER_SHOWN = {"message", "request_id", "timeout"}
_SHOWN_WHEN_TRUE = {"incomplete", "permanent", "quota_name", "quota_value", "retry_after"}


class FaultTable(SphinxDirective):
    """Renders the table."""

    def run(self) -> list[nodes.Node]:
        """Return a section with a table for each group of faults."""
        self.env.note_dependency(str(inspect.getsourcefile(test_faults)))
        return self.parse_text_to_nodes("\n".join(_markdown()), allow_section_headings=True)


def _markdown() -> Iterator[str]:
    """Yield the lines; faults of a section with the same outcome share a row."""
    for heading, faults in _sections():
        title, _, remark = heading.rstrip(".").partition(": ")
        yield from ("", f"### {title}", "")
        if remark:
            yield from (f"{remark[0].upper()}{remark[1:]}.", "")
        yield from ("| fault | get and list | create |", "|---|---|---|")
        by_outcome: dict[str, list[str]] = {}
        for fault in faults:
            by_outcome.setdefault(f"{_outcome(fault.get_and_list)} | {_create(fault)}", []).append(_escaped(fault.what))
        for endings, names in by_outcome.items():
            yield f"| {'; '.join(names)} | {endings} |"


def _sections() -> Iterator[tuple[str, list[Fault]]]:
    """Yield each comment above rows of the table, with those rows."""
    source = inspect.getsource(test_faults)
    (table,) = (
        statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "FAULTS"
    )
    if not isinstance(table, ast.List) or len(table.elts) != len(FAULTS):
        raise ValueError("FAULTS is no longer written as one list")
    lines = source.splitlines()
    above = [lines[row.lineno - 2].strip() for row in table.elts]
    starts = [number for number, line in enumerate(above) if line.startswith("#")]
    for start, end in pairwise([*starts, len(FAULTS)]):
        yield above[start].lstrip("# "), FAULTS[start:end]


def _create(fault: Fault) -> str:
    return "the same" if fault.create == fault.get_and_list else _outcome(fault.create)


def _outcome(outcome: Outcome) -> str:
    if outcome.raises is None:
        return f"**a value**, {_tries(outcome.tries)}"
    name = outcome.raises.__name__
    facts = [f"`{field}={_of_get(value)}`" for field, value in outcome.fields.items() if _is_shown(field, value)]
    return ", ".join([f"`{name}`", _tries(outcome.tries), *facts])


def _is_shown(field: str, value: object) -> bool:
    return field not in _NEVER_SHOWN and (bool(value) or field not in _SHOWN_WHEN_TRUE)


def _of_get(value: object) -> object:
    """Return the value of get, if there is one for each operation."""
    return cast("dict[str, object]", value)["get"] if isinstance(value, dict) else value


def _tries(tries: Tries) -> str:
    count = "1 attempt" if tries.attempts == 1 else f"{tries.attempts} attempts"
    if tries.most == 0:
        return count
    if tries.least == tries.most:
        return f"{count} in {tries.most:g} s"
    return f"{count} in {tries.least:g}-{tries.most:g} s" if tries.least else f"{count} in at most {tries.most:g} s"


def _escaped(text: str) -> str:
    return re.sub(r"([\[\]{}|_*<>`])", r"\\\1", text)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_directive("fault-table", FaultTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
