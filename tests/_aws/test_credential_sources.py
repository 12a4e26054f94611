"""Every source of credentials, failing in every way that a file, a program or a server can fail.

A failure is a CredentialsError that names the source, or a TransportError if its server cannot be reached. Whether it
comes from `connect` or from the first call depends on when botocore loads the source. Nothing is sent to the service,
and no secret is in the exception.
"""

import hashlib
import json
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from botocore.credentials import SSOProvider

from cleanroomsml_client import (
    Attempt,
    CleanRoomsMLError,
    CredentialsError,
    RetryPolicy,
    TransportError,
    connect,
    create_audience_model,
)
from tests.support.faults import ARN, DATASET, DOCUMENT
from tests.support.wire import FIN, RST, FaultServer, Script, refused_port, response

pytestmark = [pytest.mark.virtual_time, pytest.mark.slow]

GOOD = response(200, DOCUMENT)
KEY, SECRET, TOKEN = "SOURCEKEY", "planted-secret", "planted-token"
WEB_TOKEN, CONTAINER_TOKEN = "planted-web-identity-token", "planted-container-token"
PLANTED = (SECRET, TOKEN, WEB_TOKEN, CONTAINER_TOKEN)
# Virtual time does not wait for a program: without a timeout, none expires.
RETRY = RetryPolicy(max_attempts=2, timeout=None)
LATER = "2099-01-01T00:00:00Z"
ROLE = "arn:aws:iam::123456789012:role/reader"


@attrs.frozen
class Setup:
    """What a source needs to be configured."""

    home: Path
    patch: pytest.MonkeyPatch
    url: str
    """The server of the source."""

    def config(self, text: str) -> None:
        """Write the default profile."""
        (self.home / "config").write_text(f"[default]\n{text}\n")

    def program(self, output: str, status: int = 0) -> None:
        """Write a program that prints this."""
        (self.home / "output").write_text(output)
        program = self.home / "program"
        program.write_text(f"#!/bin/sh\ncat {self.home / 'output'}\necho trouble >&2\nexit {status}\n")
        program.chmod(0o700)
        self.config(f"credential_process = {program}")


# --- sources with a server


def assume_role(setup: Setup) -> None:
    """A role that the keys of another profile may assume."""
    setup.config(
        f"role_arn = {ROLE}\nsource_profile = b\n[profile b]\naws_access_key_id = B\naws_secret_access_key = b"
    )
    setup.patch.setenv("AWS_ENDPOINT_URL_STS", setup.url)


def web_identity(setup: Setup) -> None:
    """A role that a token in a file may assume."""
    (setup.home / "web").write_text(WEB_TOKEN)
    setup.config(f"role_arn = {ROLE}\nweb_identity_token_file = {setup.home / 'web'}")
    setup.patch.setenv("AWS_ENDPOINT_URL_STS", setup.url)


def sso(setup: Setup) -> None:
    """A role of IAM Identity Center, after a login."""
    start = "https://company.test/start"
    setup.config(
        f"sso_start_url = {start}\nsso_region = us-east-1\nsso_account_id = 123456789012\nsso_role_name = reader"
    )
    token = {"startUrl": start, "region": "us-east-1", "accessToken": WEB_TOKEN, "expiresAt": LATER}
    (setup.home / f"{hashlib.sha1(start.encode()).hexdigest()}.json").write_text(json.dumps(token))  # noqa: S324  # botocore's file name
    setup.patch.setattr(SSOProvider, "_SSO_TOKEN_CACHE_DIR", str(setup.home))
    setup.patch.setenv("AWS_ENDPOINT_URL_SSO", setup.url)


def container(setup: Setup) -> None:
    """A container of ECS."""
    setup.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{setup.url}/credentials")
    setup.patch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", CONTAINER_TOKEN)


def pod_identity(setup: Setup) -> None:
    """A pod of EKS."""
    (setup.home / "pod").write_text(CONTAINER_TOKEN)
    setup.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{setup.url}/credentials")
    setup.patch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(setup.home / "pod"))


def metadata(setup: Setup) -> None:
    """An instance of EC2."""
    setup.patch.delenv("AWS_EC2_METADATA_DISABLED")
    setup.patch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", setup.url)


def sts_response(action: str) -> bytes:
    """Return the XML of STS."""
    keys = {"AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionToken": TOKEN, "Expiration": LATER}
    text = "".join(f"<{name}>{value}</{name}>" for name, value in keys.items())
    xml = f"<{action}Response><{action}Result><Credentials>{text}</Credentials></{action}Result></{action}Response>"
    return response(200, xml.encode(), {"Content-Type": "text/xml"})


JSON_KEYS = {"AccessKeyId": KEY, "SecretAccessKey": SECRET, "Token": TOKEN, "Expiration": LATER}
SSO_KEYS = {"accessKeyId": KEY, "secretAccessKey": SECRET, "sessionToken": TOKEN, "expiration": 4070908800000}


