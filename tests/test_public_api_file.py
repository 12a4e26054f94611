"""tests/public_api.txt, the comparison of two such files, and the changelog's entries for what they differ in."""

import ast
import difflib
import inspect
import re
import shutil
import subprocess
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import pytest

import cleanroomsml_client
from tests.support.api_changes import Differences, Release, compare, last_release, without_entry
from tests.support.public_api import API_FILE, ROOT, render
from tests.support.public_names import PUBLIC_NAMES


@pytest.fixture(scope="module")
def text() -> str:
    """Return the public API as the source has it."""
    return render()


def test_the_file_is_current(text: str) -> None:
    """tests/public_api.txt has the public API as the source has it."""
    recorded = API_FILE.read_text(encoding="utf-8").splitlines()
    diff = "\n".join(difflib.unified_diff(recorded, text.splitlines(), API_FILE.name, "the source", n=0, lineterm=""))
    if diff:
        advice = "If that is intended, run `python -m tests.support.public_api`, and add an entry to CHANGELOG.md."
        pytest.fail(f"The public API has changed. {advice}\n{diff}", pytrace=False)


def test_a_change_has_an_entry_in_the_changelog() -> None:
    """CHANGELOG.md names everything public that has changed since the last release."""
    release = last_release(ROOT)
    if isinstance(release, str):
        pytest.skip(f"nothing to compare with: {release}")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = without_entry(release, API_FILE.read_text(encoding="utf-8"), changelog)
    if missing:
        names = "\n".join(map(str, missing))
        pytest.fail(f"CHANGELOG.md names none of these in backticks, under Unreleased:\n{names}", pytrace=False)


# --- the text


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_a_public_name_is_recorded_as_python_sees_it(name: str, text: str) -> None:
    """The parameters, fields and values that are read from the source are those that Python has at run time."""
    value: Any = getattr(cleanroomsml_client, name)
    assert re.search(rf"^(?!name )[a-z ]+ {name}\b(?!\.)", text, re.MULTILINE)
    if inspect.isfunction(value):
        [signature] = re.findall(rf"^(?:async )?def {name}(\(.*)", text, re.MULTILINE)
        [function] = ast.parse(f"def f{signature}: ...").body
        assert isinstance(function, ast.FunctionDef)
        recorded = [each.arg for each in ast.walk(function) if isinstance(each, ast.arg)]
        assert sorted(recorded) == sorted(inspect.signature(value).parameters)
    elif inspect.isclass(value) and issubclass(value, Enum):
        assert _members(text, "value", value) == [*value.__members__]
    elif inspect.isclass(value) and attrs.has(value):
        fields = [each.name for each in attrs.fields(value) if each.init]
        assert sorted(_members(text, "field", *value.__mro__)) == sorted(fields)


def _members(text: str, kind: str, *classes: type) -> list[str]:
    names = "|".join(each.__name__ for each in classes)
    return re.findall(rf"^{kind} (?:{names})\.(\w+)", text, re.MULTILINE)


@pytest.mark.parametrize(
    "fact",
    [
        "async def get_audience_model(client: Client, audience_model_arn: str) -> AudienceModel",
        "class AudienceSize: attrs.frozen, keyword-only",
        "field AudienceSize.type: AudienceSizeType, takes AudienceSizeType | str",
        "field AudienceModel.tags: Mapping[str, str] = FrozenDict()",
        "field Client.retry: RetryPolicy = RetryPolicy()",
        "class ThrottlingError(ServiceError): exception",
        "def RequestError.__init__(message: str, operation: str | None = None) -> None",
        "class AudienceSizeType(OpenEnum): enum",
        "value AudienceSizeType.ABSOLUTE = 'ABSOLUTE'",
        "property ComputeConfiguration.variant: str",
        "property Clock.speed: float, can be set",
        "classmethod def MLOutputConfiguration.to_s3(s3_uri: str, *, role_arn: str) -> Self",
        "class SequenceNotStr(Protocol[_T_co]): protocol",
        "def check_seed_audience(file: Iterable[str], *, minimum: int = 25) -> SeedAudienceReport",
        "constant Observer = Callable[[Attempt], None]",
        "constant NO_RETRY = RetryPolicy(max_attempts=1)",
        "constant __version__: str",
        "fixture cleanroomsml_service: LocalService",
        "asynccontextmanager async def CleanRoomsMLHook.connect() -> AsyncGenerator[Client]",
        "[cleanroomsml watch]",
        "option --interval: default 60.0",
        "option --json: action 'store_true', not with --plain",
        "option --port: default 8123",
        "choice trained-models",
        "extra airflow",
        "script cleanroomsml: cleanroomsml_client.cli:main",
        "entry-point pytest11.cleanroomsml_client: cleanroomsml_client.testing.plugin",
    ],
)
def test_a_fact_is_one_line(fact: str, text: str) -> None:
    """Each kind of fact is one line, which does not depend on the version of Python."""
    assert fact in text.splitlines()


