import importlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from cleanroomsml_client import __version__
from cleanroomsml_client.cli import main
from cleanroomsml_client.cli.completion import SCRIPTS
from cleanroomsml_client.cli.options import COMMANDS, Command
from cleanroomsml_client.local import __main__
from tests.support.programs import run_as_module


def test_local_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """`local` runs the program of the local service with its arguments."""
    calls: list[list[str]] = []

    def serve(arguments: list[str], *, prog: str) -> int:
        calls.append([prog, *arguments])
        return 7

    monkeypatch.setattr(__main__, "main", serve)
    assert main(["local", "--port", "0"]) == 7
    assert calls == [["cleanroomsml local", "--port", "0"]]


def test_runs_as_a_module(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m cleanroomsml_client --version` prints the version."""
    importlib.import_module("cleanroomsml_client.__main__")
    monkeypatch.setattr(sys, "argv", ["cleanroomsml", "--version"])
    with pytest.raises(SystemExit) as caught:
        run_as_module("cleanroomsml_client")
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"cleanroomsml {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`completion` prints a script that names every command."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert script == SCRIPTS[shell](COMMANDS)
    assert [command.name for command in COMMANDS if f" {command.name}) " in script] == [c.name for c in COMMANDS]


@pytest.mark.parametrize("command", ["watch", "show", "list", "doctor", "local", "completion"])
def test_completion_knows_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Completion offers the options that the help of the command lists."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    text = capsys.readouterr().out
    # argparse of Python 3.15 removes backticks, as markup.
    assert "`" not in text
    flags = set(re.findall(r"^  (?:-h, )?(--[-a-z]+)", text, re.MULTILINE))
    (words,) = [set(known.words()) for known in COMMANDS if known.name == command]
    assert {word for word in words if word.startswith("--")} == flags


_BASH = shutil.which("bash")


@pytest.mark.skipif(_BASH is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["cleanroomsml", ""], ["watch", "show", "list", "doctor", "local", "completion", "--help", "--version"]),
        (["cleanroomsml", "wa"], ["watch"]),
        (["cleanroomsml", "watch", "arn", "--ver"], ["--version-identifier"]),
        (["cleanroomsml", "completion", ""], ["bash", "zsh", "--help"]),
        (["cleanroomsml", "nonsense", ""], []),
    ],
)
def test_completion_in_bash(words: list[str], offered: list[str]) -> None:
    """Bash offers the commands first, then the options of the command."""
    script = SCRIPTS["bash"](COMMANDS) + (
        f"COMP_WORDS=({' '.join(shlex.quote(word) for word in words)}); COMP_CWORD={len(words) - 1}\n"
        '_cleanroomsml; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    assert _BASH is not None
    ran = subprocess.run([_BASH, "-c", script], capture_output=True, check=True, text=True)
    assert ran.stdout.split() == offered


def test_completion_survives_quotes() -> None:
    """An apostrophe in a command's help does not end the string in zsh's script."""
    script = SCRIPTS["zsh"]([Command(name="x", help="what isn't")])
    assert "'x:what isn'\\''t'" in script
