"""The benchmarks can run, their arithmetic is right, and their pages are the ones that they would write."""

# pyright: reportPrivateUsage=false

import re
from importlib.util import find_spec
from operator import methodcaller
from pathlib import Path
from typing import cast

import pytest

from benchmarks import __main__ as command
from benchmarks import competitors, instructions, overhead, report, waits, worker
from benchmarks.competitors import OURS, PEER
from benchmarks.figures import Figures
from benchmarks.goals import TARGETS
from benchmarks.run import COUNTED, COUNTED_WORK
from benchmarks.workloads import WORK, Work

_NEEDS_PEERS = pytest.mark.skipif(
    find_spec("capo_cleanroomsml") is None,
    reason="the page has the versions of the group `bench`, which is not installed",
)
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


def test_a_figure_is_the_lowest_value_with_the_distance_of_the_median() -> None:
    """Noise only adds to a value; the distance of the median shows how much noise there was."""
    figures = Figures()
    figures.add("get", OURS, {"cpu": 0.0012})
    assert figures.spread("get", OURS, "cpu") is None
    assert " 1,200 µs |" in report.tables(figures)
    for seconds in (0.001, 0.005, 0.0011, 0.0013):
        figures.add("get", OURS, {"cpu": seconds})
    assert figures.get("get", OURS, "cpu") == 0.001
    assert figures.spread("get", OURS, "cpu") == pytest.approx(0.2)
    assert figures.get("get", PEER, "cpu") is None
    assert " 1,000 µs +20 % |" in report.tables(figures)


_PROFILE = """\
# callgrind format
version: 1
desc: Trigger: --dump-before=getsid
events: Ir
cmd: python totals: 99
fn=(1) totals
5 17

totals: 5678
"""


def test_the_total_of_a_profile() -> None:
    """The sum of all functions is in the last line."""
    assert instructions.total(_PROFILE) == 5678
    with pytest.raises(ValueError, match="without a line `totals:`"):
        instructions.total(_PROFILE.replace("totals: ", "total: "))


def test_the_instructions_of_a_call() -> None:
    """The total is divided by the number of times, and by the calls that are made at once."""
    work = WORK["get"]._replace(times=25)
    assert instructions.of_one_call(_PROFILE, work) == 567.8
    assert instructions.of_one_call(_PROFILE, work._replace(times=1, calls=100)) == 56.78


@pytest.mark.parametrize(("calls", "first", "last"), [(1, 21, 31), (100, 1, 11)])
async def test_the_last_third_of_the_work_is_counted(
    calls: int, first: int, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marks are after 2n and 3n times; many calls at once need no calls before. A get comes first."""
    done: list[str] = []
    marks: list[int] = []

    class _Competitor:
        async def get_audience_model(self) -> str:
            done.append("get")
            return "right"

    competitor = cast("competitors.Competitor", _Competitor())
    work = Work("a get", methodcaller("get_audience_model"), "right", times=25, calls=calls)
    monkeypatch.setattr(worker, "_mark", lambda: marks.append(len(done)))
    await worker._count(competitor, work)
    assert marks == [first, last]
    with pytest.raises(ValueError, match="'other' expected, not 'right'"):
        await worker._count(competitor, work._replace(result="other"))


@pytest.fixture
def no_valgrind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No program is found, nothing is measured, and the pages are temporary files."""

    def fail(*_: object) -> None:
        raise AssertionError("instructions are counted without valgrind")

    def measure(figures: Figures, *_: object) -> None:
        figures.add("get", OURS, {"cpu": 0.001})

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(command, "count", fail)
    monkeypatch.setattr(command, "run", measure)
    monkeypatch.setattr(command, "_HERE", tmp_path)
    monkeypatch.setattr(command, "_DOCS", tmp_path)
    for directory in ("explanation", "_static"):
        (tmp_path / directory).mkdir()


@pytest.mark.usefixtures("no_valgrind")
@_NEEDS_PEERS
def test_without_valgrind_everything_else_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The table has no instructions, and the page says why."""
    monkeypatch.setattr("sys.argv", ["benchmarks"])
    command.main()
    printed, _ = capsys.readouterr()
    assert "CPU time of get_audience_model" in printed
    assert "instructions" not in printed
    assert report._NOT_COUNTED in (tmp_path / "speed.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_valgrind")
def test_counting_needs_valgrind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for instructions alone is an error."""
    monkeypatch.setattr("sys.argv", ["benchmarks", "--only", "get", "--instructions"])
    with pytest.raises(SystemExit, match="2"):
        command.main()
    assert "valgrind, which is not installed" in capsys.readouterr().err


@_NEEDS_PEERS
def test_the_page_states_whether_instructions_were_counted() -> None:
    """Its figures come from machines with and without valgrind."""
    figures = Figures()
    assert report._NOT_COUNTED in report.page(figures, 20)
    figures.add("get", OURS, {"instructions": 1_234_567.0})
    page = report.page(figures, 20)
    assert report._NOT_COUNTED not in page
    assert "1,235 k" in page


def test_the_targets_are_measured() -> None:
    """Of what a target compares, `make bench` counts instructions."""
    for target in TARGETS:
        if target.unit == "instructions":
            assert {target.work, target.other_work or target.work} <= {*COUNTED_WORK, "cold-start"}
            assert target.against in COUNTED


@pytest.mark.parametrize(("ours", "reached"), [(600, "0.600 |     yes |"), (601, "0.601 |  **no** |")])
def test_a_missed_target_is_shown(ours: int, reached: str) -> None:
    """A target of 0.60 is reached at 0.6, and missed above."""
    figures = Figures()
    figures.add("get", OURS, {"instructions": ours})
    figures.add("get", PEER, {"instructions": 1_000})
    assert reached in report.tables(figures)
