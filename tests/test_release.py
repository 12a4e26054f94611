"""`make release`: what it refuses, and what it leaves behind, in a repository of its own."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.api_changes import Change, Differences

_ROOT = Path(__file__).parent.parent
_ADDED = Differences((Change("cleanroomsml_client", "get_thing", "added"),), ())
_REMOVED = Differences((), (Change("cleanroomsml_client", "get_thing", "removed"),))
_SAME = Differences((), ())
_CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Fixed\n\n- One thing.\n\n## [0.1.0] - 2026-01-01\n\n- All.\n"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("release", _ROOT / ".ci/release.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release: Any = _load()


@pytest.mark.parametrize(
    ("current", "version", "changes", "notes"),
    [
        ("0.1.0", "0.1.1", _SAME, "### Fixed"),
        ("0.1.0", "0.2.0", _ADDED, "### Added"),
        ("0.1.0", "0.2.0", _REMOVED, "### Removed"),
        ("1.2.3", "1.3.0", _ADDED, "### Added"),
        ("1.2.3", "2.0.0", _REMOVED, "### Removed"),
        ("0.9.0", "0.10.0", _ADDED, "### Added"),
    ],
)
def test_versions_that_allow_the_changes(current: str, version: str, changes: Differences, notes: str) -> None:
    """A version is accepted if it is at least the next one that may contain the changes."""
    release.check_version(version, current, notes, changes)


@pytest.mark.parametrize(
    ("current", "version", "changes", "notes", "message"),
    [
        ("0.1.0", "0.1.0", _SAME, "### Fixed", "take 0.1.1 or newer"),
        ("0.1.0", "0.0.9", _SAME, "### Fixed", "take 0.1.1 or newer"),
        ("0.1.0", "0.1.1", _ADDED, "", "take 0.2.0 or newer\n  cleanroomsml_client get_thing: added"),
        ("0.1.0", "0.1.1", _SAME, "### Added", "take 0.2.0 or newer\n  ### Added"),
        ("0.1.0", "0.1.1", _REMOVED, "", "take 0.2.0 or newer\n  cleanroomsml_client get_thing: removed"),
        ("1.2.3", "1.3.0", _REMOVED, "", "take 2.0.0 or newer\n  cleanroomsml_client get_thing: removed"),
        ("1.2.3", "1.3.0", _SAME, "### Removed", "take 2.0.0 or newer\n  ### Removed"),
        ("0.1.0", "0.2", _SAME, "", "0.2 is not a version; write three numbers, such as VERSION=0.3.0"),
        ("0.1.0", "v0.2.0", _SAME, "", "v0.2.0 is not a version; write three numbers, such as VERSION=0.3.0"),
    ],
)
def test_versions_that_do_not_allow_the_changes(
    current: str, version: str, changes: Differences, notes: str, message: str
) -> None:
    """A removal and an addition need the version that allows them; the error says which, and what changed."""
    with pytest.raises(release.RefusedError) as caught:
        release.check_version(version, current, notes, changes)
    assert str(caught.value).endswith(message)


def test_the_heading_moves() -> None:
    """What was unreleased gets the heading of the version; Unreleased is empty then, which is refused next time."""
    moved = release.with_heading(_CHANGELOG, "0.1.1", "2026-02-03")
    assert "## [Unreleased]\n\n## [0.1.1] - 2026-02-03\n\n### Fixed\n\n- One thing.\n\n## [0.1.0]" in moved
    assert release.notes_of(_CHANGELOG) == "### Fixed\n\n- One thing."
    with pytest.raises(release.RefusedError, match="nothing under Unreleased"):
        release.notes_of(moved)


def _git(where: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository, which the program takes for the project."""
    root = tmp_path / "project"
    (root / "cleanroomsml_client").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "cleanroomsml_client/_version.py").write_text('"""The version."""\n\n__version__ = "0.1.0"\n')
    (root / "CHANGELOG.md").write_text(_CHANGELOG)
    (root / "tests/public_api.txt").write_text("[cleanroomsml_client]\nname get_thing\n")
    (root / ".gitignore").write_text("/dist/\n")
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(root, "config", "user.name", "somebody")
    _git(root, "config", "user.email", "somebody@example.test")
    _git(root, "add", ".")
    _git(root, "commit", "--quiet", "--message=Begin")
    monkeypatch.setattr(release, "ROOT", root)
    return root


