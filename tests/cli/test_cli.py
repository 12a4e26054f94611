import asyncio
import io
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Coroutine, Generator, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import attrs
import pytest
from rich.console import Console

from cleanroomsml_client import TrainedModelStatus
from cleanroomsml_client.cli import live, main, reports
from cleanroomsml_client.cli.arns import target
from cleanroomsml_client.cli.options import parser
from cleanroomsml_client.local import Clock, LocalService
from tests.support.wire import FaultServer, answer, refused_port

_T = TypeVar("_T")

_START = datetime(2026, 1, 2, 9, 15, tzinfo=UTC)
_MEMBERSHIP = "aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb"
_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
_MODEL_ARN = f"{_ARN}audience-model/m-1"
_CHANNEL_ARN = f"{_ARN}membership/{_MEMBERSHIP}/ml-input-channel/c-1"
_TRAINED_ARN = f"{_ARN}membership/{_MEMBERSHIP}/trained-model/t-1"
_INFERENCE_ARN = f"{_ARN}membership/{_MEMBERSHIP}/trained-model-inference-job/i-1"

# The required members of everything that belongs to a membership: readers ignore what is not theirs.
_MEMBERS: dict[str, object] = {
    "mlInputChannelArn": _CHANNEL_ARN,
    "trainedModelArn": _TRAINED_ARN,
    "trainedModelInferenceJobArn": _INFERENCE_ARN,
    "configuredModelAlgorithmAssociationArn": "arn-a",
    "configuredModelAlgorithmArn": "arn-b",
    "membershipIdentifier": _MEMBERSHIP,
    "collaborationIdentifier": "collaboration",
    "configuredModelAlgorithmAssociations": ["arn-a"],
    "inputChannel": {"dataSource": {"later": {"query": "one"}}, "roleArn": "arn-r"},
    "roleArn": "arn-r",
    "retentionInDays": 30,
    "dataChannels": [{"mlInputChannelArn": _CHANNEL_ARN, "channelName": "training"}],
    "dataSource": {"mlInputChannelArn": _CHANNEL_ARN},
    "resourceConfig": {"instanceType": "ml.r5.large", "volumeSizeInGB": 1},
    "outputConfiguration": {"members": [{"accountId": "111122223333"}]},
    "name": "mine",
    "createTime": "2026-01-02T09:00:00Z",
    "updateTime": "2026-01-02T09:00:00Z",
}


class RequestClock(Clock):
    """Each request that the service has seen took 100 simulated seconds."""

    def __init__(self) -> None:
        super().__init__(speed=0, start=_START)
        self.service = LocalService(clock=self)

    def now(self) -> datetime:
        """Simulated time."""
        return super().now() + timedelta(seconds=100 * len(self.service.requests))


@contextmanager
def _background(server: AbstractAsyncContextManager[_T]) -> Generator[_T]:
    """Run a server on an event loop in a thread: the program runs its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    async def enter() -> _T:
        return await server.__aenter__()

    async def leave() -> Any:  # whatever it says of exceptions
        return await server.__aexit__(None, None, None)

    try:
        yield run(enter())
    finally:
        run(leave())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@attrs.frozen
class _Resource:
    name: str
    status: TrainedModelStatus


def _answers(*statuses: str) -> list[bytes]:
    return [answer(200, {**_MEMBERS, "status": status}) for status in statuses]


@pytest.fixture(autouse=True)
def steady_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the terminal that the tests run in; the account of the local service's builders."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "50")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    # The region is the one in the ARN.
    monkeypatch.delenv("AWS_DEFAULT_REGION")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """The local service, which the program takes for AWS's."""
    with _background(RequestClock().service) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", running.endpoint_url)
        yield running


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the program looks at the clock, 125 seconds have passed."""
    ticks = iter(range(0, 125_000, 125))
    monkeypatch.setattr(reports, "now", lambda: _START + timedelta(seconds=next(ticks)))


def _yes(_: object) -> bool:
    return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed goes to a terminal, on which time stands still."""
    del capsys
    # On the class: each phase of a test gets a stream of its own.
    class_: Any = sys.stdout.__class__
    monkeypatch.setattr(class_, "isatty", _yes)
    monkeypatch.setattr(reports, "now", lambda: _START)


