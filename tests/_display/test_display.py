import io
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints
from xml.etree import ElementTree as ET

import attrs
import pytest
from rich.console import Console

import cleanroomsml_client as ml
from cleanroomsml_client._display import notebook, terminal
from cleanroomsml_client._display.values import as_rows, as_text, one_line
from cleanroomsml_client.resources.shared import StatusDetails

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
_MOMENT = datetime(2026, 1, 2, 9, 15, tzinfo=UTC)
_SECRET = "SELECT ssn FROM people"
_JOB = ml.AudienceGenerationJob(
    audience_generation_job_arn=f"{_ARN}audience-generation-job/j-1",
    name="name <script>alert(1)</script> [red]similar[/red]",
    status=ml.AudienceGenerationJobStatus.ACTIVE,
    configured_audience_model_arn=f"{_ARN}configured-audience-model/c-1",
    create_time=_MOMENT,
    update_time=_MOMENT.astimezone(timezone(timedelta(hours=2))),
    seed_audience=ml.AudienceGenerationJobDataSource(
        role_arn="arn:aws:iam::111122223333:role/seed",
        sql_parameters=ml.ProtectedQuerySQLParameters(
            query_string=_SECRET, analysis_template_arn=_SECRET, parameters={_SECRET: _SECRET}
        ),
    ),
    include_seed_in_output=False,
    tags={"te<am": "ads & co"},
)


def _metrics(*scores: tuple[int, float | None], recall: float | None = 0.5, unit: str = "PERCENTAGE") -> ml.Metrics:
    return ml.Metrics(
        relevance_metrics=tuple(
            ml.RelevanceMetric(
                audience_size=ml.AudienceSize(type=ml.AudienceSizeType(unit), value=size),
                score=score,
            )
            for size, score in scores
        ),
        recall_metric=recall,
    )


_METRICS = _metrics((20, 2.5), (5, 5.0), (10, None), (1, 10.0))


def _printed(model: object, *, encoding: str = "utf-8", width: int = 120) -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=file, width=width, color_system=None).print(terminal.render_rich(model))
    file.seek(0)
    return [line.rstrip() for line in file.read().splitlines()]