_BUILD = "mkdir dist && grep -q '\"0.1.1\"' cleanroomsml_client/_version.py && touch dist/a.whl"


def test_a_release_is_a_commit_a_tag_and_what_was_built(checkout: Path) -> None:
    """After a release, the checkout has the commit, the tag and dist/, and is clean."""
    release.release("0.1.1", _BUILD, dry_run=False)
    assert _git(checkout, "log", "--format=%s") == "Release 0.1.1\nBegin"
    assert _git(checkout, "tag") == "v0.1.1"
    assert _git(checkout, "rev-parse", "v0.1.1^{commit}") == _git(checkout, "rev-parse", "HEAD")
    assert _git(checkout, "log", "-1", "--format=%an <%ae>") == "somebody <somebody@example.test>"
    assert '__version__ = "0.1.1"' in (checkout / "cleanroomsml_client/_version.py").read_text()
    assert "## [0.1.1] - 20" in (checkout / "CHANGELOG.md").read_text()
    assert (checkout / "dist/a.whl").is_file()
    assert _git(checkout, "status", "--porcelain") == ""


def test_a_dry_run_keeps_nothing(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run builds and verifies, and leaves the checkout as it was."""
    release.release("0.1.1", _BUILD, dry_run=True)
    assert _git(checkout, "log", "--format=%s") == "Begin"
    assert _git(checkout, "tag") == ""
    assert not (checkout / "dist").exists()
    assert capsys.readouterr().out.endswith("0.1.1 can be released; nothing was kept\n")


def test_a_failed_verification_leaves_the_checkout_as_it_was(checkout: Path) -> None:
    """If building or verifying fails, or builds nothing, there is no commit, tag or dist/."""
    with pytest.raises(release.RefusedError, match=r"`false` failed for 0.1.1; this checkout is as it was"):
        release.release("0.1.1", "false", dry_run=False)
    with pytest.raises(release.RefusedError, match=r"`true` built no wheel in dist/; take a command that does"):
        release.release("0.1.1", "true", dry_run=False)
    assert _git(checkout, "log", "--format=%s") == "Begin"
    assert _git(checkout, "tag") == ""


def test_what_is_refused_before_anything_is_built(checkout: Path) -> None:
    """Changes in the checkout and a tag that exists are refused, with what to do."""
    (checkout / "new.txt").touch()
    with pytest.raises(release.RefusedError, match=r"commit or remove them first:\n\?\? new.txt"):
        release.release("0.1.1", "false", dry_run=False)
    (checkout / "new.txt").unlink()
    _git(checkout, "tag", "v0.1.1")
    with pytest.raises(release.RefusedError, match=r"the tag v0\.1\.1 exists; take the next version"):
        release.release("0.1.1", "false", dry_run=False)


def test_a_removal_since_the_last_release_needs_its_version(checkout: Path) -> None:
    """The public API of the last release, which last changed the version, is what counts."""
    (checkout / "tests/public_api.txt").write_text("[cleanroomsml_client]\n")
    _git(checkout, "commit", "--quiet", "--all", "--message=Remove")
    with pytest.raises(release.RefusedError, match=r"take 0\.2\.0 or newer\n  cleanroomsml_client get_thing: removed"):
        release.release("0.1.1", "false", dry_run=False)


@pytest.mark.usefixtures("checkout")
def test_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ends with the reason, and nothing else."""
    monkeypatch.setattr(sys, "argv", ["release.py", "1"])
    with pytest.raises(SystemExit) as caught:
        release.main()
    assert str(caught.value) == "make release: 1 is not a version; write three numbers, such as VERSION=0.3.0"
