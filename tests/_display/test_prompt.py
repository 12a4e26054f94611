"""Models and lists of them at prompts of IPython, in notebooks and on terminals."""

import importlib
import io
import pickle
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from rich.console import Console

import cleanroomsml_client as ml
from cleanroomsml_client._display import Items
from cleanroomsml_client.local import Clock, LocalService
from cleanroomsml_client.testing.factories import make

_ipython: Any = importlib.import_module("IPython.lib.pretty")
_pretty: Any = _ipython.pretty
_MOMENT = datetime(2026, 1, 2, 9, 15, tzinfo=UTC)
_SPRING = make(
    ml.AudienceModelSummary, audience_model_arn="arn:spring", name="spring", create_time=_MOMENT, update_time=_MOMENT
)
_FAILED = attrs.evolve(
    _SPRING, audience_model_arn="arn:failed", name="<b>", status=ml.AudienceModelStatus.CREATE_FAILED
)
_TABLE = [
    "name    status         create time              audience model arn",
    "spring  ACTIVE         2026-01-02 09:15:00 UTC  arn:spring",
    "<b>     CREATE_FAILED  2026-01-02 09:15:00 UTC  arn:failed",
]


def _rich(value: object, width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(value)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def _html(items: list[Any]) -> str:
    shown: Any = Items(items)
    html: str = shown._repr_html_()
    return html


def test_a_model_at_a_prompt() -> None:
    """A model is its class and one line for each member that is set."""
    assert _pretty(_SPRING).splitlines() == [
        "AudienceModelSummary",
        "  audience model arn    arn:spring",
        "  name                  spring",
        "  status                ACTIVE",
        f"  training dataset arn  {_SPRING.training_dataset_arn}",
        "  create time           2026-01-02 09:15:00 UTC",
        "  update time           2026-01-02 09:15:00 UTC",
    ]


def test_metrics_at_a_prompt() -> None:
    """Metrics are the figures of their chart."""
    assert _pretty(
        make(ml.Metrics, recall_metric=0.5, relevance_metrics=(make(ml.RelevanceMetric, score=1.0),))
    ).splitlines() == [
        "recall 0.50",
        "size  relevance",
        "   1       1.00",
    ]


def test_a_model_fits_on_a_screen() -> None:
    """A model with many members is cut after 40 lines, and says how to see all."""
    model = make(ml.TrainedModel, hyperparameters={f"parameter-{number}": "1" for number in range(100)})
    lines = _pretty(model).splitlines()
    assert len(lines) == 42
    assert lines[-1].endswith(" more lines; to_dict(...) has all")
    shown, more = 40, int(lines[-1].split()[1])
    complete = _pretty(attrs.evolve(model, hyperparameters={})).splitlines()
    assert shown + more == len(complete) - 1 + 1 + 100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([_SPRING, _FAILED], "[<AudienceModelSummary spring ACTIVE>, <AudienceModelSummary <b> CREATE_FAILED>]"),
        ({"a": _SPRING}, "{'a': <AudienceModelSummary spring ACTIVE>}"),
        ((make(ml.Metrics),), "(<Metrics>,)"),
        ([make(ml.TrainedModelSummary, name="m", version_identifier="2")], "[<TrainedModelSummary m 2 ACTIVE>]"),
    ],
)
def test_a_model_in_something_else(value: object, text: str) -> None:
    """In a list, a dict or a tuple, a model is one short line."""
    assert " ".join(_pretty(value).split()) == text


def test_a_list_at_a_prompt() -> None:
    """What `collect` returns is a table with a line for each item."""
    assert _pretty(Items([_SPRING, _FAILED])).splitlines() == _TABLE
    assert _pretty(Items[Any]()) == "[]"


def test_a_long_list_at_a_prompt() -> None:
    """A long list is cut after 40 items; the rest is counted."""
    lines = _pretty(Items([_SPRING] * 43)).splitlines()
    assert len(lines) == 42
    assert lines[-1] == "... and 3 more"


def test_members_that_are_not_set_have_no_column() -> None:
    """A version has a column if an item has one; an export job, which has no ARN, shows that of its generation job."""
    versions = [make(ml.TrainedModelSummary), make(ml.TrainedModelSummary, version_identifier="2")]
    assert _pretty(Items(versions)).splitlines()[0].split() == (
        ["name", "status", "version", "identifier", "create", "time", "trained", "model", "arn"]
    )
    jobs = Items([make(ml.AudienceExportJobSummary)])
    assert _pretty(jobs).splitlines()[0].split() == (
        ["name", "status", "create", "time", "audience", "generation", "job", "arn"]
    )


def test_a_list_in_a_notebook() -> None:
    """A notebook shows an HTML table, in which text of the service is escaped."""
    html = _html([_SPRING, _FAILED])
    assert html.count("<tr>") == 3
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
    assert _html([_SPRING] * 123).endswith("</table><p>... and 23 more</p>")
    assert _html([]) == "<p>no items</p>"


def test_a_list_on_a_terminal() -> None:
    """Rich shows all items in a table, with the colour of each status."""
    assert _rich(Items([_SPRING, _FAILED]), 100) == _TABLE
    assert len(_rich(Items([_SPRING] * 123), 100)) == 124
    assert _rich(Items[Any](), 100) == ["no items"]
    file = io.StringIO()
    Console(file=file, width=100, force_terminal=True, color_system="standard").print(Items([_FAILED]))
    assert "\x1b[31mCREATE_FAILED" in file.getvalue()


@pytest.mark.parametrize("width", [40, 60])
def test_a_list_on_a_narrow_terminal(width: int) -> None:
    """Where the table is too wide, each item has its ARN on lines of its own, complete."""
    arn = f"arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/{'0' * 36}"
    lines = _rich(Items([attrs.evolve(_SPRING, audience_model_arn=arn)]), width)
    assert max(map(len, lines)) <= width
    assert "".join(line.strip() for line in lines).endswith(arn)
    assert lines[0].startswith("spring  ACTIVE")


def test_a_collected_list_is_a_list() -> None:
    """In every other way it is a list: equal, printed and pickled as one."""
    items = Items([_SPRING])
    assert items == [_SPRING]
    assert repr(items) == repr([_SPRING])
    assert type(pickle.loads(pickle.dumps(items))) is list  # noqa: S301  # pickled here
    assert pickle.loads(pickle.dumps(items)) == items  # noqa: S301  # pickled here
    assert type(items[:1]) is list


async def test_collect_returns_a_table() -> None:
    """`await pages.collect()` is what a notebook shows as a table."""
    async with LocalService(clock=Clock(speed=0)) as service, service.connect() as client:
        service.add_audience_model(name="spring")
        models: Any = await ml.list_audience_models(client).collect()
    assert "<td" in models._repr_html_()
    assert _pretty(models).splitlines()[1].startswith("spring  ACTIVE  ")
