"""The findings of mypy, pyright and ty in valid and in wrong calls; the examples are in tests/typing/."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
REFUSED = ROOT / "tests/typing/refused.py"
FILES = ["tests/typing/accepted.py", "tests/typing/refused.py"]

Finding = tuple[str, int, str]
"""A file's name, a line in it, and the name of the rule."""


def report(*command: str) -> str:
    """Run a checker and return its output."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def mypy() -> Iterator[Finding]:
    """Yield the findings of mypy with the project's settings."""
    for line in report("mypy", "--output=json", *FILES).splitlines():
        found = json.loads(line)
        if found["severity"] == "error":
            yield Path(found["file"]).name, found["line"], found["code"]


def pyright() -> Iterator[Finding]:
    """Yield the findings of pyright in strict mode."""
    printed = report("pyright", "--outputjson", "--project=tests/typing", f"--pythonpath={sys.executable}")
    for found in json.loads(printed)["generalDiagnostics"]:
        yield Path(found["file"]).name, found["range"]["start"]["line"] + 1, found["rule"]


def ty() -> Iterator[Finding]:
    """Yield the findings of ty."""
    printed = report("ty", "check", f"--python={sys.prefix}", "--output-format=concise", *FILES)
    *findings, _ = printed.splitlines()
    for line in findings:
        found = re.fullmatch(r"(.*?):(\d+):\d+: error\[([a-z-]+)\] .*", line)
        assert found is not None, line
        yield Path(found[1]).name, int(found[2]), found[3]


def expected(column: int) -> set[Finding]:
    """Return the findings that refused.py expects of a checker."""
    lines = REFUSED.read_text(encoding="utf-8").splitlines()
    findings: set[Finding] = set()
    for number, line in enumerate(lines, 1):
        _, arrow, rules = line.partition("# => ")
        if arrow:
            findings |= {(REFUSED.name, number + 1, rule) for rule in rules.split(" / ")[column].split(", ")}
    return findings


CHECKERS: Sequence[Callable[[], Iterator[Finding]]] = [mypy, pyright, ty]


@pytest.mark.parametrize("column", range(len(CHECKERS)), ids=["mypy", "pyright", "ty"])
def test_type_checkers_find_exactly_the_mistakes(column: int) -> None:
    """The checker accepts the valid examples, and finds the expected mistake in each of the others."""
    checker = CHECKERS[column]
    if find_spec(checker.__name__) is None:
        pytest.skip(f"{checker.__name__} is not installed")
    assert set(checker()) == expected(column)