@attrs.frozen
class Source:
    """A source with a server."""

    configure: Callable[[Setup], None]
    name: str
    """botocore's name, which the message contains."""
    success: tuple[Script, ...]


SERVERS = {
    "assume role": Source(assume_role, "assume-role", (sts_response("AssumeRole"),)),
    "web identity": Source(web_identity, "assume-role-with-web-identity", (sts_response("AssumeRoleWithWebIdentity"),)),
    "SSO": Source(sso, "sso", (response(200, {"roleCredentials": SSO_KEYS}),)),
    "container": Source(container, "container-role", (response(200, JSON_KEYS),)),
    "pod identity": Source(pod_identity, "container-role", (response(200, JSON_KEYS),)),
    # First a token, then the name of the role. If the service fails, botocore takes the machine for one without it.
    "metadata": Source(
        metadata,
        "",
        (response(200, b"token"), response(200, b"reader"), response(200, {"Code": "Success", **JSON_KEYS})),
    ),
}
UNREACHABLE: dict[str, Script | None] = {"refused": None, "closed": (FIN,), "reset": (RST,)}
BROKEN: dict[str, Script] = {
    "400": response(400, b""),
    "403 with XML": response(
        403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
    ),
    "403 with JSON": response(403, {"Code": "AccessDenied", "Message": "no"}),
    "404 with HTML": response(404, b"<html>"),
    "500": response(500, b""),
    "503 with text": response(503, b"later"),
    "200 with nothing": response(200, b""),
    "200 with HTML": response(200, b"<html></html>"),
    "200 with a list": response(200, b"[]"),
    "200 with {}": response(200, b"{}"),
    "200 truncated": response(200, b'{"AccessKeyId": "A'),
    "200 with other types": response(200, {"AccessKeyId": 5, "SecretAccessKey": [], "Token": None, "Expiration": {}}),
    "200 that is not UTF-8": response(200, b"\xff\xfe"),
}
HTTP_FAULTS = UNREACHABLE | BROKEN


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")


async def outcome(recorded: list[Attempt]) -> tuple[CleanRoomsMLError | str, list[Any]]:
    """Connect and make a create; return its result or the exception, and the requests that the service received."""
    async with FaultServer(GOOD) as service:
        try:
            async with connect(endpoint_url=service.url, retry=RETRY, observer=recorded.append) as client:
                return await create_audience_model(client, name="a", training_dataset_arn=DATASET), service.requests
        except CleanRoomsMLError as error:
            return error, service.requests


def text_of(error: BaseException) -> str:
    """Return what can be read of an exception and its causes."""
    text = "".join(traceback.format_exception(error)) + ascii(pickle.dumps(error))
    link: BaseException | None = error
    while link is not None:
        text += repr((link, link.args, vars(link)))
        link = link.__cause__ or link.__context__
    return text


def check(error: CleanRoomsMLError | str, requests: list[Any], recorded: list[Attempt], name: str) -> None:
    """Check what holds for every failure of a source."""
    assert isinstance(error, CredentialsError | TransportError), error
    assert name in str(error)
    assert requests == []
    assert [secret for secret in PLANTED if secret in text_of(error)] == []
    if isinstance(error, TransportError):
        assert not error.request_sent
        # None: `connect` raised it.
        assert len(recorded) in {0, 2}
    else:
        assert len(recorded) in {0, 1}


