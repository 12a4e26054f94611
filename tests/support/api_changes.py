"""The comparison of two texts of the public API, and what a changelog has to name.

Each is what tests/support/public_api.py writes. tests/test_public_api_file.py and `make release` use the comparison.
"""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import attrs

from tests.support.public_api import PACKAGE, Parameter, annotation_text, parameters_of

__all__ = ["Change", "Differences", "Release", "compare", "last_release", "without_entry"]


@attrs.frozen
class Change:
    """A change of one public name."""

    section: str
    """Where the name is: a module, a command of the program, or pyproject.toml."""
    name: str
    """Such as `Client.send` or `--timeout`; empty: the whole section."""
    text: str

    def __str__(self) -> str:
        return f"{self.section}{self.name and f' {self.name}'}: {self.text}"

    def is_named_in(self, code: str) -> bool:
        """Whether code has this name or that of its class. `wait_for_*` is the name of all that begin with it."""
        parts = self.name.split(".")
        names = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        names |= {f"{self.section}.{name}" for name in names}
        # A pattern begins with at least three letters: `**kwargs` is none.
        words = [word for word in re.findall(r"[\w-][\w.*-]*", code) if word.find("*") not in {1, 2}]
        is_section = not self.name and self.section.rpartition(".")[2] in code
        return is_section or any(fnmatchcase(name, word) for name in names for word in words)


@attrs.frozen
class Differences:
    """The changes from one public API to another."""

    additions: tuple[Change, ...]
    """What a minor release may contain: programs that worked go on to work."""
    breaks: tuple[Change, ...]
    """What only a major release may contain, or before 1.0 a minor one."""


_FACT = re.compile(r"(?P<kind>(?:\w+ )*def|[a-z-]+) (?P<name>[^\s:(=]+)(?P<rest>.*)")
_FIELD = re.compile(r": (?P<type>.*?)(?: = (?P<default>.*?))?(?:, takes (?P<takes>.*))?")
_Judgement = tuple[bool, str]
"""Whether a change is a break, and what it is."""


def compare(old: str, new: str) -> Differences:
    """Return what has been added to a public API, and what of it has been broken.

    A changed default is a break: programs that rely on it go on to run, but do something else. A parameter that gets a
    default, or takes more types than before, is an addition. A required field, a required parameter and a member of a
    protocol are breaks, also as new ones. Of a class that is new or gone, only the class is a change.
    """
    before, after = _facts(old), _facts(new)
    additions: list[Change] = []
    breaks: list[Change] = []
    for section, name in before | after:
        owner = (section, name.rpartition(".")[0])
        if name and (owner in before) is not (owner in after):
            continue
        lines = before.get((section, name), []), after.get((section, name), [])
        for is_break, text in _judge(*lines, "".join(after.get(owner, ()))):
            change = Change(section, name.removesuffix(".__init__"), text)
            (breaks if is_break else additions).append(change)
    return Differences(tuple(additions), tuple(breaks))


def _facts(text: str) -> dict[tuple[str, str], list[str]]:
    """Return the lines of a text by section and name; several for an overloaded function."""
    facts: dict[tuple[str, str], list[str]] = {}
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            facts[section, ""] = [line]
        elif line and not line.startswith("#"):
            facts.setdefault((section, _match(_FACT, line)["name"]), []).append(line)
    return facts