def test_inherited_parameters_are_recorded(text: str) -> None:
    """The constructor of an operator has the parameters of the base classes, which are not exported."""
    [line] = [each for each in text.splitlines() if "CreateAudienceModelOperator.__init__" in each]
    assert "training_dataset_arn: Text, " in line
    assert "wait_for_completion: bool = True, " in line
    assert line.endswith("if_exists: str = IfExists.REUSE, **kwargs: Any) -> None")


def test_private_names_are_not_recorded(text: str) -> None:
    """No line is about a name that begins with one underscore."""
    names = [line.partition("(")[0].partition(":")[0].partition(" = ")[0] for line in text.splitlines()]
    assert [name for name in names if re.search(r"[ .]_(?!_)", name)] == []


# --- the comparison

_ADDED, _BROKEN = "additions", "breaks"
_FACTS = """\
[m]
def f(a: int, b: str = 'x', *, c: float | None = None) -> str
class C: attrs.frozen, keyword-only
field C.required: str
field C.optional: int = 1
field C.converted: float = 2.0, takes float | str
def C.method(x: int) -> None
property C.state: str
class P(Protocol): protocol
property P.name: str
class E(OpenEnum): enum
value E.ONE = 'ONE'
class BaseError(Exception): exception
def D.__init__(x: int, y: int = 0) -> None
def s(e: str, f: str) -> str
def o(x: int) -> int
def o(x: str) -> str

[program run]
option --json: action 'store_true'
argument family
choice a
"""
_CHANGES = [
    # A new name.
    ("[m]", "[m]\nasync def g(a: int) -> None", _ADDED, "m g: added"),
    ("[m]", "[m]\nclass X: attrs.frozen\nfield X.a: str", _ADDED, "m X: added"),
    ("class BaseError", "class SubError(BaseError): exception\nclass BaseError", _ADDED, "m SubError: added"),
    ("[m]", "[n]\nconstant N: int\n\n[m]", _ADDED, "n: added"),
    ("value E.ONE", "value E.TWO = 'TWO'\nvalue E.ONE", _ADDED, "m E.TWO: added"),
    ("def C.method", "def C.more() -> None\ndef C.method", _ADDED, "m C.more: added"),
    ("option --json", "option --new\noption --json", _ADDED, "program run --new: added"),
    ("argument family", "argument family\nargument more", _BROKEN, "program run more: added, and required"),
    ("choice a", "choice a\nchoice b", _ADDED, "program run b: added"),
    ("property P.name: str", "property P.name: str\nproperty P.id: str", _BROKEN, "m P.id: added, and required"),
    ("def o(x: str)", "def o(x: bytes) -> bytes\ndef o(x: str)", _ADDED,
     "m o: has 3 signatures that differ from the 2 before"),
    # A name that is gone or something else.
    ("def C.method(x: int) -> None\n", "", _BROKEN, "m C.method: removed"),
    ("class E(OpenEnum): enum\nvalue E.ONE = 'ONE'\n", "", _BROKEN, "m E: removed"),
    ("value E.ONE = 'ONE'\n", "", _BROKEN, "m E.ONE: removed"),
    ("option --json: action 'store_true'\n", "", _BROKEN, "program run --json: removed"),
    ("def o(x: str) -> str\n", "", _BROKEN, "m o: has 1 signatures that differ from the 2 before"),
    ("value E.ONE = 'ONE'", "value E.ONE = '1'", _BROKEN, "m E.ONE: was `value E.ONE = 'ONE'`, is `value E.ONE = '1'`"),
    ("BaseError(Exception)", "BaseError(OSError)", _BROKEN,
     "m BaseError: was `class BaseError(Exception): exception`, is `class BaseError(OSError): exception`"),
    ("def C.method(x: int) -> None", "property C.method: None", _BROKEN,
     "m C.method: was `def C.method(x: int) -> None`, is `property C.method: None`"),
    ("def C.method", "async def C.method", _BROKEN,
     "m C.method: was `def C.method(x: int) -> None`, is `async def C.method(x: int) -> None`"),
    ("property C.state: str", "property C.state: str, can be set", _ADDED,
     "m C.state: was `property C.state: str`, is `property C.state: str, can be set`"),
    # A field.
    ("field C.optional", "field C.new: int = 0\nfield C.optional", _ADDED, "m C.new: added"),
    ("field C.optional", "field C.new: int\nfield C.optional", _BROKEN, "m C.new: added, and required"),
    ("C.required: str", "C.required: str = ''", _ADDED, "m C.required: default of the field is '', was no default"),
    ("C.optional: int = 1", "C.optional: int", _BROKEN, "m C.optional: default of the field is no default, was 1"),
    ("C.optional: int = 1", "C.optional: int = 2", _BROKEN, "m C.optional: default of the field is 2, was 1"),
    ("C.required: str", "C.required: bytes", _BROKEN, "m C.required: is bytes, was str"),
    ("C.required: str", "C.required: str, takes str | Path", _ADDED,
     "m C.required: the field takes str | Path, took str"),
    ("takes float | str", "takes float", _BROKEN, "m C.converted: the field takes float, took float | str"),
    # A parameter.
    ("c: float | None = None)", "c: float | None = None, d: int = 0)", _ADDED, "m f: parameter d added"),
    ("c: float | None = None)", "c: float | None = None, **more: int)", _ADDED, "m f: parameter more added"),
    ("c: float | None = None)", "c: float | None = None, d: int)", _BROKEN, "m f: required parameter d added"),
    (", *, c: float | None = None", "", _BROKEN, "m f: parameter c removed"),
    ("b: str = 'x', *, c: float | None = None", "b: str = 'x', c: float | None = None", _BROKEN,
     "m f: parameter c is positional, was keyword-only"),
    ("e: str, f: str", "f: str, e: str", _BROKEN, "m s: order of positional parameters changed"),
    ("a: int, b", "a: int = 0, b", _ADDED, "m f: default of a is 0, was no default"),
    ("b: str = 'x'", "b: str = 'y'", _BROKEN, "m f: default of b is 'y', was 'x'"),
    ("f(a: int", "f(a: int | str", _ADDED, "m f: a takes int | str, took int"),
    ("f(a: int", "f(a: str", _BROKEN, "m f: a takes str, took int"),
    ("c: float | None", "c: float", _BROKEN, "m f: c takes float, took float | None"),
    ("= None) -> str", "= None) -> bytes", _BROKEN, "m f: returns bytes, returned str"),
    ("y: int = 0) -> None", "y: int = 1) -> None", _BROKEN, "m D: default of y is 1, was 0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "change"), _CHANGES, ids=[row[3] for row in _CHANGES])
def test_a_change_is_an_addition_or_a_break(old: str, new: str, kind: str, change: str) -> None:
    """Each kind of change is one addition or one break, and nothing else."""
    assert _FACTS.count(old) == 1
    differences = compare(_FACTS, _FACTS.replace(old, new))
    found = {_ADDED: [*map(str, differences.additions)], _BROKEN: [*map(str, differences.breaks)]}
    assert found == {_ADDED: [], _BROKEN: []} | {kind: [change]}


def test_a_parameter_in_the_middle_is_a_break() -> None:
    """A parameter between two others is an addition; that it moves the second one is a break."""
    differences = compare("[m]\ndef f(a: int, b: int) -> None", "[m]\ndef f(a: int, c: int = 0, b: int = 0) -> None")
    assert [*map(str, differences.additions)] == ["m f: default of b is 0, was no default", "m f: parameter c added"]
    assert [*map(str, differences.breaks)] == ["m f: order of positional parameters changed"]


def test_the_same_text_has_no_differences(text: str) -> None:
    """A text does not differ from itself, nor from one whose keyword-only fields have another order."""
    assert compare(text, text) == Differences((), ())
    fields = ("field C.required: str\n", "field C.optional: int = 1\n")
    assert compare(_FACTS, _FACTS.replace("".join(fields), "".join(reversed(fields)))) == Differences((), ())


def test_a_line_that_is_no_fact_is_an_error() -> None:
    """A line that the comparison cannot read is not ignored."""
    with pytest.raises(ValueError, match=r"not a line of public_api\.txt: <<<<<<< HEAD"):
        compare("[m]\n<<<<<<< HEAD\n", "[m]\n")


# --- the changelog

_RELEASED = Release("1.0.0", "[cleanroomsml_client]\nclass C\nfield C.a: int = 0\ndef f() -> None\n")
_API = "[cleanroomsml_client]\nclass C\nfield C.a: int = 0\nfield C.b: int = 0\ndef wait_for_it() -> None\n"
_MISSING = [
    "cleanroomsml_client C.b: added",
    "cleanroomsml_client wait_for_it: added",
    "cleanroomsml_client f: removed",
]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("", _MISSING),
        ("- C, f and wait_for_it without backticks.", _MISSING),
        ("- `C.c`, `Cc`, `wait_for_its` and `g.f` are other names; `*` and `C*` are none.", _MISSING),
        ("- `C.b`, `wait_for_it` and `f`.", []),
        ("- `C(b=...)`, `await wait_for_it(client,\n  arn)` and `cleanroomsml_client.f`.", []),
        ("- `C` has a new field. Every `wait_for_*` ends.", _MISSING[2:]),
        ("\n## [1.1.0] - 2027-01-01\n\n- `C.b`, `wait_for_it`, `f()`.", []),
        ("\n## [1.0.0] - 2026-12-01\n\n- `C.b`, `wait_for_it`, `f`.", _MISSING),
    ],
)
def test_an_entry_names_what_has_changed(entries: str, expected: list[str]) -> None:
    """An addition and a removal need an entry with the name, or that of the class, above the last release."""
    changelog = f"# Changelog\n\n## [Unreleased]\n\n{entries}\n\n## [1.0.0] - 2026-12-01\n\n- `f`, `C` and all.\n"
    assert [*map(str, without_entry(_RELEASED, _API, changelog))] == expected


