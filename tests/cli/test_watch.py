import json
import os
import re
import signal
import sys

import pytest

from cleanroomsml_client.cli import main, reports
from cleanroomsml_client.local import LocalService
from tests.support.cli import (
    CHANNEL_ARN,
    INFERENCE_ARN,
    MEMBERS,
    MEMBERSHIP,
    TRAINED_ARN,
    background,
    responses,
)
from tests.support.wire import FaultServer, response


@pytest.mark.usefixtures("moments")
def test_watch_prints_a_line_for_each_change(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe receives time, status and duration of the previous status, then the metrics, and nothing else."""
    arn = service.add_audience_generation_job(status="CREATE_PENDING")
    assert main(["watch", arn, "--interval", "0.001"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[:4] == [
        "2026-01-02T09:15:00Z  CREATE_PENDING",
        "2026-01-02T09:17:05Z  CREATE_IN_PROGRESS  after 2 min 05 s",
        "2026-01-02T09:19:10Z  ACTIVE  after 2 min 05 s",
        "metrics",
    ]
    assert main(["show", arn, "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    assert lines[4:] == [
        f"  recall {metrics['recallMetric']:.2f} (random choice 0.50)",
        "  size  relevance",
        *(f"  {m['audienceSize']['value']:2} %  {m['score']:9.2f}" for m in metrics["relevanceMetrics"]),
    ]


@pytest.mark.usefixtures("moments")
def test_watch_prints_json_lines(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each line is an object with the time, the status and the whole resource."""
    arn = service.add_audience_model(status="CREATE_PENDING", name="shoppers")
    assert main(["watch", arn, "--json", "--interval", "0.001"]) == 0
    changes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(change["time"], change["status"]) for change in changes] == [
        ("2026-01-02T09:15:00Z", "CREATE_PENDING"),
        ("2026-01-02T09:17:05Z", "CREATE_IN_PROGRESS"),
        ("2026-01-02T09:19:10Z", "ACTIVE"),
    ]
    assert {change["arn"] for change in changes} == {arn}
    assert {(change["resource"]["audienceModelArn"], change["resource"]["name"]) for change in changes} == {
        (arn, "shoppers")
    }
    assert [change["resource"]["status"] for change in changes] == [change["status"] for change in changes]


@pytest.mark.usefixtures("moments")
def test_watch_until_deleted(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --deleted, the deletion is the last line and a success."""
    arn = service.add_audience_model(status="DELETE_PENDING")
    service.clock.advance(10)  # the first poll comes after 110 s, in the second minute
    assert main(["watch", arn, "--deleted", "--interval", "0.001"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-01-02T09:15:00Z  DELETE_IN_PROGRESS",
        "2026-01-02T09:17:05Z  deleted  after 2 min 05 s",
    ]
    assert main(["watch", arn, "--deleted", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "time": "2026-01-02T09:19:10Z",
        "arn": arn,
        "status": None,
        "resource": None,
    }


@pytest.mark.usefixtures("moments")
def test_watch_fails(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A failure is exit code 1: the line has the reason, and the error is one line."""
    arn = service.add_audience_model(status="CREATE_FAILED")
    assert main(["watch", arn]) == 1
    reason = "INTERNAL_ERROR: Something went wrong on the service's side."
    assert capsys.readouterr() == (
        f"2026-01-02T09:15:00Z  CREATE_FAILED  {reason}\n",
        f"cleanroomsml: {arn} is CREATE_FAILED: {reason}\n",
    )


def test_watch_times_out(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A timeout is exit code 3 and one line."""
    arn = service.add_audience_model(status="CREATE_PENDING")
    assert main(["watch", arn, "--timeout", "0.02"]) == 3
    err = capsys.readouterr().err
    # A slow machine may not have polled by then.
    state = r"is still CREATE_PENDING after 0\.02 s; it continues, so wait again|was not found after 0\.02 s"
    assert re.fullmatch(rf"cleanroomsml: {arn} ({state})\n", err)


def test_watch_is_interrupted(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is exit code 130, without any output."""
    arn = service.add_audience_model(status="CREATE_PENDING")

    def press_ctrl_c(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(reports.Lines, "changed", press_ctrl_c)
    assert main(["watch", arn]) == 130
    assert capsys.readouterr() == ("", "")


def test_watch_when_the_pipe_is_closed(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that its reader closed ends the program with exit code 4, not with a traceback."""
    arn = service.add_audience_model()
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", closed)
        assert main(["watch", arn]) == 4
        # The rest of the buffer is discarded.
        closed.flush()


@pytest.mark.parametrize(
    ("arguments", "statuses", "path"),
    [
        ([CHANNEL_ARN], ("CREATE_PENDING", "ACTIVE"), "ml-input-channels"),
        ([CHANNEL_ARN, "--deleted"], ("ACTIVE", "INACTIVE"), "ml-input-channels"),
        ([TRAINED_ARN], ("CREATE_PENDING", "ACTIVE"), "trained-models"),
        ([TRAINED_ARN, "--deleted"], ("DELETE_PENDING", "INACTIVE"), "trained-models"),
        ([TRAINED_ARN, "--cancelled"], ("CANCEL_PENDING", "INACTIVE"), "trained-models"),
        ([INFERENCE_ARN], ("CREATE_PENDING", "ACTIVE"), "trained-model-inference-jobs"),
        ([INFERENCE_ARN, "--cancelled"], ("CANCEL_PENDING", "INACTIVE"), "trained-model-inference-jobs"),
    ],
)
@pytest.mark.usefixtures("moments")
def test_watch_in_a_membership(
    arguments: list[str], statuses: tuple[str, str], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The membership comes from the ARN, and each goal ends the wait."""
    with background(FaultServer(*responses(*statuses))) as server:
        assert main(["watch", *arguments, "--endpoint-url", server.url, "--interval", "0.001"]) == 0
        assert {request.target.partition("%3A")[0] for request in server.requests} == {
            f"/memberships/{MEMBERSHIP}/{path}/arn"
        }
    assert capsys.readouterr().out.splitlines() == [
        f"2026-01-02T09:15:00Z  {statuses[0]}",
        f"2026-01-02T09:17:05Z  {statuses[1]}  after 2 min 05 s",
    ]


@pytest.mark.usefixtures("moments")
def test_version_identifier(capsys: pytest.CaptureFixture[str]) -> None:
    """--version-identifier selects a version; the status of metrics and logs is printed at the end."""
    model = {**MEMBERS, "status": "ACTIVE", "metricsStatus": "PUBLISH_SUCCEEDED", "logsStatus": "PUBLISH_FAILED"}
    with background(FaultServer(response(200, model))) as server:
        own = ["--endpoint-url", server.url, "--version-identifier", MEMBERSHIP]
        assert main(["watch", TRAINED_ARN, *own]) == main(["show", TRAINED_ARN, *own]) == 0
        assert [request.target.partition("?")[2] for request in server.requests] == [
            f"versionIdentifier={MEMBERSHIP}"
        ] * 2
    assert capsys.readouterr().out.splitlines()[:3] == [
        "2026-01-02T09:15:00Z  ACTIVE",
        "metrics status  PUBLISH_SUCCEEDED",
        "logs status     PUBLISH_FAILED",
    ]
