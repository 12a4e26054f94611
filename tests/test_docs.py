"""The Python code in README.md and docs/ runs, and prints what the page shows.

The blocks of a page share their names, run in order on one event loop, and may await at the top level, as in a
notebook. Before the first block, `service` is a local service and `client` is connected to it; plain `connect()`
connects to it, too, and there is a profile `ads`. A `text` block is the output of the previous Python block; `...` in
it stands for any text. In a `console` block, `cleanroomsml` runs on a terminal, with the names of the page as variables
of the shell; the lines below a command must be on the screen at its end, except that numbers and blanks may differ.

The tests on a page are tests: blocks that do not await at the top level also run as a module, in pytest.
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
from tests.support.pages import PAGES, ROOT, on_its_lines
from tests.support.screen import lines_on_screen

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

TESTING = ROOT / "docs/how-to/test.md"

COLUMN = 88
"""How many characters of a line of code are visible on the site."""


class Terminal(io.StringIO):
    """A terminal that records what a program draws."""

    def isatty(self) -> bool:
        """Return True, as a terminal does."""
        return True

    def screen(self) -> str:
        """Return what is on the screen after the last drawing."""
        return _stripped("".join(f"{line}\n" for line in lines_on_screen(self.getvalue())))


class Story:
    """Runs the blocks of a page."""

    def __init__(self, runner: asyncio.Runner, service: LocalService) -> None:
        self._runner = runner
        self._service = service
        self._printed = io.StringIO()
        self._exit_code = ""

    def run_python(self, example: Example) -> None:
        """Run a block, with top-level await."""
        code = compile(on_its_lines(example), example.path, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        self._printed.seek(0)
        self._printed.truncate()
        with redirect_stdout(self._printed):
            run = types.FunctionType(code, example.namespace)
            if inspect.iscoroutine(coroutine := run()):
                self._runner.run(coroutine)

    def check_text(self, example: Example) -> str | None:
        """Compare a block with the output of the previous block; Sybil reports the returned text as a failure."""
        printed = _stripped(textwrap.dedent(self._printed.getvalue()))
        if doctest.OutputChecker().check_output(example.parsed, printed, doctest.ELLIPSIS):
            return None
        return f"the block before it printed\n{printed}"

    def run_console(self, example: Example) -> str | None:
        """Run the commands of a block; Sybil reports the returned text as a failure."""
        for command, expected in _commands(example.parsed):
            # Other programs may not be installed, and `cleanroomsml local` would never end.
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
    """Return a text without blanks at the ends of lines."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _commands(block: str) -> Iterator[tuple[str, str]]:
    """Yield the commands after prompts, each with the lines below it."""
    for text in block.removeprefix("$ ").split("\n$ "):
        command, _, output = text.partition("\n")
        yield command, output and f"{output.rstrip()}\n"


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
    """Return the blocks that do not await at the top level as one module."""

    def can_be(block: str) -> bool:
        try:
            compile(block, "", "exec", dont_inherit=True)
        except SyntaxError:  # the block awaits at the top level
            return False
        return True

    return "\n\n".join(filter(can_be, blocks))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """An event loop with virtual time."""
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
    """A local service. Its time, and that of every other one, is the loop's; ids are the same in each run."""
    monkeypatch.setattr("cleanroomsml_client.local.clock.time", types.SimpleNamespace(monotonic=runner.get_loop().time))
    bits = random.Random(1)  # noqa: S311  # ids need no cryptographic random numbers
    monkeypatch.setattr(
        "cleanroomsml_client.local.store.uuid4", lambda: uuid.UUID(int=bits.getrandbits(128), version=4)
    )
    # Speed 1: pages show how long waits take, and the loop's time is virtual anyway.
    local = LocalService(speed=1)
    runner.run(local.__aenter__())
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", local.endpoint_url)
    yield local
    runner.run(local.__aexit__())


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: str(page.relative_to(ROOT)))
def test_code_lines_fit_the_page(page: Path) -> None:
    """No line of code needs horizontal scrolling on a desktop."""
    blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert [line for block in blocks for line in block.splitlines() if len(line) > COLUMN] == []


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_runs(
    page: Path, runner: asyncio.Runner, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No Python block raises, and each text or console block shows the output."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(COLUMN))
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("cleanroomsml_client.cli.commands._FIRST_PAUSE", 0.005)
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


def test_the_tests_on_the_page_about_testing_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test on the page passes in a project with this package and pytest-asyncio."""
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
