"""A client, and a loopback server with the responses of a test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiobotocore.session import AioSession

from cleanroomsml_client import NO_RETRY, Client, connect
from cleanroomsml_client._codec import structure
from tests.parity.support.botocore_model import Operation
from tests.parity.support.expected_api import field_type, parameter_name
from tests.support.wire import FaultServer

__all__ = ["arguments", "exchange"]

# Shared by all tests: it keeps the parsed service model, which takes long to load.
_session = AioSession()


@asynccontextmanager
async def exchange(*responses: bytes) -> AsyncGenerator[tuple[Client, FaultServer]]:
    """A client whose requests get these responses, and the server, which records the requests."""
    async with (
        FaultServer(*responses) as server,
        connect(endpoint_url=server.url, session=_session, retry=NO_RETRY) as client,
    ):
        yield client, server


def arguments(operation: Operation, sent: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments for this input: those in the path by position, all others by keyword."""
    values = {
        parameter.wire: structure(sent[parameter.wire], field_type(parameter.shape))
        for parameter in operation.parameters
        if parameter.wire in sent
    }
    by_keyword = {
        parameter_name(operation, parameter): values[parameter.wire]
        for parameter in operation.parameters
        if parameter.wire in values and parameter.location != "uri"
    }
    return [values[name] for name in operation.identity], by_keyword
