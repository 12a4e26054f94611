"""docs/explanation/fidelity.md: its rows are those that programs know."""

from collections.abc import Iterator
from pathlib import Path

from cleanroomsml_client.local.quotas import QUOTAS
from tests.verify_aws.__main__ import ASSUMPTIONS

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "fidelity.md"
SOURCES = ("model", "guide", "reference", "guess", "differs", "invented", "convenience", "this package")


def rows(columns: int) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables with so many columns, without their headings."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    tables = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    yield from (cells for cells in tables if len(cells) == columns and cells[0] != "behaviour")


def test_assumptions() -> None:
    """The page has exactly the rows that `make verify-aws` compares."""
    assert sorted(cells[0] for cells in rows(3) if cells[2] == "**verify**") == sorted(ASSUMPTIONS.values())


def test_quotas() -> None:
    """The page has exactly the quotas of the service."""
    published = {cells[0]: cells[1] for cells in rows(2) if cells[1].isdecimal()}
    assert published == {quota.name: str(quota.limit) for quota in QUOTAS}


def test_sources() -> None:
    """Each behaviour has a source that the page explains, or is marked as a difference or an invention."""
    assert [cells for cells in rows(3) if not cells[1].startswith(SOURCES)] == []
    assert len(list(rows(3))) > 50
