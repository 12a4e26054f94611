"""Opening and closing clients: `async with`, `await`, copies, and what is never closed."""

import asyncio
import gc
import warnings
from typing import Any

import attrs
import boto3
import pytest
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    NO_RETRY,
    Client,
    RequestError,
    connect,
    get_audience_model,
)
from cleanroomsml_client.local import LocalService
from tests.support.wire import FaultServer, response

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/a"
_MODEL = {
    "audienceModelArn": _ARN,
    "name": "a",
    "status": "ACTIVE",
    "trainingDatasetArn": "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/a",
    "createTime": "2026-01-01T00:00:00Z",
    "updateTime": "2026-01-01T00:00:00Z",
}


async def test_await_opens_a_client_until_it_is_closed() -> None:
    """`await connect(...)` opens a client; `close` closes it and all its copies, also twice."""
    async with FaultServer(response(200, _MODEL)) as server:
        client = await connect(endpoint_url=server.url, retry=NO_RETRY)
        copy = attrs.evolve(client, retry=NO_RETRY)
        assert (await get_audience_model(copy, _ARN)).name == "a"
        await copy.close()
        await client.close()
        for closed in (client, copy):
            with pytest.raises(RequestError, match="the client is closed"):
                await get_audience_model(closed, _ARN)
        assert len(server.requests) == 1


async def test_async_with_closes_an_opened_client() -> None:
    """`async with client:` closes a client that was opened with `await`."""
    async with FaultServer(response(200, _MODEL)) as server:
        async with await connect(endpoint_url=server.url) as client:
            await get_audience_model(client, _ARN)
        with pytest.raises(RequestError, match="the client is closed"):
            await get_audience_model(client, _ARN)


async def test_a_client_that_is_closed_in_its_block() -> None:
    """Closing a client inside its block is not an error at the end of the block."""
    async with connect() as client:
        await client.close()


async def test_a_connection_opens_one_client() -> None:
    """What `connect` returns opens a client once."""
    connection = connect()
    async with connection:
        pass
    with pytest.raises(RequestError) as caught:
        await connection
    assert caught.value.message == "this connect(...) has opened its client already; call connect(...) again"


async def test_opening_again_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose opening failed may be opened again, as in a process that outlives the failure."""
    connection = connect()
    monkeypatch.setenv("AWS_PROFILE", "unknown")
    for _ in range(2):
        with pytest.raises(RequestError, match="unknown"):
            await connection
    monkeypatch.delenv("AWS_PROFILE")
    async with connection:
        pass


def test_a_plain_with_is_refused() -> None:
    """`with connect()` raises a TypeError that shows `async with`."""
    connection: Any = connect()
    with pytest.raises(TypeError) as caught, connection:
        pass
    assert str(caught.value) == (
        "connect(...) needs `async with`, not `with`; write `async with connect(...) as client:`"
    )


async def test_a_wrapped_client_is_closed_by_its_owner() -> None:
    """`close` of a client that wraps an aiobotocore client is refused."""
    session: Any = AioSession()
    async with session.create_client("cleanroomsml") as aws:
        with pytest.raises(RequestError) as caught:
            await Client(aws).close()
    assert caught.value.message == "this Client wraps an aiobotocore client that you opened; close that one"


async def test_a_connection_cannot_be_wrapped() -> None:
    """`Client(connect(...))` raises an error that shows the right line."""
    with pytest.raises(RequestError) as caught:
        Client(connect())
    assert caught.value.message == (
        "Client(aws) wraps an aiobotocore client, but a connect(...) was passed; "
        "write `async with connect(...) as client:`"
    )


def test_a_client_that_is_never_closed_warns_once() -> None:
    """A client that is never closed, and its copies, make one ResourceWarning."""

    async def leave_open() -> None:
        client = await connect()
        attrs.evolve(client, retry=NO_RETRY)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(leave_open())
        gc.collect()
    (warning,) = caught
    assert warning.category is ResourceWarning
    assert str(warning.message) == (
        "a client of cleanroomsml_client was never closed; use `async with`, or `await client.close()`, or with "
        "`blocking` a `with`, or `close()` in the same thread"
    )


@pytest.mark.filterwarnings("ignore:a client of cleanroomsml_client was never closed:ResourceWarning")
@pytest.mark.parametrize("uses", [0, 1])
def test_the_end_of_the_loop_closes_a_client_that_was_left_open(
    uses: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A program that fails before `close()` shows its own error only."""

    async def fail() -> None:
        async with LocalService() as service:
            client = await service.connect()
            for _ in range(uses):
                await get_audience_model(client, service.add_audience_model())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(fail())
    gc.collect()
    assert (capfd.readouterr(), caplog.messages) == (("", ""), [])


