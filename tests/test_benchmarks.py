"""The benchmarks can run, and their pages are the ones that they would write."""

# pyright: reportPrivateUsage=false

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import competitors, overhead, report, waits

_ROOT = Path(__file__).parent.parent
_PAGES = {
    "benchmarks/speed.md": report._PAGE,
    "docs/explanation/speed.md": report._USERS_PAGE,
    "benchmarks/overhead.md": overhead._PAGE,
    "benchmarks/waits.md": waits._PAGE,
}


@pytest.mark.parametrize("module", competitors.COMPETITORS.values())
def test_every_competitor_has_a_module(module: str) -> None:
    """The module that the table names for a competitor exists."""
    assert find_spec(f"benchmarks.competitors.{module}") is not None


@pytest.mark.parametrize("page", _PAGES)
def test_a_generated_page_has_the_text_of_its_template(page: str) -> None:
    """Only the measured values of a page differ from the template that generates it."""
    fixed = re.split(r"\{[^}]*\}", _PAGES[page])
    pattern = "(?s:.*?)".join(re.escape(text) for text in fixed)
    assert re.fullmatch(pattern, (_ROOT / page).read_text(encoding="utf-8"))
