import io
from datetime import timedelta

import attrs
import pytest
from rich.console import Console

from cleanroomsml_client import TrainedModelStatus
from cleanroomsml_client.cli import live, main, reports
from cleanroomsml_client.local import LocalService
from tests.support.cli import (
    ARN,
    START,
    TRAINED_ARN,
)
from tests.support.screen import lines_on_screen


@attrs.frozen
class _Resource:
    name: str
    status: TrainedModelStatus


@pytest.mark.usefixtures("terminal")
def test_watch_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the last output stays: the resource, each status with time and duration, the metrics."""
    arn = service.add_audience_generation_job(status="CREATE_PENDING", name="[red]similar[/red]")
    assert main(["watch", arn, "--interval", "0.001"]) == 0
    screen = lines_on_screen(capsys.readouterr().out)
    time = f"{START.astimezone():%H:%M:%S}"
    assert screen[:8] == [
        arn,
        "audience generation job  [red]similar[/red]",
        "",
        f"{time}     CREATE_PENDING      0 s",
        f"{time}     CREATE_IN_PROGRESS  0 s",
        f"{time}     ACTIVE",
        "",
        "metrics           size  relevance",
    ]
    assert [line.split()[0] for line in screen[8:] if line] == ["1", "5", "10", "20", "50", "recall", "random"]


@pytest.mark.usefixtures("terminal")
def test_watch_failing_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """The output of a failure ends with the reason."""
    arn = service.add_audience_model(status="CREATE_FAILED")
    assert main(["watch", arn]) == 1
    assert lines_on_screen(capsys.readouterr().out)[-1] == (
        f"{START.astimezone():%H:%M:%S}     CREATE_FAILED    "
        "INTERNAL_ERROR: Something went wrong on the service's side."
    )


@pytest.mark.usefixtures("terminal")
def test_watch_until_deleted_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A deletion is shown as a status; without metrics nothing follows."""
    assert main(["watch", f"{ARN}audience-model/m-1", "--deleted"]) == 0
    assert lines_on_screen(capsys.readouterr().out)[-1].split() == [f"{START.astimezone():%H:%M:%S}", "deleted"]
    arn = service.add_audience_model()
    assert main(["watch", arn]) == 0
    assert lines_on_screen(capsys.readouterr().out)[-1].split() == [f"{START.astimezone():%H:%M:%S}", "ACTIVE"]


@pytest.mark.usefixtures("terminal")
def test_the_time_in_the_first_status(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first status counts from the last update of the resource, not from the first poll."""
    arn = service.add_audience_model()
    monkeypatch.setattr(reports, "now", lambda: START + timedelta(hours=2))
    assert main(["watch", arn]) == 0
    [line] = [line for line in lines_on_screen(capsys.readouterr().out) if "ACTIVE" in line]
    assert line.startswith(f"{START.astimezone():%H:%M:%S}")


@pytest.mark.parametrize(("encoding", "spinner"), [("utf-8", "⠋"), ("ascii", "-")])
def test_output_while_waiting(encoding: str, spinner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waits, the output shows a spinner and how long the present status has lasted."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=140, color_system=None, get_time=lambda: 0.0)
    report = live.LiveReport(TRAINED_ARN, "trained model", console=console)
    moment = START
    monkeypatch.setattr(reports, "now", lambda: moment)
    console.print(report.render())
    for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
        report.changed(_Resource(name="mine", status=TrainedModelStatus(status)))
        moment += timedelta(hours=3, minutes=2, seconds=1)
    console.print(report.render())
    file.seek(0)
    first, second = f"{START.astimezone():%H:%M:%S}", f"{(START + timedelta(seconds=10921)).astimezone():%H:%M:%S}"
    assert [line.rstrip() for line in file.read().splitlines()] == [
        "trained model",
        "",
        f"{spinner}  polling",
        "trained model  mine",
        "",
        f"{first}     CREATE_PENDING      3 h 02 min",
        f"{second}  {spinner}  CREATE_IN_PROGRESS  3 h 02 min",
    ]