# --- explicit credentials


async def test_explicit_credentials_sign_the_request() -> None:
    """Explicit credentials are used in place of the configured ones, and are in no repr."""
    async with FaultServer(response(200, _MODEL)) as server:
        connection = connect(
            endpoint_url=server.url,
            aws_access_key_id="AKIAEXPLICIT",
            aws_secret_access_key="explicit-secret",
            aws_session_token="explicit-token",
        )
        async with connection as client:
            await get_audience_model(client, _ARN)
            assert "explicit" not in repr(client) + repr(connection)
    headers = server.requests[0].headers
    assert "Credential=AKIAEXPLICIT/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "explicit-token"


async def test_explicit_credentials_beside_an_unknown_profile() -> None:
    """An unknown profile is reported also if its credentials are not needed."""
    connection = connect(profile_name="unknown", aws_access_key_id="AKIA", aws_secret_access_key="s")  # no secret
    with pytest.raises(RequestError, match="profile"):
        await connection


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ({"aws_access_key_id": "AKIA"}, "aws_secret_access_key"),
        ({"aws_secret_access_key": "secret"}, "aws_access_key_id"),
        ({"aws_access_key_id": "", "aws_secret_access_key": ""}, "aws_access_key_id and aws_secret_access_key"),
        ({"aws_session_token": "token"}, "aws_access_key_id and aws_secret_access_key"),
    ],
)
def test_incomplete_credentials_are_refused(arguments: dict[str, Any], missing: str) -> None:
    """Explicit credentials are complete or absent."""
    with pytest.raises(RequestError) as caught:
        connect(**arguments)
    assert caught.value.message == f"explicit credentials need {missing}, too; or give none of them"


_WRONG_ARGUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "boto3's session": (
        {"session": boto3.Session()},
        (
            "session must be an aiobotocore session, not boto3.session.Session; "
            "leave it out, or write `session=aiobotocore.session.get_session()`"
        ),
    ),
    "a mapping as config": (
        {"config": {"read_timeout": 5}},
        "config must be an aiobotocore config, not dict; write `config=AioConfig(read_timeout=...)`",
    ),
    "a number as policy": (
        {"retry": 5},
        "retry must be a RetryPolicy, not int; write `RetryPolicy(max_attempts=...)`",
    ),
    "0 as policy": (
        {"retry": 0},
        "retry must be a RetryPolicy, not int; write `RetryPolicy(max_attempts=...)`",
    ),
    "a text as observer": (
        {"observer": "log"},
        "observer must be a function that takes an Attempt, not str",
    ),
    **{
        f"a number as {name}": ({name: 5}, f"{name} must be a str, not int")
        for name in ("region_name", "profile_name", "endpoint_url", "aws_access_key_id", "aws_session_token")
    },
    "a number as verify": ({"verify": 5}, "verify must be True, False or the path of a file, not int"),
    "a text as a size": (
        {"max_response_bytes": "16M"},
        "max_response_bytes must be an integer of at least 1",
    ),
}


@pytest.mark.parametrize("case", _WRONG_ARGUMENTS)
async def test_arguments_of_the_wrong_type(case: str) -> None:
    """Opening refuses a session, a config, a policy or an observer that is none."""
    arguments, message = _WRONG_ARGUMENTS[case]
    with pytest.raises(RequestError) as caught:
        await connect(**arguments)
    assert caught.value.message == message
