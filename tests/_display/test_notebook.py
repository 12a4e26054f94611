"""The notebook in docs/examples, executed by a kernel of its own."""

# nbformat is partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The HTML that each cell shows, by the cell's id."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        read: Any = nbformat.read
        notebook = read(EXAMPLES / "audience_size.ipynb", as_version=4)
        # Where the package is found, also where it is not installed.
        place = {"metadata": {"path": str(EXAMPLES.parent.parent)}}
        nbclient.NotebookClient(notebook, kernel_name="python3", resources=place).execute()
    return {
        cell.id: output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    }


def test_every_result_is_a_picture(shown: dict[str, str]) -> None:
    """The job, its metrics and the summary show as HTML."""
    assert list(shown) == ["job", "metrics", "summary"]


def test_metrics_are_a_chart(shown: dict[str, str]) -> None:
    """Metrics show as an SVG with a point for each size, the recall and the line of random choice."""
    chart = shown["metrics"]
    assert chart.startswith("<svg ")
    assert chart.count("<circle ") == 5
    for words in ("Relevance by audience size", "Recall", "chance "):
        assert words in chart


def test_a_resource_is_a_table(shown: dict[str, str]) -> None:
    """A resource shows its members; the chart of its metrics is one of them."""
    for cell in ("job", "summary"):
        assert shown[cell].startswith("<table>")
        assert "holiday shoppers" in shown[cell]
    assert shown["metrics"] in shown["job"]
