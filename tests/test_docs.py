"""The Python in README.md and docs/ runs, and prints what the page says it prints.

A page is one story: its blocks share their names, run in order on one event loop, and may await at the top level, as
in a notebook. Before the first of them there are `service`, a local service, and `client`, connected to it; plain
`connect()` goes there too, and there is a profile `ads`. A `text` block is what the Python block before it printed;
`...` in it stands for anything. In a `console` block, `cleanroomsml` runs on a terminal, with the page's names as the
shell's variables; what is beneath it must remain on the screen, give or take numbers and blanks.

A page's tests are tests: what does not await at the top level also runs as a module, in pytest.
"""

import ast
import asyncio
import doctest
import inspect
import io
import random
import re
import shlex
import sys
import textwrap
import types
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser

from cleanroomsml_client.cli import main
from cleanroomsml_client.local import LocalService
from cleanroomsml_client.testing.event_loop import VirtualTimeLoop

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
RUNS = re.compile(r"^(```python|\$ cleanroomsml )", re.MULTILINE)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts and RUNS.search(page.read_text(encoding="utf-8"))
]
TESTING = ROOT / "docs/how-to/test.md"

COLUMN = 88
"""Characters in a line of code on the site."""


class Terminal(io.StringIO):
    """Where a program draws, and draws anew."""

    def isatty(self) -> bool:
        """It is one."""
        return True

    def screen(self) -> str:
        """What remains of a picture that was drawn several times."""
        last = re.split(r"\x1b\[2K(?:\x1b\[1A\x1b\[2K)*", self.getvalue())[-1]
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", last)
        return _stripped(text)


class Story:
    """Runs the blocks of a page."""

    def __init__(self, runner: asyncio.Runner, service: LocalService) -> None:
        self._runner = runner
        self._service = service
        self._printed = io.StringIO()
        self._exit_code = ""

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
        printed = _stripped(textwrap.dedent(self._printed.getvalue()))
        if doctest.OutputChecker().check_output(example.parsed, printed, doctest.ELLIPSIS):
            return None
        return f"the block before it printed\n{printed}"

    def run_console(self, example: Example) -> str | None:
        """Run its programs; Sybil takes what is returned as a failure."""
        for command, expected in _commands(example.parsed):
            # Which other programs there are is not known, and the service would serve for ever.
            if command == "echo $?":
                shown = f"{self._exit_code}\n"
            elif command.startswith("cleanroomsml ") and command != "cleanroomsml local":
                shown = self._runner.run(self._run_program(_arguments(command, example.namespace)))
            else:
                continue
            options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            if not doctest.OutputChecker().check_output(_any_numbers(expected), _any_numbers(shown), options):
                return f"{command} printed\n{shown}"
        return None

    async def _run_program(self, arguments: list[str]) -> str:
        """Return the output of the program; after each of its polls, time advances beyond the present state."""
        terminal = Terminal()
        with redirect_stdout(terminal), redirect_stderr(terminal):
            program = asyncio.create_task(asyncio.to_thread(_exit_code, arguments))
            polls = len(self._service.requests)
            while not program.done():
                await asyncio.sleep(0.001)
                if len(self._service.requests) > polls:
                    polls = len(self._service.requests)
                    self._service.clock.advance(400)
        self._exit_code = await program
        return terminal.screen()


def _stripped(text: str) -> str:
    """Without the blanks at ends of lines, which nobody sees."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _commands(block: str) -> Iterator[tuple[str, str]]:
    """The commands after prompts, each with what is beneath it."""
    for text in block.removeprefix("$ ").split("\n$ "):
        command, _, beneath = text.partition("\n")
        yield command, beneath and f"{beneath.rstrip()}\n"


def _arguments(command: str, variables: Mapping[str, str]) -> list[str]:
    return [re.sub(r"\$(\w+)", lambda name: variables[name[1]], word) for word in shlex.split(command)[1:]]


def _exit_code(arguments: list[str]) -> str:
    try:
        return str(main(arguments))
    except SystemExit as end:
        return str(end.code)


def _any_numbers(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _module(blocks: Iterable[str]) -> str:
    """Of some Python blocks, those that can be a module's."""

    def can_be(block: str) -> bool:
        try:
            compile(block, "", "exec", dont_inherit=True)
        except SyntaxError:  # it awaits
            return False
        return True

    return "\n\n".join(filter(can_be, blocks))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop on which nobody waits."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as running:
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
        "cleanroomsml_client.local.store.uuid4", lambda: uuid.UUID(int=bits.getrandbits(128), version=4)
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
def test_every_block_of_a_page_runs(
    page: Path, runner: asyncio.Runner, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Python block of the page raises, every text block is what the one before it printed, programs print theirs."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(COLUMN))
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("cleanroomsml_client.cli._FIRST_PAUSE", 0.005)
    story = Story(runner, service)
    parsers = [
        CodeBlockParser("python", story.run_python),
        CodeBlockParser("text", story.check_text),
        CodeBlockParser("console", story.run_console),
    ]
    document = Sybil(parsers).parse(page)
    connection = service.connect()
    document.namespace.update(__name__="__main__", service=service, client=runner.run(connection.__aenter__()))
    try:
        for example in document.examples():
            example.evaluate()
    finally:
        runner.run(connection.__aexit__(None, None, None))


def test_tests_of_the_page_about_testing_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test that the page shows passes in a project that has this package and pytest-asyncio."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    blocks = re.findall(r"^```python\n(.*?)^```$", TESTING.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    module = _module(blocks)
    pytester.makepyfile(module)
    pytester.makeini(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    plugins = ("-p", "pytest_asyncio.plugin", "-p", "cleanroomsml_client.testing.plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_inprocess(*plugins)
    result.assert_outcomes(passed=module.count("def test_"))