def test_an_entry_names_a_command_an_option_or_a_module() -> None:
    """A new command is named as one types it, a new option by itself, a new module by the end of its path."""
    release = Release("1.0.0", "[cleanroomsml show]\n")
    api = "[cleanroomsml show]\noption --new\n\n[cleanroomsml plan]\noption --json\n\n[m.resources.plans]\n"
    assert [*map(str, without_entry(release, api, "- `cleanroomsml show` and `--json`"))] == [
        "cleanroomsml show --new: added",
        "cleanroomsml plan: added",
        "m.resources.plans: added",
    ]
    assert (
        without_entry(release, api, "- `cleanroomsml show --new`, `cleanroomsml\n  plan --json`, `resources.plans`")
        == []
    )


# --- the last release


class _Repository:
    """A git repository with the two files that a release is read from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "cleanroomsml_client").mkdir(parents=True)
        (root / "tests").mkdir()
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> None:
        settings = ("user.name=me", "user.email=me@example.com", "commit.gpgsign=false")
        options = [each for setting in settings for each in ("-c", setting)]
        subprocess.run([shutil.which("git") or "git", *options, *arguments], cwd=self.root, check=True)

    def write(self, *, version: str | None = None, api: str | None = None) -> None:
        if version is not None:
            path = self.root / "cleanroomsml_client" / "_version.py"
            path.write_text(f'__version__ = "{version}"\n', encoding="utf-8")
        if api is not None:
            (self.root / "tests" / "public_api.txt").write_text(api, encoding="utf-8")

    def commit(self, *, version: str | None = None, api: str | None = None) -> None:
        self.write(version=version, api=api)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "a commit")


@pytest.fixture
def repository(tmp_path: Path) -> _Repository:
    """Return a repository without commits."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    return _Repository(tmp_path / "original")


