"""Makes a release: `make release VERSION=0.3.0`. With ARGS=--dry-run it does the same, and keeps nothing.

It checks the tree, the version and CHANGELOG.md; then, in a clone, it moves the heading of CHANGELOG.md, sets the
version, commits, and runs `.ci/run`, which builds dist/ and verifies it. Only after that, the commit, the tag and dist/
come into this checkout. Nothing is uploaded.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.api_changes import Differences, compare, last_release  # noqa: E402  # the path comes first

VERSION_FILE = "cleanroomsml_client/_version.py"
UNRELEASED = "## [Unreleased]\n"


class RefusedError(Exception):
    """The release cannot be made; the text says what to do."""


def parse(version: str) -> tuple[int, int, int]:
    """Return the numbers of a version."""
    if (match := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)) is None:
        raise RefusedError(f"{version} is not a version; write three numbers, such as VERSION=0.3.0")
    major, minor, patch = map(int, match.groups())
    return major, minor, patch


def least_version(current: str, *, breaks: bool, additions: bool) -> str:
    """Return the lowest version that allows such changes of the public API; before 1.0, a minor one allows breaks."""
    major, minor, patch = parse(current)
    if breaks and major:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if breaks or additions else f"{major}.{minor}.{patch + 1}"


def check_version(version: str, current: str, notes: str, changes: Differences) -> None:
    """Raise RefusedError unless the version is newer, and allows the changes since the current one."""
    headings = re.findall(r"^### \w+$", notes, re.MULTILINE)
    breaks = [*map(str, changes.breaks), *(each for each in headings if each == "### Removed")]
    additions = [*map(str, changes.additions), *(each for each in headings if each == "### Added")]
    least = least_version(current, breaks=bool(breaks), additions=bool(additions))
    if parse(version) < parse(least):
        reasons = "".join(f"\n  {reason}" for reason in breaks or additions)
        raise RefusedError(f"{version} does not allow what changed since {current}; take {least} or newer{reasons}")


def notes_of(changelog: str) -> str:
    """Return what CHANGELOG.md says under Unreleased."""
    notes = changelog.partition(UNRELEASED)[2].partition("\n## [")[0].strip()
    if not notes:
        raise RefusedError("CHANGELOG.md has nothing under Unreleased; say there what users will notice")
    return notes


def with_heading(changelog: str, version: str, date: str) -> str:
    """Return CHANGELOG.md with what was unreleased under the heading of a version."""
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## [{version}] - {date}\n", 1)


def git(*arguments: str, where: Path | None = None) -> str:
    """Run git, here or in a clone, and return what it prints."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=where or ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603  # git


def release(version: str, verify: str, *, dry_run: bool) -> None:
    """Make a release of the commit that is checked out."""
    if changed := git("status", "--porcelain"):
        raise RefusedError(f"the checkout has changes; commit or remove them first:\n{changed}")
    if f"v{version}" in git("tag", "--list").split():
        raise RefusedError(f"the tag v{version} exists; take the next version")
    version_text = (ROOT / VERSION_FILE).read_text(encoding="utf-8")
    current = version_text.split('"')[-2]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    notes = notes_of(changelog)
    last = last_release(ROOT)
    if isinstance(last, str):
        print(f"The public API is not compared: {last}.")
        changes = Differences((), ())
    else:
        changes = compare(last.api, (ROOT / "tests/public_api.txt").read_text(encoding="utf-8"))
    check_version(version, current, notes, changes)
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "clone")
        git("clone", "--quiet", str(ROOT), str(clone))
        (clone / VERSION_FILE).write_text(version_text.replace(f'"{current}"', f'"{version}"'), encoding="utf-8")
        date = datetime.now(UTC).date().isoformat()
        (clone / "CHANGELOG.md").write_text(with_heading(changelog, version, date), encoding="utf-8")
        for name in ("user.name", "user.email"):
            git("config", name, git("config", name), where=clone)
        git("commit", "--quiet", "--all", f"--message=Release {version}", where=clone)
        if subprocess.run(["/bin/bash", "-c", verify], cwd=clone, check=False).returncode:  # noqa: S603  # of the caller
            raise RefusedError(f"`{verify}` failed for {version}; this checkout is as it was")
        if not [*clone.glob("dist/*.whl")]:
            raise RefusedError(f"`{verify}` built no wheel in dist/; take a command that does, such as `make wheel`")
        if dry_run:
            print(f"{version} can be released; nothing was kept")
            return
        git("pull", "--quiet", "--ff-only", str(clone), "HEAD")
        git("tag", "--annotate", f"--message=Release {version}", f"v{version}")
        shutil.rmtree(ROOT / "dist", ignore_errors=True)
        shutil.copytree(clone / "dist", ROOT / "dist")
    print(f"Released {version} here. CONTRIBUTING.md says how to publish it.")


def main() -> None:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--dry-run", action="store_true", help="check, build and verify, but keep nothing")
    parser.add_argument(
        "--verify", default=".ci/run", help="the command that builds dist/ and verifies it (%(default)s)"
    )
    options = parser.parse_args()
    try:
        release(options.version, options.verify, dry_run=options.dry_run)
    except RefusedError as error:
        sys.exit(f"make release: {error}")


if __name__ == "__main__":
    main()
