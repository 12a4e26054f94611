import json
import subprocess
import sys

import pytest

from cleanroomsml_client.cli import main
from cleanroomsml_client.local import ErrorResponse, Fault, LocalService, RawResponse
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
def test_a_terminal_without_the_extra(command: str, service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal without rich, the program prints plain text, and one hint what to install."""
    arn = service.add_audience_model()
    assert main([command, arn]) == 0
    out, err = capsys.readouterr()
    assert "ACTIVE" in out
    assert err == 'cleanroomsml: for live output with colours:  pip install "cleanroomsml-client[cli]"\n'


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
    out, err = capsys.readouterr()
    reason = "The config profile (nobody) could not be found"
    assert (out, err) == ("", f"cleanroomsml: {reason}; `aws configure list-profiles` shows those that exist\n")


def test_service_error(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """The service's refusal is one line and exit code 4: nobody knows whether training has failed."""
    assert main(["watch", MODEL_ARN]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cleanroomsml: GetAudienceModel: ResourceNotFoundException (404): ")
    assert err.count("\n") == 1
    assert len(service.requests) == 1


def test_region_option(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """--region takes precedence over the region in the ARN."""
    arn = service.add_audience_model()
    assert main(["show", arn, "--region", "eu-west-1"]) == 4
    _, err = capsys.readouterr()
    assert "ResourceNotFoundException" in err
    assert err.splitlines()[1] == (
        "  audience_model_arn: in the region us-east-1, but the client in eu-west-1; write --region us-east-1"
    )


def test_no_connection(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that cannot be reached is one line and exit code 4."""

    def no_pause(*_: float) -> float:
        return 0.0

    monkeypatch.setattr("cleanroomsml_client._retry.random.uniform", no_pause)
    with refused_port() as port:
        assert main(["show", MODEL_ARN, "--endpoint-url", f"http://127.0.0.1:{port}"]) == 4
    assert capsys.readouterr().err.startswith("cleanroomsml: GetAudienceModel: Could not connect to the endpoint URL")


@pytest.mark.parametrize(
    ("fault", "watch", "show"),
    [
        (ErrorResponse("ExpiredTokenException", "The token has expired.", 403), 2, 2),
        (ErrorResponse("UnrecognizedClientException", "Unknown key.", 403), 2, 2),
        (ErrorResponse("AccessDeniedException", "Not allowed.", 403), 4, 4),
        # A wait survives it, until its timeout.
        (ErrorResponse("InternalServiceException"), 3, 4),
        (RawResponse(status=200, body="<html>"), 4, 4),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_what_is_no_failure_of_the_resource(
    fault: Fault, watch: int, show: int, service: LocalService, capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that retrains on exit code 1 never does so because of credentials, permissions or the network."""
    arn = service.add_audience_model()
    service.inject(fault, times=None)
    assert main(["show", arn]) == show
    assert main(["watch", arn, "--timeout", "1"]) == watch
    assert capsys.readouterr().out == ""


def test_missing_credentials(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without credentials the exit code is that of a wrong configuration, and the message says what to do."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["show", MODEL_ARN]) == 2
    assert "none are configured; pass --profile, set AWS_PROFILE" in capsys.readouterr().err


def test_without_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """The program alone prints its help."""
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("usage: cleanroomsml")
    assert "watch" in out
    assert err == ""


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["watch", "--help"], ["list", "--help"], ["completion", "bash"], []]
)
def test_what_needs_no_request_imports_no_client(arguments: list[str]) -> None:
    """Help, version and completion import neither aiobotocore nor the classes of resources."""
    program = (
        "import sys\n"
        "from cleanroomsml_client.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'aiobotocore', 'aiohttp', 'botocore', 'rich', 'tenacity'} & sys.modules.keys()\n"
        "sys.exit(','.join(heavy) or len([m for m in sys.modules if m.startswith('cleanroomsml_client')]) > 6)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