def _match(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    match = pattern.fullmatch(line)
    if match is None:
        raise ValueError(f"not a line of public_api.txt: {line}")
    return match


def _judge(old: list[str], new: list[str], owner: str) -> Iterator[_Judgement]:
    match old, new:
        case _ if old == new:
            pass
        case [], [line, *_]:
            is_required = (line.startswith("field ") and " = " not in line) or line.startswith("argument ")
            is_break = is_required or owner.endswith(": protocol")
            yield is_break, "added, and required" if is_break else "added"
        case _, []:
            yield True, "removed"
        case [before], [after]:
            yield from _judge_line(before, after)
        case _:
            yield not set(old) < set(new), f"has {len(new)} signatures that differ from the {len(old)} before"


def _judge_line(before: str, after: str) -> Iterator[_Judgement]:
    old, new = _match(_FACT, before), _match(_FACT, after)
    if old["kind"] == new["kind"] == "field":
        yield from _judge_field(old["rest"], new["rest"])
    elif old["kind"] == new["kind"] and old["kind"].endswith("def"):
        yield from _judge_signature(old["rest"], new["rest"])
    else:
        yield after != f"{before}, can be set", f"was `{before}`, is `{after}`"


def _judge_field(before: str, after: str) -> Iterator[_Judgement]:
    old, new = _match(_FIELD, before), _match(_FIELD, after)
    if old["type"] != new["type"]:
        yield True, f"is {new['type']}, was {old['type']}"
    else:
        values = (Parameter("", "the field", each["takes"] or each["type"], each["default"]) for each in (old, new))
        yield from _judge_value(*values)


def _judge_signature(before: str, after: str) -> Iterator[_Judgement]:
    [old], [new] = (ast.parse(f"def f{each}: ...").body for each in (before, after))
    assert isinstance(old, ast.FunctionDef)
    assert isinstance(new, ast.FunctionDef)
    was, now = ({each.name: each for each in parameters_of(function.args)} for function in (old, new))
    for name in was | now:
        if name not in now:
            yield True, f"parameter {name} removed"
        elif name not in was:
            is_required = now[name].default is None and "*" not in now[name].kind
            yield is_required, f"{'required ' * is_required}parameter {name} added"
        elif was[name].kind != now[name].kind:
            yield True, f"parameter {name} is {now[name].kind}, was {was[name].kind}"
        else:
            yield from _judge_value(was[name], now[name])
    positions = [name for name, each in now.items() if each.kind.startswith("positional")]
    kept = [name for name, each in was.items() if name in positions and each.kind == now[name].kind]
    if positions[: len(kept)] != kept:
        yield True, "order of positional parameters changed"
    if annotation_text(old.returns) != annotation_text(new.returns):
        yield True, f"returns {annotation_text(new.returns)}, returned {annotation_text(old.returns)}"


def _judge_value(old: Parameter, new: Parameter) -> Iterator[_Judgement]:
    if old.annotation != new.annotation:
        is_wider = _alternatives(old.annotation) < _alternatives(new.annotation)
        yield not is_wider, f"{old.name} takes {new.annotation}, took {old.annotation}"
    if old.default != new.default:
        before, after = (each.default or "no default" for each in (old, new))
        yield old.default is not None, f"default of {old.name} is {after}, was {before}"


def _alternatives(annotation: str) -> set[str]:
    node = ast.parse(annotation, mode="eval").body
    found: set[str] = set()
    while isinstance(node, ast.BinOp):
        found.add(ast.unparse(node.right))
        node = node.left
    return found | {ast.unparse(node)}


# --- the last release


@attrs.frozen
class Release:
    """A release to compare with."""

    version: str
    api: str
    """Its tests/public_api.txt."""


def last_release(root: Path) -> Release | str:
    """Return the release that last changed the version; text: why there is none to compare with."""
    git = shutil.which("git")
    if git is None:
        return "git is not installed"

    def run(*arguments: str) -> str:
        """Return what git prints; empty if it fails."""
        command = (str(git), "-C", str(root), *arguments)
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout.strip()

    version_file = f"{PACKAGE}/_version.py"
    if run("rev-parse", "--is-shallow-repository") != "false":
        return "there is no history: no clone, or a shallow one"
    # Without a commit, `git show` would show what is staged.
    commit = run("log", "-1", "--format=%H", "--", version_file) or "HEAD"
    version = re.search(r'__version__ = "(.+)"', run("show", f"{commit}:./{version_file}"))
    api = run("show", f"{commit}:./tests/public_api.txt")
    if version is None or not api:
        return "the last release has no tests/public_api.txt"
    return Release(version[1], f"{api}\n")


def without_entry(release: Release, api: str, changelog: str) -> list[Change]:
    """Return the changes since a release that the changelog does not name.

    An entry has the name, or that of its class, in backticks, anywhere above the part of that release: below
    "Unreleased", or below the version that is about to be released.
    """
    above = changelog.partition(f"\n## [{release.version}]")[0]
    code = [" ".join(each.split()) for each in re.findall(r"`+([^`]+)`+", above)]
    differences = compare(release.api, api)
    return [
        change
        for change in (*differences.additions, *differences.breaks)
        if not any(change.is_named_in(each) for each in code)
    ]
