"""The pages of the documentation, and the Python code in them."""

import re
import textwrap
from pathlib import Path

from sybil import Example

ROOT = Path(__file__).parents[2]

_RUNS = re.compile(r"^(```python|\$ cleanroomsml )", re.MULTILINE)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts and _RUNS.search(page.read_text(encoding="utf-8"))
]
"""README.md and the pages of docs/ that have Python blocks, or commands of `cleanroomsml`."""


def on_its_lines(block: Example) -> str:
    """Return the code of a block below blank lines, so that each line has the number that it has on the page."""
    lines_above: int = block.line + block.parsed.line_offset
    return "\n" * lines_above + textwrap.dedent(block.parsed)
