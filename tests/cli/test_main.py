import json
import sys

import pytest

from cleanroomsml_client.cli import main
from cleanroomsml_client.local import LocalService
from tests.support.cli import (
    MODEL_ARN,
)
from tests.support.wire import refused_port


@pytest.fixture
def without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed."""
    for name in [name for name in sys.modules if name.startswith("rich.")]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "rich", None)


@pytest.mark.usefixtures("terminal", "without_rich")
@pytest.mark.parametrize("command", ["watch", "show"])
def test_terminal_output_needs_the_extra(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal without rich, the program says what to install or which option to use, with exit code 2."""
    assert main([command, MODEL_ARN]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        'cleanroomsml: output on a terminal needs the extra "cli":\n  pip install "cleanroomsml-client[cli]"\n'
        "or use --plain or --json\n"
    )


@pytest.mark.usefixtures("terminal", "without_rich")
def test_plain_and_json_do_not_need_the_extra(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Plain text and JSON work without rich, also on a terminal."""
    arn = service.add_audience_model()
    assert main(["watch", arn, "--plain"]) == main(["show", arn, "--plain"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["2026-01-02T09:15:00Z  ACTIVE", f"audience model arn    {arn}"]
    assert main(["watch", arn, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "ACTIVE"


def test_unusable_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown profile is a usage error of one line."""
    assert main(["show", MODEL_ARN, "--profile", "nobody"]) == 2
    assert capsys.readouterr() == ("", "cleanroomsml: The config profile (nobody) could not be found\n")


def test_service_error(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """The service's refusal is one line and exit code 1."""
    assert main(["watch", MODEL_ARN]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cleanroomsml: GetAudienceModel: ResourceNotFoundException (404): ")
    assert err.count("\n") == 1
    assert len(service.requests) == 1


def test_region_option(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """--region takes precedence over the region in the ARN."""
    arn = service.add_audience_model()
    assert main(["show", arn, "--region", "eu-west-1"]) == 1
    assert "ResourceNotFoundException" in capsys.readouterr().err


def test_no_connection(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that cannot be reached is one line and exit code 1."""

    def no_pause(*_: float) -> float:
        return 0.0

    monkeypatch.setattr("cleanroomsml_client._retry.random.uniform", no_pause)
    with refused_port() as port:
        assert main(["show", MODEL_ARN, "--endpoint-url", f"http://127.0.0.1:{port}"]) == 1
    assert capsys.readouterr().err.startswith("cleanroomsml: GetAudienceModel: Could not connect to the endpoint URL")
