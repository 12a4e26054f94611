"""`connect`: its arguments, the AWS configuration, and invalid configurations."""

from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client._client import Client
from cleanroomsml_client._connect import connect
from cleanroomsml_client._retry import NO_RETRY, Attempt, RetryPolicy
from cleanroomsml_client._version import __version__
from cleanroomsml_client.errors import (
    CredentialsError,
    InternalServiceError,
    RequestError,
    ThrottlingError,
    TransportError,
)
from cleanroomsml_client.resources.audience_models import (
    create_audience_model,
    get_audience_model,
)
from tests.support.leaks import nothing_left_behind
from tests.support.serving import ARN, DATASET, MODEL, serving
from tests.support.virtual_time import running_loop
from tests.support.wire import STALL, FaultServer, error, response

pytestmark = pytest.mark.virtual_time


async def create(client: Client) -> str:
    """Create an audience model."""
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


async def test_every_argument_of_connect_has_an_effect(aws_home: Path) -> None:
    """Region, profile, endpoint, configuration, retry policy and observer all have an effect."""
    (aws_home / "config").write_text("[profile work]\nregion = eu-west-1\n")
    (aws_home / "credentials").write_text("[work]\naws_access_key_id = WORKKEY\naws_secret_access_key = x\n")
    recorded: list[Attempt] = []
    async with serving(
        error(429, "ThrottlingException"),
        region_name="ap-northeast-1",
        profile_name="work",
        config=AioConfig(user_agent_extra="my-program/2"),
        retry=NO_RETRY,
        observer=recorded.append,
    ) as (server, client):
        with pytest.raises(ThrottlingError):
            await get_audience_model(client, ARN)
    (request,) = server.requests
    assert "Credential=WORKKEY/" in request.headers["authorization"]
    assert "/ap-northeast-1/cleanrooms-ml/" in request.headers["authorization"]
    assert "my-program/2" in request.headers["user-agent"]
    assert [attempt.status for attempt in recorded] == [429]
    assert client.retry is NO_RETRY