@pytest.mark.parametrize("source", SERVERS)
async def test_a_working_source_signs_the_request(source: str, aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request is signed with the key of the source."""
    async with FaultServer(*SERVERS[source].success) as server:
        SERVERS[source].configure(Setup(aws_home, monkeypatch, server.url))
        result, (request,) = await outcome([])
    assert result == ARN
    assert f"Credential={KEY}/" in request.headers["authorization"]


@pytest.mark.parametrize("fault", HTTP_FAULTS)
@pytest.mark.parametrize("source", SERVERS)
async def test_a_server_for_credentials_fails(
    source: str, fault: str, aws_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class follows from whether the server could be reached; the metadata service is an exception."""
    recorded: list[Attempt] = []
    with refused_port() as port:
        async with FaultServer(HTTP_FAULTS[fault] or GOOD) as server:
            url = f"http://127.0.0.1:{port}" if HTTP_FAULTS[fault] is None else server.url
            SERVERS[source].configure(Setup(aws_home, monkeypatch, url))
            error, requests = await outcome(recorded)
    check(error, requests, recorded, SERVERS[source].name)
    unreachable = fault in UNREACHABLE and source != "metadata"
    assert type(error) is (TransportError if unreachable else CredentialsError), error


# --- sources without a server


def _pod_without_file(setup: Setup) -> None:
    pod_identity(setup)
    (setup.home / "pod").unlink()


def _sso_without_login(setup: Setup) -> None:
    sso(setup)
    for token in setup.home.glob("*.json"):
        token.unlink()


FILES: dict[str, tuple[Callable[[Setup], None], str]] = {
    "program missing": (lambda setup: setup.config("credential_process = /nowhere/program"), "custom-process"),
    "program not executable": (lambda setup: setup.config(f"credential_process = {setup.home}"), "custom-process"),
    "program fails": (lambda setup: setup.program("", 1), "custom-process"),
    "program prints nothing": (lambda setup: setup.program(""), "custom-process"),
    "program prints text": (lambda setup: setup.program(f"not-json {SECRET}"), "custom-process"),
    "program prints a list": (lambda setup: setup.program("[]"), "custom-process"),
    "program prints another version": (lambda setup: setup.program('{"Version": 9}'), "custom-process"),
    "program prints no keys": (lambda setup: setup.program('{"Version": 1}'), "custom-process"),
    "program prints expired keys": (
        lambda setup: setup.program(
            json.dumps({"Version": 1, **JSON_KEYS, "SessionToken": TOKEN, "Expiration": "2001-01-01T00:00:00Z"})
        ),
        "custom-process",
    ),
    "program prints an invalid time": (
        lambda setup: setup.program(json.dumps({"Version": 1, **JSON_KEYS, "SessionToken": TOKEN, "Expiration": "x"})),
        "custom-process",
    ),
    "web identity file missing": (
        lambda setup: setup.config(f"role_arn = {ROLE}\nweb_identity_token_file = /nowhere/token"),
        "assume-role-with-web-identity",
    ),
    "web identity file is a folder": (
        lambda setup: setup.config(f"role_arn = {ROLE}\nweb_identity_token_file = {setup.home}"),
        "assume-role-with-web-identity",
    ),
    "pod identity file missing": (_pod_without_file, "container-role"),
    "container at a public host": (
        lambda setup: setup.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.test/credentials"),
        "container-role",
    ),
    "source profile missing": (
        lambda setup: setup.config(f"role_arn = {ROLE}\nsource_profile = nobody"),
        "assume-role",
    ),
    "source profiles in a circle": (
        lambda setup: setup.config(
            f"role_arn = {ROLE}\nsource_profile = b\n[profile b]\nrole_arn = {ROLE}\nsource_profile = default"
        ),
        "assume-role",
    ),
    "credential source unknown": (
        lambda setup: setup.config(f"role_arn = {ROLE}\ncredential_source = Nothing"),
        "assume-role",
    ),
    "SSO incomplete": (lambda setup: setup.config("sso_account_id = 123456789012"), "sso"),
    "SSO not logged in": (_sso_without_login, "sso"),
    "nothing configured": (lambda _: None, ""),
}


@pytest.mark.parametrize("case", FILES)
async def test_a_source_without_a_server_fails(case: str, aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, programs and settings that cannot be used are a CredentialsError."""
    recorded: list[Attempt] = []
    configure, name = FILES[case]
    configure(Setup(aws_home, monkeypatch, "http://127.0.0.1:1"))
    error, requests = await outcome(recorded)
    check(error, requests, recorded, name)
    assert type(error) is CredentialsError, error


# --- refreshes


def soon() -> str:
    """Return a time at which botocore must refresh."""
    return f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"


async def refused_refresh(between: Callable[[], object]) -> CleanRoomsMLError:
    """Make a call that succeeds, and return the error of the next one."""
    recorded: list[Attempt] = []
    async with (
        FaultServer(GOOD) as service,
        connect(endpoint_url=service.url, retry=RETRY, observer=recorded.append) as client,
    ):
        assert await create_audience_model(client, name="a", training_dataset_arn=DATASET) == ARN
        recorded.clear()
        between()
        with pytest.raises(CleanRoomsMLError) as caught:
            await create_audience_model(client, name="a", training_dataset_arn=DATASET)
        assert len(service.requests) == 1
    check(caught.value, [], recorded, "")
    return caught.value


@pytest.mark.parametrize(("fault", "expected"), [("500", CredentialsError), ("closed", TransportError)])
async def test_a_refresh_at_a_container_fails(
    fault: str, expected: type[CleanRoomsMLError], aws_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The container's server gives keys that expire soon, and then fails."""
    script = HTTP_FAULTS[fault]
    assert script is not None
    # The first for `connect`, the second for the first call.
    good = response(200, JSON_KEYS | {"Expiration": soon()})
    async with FaultServer(good, good, script) as server:
        container(Setup(aws_home, monkeypatch, server.url))
        error = await refused_refresh(lambda: None)
    assert type(error) is expected
    assert "container-role" in str(error)


async def test_a_refresh_of_a_program_fails(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program prints keys that expire soon, and then something else."""
    setup = Setup(aws_home, monkeypatch, "")
    setup.program(json.dumps({"Version": 1, **JSON_KEYS, "SessionToken": TOKEN, "Expiration": soon()}))
    error = await refused_refresh(lambda: setup.program(f"not-json {SECRET}"))
    assert type(error) is CredentialsError
    assert "custom-process" in str(error)