def _svg(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314  # made here


def _named(svg: ET.Element, name: str) -> list[ET.Element]:
    return list(svg.iter(f"{{http://www.w3.org/2000/svg}}{name}"))


def _shown_classes() -> Iterator[Any]:
    yield ml.Metrics
    for name in dir(ml):
        if name.startswith(("get_", "list_")):
            returned = get_type_hints(getattr(ml, name))["return"]
            yield from (class_ for class_ in get_args(returned) or (returned,) if attrs.has(class_))


_SHOWN: dict[str, Any] = {class_.__name__: class_ for class_ in _shown_classes()}


# --- the hooks


@pytest.mark.parametrize("class_", _SHOWN.values(), ids=_SHOWN.keys())
def test_returned_models_can_be_shown(class_: Any) -> None:
    """Every class that a get or list function returns can be shown by rich and in notebooks."""
    assert callable(class_.__rich__)
    assert callable(class_._repr_html_)


def test_hooks_render_the_model() -> None:
    """Rich and IPython render a model through its hooks."""
    job: Any = _JOB
    assert job._repr_html_() == notebook.render_html(_JOB)
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as captured:
        console.print(_JOB)
    assert [line.rstrip() for line in captured.get().splitlines()] == _printed(_JOB)


def test_models_stay_values() -> None:
    """A model that can be shown keeps its slots, repr, equality and pickle."""
    assert not hasattr(_METRICS, "__dict__")
    assert repr(_metrics()) == "Metrics(relevance_metrics=(), recall_metric=0.5)"
    assert pickle.loads(pickle.dumps(_JOB)) == _JOB  # noqa: S301  # made here
    assert hash(attrs.evolve(_JOB)) == hash(_JOB)


def test_display_costs_nothing_until_used() -> None:
    """Importing the package loads neither rich nor the modules that render models."""
    program = "import sys, cleanroomsml_client; print(*(m for m in sys.modules if 'rich' in m or '_display.' in m))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert loaded.stdout == "\n"


# --- text


def test_rows_as_lines() -> None:
    """Members that are set become aligned lines, with nested ones below; absent ones are left out."""
    assert list(as_text(as_rows(_JOB))) == [
        f"audience generation job arn    {_ARN}audience-generation-job/j-1",
        "name                           name <script>alert(1)</script> [red]similar[/red]",
        "status                         ACTIVE",
        f"configured audience model arn  {_ARN}configured-audience-model/c-1",
        "create time                    2026-01-02 09:15:00 UTC",
        "update time                    2026-01-02 09:15:00 UTC",
        "seed audience",
        "  role arn                     arn:aws:iam::111122223333:role/seed",
        "  sql parameters               not shown",
        "include seed in output         no",
        "tags",
        "  te<am                        ads & co",
    ]


def test_lists_as_lines() -> None:
    """A list of texts is one line; nested models in a list are numbered."""
    schema = ml.ColumnSchema(column_name="user", column_types=(ml.ColumnType.USER_ID, ml.ColumnType.ITEM_ID))
    config = ml.DatasetInputConfig(
        schema=(schema, attrs.evolve(schema, column_name="item")),
        data_source=ml.DataSource(glue_data_source=ml.GlueDataSource(database_name="db", table_name="t")),
    )
    assert list(as_text(as_rows(config))) == [
        "schema 1",
        "  column name       user",
        "  column types      USER_ID, ITEM_ID",
        "schema 2",
        "  column name       item",
        "  column types      USER_ID, ITEM_ID",
        "data source",
        "  glue data source",
        "    table name      t",
        "    database name   db",
    ]


def test_empty_model_as_lines() -> None:
    """A model without members that are set has no lines."""
    assert list(as_text(as_rows(StatusDetails()))) == []


def test_metrics_as_lines() -> None:
    """Plain text has the recall and, from small to large, the relevance of sizes that have one."""
    job = attrs.evolve(_JOB, metrics=_METRICS, include_seed_in_output=True)
    rendered = list(as_text(as_rows(job)))
    assert rendered[9:15] == [
        "include seed in output         yes",
        "metrics",
        "  recall 0.50 (random choice 0.20)",
        "  size  relevance",
        "   1 %      10.00",
        "   5 %       5.00",
    ]


def test_control_characters_never_reach_the_terminal() -> None:
    """Text from the service cannot break a line or control a terminal."""
    assert one_line("a\x1b[2Jb\r\nc\td\u2028e") == "a [2Jb c d e"


def test_sensitive_members_never_show() -> None:
    """No output contains the value of a sensitive member, only its name; JSON omits the name, too."""
    query = ml.ProtectedQuerySQLParameters(query_string=_SECRET, parameters={_SECRET: _SECRET})
    for model in (_JOB, query):
        forms = [str(ml.to_dict(model)), *as_text(as_rows(model)), *_printed(model), notebook.render_html(model)]
        assert not [form for form in forms if "ssn" in form]
    assert list(as_text(as_rows(query))) == ["query string  not shown", "parameters    not shown"]
    assert ml.to_dict(query) == {}


# --- rich


def test_resource_in_rich() -> None:
    """Rich shows a table under the name of the class, and does not interpret markup from the service."""
    summary = ml.AudienceModelSummary(
        audience_model_arn="arn",
        name="[red]x[/red]",
        status=ml.AudienceModelStatus.CREATE_FAILED,
        training_dataset_arn="arn-2",
        create_time=_MOMENT,
        update_time=_MOMENT,
    )
    assert _printed(summary) == [
        "AudienceModelSummary",
        "  audience model arn    arn",
        "  name                  [red]x[/red]",
        "  status                CREATE_FAILED",
        "  training dataset arn  arn-2",
        "  create time           2026-01-02 09:15:00 UTC",
        "  update time           2026-01-02 09:15:00 UTC",
    ]


@pytest.mark.parametrize(
    ("status", "style"),
    [("ACTIVE", "green"), ("DELETE_FAILED", "red"), ("INACTIVE", "dim"), ("CREATE_PENDING", "yellow")],
)
def test_status_styles(status: str, style: str) -> None:
    """The colour of a status shows success, failure or progress."""
    assert terminal.status_style(status) == style


def test_metrics_in_rich() -> None:
    """Bars are as long as the scores, the smallest audience first; recall is above random choice."""
    assert _printed(_METRICS) == [
        "         size  relevance",
        f"          1 %  {'━' * 30}  10.00",
        f"          5 %  {'━' * 15}{' ' * 15}   5.00",
        f"         20 %  {'━' * 7}╸{' ' * 22}   2.50",
        "",
        f"       recall  {'━' * 15}{' ' * 15}   0.50",
        f"random choice  {'━' * 6}{' ' * 24}   0.20",
    ]


def test_metrics_in_rich_without_recall() -> None:
    """Without a recall there is no bar for it."""
    assert _printed(_metrics((1000, 5.0), recall=None, unit="ABSOLUTE")) == [
        " size  relevance",
        f"1,000  {'━' * 15}{' ' * 15}  5.00",
        "recall not available",
    ]


def test_metrics_in_rich_in_users() -> None:
    """With sizes in users there is no bar for a random choice."""
    assert _printed(_metrics((1000, 5.0), unit="ABSOLUTE"))[-1] == f"recall  {'━' * 15}{' ' * 15}  0.50"


def test_metrics_in_ascii() -> None:
    """On an ASCII terminal the bars are ASCII."""
    assert _printed(_metrics((1, 5.0)), encoding="ascii")[1] == f"          1 %  {'-' * 15}{' ' * 15}  5.00"


def test_resource_with_metrics_in_rich() -> None:
    """The output of a job contains that of its metrics."""
    printed = _printed(attrs.evolve(_JOB, metrics=_METRICS))
    inner = _printed(_METRICS)
    start = next(index for index, line in enumerate(printed) if line.startswith("  metrics"))
    assert [line[33:] for line in printed[start : start + len(inner)]] == inner


# --- notebooks


def test_resource_in_notebook() -> None:
    """A notebook shows a table, in which text from the service is escaped."""
    table_html = notebook.render_html(_JOB)
    assert "<script>" not in table_html
    table = ET.fromstring(table_html)  # noqa: S314  # made here
    assert table.findtext("caption") == "AudienceGenerationJob"
    cells = [(row.findtext("th"), row.findtext("td")) for row in table.iter("tr")]
    assert cells[1] == ("name", _JOB.name)
    assert cells[-1] == ("te<am", "ads & co")
    assert len(cells) == 12


def test_resource_with_metrics_in_notebook() -> None:
    """A job's table contains the chart of its metrics."""
    assert f">{notebook.render_html(_METRICS)}</td>" in notebook.render_html(attrs.evolve(_JOB, metrics=_METRICS))


def test_chart_of_relevance() -> None:
    """Points are at size and relevance to scale, connected from small to large, each with its figures."""
    svg = _svg(notebook.render_html(_METRICS))
    assert svg[0].text == "relevance 10.00 at 1 %, 5.00 at 5 %, 2.50 at 20 %; recall 0.50 (random choice 0.20)"
    (path,) = _named(svg, "polyline")
    assert path.get("points") == "56.0,40.0 120.0,104.0 360.0,136.0"
    circles = [(dot.get("cx"), dot.get("cy"), dot[0].text) for dot in _named(svg, "circle")]
    assert circles == [
        ("56.0", "40.0", "1 %: 10.00"),
        ("120.0", "104.0", "5 %: 5.00"),
        ("360.0", "136.0", "20 %: 2.50"),
    ]


def test_chart_of_recall() -> None:
    """Recall is a bar from zero, random choice a dashed line on the same scale."""
    svg = _svg(notebook.render_html(_metrics((20, 5.0))))
    (bar,) = _named(svg, "rect")
    assert (bar.get("y"), bar.get("height")) == ("104.0", "64.0")
    (dashed,) = [line for line in _named(svg, "line") if line.get("stroke-dasharray") != "none"]
    assert (dashed.get("y1"), dashed.get("y2")) == ("142.4", "142.4")
    assert [text.text for text in _named(svg, "text")][-3:] == ["Recall", "0.50", "chance 0.20"]


def test_chart_leaves_out_labels_that_would_overlap() -> None:
    """Of sizes that are close together only the first has a label; each has its point."""
    svg = _svg(notebook.render_html(_metrics((10, 5.0), (11, 4.0), (40, 3.0))))
    assert len(_named(svg, "circle")) == 3
    assert [text.text for text in _named(svg, "text") if "%" in (text.text or "")] == ["10 %", "40 %"]


def test_chart_without_scores_or_recall() -> None:
    """Missing figures are not drawn."""
    svg = _svg(notebook.render_html(_metrics((10, None), recall=None)))
    assert svg[0].text == "relevance not available; recall not available"
    assert _named(svg, "polyline") == _named(svg, "circle") == _named(svg, "rect") == []
    assert [text.text for text in _named(svg, "text")][-2:] == ["Recall", "not available"]


@pytest.mark.parametrize("metrics", [_metrics((1000, 5.0), unit="ABSOLUTE"), _metrics()])
def test_chart_without_random_choice(metrics: ml.Metrics) -> None:
    """Without sizes in percent there is no line for a random choice."""
    svg = _svg(notebook.render_html(metrics))
    assert {line.get("stroke-dasharray") for line in _named(svg, "line")} == {"none"}
    assert [text.text for text in _named(svg, "text")][-1] == "0.50"