async def test_the_profile_sets_the_region(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `region_name` the standard AWS configuration decides."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    (aws_home / "config").write_text("[profile work]\nregion = eu-west-1\n")
    (aws_home / "credentials").write_text("[work]\naws_access_key_id = WORKKEY\naws_secret_access_key = x\n")
    async with serving(response(200, MODEL), profile_name="work") as (server, client):
        await get_audience_model(client, ARN)
    assert "/eu-west-1/cleanrooms-ml/" in server.requests[0].headers["authorization"]


async def test_the_user_agent_names_this_package() -> None:
    """The user agent has the name and the version of this package."""
    async with serving(response(200, MODEL)) as (server, client):
        await get_audience_model(client, ARN)
    assert f"cleanroomsml-client/{__version__}" in server.requests[0].headers["user-agent"]


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_CLEANROOMSML", "AWS_ENDPOINT_URL"])
async def test_endpoint_variables_are_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard environment variables for endpoints are used."""
    async with nothing_left_behind(), FaultServer(response(200, MODEL)) as server:
        monkeypatch.setenv(variable, server.url)
        async with connect() as client:
            assert (await get_audience_model(client, ARN)).name == "a"
        assert len(server.requests) == 1


async def test_botocores_retries_are_off() -> None:
    """With NO_RETRY a failing call sends one request."""
    async with serving(error(500, "InternalServiceException"), retry=NO_RETRY) as (server, client):
        with pytest.raises(InternalServiceError):
            await get_audience_model(client, ARN)
        assert len(server.requests) == 1


async def test_botocores_retries_stay_off_in_every_configuration(
    aws_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the environment, nor a profile, nor the default configuration of a session enables botocore's retries."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    (aws_home / "config").write_text("[default]\nmax_attempts = 7\nretry_mode = legacy\n")
    session: Any = AioSession()
    session.set_default_client_config(AioConfig(retries={"max_attempts": 7, "mode": "legacy"}))
    async with serving(error(500, "InternalServiceException"), retry=NO_RETRY, session=session) as (server, client):
        with pytest.raises(InternalServiceError):
            await get_audience_model(client, ARN)
        assert len(server.requests) == 1


_CONFIGURED_ATTEMPTS: dict[str, tuple[str | None, str, int]] = {
    "the variable": ("2", "", 2),
    "the profile": (None, "max_attempts = 3", 3),
    "the variable and the profile": ("2", "max_attempts = 3", 2),
    "neither": (None, "retry_mode = adaptive", 5),
}


@pytest.mark.parametrize("case", _CONFIGURED_ATTEMPTS)
async def test_configured_attempts(case: str, aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`AWS_MAX_ATTEMPTS`, or `max_attempts` of the profile, sets the attempts of the default policy."""
    variable, line, attempts = _CONFIGURED_ATTEMPTS[case]
    if variable is not None:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", variable)
    (aws_home / "config").write_text(f"[default]\n{line}\n")
    async with serving(error(500, "InternalServiceException")) as (server, client):
        with pytest.raises(InternalServiceError) as caught:
            await get_audience_model(client, ARN)
        assert len(server.requests) == caught.value.attempts == attempts
        assert client.retry == RetryPolicy(max_attempts=attempts)


@pytest.mark.parametrize("policy", [NO_RETRY, RetryPolicy(max_attempts=3)], ids=repr)
async def test_a_policy_takes_precedence(policy: RetryPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    """`AWS_MAX_ATTEMPTS` does not change a policy that is passed to `connect`."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "7")
    async with serving(response(200, MODEL), retry=policy) as (_, client):
        assert client.retry is policy


@pytest.mark.parametrize("value", ["many", "0", "-1", "2.5"])
async def test_unusable_attempts(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An `AWS_MAX_ATTEMPTS` that is no positive number is refused, and named."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", value)
    with pytest.raises(RequestError) as caught:
        await connect(region_name="us-east-1")
    assert caught.value.message == (
        "AWS_MAX_ATTEMPTS (or max_attempts of the profile) must be a whole number of at least 1; change or unset it"
    )


async def test_a_configuration_takes_precedence() -> None:
    """The `config` of a caller overrides our settings, also those for botocore's retries and the read timeout."""
    config = AioConfig(retries={"total_max_attempts": 3, "mode": "standard"}, read_timeout=2)
    async with serving(error(500, "InternalServiceException"), retry=NO_RETRY, config=config) as (server, client):
        with pytest.raises(InternalServiceError):
            await get_audience_model(client, ARN)
        assert len(server.requests) == 3
    async with serving((STALL,), retry=NO_RETRY, config=config) as (server, client):
        started = running_loop().time()
        with pytest.raises(TransportError):
            await create(client)
        assert running_loop().time() - started >= 2


async def test_the_default_configuration_of_a_session_is_used() -> None:
    """The default configuration of a session is used, except for botocore's retries."""
    session: Any = AioSession()
    session.set_default_client_config(AioConfig(user_agent_extra="the-session/1"))
    async with serving(response(200, MODEL), session=session) as (server, client):
        await get_audience_model(client, ARN)
    assert "the-session/1" in server.requests[0].headers["user-agent"]


async def test_a_session_is_not_modified() -> None:
    """Another client of the same session returns botocore's own dicts, while our client is open and afterwards."""
    session: Any = AioSession()
    async with FaultServer(response(200, MODEL)) as server:

        async def by_botocore() -> dict[str, Any]:
            async with session.create_client("cleanroomsml", endpoint_url=server.url) as aws:
                got: dict[str, Any] = await aws.get_audience_model(audienceModelArn=ARN)
                got.pop("ResponseMetadata")
                return got

        before = await by_botocore()
        async with connect(session=session, endpoint_url=server.url) as client:
            await get_audience_model(client, ARN)
            during = await by_botocore()
            await get_audience_model(client, ARN)
        after = await by_botocore()
    assert before == during == after
    assert before["createTime"].utcoffset().total_seconds() == 0
    assert before["name"] == "a"
    assert session.get_default_client_config() is None


# --- invalid configurations


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"profile_name": "nobody"}, "nobody"),
        ({"endpoint_url": "not a url"}, "not a url"),
        ({"endpoint_url": "ftp//x"}, "ftp//x"),
        ({"region_name": "no such region!"}, "no such region!"),
        ({"profile_name": "x", "session": AioSession()}, "session"),
    ],
    ids=["unknown profile", "endpoint with spaces", "endpoint without scheme", "bad region", "profile and session"],
)
async def test_an_invalid_configuration(arguments: dict[str, Any], expected: str) -> None:
    """Connecting raises a RequestError that names the invalid value."""
    async with nothing_left_behind():
        with pytest.raises(RequestError, match=expected) as caught:
            async with connect(**arguments):
                pytest.fail("there is no client")
        assert caught.value.operation is None


