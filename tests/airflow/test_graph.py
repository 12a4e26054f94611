"""The pictures of the example DAGs in the documentation show what the DAGs are."""

from pathlib import Path

import pytest

from tests.airflow.support.graph import pictures


@pytest.mark.parametrize(("path", "picture"), pictures().items(), ids=lambda value: getattr(value, "stem", ""))
def test_the_picture_is_that_of_the_dag(path: Path, picture: str) -> None:
    """If not: `.venv-airflow/bin/python -m tests.airflow.support.graph` draws them again."""
    assert path.read_text(encoding="utf-8") == picture
