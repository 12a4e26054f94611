"""Install what the table of docs/how-to/environments.md names, row by row, and use it: are the results still true?

Prints the rows as of today, to copy to the page.
"""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_ROOT = Path(__file__).parent.parent
_PAGE = _ROOT / "docs" / "how-to" / "environments.md"
_USE = Path(__file__).with_name("aws_packages.py")
_ROW = re.compile(r"^\| `(.+)` \| .* \| (works|fails|refused)\b.*$", re.MULTILINE)


def _run(*command: str | Path) -> bool:
    """Return whether a command succeeds; print the end of its report if it fails."""
    process = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if process.returncode:
        print(f"    {process.stderr.strip().rpartition(chr(10))[2] or process.stdout.strip()}")
    return process.returncode == 0


def _measure(wanted: list[str]) -> tuple[str, str]:
    """Return the versions that pip installs in a new environment, and the result of using them."""
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", "--upgrade-deps", folder], stdout=subprocess.PIPE, check=True)  # noqa: S603
        python = Path(folder, "bin", "python")
        if not _run(python, "-m", "pip", "install", "--quiet", _ROOT, *wanted):
            return "nothing", "refused"
        listing = subprocess.run([python, "-m", "pip", "list", "--format", "json"], stdout=subprocess.PIPE, check=True)  # noqa: S603
        versions = {package["name"]: package["version"] for package in json.loads(listing.stdout)}
        names = [re.split(r"[<>=]", each)[0] for each in [*wanted, "aiobotocore", "botocore", "pip"]]
        works = _run(python, "-m", "pip", "check") and _run(python, _USE)
        return ", ".join(f"{name} {versions[name]}" for name in names), "works" if works else "fails"


def main() -> None:
    """Fail if a result differs from the page's, or the page has no table."""
    rows = _ROW.findall(_PAGE.read_text(encoding="utf-8"))
    different: list[str] = []
    for wanted, expected in rows:
        versions, result = _measure(shlex.split(wanted))
        print(f"| `{wanted}` | {versions} | {result} |", flush=True)
        if result != expected:
            different.append(f"{wanted}: {result}, not {expected}")
    if different or not rows:
        sys.exit("\n".join(different) or "there is no table")


if __name__ == "__main__":
    main()