async def test_a_missing_region(monkeypatch: pytest.MonkeyPatch, aws_home: Path) -> None:
    """Connecting without a region raises a RequestError that names parameter, variables and command."""
    assert not (aws_home / "config").exists()
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.delenv("AWS_REGION", raising=False)
    with pytest.raises(RequestError) as caught:
        await open_and_close()
    assert str(caught.value) == (
        "no region is configured; pass region_name, set AWS_DEFAULT_REGION or AWS_REGION, or run `aws configure`"
    )


async def test_aws_region_is_the_last_resort(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`AWS_REGION` is used only where botocore finds no region: in no argument, variable, profile or config."""
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    assert await region_of_client() == "eu-central-1"
    assert await region_of_client(region_name="eu-west-1") == "eu-west-1"
    assert await region_of_client(config=AioConfig(region_name="eu-west-2")) == "eu-west-2"
    (aws_home / "config").write_text("[default]\nregion = eu-west-3\n")
    assert await region_of_client() == "eu-west-3"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert await region_of_client() == "eu-north-1"


async def region_of_client(**arguments: Any) -> str:
    """Return the region of a client that is opened with these arguments."""
    async with connect(**arguments) as client:
        return str(client.aws.meta.region_name)


async def open_and_close() -> None:
    """Open a client and close it."""
    async with connect():
        pass


async def test_missing_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials the first call raises a CredentialsError, and nothing is sent."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with serving(response(200, MODEL)) as (server, client):
        with pytest.raises(CredentialsError) as caught:
            await get_audience_model(client, ARN)
    assert caught.value.operation == "GetAudienceModel"
    assert server.requests == []


async def test_incomplete_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting with half a key pair raises a CredentialsError."""
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY") as caught:
        async with connect():
            pytest.fail("there is no client")
    assert caught.value.operation is None


async def test_a_refusal_of_sts_is_a_credentials_error(aws_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If STS refuses the role of the profile, a CredentialsError is raised, not an AccessDeniedError."""
    refusal = response(
        403,
        b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
        {"Content-Type": "text/xml"},
    )
    async with FaultServer(refusal) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        (aws_home / "config").write_text(
            "[profile work]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n"
        )
        (aws_home / "credentials").write_text("[base]\naws_access_key_id = K\naws_secret_access_key = x\n")
        async with serving(response(200, MODEL), profile_name="work") as (server, client):
            with pytest.raises(CredentialsError, match="AssumeRole"):
                await get_audience_model(client, ARN)
        assert server.requests == []
        assert len(sts.requests) == 1


async def test_a_failing_credential_process(aws_home: Path) -> None:
    """A credential process that fails raises a CredentialsError."""
    (aws_home / "config").write_text("[profile work]\ncredential_process = false\n")
    with pytest.raises(CredentialsError, match="custom-process") as caught:
        async with connect(profile_name="work"):
            pytest.fail("there is no client")
    assert caught.value.operation is None


async def test_a_credential_process_with_expired_credentials(aws_home: Path) -> None:
    """A credential process that returns expired credentials raises a CredentialsError."""
    program = aws_home / "program"
    program.write_text(
        '#!/bin/sh\necho \'{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "x", "SessionToken": "t",'
        ' "Expiration": "2001-01-01T00:00:00Z"}\'\n'
    )
    program.chmod(0o700)
    (aws_home / "config").write_text(f"[profile work]\ncredential_process = {program}\n")
    # Virtual time does not wait for a program: without a timeout, none expires.
    endless = RetryPolicy(timeout=None)
    async with serving(response(200, MODEL), profile_name="work", retry=endless) as (server, client):
        with pytest.raises(CredentialsError):
            await get_audience_model(client, ARN)
    assert server.requests == []