def test_the_last_release_is_the_commit_of_its_version(repository: _Repository) -> None:
    """The text of the last release is the one in the commit that changed the version; later changes do not count."""
    repository.commit(version="1.0.0", api="[m]\nconstant A: int\n")
    repository.commit(version="1.1.0", api="[m]\nconstant B: int\n")
    repository.commit(api="[m]\nconstant C: int\n")
    repository.write(version="1.2.0", api="[m]\nconstant D: int\n")
    assert last_release(repository.root) == Release("1.1.0", "[m]\nconstant B: int\n")


def test_a_release_without_the_file_is_no_baseline(repository: _Repository) -> None:
    """There is no baseline before the first release that has tests/public_api.txt; what is staged is none."""
    repository.write(version="1.0.0", api="[m]\n")
    repository.git("add", ".")
    assert last_release(repository.root) == "the last release has no tests/public_api.txt"
    (repository.root / "tests" / "public_api.txt").unlink()
    repository.commit()
    repository.commit(api="[m]\n")
    assert last_release(repository.root) == "the last release has no tests/public_api.txt"


def test_without_history_there_is_no_baseline(repository: _Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no baseline in a shallow clone, in the files of an sdist, or without git."""
    repository.commit(version="1.0.0", api="[m]\n")
    repository.commit(api="[m]\nconstant A: int\n")
    shallow = repository.root.with_name("shallow")
    repository.git("clone", "--quiet", "--depth", "1", repository.root.as_uri(), str(shallow))
    no_history = "there is no history: no clone, or a shallow one"
    assert last_release(shallow) == no_history
    shutil.rmtree(shallow / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(shallow.parent))
    assert last_release(shallow) == no_history
    monkeypatch.setenv("PATH", "")
    assert last_release(repository.root) == "git is not installed"
