"""Wrong values in place of a `Client`: each raises an error with one sentence of advice, and nothing is sent."""

import inspect
from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession

from cleanroomsml_client import (
    Client,
    RequestError,
    connect,
    get_audience_model,
    list_audience_models,
    wait_for_audience_model,
    watch_audience_model,
)

_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/m-1"


async def assert_refused(client: Any, advice: str) -> None:
    """Check that a get, a list, a wait and a watch raise the same RequestError."""
    with pytest.raises(RequestError) as caught:
        await get_audience_model(client, _ARN)
    assert caught.value.message == f"GetAudienceModel: {advice}"
    assert caught.value.operation == "GetAudienceModel"
    with pytest.raises(RequestError) as caught:
        list_audience_models(client)
    assert caught.value.message == f"ListAudienceModels: {advice}"
    with pytest.raises(RequestError) as caught:
        await wait_for_audience_model(client, _ARN)
    assert caught.value.message == f"GetAudienceModel: {advice}"
    with pytest.raises(RequestError) as caught:
        await anext(watch_audience_model(client, _ARN))
    assert caught.value.message == f"GetAudienceModel: {advice}"


async def test_an_aiobotocore_client() -> None:
    """The advice for an aiobotocore client is to wrap it."""
    session: Any = AioSession()
    async with session.create_client("cleanroomsml") as aws:
        await assert_refused(aws, "an aiobotocore client was passed; wrap it: `Client(aws)`")


async def test_a_boto3_client() -> None:
    """The advice for a boto3 client, which is synchronous, is to connect."""
    boto: Any = boto3
    await assert_refused(
        boto.client("cleanroomsml"),
        "a boto3 client was passed, which is synchronous; use `async with connect(...) as client:`",
    )


async def test_clients_that_cannot_be_wrapped() -> None:
    """`Client(aws)` refuses a client of boto3, one that was not entered, and a `Client`, before any call."""
    boto: Any = boto3
    session: Any = AioSession()
    with pytest.raises(RequestError, match="a boto3 client was passed, which is synchronous; use `async with connect"):
        Client(boto.client("cleanroomsml"))
    creator = session.create_client("cleanroomsml")
    with pytest.raises(RequestError, match=r"not entered; write `async with session.create_client\(...\)`"):
        Client(creator)
    async with creator:
        """Entered, because a coroutine that is never awaited is a warning."""
    async with session.create_client("cleanroomsml") as aws:
        with pytest.raises(RequestError, match="a Client was passed; use it as it is"):
            Client(Client(aws))


async def test_connect_that_was_not_entered() -> None:
    """The advice for `connect()` without `async with` shows the block."""
    await assert_refused(
        connect(), "connect(...) was passed without being entered; write `async with connect(...) as client:`"
    )


async def test_any_other_value() -> None:
    """The error for any other value names its type."""
    await assert_refused("us-east-1", "the first argument must be a Client, not str")
    await assert_refused(None, "the first argument must be a Client, not NoneType")


def test_the_signature_of_client_shows_no_shared_state() -> None:
    """The constructor takes the aiobotocore client, the policies and the observer, and no shared state."""
    assert list(inspect.signature(Client).parameters) == ["aws", "retry", "observer", "pacing"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("get_audience_model", "; write `await get_audience_model(client, ...)`"),
        ("wait_for_trained_model", "; write `await wait_for_trained_model(client, ...)`"),
        ("list_audience_models", "; write `async for item in list_audience_models(client, ...)`"),
        ("watch_audience_model", "; write `async for item in watch_audience_model(client, ...)`"),
        ("AudienceModel", ""),
        ("connect", ""),
        ("meta", ""),
        ("__deepcopy__", ""),
    ],
)
def test_an_operation_as_a_method(name: str, advice: str) -> None:
    """A client has no operations as methods, as boto3's has; the error shows the function."""
    with pytest.raises(AttributeError) as caught:
        getattr(Client(object()), name)
    assert str(caught.value) == f"'Client' object has no attribute '{name}'{advice}"
    assert not hasattr(Client(object()), name)
