"""The Python in README.md and docs/ runs, and prints what the page says it prints.

A page is one story: its blocks share their names, run in order on one event loop, and may await at the top level, as
in a notebook. Before the first of them there are `service`, a local service, and `client`, connected to it; plain
`connect()` goes there too, and there is a profile `ads`. A `text` block is what the Python block before it printed;
`...` in it stands for anything.
"""

import ast
import asyncio
import doctest
import inspect
import io
import random
import re
import textwrap
import types
import uuid
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser

from cleanroomsml_client.local import LocalService
from cleanroomsml_client.local.driven_time import DrivenTimeLoop

ROOT = Path(__file__).parent.parent
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts and "```python" in page.read_text(encoding="utf-8")
]

COLUMN = 88
"""Characters in a line of code on the site."""


class Story:
    """Runs the blocks of a page."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._printed = io.StringIO()

    def run_python(self, example: Example) -> None:
        """Run a block, with top-level await."""
        # Blank lines first, so that a traceback names the page's line.
        source = "\n" * (example.line + example.parsed.line_offset) + textwrap.dedent(example.parsed)
        code = compile(source, example.path, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        self._printed.seek(0)
        self._printed.truncate()
        with redirect_stdout(self._printed):
            run = types.FunctionType(code, example.namespace)
            if inspect.iscoroutine(coroutine := run()):
                self._runner.run(coroutine)

    def check_text(self, example: Example) -> str | None:
        """What the block before printed; Sybil takes what is returned as a failure."""
        printed = textwrap.dedent(self._printed.getvalue())
        if doctest.OutputChecker().check_output(example.parsed, printed, doctest.ELLIPSIS):
            return None
        return f"the block before it printed\n{printed}"


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop on which nobody waits."""
    with asyncio.Runner(loop_factory=DrivenTimeLoop) as running:
        yield running


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A profile in the AWS configuration."""
    config = tmp_path / "config"
    config.write_text("[profile ads]\nregion = eu-west-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return "ads"


@pytest.fixture
def service(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """A local service; it and every other one live by the loop's time, and their ids are always the same."""
    monkeypatch.setattr("cleanroomsml_client.local.clock.time", types.SimpleNamespace(monotonic=runner.get_loop().time))
    bits = random.Random(1)  # noqa: S311  # chance is what it is there to avoid
    monkeypatch.setattr(
        "cleanroomsml_client.local.state.uuid4", lambda: uuid.UUID(int=bits.getrandbits(128), version=4)
    )
    # Only as fast as real ones, for their waits are what pages show.
    local = LocalService(speed=1)
    runner.run(local.__aenter__())
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", local.endpoint_url)
    yield local
    runner.run(local.__aexit__())


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: str(page.relative_to(ROOT)))
def test_code_fits_the_page(page: Path) -> None:
    """No line of code has to be scrolled to on a desktop."""
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert [line for block in blocks for line in block.splitlines() if len(line) > COLUMN] == []


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_runs(page: Path, runner: asyncio.Runner, service: LocalService) -> None:
    """No Python block of the page raises, and every text block is what the one before it printed."""
    story = Story(runner)
    parsers = [CodeBlockParser("python", story.run_python), CodeBlockParser("text", story.check_text)]
    document = Sybil(parsers).parse(page)
    connection = service.connect()
    document.namespace.update(service=service, client=runner.run(connection.__aenter__()))
    try:
        for example in document.examples():
            example.evaluate()
    finally:
        runner.run(connection.__aexit__(None, None, None))
