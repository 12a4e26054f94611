"""What several files of the project say is the same in all of them."""

import re
import tomllib
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent
_PROJECT: dict[str, Any] = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _text(path: str) -> str:
    return (_ROOT / path).read_text(encoding="utf-8")


def _versions(text: str) -> list[str]:
    return re.findall(r"\b3\.\d\d\b", text)


def test_every_supported_python_is_tested() -> None:
    """The classifiers, .ci/run, .ci/nightly, the workflows and the page about stability have the same versions."""
    prefix = "Programming Language :: Python :: "
    classifiers = [name.removeprefix(prefix) for name in _PROJECT["classifiers"] if name.startswith(f"{prefix}3.")]
    assert _PROJECT["requires-python"] == f">={classifiers[0]}"
    for script in (".ci/run", ".ci/nightly"):
        (loop,) = re.findall(r"^for version in (.*); do$", _text(script), re.MULTILINE)
        assert loop.split() == classifiers
    (matrix,) = re.findall(r"^ +python: (\[.*\])$", _text(".github/workflows/ci.yml"), re.MULTILINE)
    assert _versions(matrix) == classifiers
    (nightly,) = re.findall(r"python-version: \|\n(.*?) +allow", _text(".github/workflows/nightly.yml"), re.DOTALL)
    assert sorted(_versions(nightly)) == classifiers
    (row,) = re.findall(r"^\| Python \|.*$", _text("docs/reference/stability.md"), re.MULTILINE)
    assert _versions(row) == [classifiers[0], classifiers[0], classifiers[-1]]


def test_the_page_about_stability_has_the_lowest_versions() -> None:
    """The page names the lowest aiobotocore and Airflow that the package accepts."""
    page = _text("docs/reference/stability.md")
    bounds = dict(re.findall(r"([\w-]+)>=([\d.]+)", " ".join(_PROJECT["dependencies"])))
    airflow = dict(re.findall(r"([\w-]+)>=([\d.]+)", " ".join(_PROJECT["optional-dependencies"]["airflow"])))
    assert f"| aiobotocore | {bounds['aiobotocore']} and newer" in page
    assert f"| Apache Airflow | {airflow['apache-airflow']} and newer" in page


def test_each_make_target_that_a_file_names_exists() -> None:
    """`make target` in the texts and scripts of the project is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.MULTILINE))
    texts = [_ROOT / "README.md", _ROOT / "CONTRIBUTING.md", _ROOT / ".pre-commit-config.yaml"]
    scripts = [path for path in (_ROOT / ".ci").iterdir() if path.is_file()]
    pages = [path for path in (_ROOT / "docs").rglob("*.md") if "_build" not in path.parts]
    for path in (*texts, *scripts, *pages):
        named = re.findall(r"(?:`|entry: |step \"|^)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= targets, path
