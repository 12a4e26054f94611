"""README.md in the source and on a package index, which shows the same text without the links into the source."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parent.parent
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_LINK = re.compile(r"\]\(([^)]+)\)")
_ONE_SCREEN = 70


def _on_an_index() -> str:
    project: dict[str, Any] = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = _README
    for each in project["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(each["pattern"], each["replacement"], text)
    return text


@pytest.mark.parametrize("link", [link for link in _LINK.findall(_README) if not link.startswith("https://")])
def test_a_link_into_the_source_has_a_target(link: str) -> None:
    """Each link of README.md names a file."""
    assert (_ROOT / link).is_file()


def test_all_links_work_on_a_package_index() -> None:
    """An index shows only links to other sites, and the text of the others."""
    text = _on_an_index()
    assert [link for link in _LINK.findall(text) if not link.startswith("https://")] == []
    assert len(_LINK.findall(text)) < len(_LINK.findall(_README))
    assert _LINK.sub("", _README).replace("[", "") == _LINK.sub("", text).replace("[", "")


def test_it_fits_on_one_screen() -> None:
    """README.md is short, and says first how to install the package."""
    lines = _README.splitlines()
    assert len(lines) <= _ONE_SCREEN
    assert lines.index("$ pip install cleanroomsml-client") < lines.index("```python")


def test_the_figures_are_those_of_the_page_about_speed() -> None:
    """What README.md says about speed is what the benchmark has written to the documentation."""
    speed = " ".join((_ROOT / "docs/explanation/speed.md").read_text(encoding="utf-8").split())
    measured = re.search(r"is (\d+) % for `get_audience_model`, .* and (\d+) % for a list page of 100", speed)
    said = re.search(
        r"a get takes (\d+) % of the CPU time, a list page of 100 items (\d+) %", " ".join(_README.split())
    )
    assert measured is not None
    assert said is not None
    assert said.groups() == measured.groups()