def _refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


def _screen(output: str) -> list[str]:
    """The lines that remain of a picture that was drawn several times."""
    last = re.split(r"\x1b\[2K(?:\x1b\[1A\x1b\[2K)*", output)[-1]
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", last).splitlines()]


# --- watch, line by line


@pytest.mark.usefixtures("moments")
def test_watch_prints_a_line_for_each_change(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe go moment, status and how long the one before lasted, the figures when done, and nothing else."""
    arn = service.add_audience_generation_job(status="CREATE_PENDING")
    assert main(["watch", arn, "--interval", "0.001"]) == 0
    told, complained = capsys.readouterr()
    assert complained == ""
    lines = told.splitlines()
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
    """With --json each line is an object with the moment, the status and all of the resource."""
    arn = service.add_audience_model(status="CREATE_PENDING", name="shoppers")
    assert main(["watch", arn, "--json", "--interval", "0.001"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(change["time"], change["status"]) for change in told] == [
        ("2026-01-02T09:15:00Z", "CREATE_PENDING"),
        ("2026-01-02T09:17:05Z", "CREATE_IN_PROGRESS"),
        ("2026-01-02T09:19:10Z", "ACTIVE"),
    ]
    assert {change["arn"] for change in told} == {arn}
    assert {(change["resource"]["audienceModelArn"], change["resource"]["name"]) for change in told} == {
        (arn, "shoppers")
    }
    assert [change["resource"]["status"] for change in told] == [change["status"] for change in told]


@pytest.mark.usefixtures("moments")
def test_watch_until_deleted(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --deleted, being gone is the last line and a success."""
    arn = service.add_audience_model(status="DELETE_PENDING")
    service.clock.advance(10)  # the first look comes after 110 s, between the first minute and the end of the second
    assert main(["watch", arn, "--deleted", "--interval", "0.001"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-01-02T09:15:00Z  DELETE_IN_PROGRESS",
        "2026-01-02T09:17:05Z  gone  after 2 min 05 s",
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
    """A failure is exit code 1: its reason stands beside the status, and the error is one line."""
    arn = service.add_audience_model(status="CREATE_FAILED")
    assert main(["watch", arn]) == 1
    why = "INTERNAL_ERROR: Something went wrong on the service's side."
    assert capsys.readouterr() == (
        f"2026-01-02T09:15:00Z  CREATE_FAILED  {why}\n",
        f"cleanroomsml: {arn} is CREATE_FAILED: {why}\n",
    )


def test_watch_times_out(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Running out of time is exit code 3, told in one line."""
    arn = service.add_audience_model(status="CREATE_PENDING")
    assert main(["watch", arn, "--timeout", "0.02"]) == 3
    complained = capsys.readouterr().err
    # A slow machine has not even looked by then.
    assert re.fullmatch(rf"cleanroomsml: {arn} (is still CREATE_PENDING|was not found) after 0.02 s\n", complained)


def test_watch_is_interrupted(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is exit code 130, without a word."""
    arn = service.add_audience_model(status="CREATE_PENDING")

    def press_ctrl_c(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(reports.Lines, "changed", press_ctrl_c)
    assert main(["watch", arn]) == 130
    assert capsys.readouterr() == ("", "")


def test_watch_when_nobody_reads_any_more(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that was closed at the other end ends the program with exit code 1, not with a traceback."""
    arn = service.add_audience_model()
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as closed, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", closed)
        assert main(["watch", arn]) == 1
        # What is still in the buffer goes nowhere.
        closed.flush()


# --- watch, on a terminal


@pytest.mark.usefixtures("terminal")
def test_watch_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal the last picture stays: what it is, the states with their times and durations, the figures."""
    arn = service.add_audience_generation_job(status="CREATE_PENDING", name="[red]alike[/red]")
    assert main(["watch", arn, "--interval", "0.001"]) == 0
    screen = _screen(capsys.readouterr().out)
    time = f"{_START.astimezone():%H:%M:%S}"
    assert screen[:8] == [
        "audience generation job  [red]alike[/red]",
        arn,
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
    """The picture of a failure ends with the reason."""
    arn = service.add_audience_model(status="CREATE_FAILED")
    assert main(["watch", arn]) == 1
    assert _screen(capsys.readouterr().out)[-1] == (
        f"{_START.astimezone():%H:%M:%S}     CREATE_FAILED    "
        "INTERNAL_ERROR: Something went wrong on the service's side."
    )


@pytest.mark.usefixtures("terminal")
def test_watch_until_deleted_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """What is gone is shown as such, and with nothing measured there is nothing below."""
    assert main(["watch", f"{_ARN}audience-model/m-1", "--deleted"]) == 0
    assert _screen(capsys.readouterr().out)[-1].split() == [f"{_START.astimezone():%H:%M:%S}", "gone"]
    arn = service.add_audience_model()
    assert main(["watch", arn]) == 0
    assert _screen(capsys.readouterr().out)[-1].split() == [f"{_START.astimezone():%H:%M:%S}", "ACTIVE"]


@pytest.mark.parametrize(("encoding", "spinner"), [("utf-8", "⠋"), ("ascii", "-")])
def test_picture_while_waiting(encoding: str, spinner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waits, the picture tells that, and for how long the present state has lasted."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=140, color_system=None, get_time=lambda: 0.0)
    report = live.LiveReport(target(_TRAINED_ARN), console=console)
    moment = _START
    monkeypatch.setattr(reports, "now", lambda: moment)
    console.print(report.picture())
    for status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
        report.changed(_Resource(name="mine", status=TrainedModelStatus(status)))
        moment += timedelta(hours=3, minutes=2, seconds=1)
    console.print(report.picture())
    file.seek(0)
    first, second = f"{_START.astimezone():%H:%M:%S}", f"{(_START + timedelta(seconds=10921)).astimezone():%H:%M:%S}"
    assert [line.rstrip() for line in file.read().splitlines()] == [
        "trained model",
        _TRAINED_ARN,
        "",
        f"{spinner}  looking",
        "trained model  mine",
        _TRAINED_ARN,
        "",
        f"{first}     CREATE_PENDING      3 h 02 min",
        f"{second}  {spinner}  CREATE_IN_PROGRESS  3 h 02 min",
    ]


# --- what belongs to a membership


@pytest.mark.parametrize(
    ("arguments", "statuses", "path"),
    [
        ([_CHANNEL_ARN], ("CREATE_PENDING", "ACTIVE"), "ml-input-channels"),
        ([_CHANNEL_ARN, "--deleted"], ("ACTIVE", "INACTIVE"), "ml-input-channels"),
        ([_TRAINED_ARN], ("CREATE_PENDING", "ACTIVE"), "trained-models"),
        ([_TRAINED_ARN, "--deleted"], ("DELETE_PENDING", "INACTIVE"), "trained-models"),
        ([_TRAINED_ARN, "--cancelled"], ("CANCEL_PENDING", "INACTIVE"), "trained-models"),
        ([_INFERENCE_ARN], ("CREATE_PENDING", "ACTIVE"), "trained-model-inference-jobs"),
        ([_INFERENCE_ARN, "--cancelled"], ("CANCEL_PENDING", "INACTIVE"), "trained-model-inference-jobs"),
    ],
)
@pytest.mark.usefixtures("moments")
def test_watch_in_a_membership(
    arguments: list[str], statuses: tuple[str, str], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The membership comes from the ARN, and each way to end ends where it should."""
    with _background(FaultServer(*_answers(*statuses))) as server:
        assert main(["watch", *arguments, "--endpoint-url", server.url, "--interval", "0.001"]) == 0
        assert {request.target.partition("%3A")[0] for request in server.requests} == {
            f"/memberships/{_MEMBERSHIP}/{path}/arn"
        }
    assert capsys.readouterr().out.splitlines() == [
        f"2026-01-02T09:15:00Z  {statuses[0]}",
        f"2026-01-02T09:17:05Z  {statuses[1]}  after 2 min 05 s",
    ]


@pytest.mark.usefixtures("moments")
def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """--version-identifier asks for that version of a trained model; delivered metrics and logs are told when done."""
    model = {**_MEMBERS, "status": "ACTIVE", "metricsStatus": "PUBLISH_SUCCEEDED", "logsStatus": "PUBLISH_FAILED"}
    with _background(FaultServer(answer(200, model))) as server:
        own = ["--endpoint-url", server.url, "--version-identifier", _MEMBERSHIP]
        assert main(["watch", _TRAINED_ARN, *own]) == main(["show", _TRAINED_ARN, *own]) == 0
        assert [request.target.partition("?")[2] for request in server.requests] == [
            f"versionIdentifier={_MEMBERSHIP}"
        ] * 2
    assert capsys.readouterr().out.splitlines()[:3] == [
        "2026-01-02T09:15:00Z  ACTIVE",
        "metrics status  PUBLISH_SUCCEEDED",
        "logs status     PUBLISH_FAILED",
    ]


# --- show


def test_show(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe a resource goes as plain lines."""
    arn = service.add_training_dataset(name="data", tags={"team": "ads"})
    assert main(["show", arn]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"training dataset arn    {arn}",
        "name                    data",
        "status                  ACTIVE",
        "training data 1",
        "  type                  INTERACTIONS",
        "  input config",
        "    schema 1",
        "      column name       user_id",
        "      column types      USER_ID",
        "    schema 2",
        "      column name       item_id",
        "      column types      ITEM_ID",
        "    schema 3",
        "      column name       event_time",
        "      column types      TIMESTAMP",
        "    data source",
        "      glue data source",
        "        table name      interactions",
        "        database name   clean_rooms",
        "role arn                arn:aws:iam::111122223333:role/clean-rooms-ml",
        "create time             2026-01-02 09:15:00 UTC",
        "update time             2026-01-02 09:15:00 UTC",
        "tags",
        "  team                  ads",
    ]


def test_show_json(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json a resource is printed as AWS names it."""
    arn = service.add_configured_audience_model(name="mine")
    assert main(["show", arn, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["configuredAudienceModelArn"], shown["name"]) == (arn, "mine")
    assert shown["createTime"] == "2026-01-02T09:15:00Z"


@pytest.mark.usefixtures("terminal")
def test_show_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal a resource is shown by rich, in colour."""
    arn = service.add_audience_model(name="mine")
    assert main(["show", arn]) == 0
    told = capsys.readouterr().out
    assert "\x1b[32mACTIVE" in told
    assert _screen(told)[:3] == ["AudienceModel", f"  audience model arn    {arn}", "  name                  mine"]


@pytest.mark.parametrize("kind", ["configured-model-algorithm-association", "ml-input-channel", "trained-model"])
def test_show_in_a_membership(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What belongs to a membership is found by its ARN alone."""
    with _background(FaultServer(*_answers("ACTIVE"))) as server:
        arn = f"{_ARN}membership/{_MEMBERSHIP}/{kind}/x-1"
        assert main(["show", arn, "--endpoint-url", server.url, "--json"]) == 0
        assert f"/memberships/{_MEMBERSHIP}/" in server.requests[0].target
    assert json.loads(capsys.readouterr().out)["name"] == "mine"


def test_show_algorithm(capsys: pytest.CaptureFixture[str]) -> None:
    """An algorithm is no member's, and has no status."""
    with _background(FaultServer(*_answers("ACTIVE"))) as server:
        arn = f"{_ARN}configured-model-algorithm/a-1"
        assert main(["show", arn, "--endpoint-url", server.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["configuredModelAlgorithmArn"] == "arn-b"


# --- without rich


@pytest.fixture
def without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed."""
    for name in [name for name in sys.modules if name.startswith("rich.")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "rich", None)


@pytest.mark.usefixtures("terminal", "without_rich")
@pytest.mark.parametrize("command", ["watch", "show"])
def test_pictures_need_the_extra(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal without rich, the program says what to install or to ask for, with exit code 2."""
    assert main([command, _MODEL_ARN]) == 2
    told, complained = capsys.readouterr()
    assert told == ""
    assert complained == (
        'cleanroomsml: pictures on a terminal need the extra "cli":\n  pip install "cleanroomsml-client[cli]"\n'
        "or ask for --plain or --json\n"
    )


@pytest.mark.usefixtures("terminal", "without_rich")
def test_plain_and_json_do_not_need_the_extra(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain text and JSON come without rich, on a terminal, too."""
    arn = service.add_audience_model()
    assert main(["watch", arn, "--plain"]) == main(["show", arn, "--plain"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["2026-01-02T09:15:00Z  ACTIVE", f"audience model arn    {arn}"]
    assert main(["watch", arn, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "ACTIVE"


# --- usage and other errors


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["watch", "m-1"], "argument ARN: not the ARN of anything in Clean Rooms ML: m-1"),
        (["show", f"{_ARN}trained-model/t-1"], f"not the ARN of anything in Clean Rooms ML: {_ARN}trained-model/t-1"),
        (
            ["watch", f"{_ARN}training-dataset/d-1"],
            "a training dataset has no states to watch: it is ready once it is there (see show)",
        ),
        (["watch", _MODEL_ARN, "--cancelled"], "an audience model cannot be cancelled"),
        (["watch", _INFERENCE_ARN, "--deleted"], "an inference job cannot be deleted"),
        (["watch", _CHANNEL_ARN, "--version-identifier", "1"], "an ML input channel has no versions"),
        (["watch", _MODEL_ARN, "--timeout", "soon"], "not a time span such as 90, 30m or 2h: soon"),
        (["watch", _MODEL_ARN, "--timeout", "0"], "not a time span such as 90, 30m or 2h: 0"),
        (["watch", _TRAINED_ARN, "--deleted", "--cancelled"], "not allowed with argument"),
        (["completion", "powershell"], "invalid choice: 'powershell'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be asked is refused in plain words, with exit code 2, before anything is sent."""
    assert message in _refused(arguments, capsys)


def test_unusable_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown profile is a usage error, told in one line."""
    assert main(["show", _MODEL_ARN, "--profile", "nobody"]) == 2
    assert capsys.readouterr() == ("", "cleanroomsml: The config profile (nobody) could not be found\n")


def test_service_error(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """The service's refusal is one line and exit code 1."""
    assert main(["watch", _MODEL_ARN]) == 1
    told, complained = capsys.readouterr()
    assert told == ""
    assert complained.startswith("cleanroomsml: GetAudienceModel: ResourceNotFoundException (404): ")
    assert complained.count("\n") == 1
    assert len(service.requests) == 1


def test_region_option(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """--region goes before the region in the ARN."""
    arn = service.add_audience_model()
    assert main(["show", arn, "--region", "eu-west-1"]) == 1
    assert "ResourceNotFoundException" in capsys.readouterr().err


def test_no_connection(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that cannot be reached is one line and exit code 1."""

    def at_once(*_: float) -> float:
        return 0.0

    monkeypatch.setattr("cleanroomsml_client.retry.random.uniform", at_once)
    with refused_port() as port:
        assert main(["show", _MODEL_ARN, "--endpoint-url", f"http://127.0.0.1:{port}"]) == 1
    assert capsys.readouterr().err.startswith("cleanroomsml: GetAudienceModel: Could not connect to the endpoint URL")


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("1.5s", 1.5), ("30m", 1800.0), ("2h", 7200.0), ("1d", 86400.0)]
)
def test_time_spans(text: str, seconds: float) -> None:
    """A time span is in seconds, or in the unit that follows it."""
    assert parser().parse_args(["watch", _MODEL_ARN, "--timeout", text]).timeout == seconds


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.9, "0 s"), (59, "59 s"), (60, "1 min 00 s"), (3599, "59 min 59 s"), (90061, "25 h 01 min")]
)
def test_durations(seconds: float, text: str) -> None:
    """A duration is told in the two largest units that it has."""
    assert reports.duration(seconds) == text


def test_clock() -> None:
    """The program's moments are in UTC."""
    assert reports.now().tzinfo is UTC
