"""The Python code in README.md and docs/ passes mypy --strict.

The blocks of a page form one module. Each line has the same number there as on the page, so that mypy's report names
the line of the page. As in tests/test_docs.py, `service` and `client` exist from the beginning, and blocks may await at
the top level.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser

from tests.support.pages import PAGES, ROOT, on_its_lines

pytest.importorskip("mypy")

pytestmark = pytest.mark.slow

FIRST_LINE = (
    "import cleanroomsml_client.local; "
    "client: cleanroomsml_client.Client; service: cleanroomsml_client.local.LocalService"
)

# Some packages that the pages use have no types, such as pandas.
ALLOWED = re.compile(r'"(await|async for|async with)" outside (async )?function|.*\[import-untyped\]$')

FAULTY = """\
# A page

% invisible-code-block: python
%
% sizes: list[int] = ["10"]

```python
from cleanroomsml_client import get_audience_model, list_audience_models

async for summary in list_audience_models(client):
    model = await get_audience_model(client, 5)
```

- A block in a list:

  ```python
  text = '''
    of two lines
  '''
  service.start()
  ```
"""


def module(page: Path) -> str:
    """Return the Python blocks of a page as a module, the invisible ones included."""
    lines = [FIRST_LINE]
    for block in Sybil([CodeBlockParser("python", lambda _: None)]).parse(page).examples():
        lines += on_its_lines(block).splitlines()[len(lines) :]
    return "\n".join(lines)


def findings(pages: Iterable[Path], folder: Path) -> Iterator[str]:
    """Yield what mypy reports about the pages, whose modules are written to the folder."""
    page_of = {f"page{number}": page for number, page in enumerate(pages)}
    for name, page in page_of.items():
        (folder / name).write_text(module(page), encoding="utf-8")
    # A cache of its own, because test_typing.py may run mypy at the same time.
    options = ["--strict", "--scripts-are-modules", "--output=json", "--cache-dir=.mypy_cache/docs"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *(folder / name for name in page_of)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    for line in done.stdout.splitlines():
        found = json.loads(line)
        message = f"{found['message']} [{found['code']}]"
        if found["severity"] == "error" and not ALLOWED.match(message):
            yield f"{page_of[Path(found['file']).name]}:{found['line']}: {message}"


def test_mypy_reports_no_page_but_a_faulty_one(tmp_path: Path) -> None:
    """The code of each page is strictly typed; a mistake is reported with its page and line."""
    faulty = tmp_path / "faulty.md"
    faulty.write_text(FAULTY, encoding="utf-8")

    found = list(findings([*PAGES, faulty], tmp_path))

    mistakes = [finding for finding in found if finding.startswith(f"{faulty}:")]
    others = [finding for finding in found if finding not in mistakes]
    assert not others, "\n".join(others)
    assert [mistake.removeprefix(f"{faulty}:").split(": ")[0] for mistake in mistakes] == ["5", "11", "20"]
