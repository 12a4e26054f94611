"""`cleanroomsml doctor`: what it tries, what it says, and its exit codes."""

import json
import platform
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import trustme

from cleanroomsml_client import __version__
from cleanroomsml_client.cli import main
from cleanroomsml_client.kinds import KINDS
from cleanroomsml_client.local import ErrorResponse, LocalService
from tests.support.cli import background
from tests.support.wire import FaultServer, refused_port, response

_ARN = "arn:aws:sts::111122223333:assumed-role/analyst/me"
_IDENTITY = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>{_ARN}</Arn><UserId>AROAEXAMPLE:me</UserId><Account>111122223333</Account></GetCallerIdentityResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
_EMPTY_LISTS: dict[str, list[object]] = {
    member: []
    for member in (
        "trainingDatasets",
        "audienceModels",
        "configuredAudienceModels",
        "audienceGenerationJobs",
        "audienceExportJobs",
        "configuredModelAlgorithms",
    )
}


@pytest.fixture(autouse=True)
def sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultServer]:
    """AWS STS, which says who the caller is."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with background(FaultServer(response(200, _IDENTITY.encode(), {"Content-Type": "text/xml"}))) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.url)
        yield server


def _checks(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    return {check["check"]: check for check in json.loads(capsys.readouterr().out)}


def test_all_is_well(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Caller, credentials, region, endpoint, clock and each list are lines of a table; the exit code is 0."""
    service.add_audience_model()
    assert main(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = [re.split(r" {2,}", line, maxsplit=2) for line in out.splitlines()]
    table = {name: (mark, details) for mark, name, details in lines}
    mark, versions = table["versions"]
    assert (mark, versions.split(", ")[0]) == ("ok", f"cleanroomsml-client {__version__}")
    assert f", aiobotocore {version('aiobotocore')}, botocore " in versions
    assert versions.endswith(f", Python {platform.python_version()}")
    assert table["credentials"] == ("ok", "from env")
    assert table["region"] == ("ok", "us-east-1")
    assert table["endpoint"] == ("ok", service.endpoint_url)
    assert table["caller"] == ("ok", f"account 111122223333, {_ARN}")
    assert table["TLS"] == ("-", "not used: the endpoint has http")
    assert re.fullmatch(r"\d+ s (ahead of|behind) the service; AWS accepts 300 s", table["clock"][1])
    assert table["list audience-models"] == ("ok", "allowed")
    assert table["list configured-audience-models"] == ("ok", "allowed; there are none")
    assert table["list trained-models"] == ("-", "not tried: needs --membership-identifier")
    assert "111122223333" not in table["credentials"][1]
    assert {request.method for request in service.requests} == {"GET"}


def test_a_membership_and_a_collaboration(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With a membership and a collaboration, their lists are tried, too."""
    membership = service.add_membership()
    collaboration = service.collaboration_of(membership)
    arguments = ["--membership-identifier", membership, "--collaboration-identifier", collaboration]
    assert main(["doctor", "--json", *arguments]) == 0
    checks = _checks(capsys)
    tried = {name for name, check in checks.items() if name.startswith("list ") and check["ok"]}
    # Two lists need a trained model.
    assert len(tried) == len(KINDS) - 2


def test_denied_lists(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A denied list names its IAM action, and the end names the page; the others are tried, and the exit code is 4."""
    for operation in ("ListAudienceModels", "ListTrainingDatasets"):
        service.inject(ErrorResponse("AccessDeniedException", "Not allowed.", 403), operation)
    assert main(["doctor"]) == 4
    out = capsys.readouterr().out
    assert "FAILED  list audience-models" in out
    assert "denied: needs cleanrooms-ml:ListAudienceModels" in out
    *_, missing, page = out.splitlines()
    assert missing == (
        "To allow what is missing, add to the IAM policy of the caller: "
        "cleanrooms-ml:ListAudienceModels, cleanrooms-ml:ListTrainingDatasets"
    )
    assert page == (
        "What else each operation needs, and whole policies: "
        'the page "Give the least permissions" of the documentation (docs/how-to/iam.md)'
    )
    service.inject(ErrorResponse("AccessDeniedException", "Not allowed.", 403), "ListAudienceModels")
    assert main(["doctor", "--json"]) == 4
    checks = _checks(capsys)
    assert checks["list audience-models"]["action"] == "cleanrooms-ml:ListAudienceModels"
    assert checks["list training-datasets"]["ok"] is True


def test_expired_credentials(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Credentials that the service refuses are failed checks with exit code 2."""
    service.inject(ErrorResponse("ExpiredTokenException", "The token has expired.", 403), times=None)
    assert main(["doctor", "--json"]) == 2
    assert "ExpiredTokenException" in _checks(capsys)["list audience-models"]["details"]


def test_without_credentials(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without credentials nothing is sent, and the exit code is 2."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert main(["doctor", "--json"]) == 2
    checks = _checks(capsys)
    assert list(checks) == ["versions", "region", "endpoint", "credentials"]
    assert checks["credentials"]["details"] == "no credentials are configured; run `aws configure` or `aws sso login`"


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [("AWS_PROFILE", "unknown", "configuration"), ("AWS_SECRET_ACCESS_KEY", "", "credentials")],
)
def test_unusable_configuration(
    name: str, value: str, check: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `connect` refuses is the only failed check, with exit code 2."""
    monkeypatch.setenv(name, value)
    assert main(["doctor", "--json"]) == 2
    checks = _checks(capsys)
    assert list(checks) == ["versions", check]
    assert checks[check]["ok"] is False


def test_an_unknown_caller(
    service: LocalService, sts: FaultServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside an endpoint that is not AWS's, an STS that cannot be reached is no failure."""
    del service, sts
    with refused_port() as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
        assert main(["doctor", "--json"]) == 0
    assert _checks(capsys)["caller"]["ok"] is None


def test_a_caller_that_is_not_asked_for(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the endpoint of a local service, AWS is not asked who the caller is."""
    del service
    monkeypatch.delenv("AWS_ENDPOINT_URL_STS")
    assert main(["doctor", "--json"]) == 0
    assert _checks(capsys)["caller"]["details"] == "not asked: the endpoint is not one of AWS"


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:{}", "https://127.0.0.1:{}", "https://x.amazonaws.com.localhost:{}"]
)
def test_no_connection(endpoint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A service that cannot be reached ends the lists after the first, with exit code 4."""

    def no_pause(*_: float) -> float:
        return 0.0

    monkeypatch.setattr("cleanroomsml_client._retry.random.uniform", no_pause)
    is_aws = ".amazonaws.com" in endpoint
    with refused_port() as port:
        if is_aws:
            monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
        assert main(["doctor", "--json", "--endpoint-url", endpoint.format(port)]) == 4
    checks = _checks(capsys)
    assert [name for name in checks if name.startswith("list ")] == ["list training-datasets"]
    assert checks["clock"]["details"] == "unknown: no response with a Date"
    assert checks["TLS"]["ok"] is None
    assert checks["caller"]["ok"] is not is_aws


@pytest.mark.parametrize(
    ("minutes", "code", "text"),
    [
        (10, 2, "behind the service; AWS accepts 300 s; set it by NTP"),
        (-10, 2, "ahead of the service"),
        (1, 0, "behind"),
    ],
)
def test_the_clock(minutes: int, code: int, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A clock that differs by more than five minutes is a failed check."""
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    with background(FaultServer(response(200, _EMPTY_LISTS, {"Date": date}))) as server:
        assert main(["doctor", "--json", "--endpoint-url", server.url]) == code
    check = _checks(capsys)["clock"]
    assert check["ok"] is (code == 0)
    assert text in check["details"]


@pytest.mark.parametrize("date", ["yesterday", "Mon, 01 Jan 99999 00:00:00 GMT"])
def test_a_date_that_is_none(date: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A Date that cannot be read leaves the clock unknown."""
    with background(FaultServer(response(200, _EMPTY_LISTS, {"Date": date}))) as server:
        assert main(["doctor", "--json", "--endpoint-url", server.url]) == 0
    assert _checks(capsys)["clock"]["ok"] is None


def test_a_response_without_a_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a Date the clock is unknown."""
    with background(FaultServer(response(200, _EMPTY_LISTS))) as server:
        assert main(["doctor", "--json", "--endpoint-url", server.url]) == 0
    assert _checks(capsys)["clock"]["details"] == "unknown: no response with a Date"


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """With https, a response shows that certificate and host name are right; an unknown authority is a failure."""
    authority = trustme.CA()
    certificate: Any = authority.issue_cert("127.0.0.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    bundle = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(bundle)
    date = format_datetime(datetime.now(UTC), usegmt=True)
    with background(FaultServer(response(200, _EMPTY_LISTS, {"Date": date}), tls=context)) as server:
        url = f"https://127.0.0.1:{server.port}"
        assert main(["doctor", "--json", "--endpoint-url", url]) == 4
        assert "certificate" in _checks(capsys)["list training-datasets"]["details"]
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        assert main(["doctor", "--json", "--endpoint-url", url]) == 0
        assert _checks(capsys)["TLS"]["ok"] is True


def test_secrets_are_not_shown(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither keys nor tokens are shown."""
    del service
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-test")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-the-test")
    for arguments in (["doctor"], ["doctor", "--json"]):
        main(arguments)
        out, err = capsys.readouterr()
        assert "of-the-test" not in out + err
