"""docs/explanation/architecture.md names only what exists, and its figures are those of their sources."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
_NAMED = sorted(set(re.findall(r"`((?:[\w]+/)*[\w]+(?:/|\.pyi?|\.md))`", _PAGE)))


@pytest.mark.parametrize("name", _NAMED)
def test_every_named_file_exists(name: str) -> None:
    """A file or folder that the page names is in the package or in the repository."""
    assert (_ROOT / "cleanroomsml_client" / name).exists() or (_ROOT / name).exists()


def test_the_page_names_the_engine() -> None:
    """Every module of the engine is on the page."""
    engine = {path.name for path in (_ROOT / "cleanroomsml_client").glob("_[a-z]*.py")}
    assert engine - {"_version.py"} <= set(_NAMED)


def test_the_figures_are_those_of_their_sources() -> None:
    """Each figure of the page stands where it was measured: in the codec and in the page on overhead."""
    codec = (_ROOT / "cleanroomsml_client/_codec.py").read_text(encoding="utf-8").replace(" us ", " µs ")
    overhead = (_ROOT / "benchmarks/overhead.md").read_text(encoding="utf-8")
    instead = re.findall(r"takes \d+ µs instead of \d+", _PAGE)
    times = re.findall(r"\d+ µs(?! instead)", _PAGE)
    assert (len(instead), len(times)) == (1, 2)
    assert all(text in codec for text in instead)
    assert all(f" {text} " in overhead for text in times)


def test_the_page_fits_one_screen() -> None:
    """The page stays short enough to be read at once."""
    assert len(_PAGE.splitlines()) <= 60
