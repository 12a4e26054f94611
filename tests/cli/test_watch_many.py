"""`cleanroomsml watch` with several ARNs, and with export jobs."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from cleanroomsml_client import AudienceModel, AudienceModelStatus, StatusDetails
from cleanroomsml_client.cli import live, main, reports
from cleanroomsml_client.local import LocalService
from cleanroomsml_client.testing.factories import make
from tests.support.cli import START
from tests.support.screen import lines_on_screen

_VERSION = "00000000-0000-4000-8000-000000000000"


def _lines(text: str) -> list[list[str]]:
    return [line.split()[1:3] for line in text.splitlines()]


def test_each_line_names_the_resource(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain output has a line for each change of each resource, with its name; it ends when all are ready."""
    arns = [service.add_audience_model(status="CREATE_PENDING", name=name) for name in ("one", "two")]
    arns.append(service.add_audience_generation_job(name="job"))
    assert main(["watch", *arns, arns[0], "--interval", "0.001"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for name in ("one", "two"):
        assert [line[1] for line in _lines(out) if line[0] == name][-1] == "ACTIVE"
    assert [line for line in _lines(out) if line[0] == "job"] == [["job", "ACTIVE"]]


def test_json_lines_name_the_arn(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json, each line has the ARN of its resource."""
    arns = [service.add_audience_model(name=name) for name in ("one", "two")]
    assert main(["watch", *arns, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(line["arn"], line["resource"]["name"]) for line in lines} == {(arns[0], "one"), (arns[1], "two")}


def test_the_first_failure_ends_all(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """When one has failed, the others are no longer followed, and the exit code is 1."""
    pending = service.add_audience_model(status="CREATE_PENDING", name="pending")
    failed = service.add_audience_model(status="CREATE_FAILED", name="failed")
    assert main(["watch", pending, failed]) == 1
    out, err = capsys.readouterr()
    assert ["failed", "CREATE_FAILED"] in _lines(out)
    assert "ACTIVE" not in out
    assert err == (
        f"cleanroomsml: {failed} is CREATE_FAILED: INTERNAL_ERROR: Something went wrong on the service's side.\n"
    )


def test_each_region_has_its_client(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """ARNs of several regions are each asked for in their own."""
    arn = service.add_audience_model()
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    assert main(["watch", arn, elsewhere]) == 4
    assert "ResourceNotFoundException" in capsys.readouterr().err
    regions = {request.path.split("%3A")[3] for request in service.requests}
    assert regions == {"us-east-1", "eu-west-1"}


def test_an_export_job(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """An export job, which has no ARN, is followed by its generation job and name; in the end, its place is printed."""
    job = service.add_audience_generation_job()
    service.add_audience_export_job(audience_generation_job_arn=job, name="spring", status="CREATE_PENDING")
    assert main(["watch", job, "--export", "spring", "--interval", "0.001"]) == 0
    *changes, output = capsys.readouterr().out.splitlines()
    assert changes[-1].split()[1] == "ACTIVE"
    assert re.fullmatch(r"output: s3://.+/", output)
    assert {request.operation for request in service.requests} == {"ListAudienceExportJobs"}


def test_the_export_of_a_trained_model(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """The export of a trained model is followed in its collaboration."""
    membership = service.add_membership()
    model = service.add_trained_model(membership_identifier=membership)
    service.add_trained_model_export_job(trained_model_arn=model, name="spring")
    collaboration = ["--collaboration-identifier", service.collaboration_of(membership)]
    assert main(["watch", model, "--export", "spring", *collaboration]) == 0
    assert capsys.readouterr().out.split()[1] == "ACTIVE"
    version = ["--version-identifier", _VERSION, "--timeout", "0.1"]
    assert main(["watch", model, "--export", "spring", *collaboration, *version]) == 3
    assert "TypeError" not in capsys.readouterr().err
    assert f"trainedModelVersionIdentifier={_VERSION}" in service.requests[-1].query


@pytest.mark.usefixtures("terminal")
def test_a_table_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal, each resource is a row: name, kind, status, time in it, details."""
    arns = [service.add_audience_model(name="one"), service.add_audience_generation_job(name="two")]
    failed = service.add_audience_model(status="CREATE_FAILED", name="three")
    assert main(["watch", *arns]) == 0
    rows = [line.split() for line in lines_on_screen(capsys.readouterr().out)]
    assert [row[:2] for row in rows] == [["one", "audience"], ["two", "audience"]]
    assert all("ACTIVE" in row for row in rows)
    assert main(["watch", *arns, failed]) == 1
    assert "Something went wrong on the service's side." in " ".join(lines_on_screen(capsys.readouterr().out))


def _drawn(width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, get_time=lambda: 0.0)
    table = live.LiveTable(["audience model", "audience generation job", "audience model"], console=console)
    rows: Any = table.__enter__()
    console.file = file = io.StringIO()
    monkeypatch.setattr(reports, "now", lambda: START + timedelta(hours=3))
    pending = make(AudienceModel, name="spring", status="CREATE_PENDING", create_time=START, update_time=START)
    rows[0].changed(pending)
    details = StatusDetails(status_code="NO_DATA", message="The column is empty.")
    rows[2].changed(
        make(AudienceModel, name="autumn", status=AudienceModelStatus.CREATE_FAILED, status_details=details)
    )
    console.print(table.render())
    table.__exit__(None, None, None)
    return [line.rstrip() for line in file.getvalue().split("\x1b")[0].splitlines()][:8]


def test_the_time_in_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time counts from the last update of the resource, not from the first poll."""
    lines = _drawn(120, monkeypatch)
    assert lines[0].split() == ["⠋", "spring", "audience", "model", "CREATE_PENDING", "3", "h", "00", "min"]
    assert lines[1].split() == ["⠋", "audience", "generation", "job", "polling"]
    assert lines[2].endswith("NO_DATA: The column is empty.")


def test_forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal, each resource has lines of its own, which stay readable."""
    lines = _drawn(40, monkeypatch)
    assert max(map(len, lines)) <= 40
    assert [line.strip() for line in lines[:2]] == ["⠋  spring", "CREATE_PENDING  3 h 00 min"]
    assert "autumn" in lines[4]


@pytest.mark.usefixtures("terminal")
def test_a_deletion_in_the_table(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A resource that is deleted stays in the table as deleted."""
    missing = service.add_audience_model().rsplit("/", 1)[0] + "/00000000-0000-4000-8000-000000000000"
    deleting = service.add_audience_model(status="DELETE_PENDING", name="old")
    assert main(["watch", missing, deleting, "--deleted", "--interval", "0.001"]) == 0
    rows = lines_on_screen(capsys.readouterr().out)
    assert all("deleted" in row for row in rows)
    assert len(rows) == 2
