"""A local service on a clock that stands still, and clients that are not part of this project."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import attrs
import boto3
import pytest
from aiohttp import ClientSession
from botocore.config import Config
from botocore.exceptions import ClientError
from yarl import URL

from cleanroomsml_client.local import Clock, LocalService

_boto3_session: Any = boto3.Session


class Boto:
    """boto3 in a thread, without its parameter validation: `await boto("get_audience_model", audienceModelArn=...)`."""

    def __init__(self, session: Any, endpoint_url: str, account_id: str, region_name: str) -> None:
        self.client: Any = session.client(
            "cleanroomsml",
            endpoint_url=endpoint_url,
            region_name=region_name,
            aws_access_key_id=account_id,
            aws_secret_access_key="local",
            config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
        )

    async def __call__(self, operation: str, **params: object) -> dict[str, Any]:
        """Return the response, without the metadata that boto3 adds."""
        response: dict[str, Any] = await asyncio.to_thread(getattr(self.client, operation), **params)
        return {name: value for name, value in response.items() if name != "ResponseMetadata"}

    async def refused(self, operation: str, **params: object) -> str:
        """Return the code and message of the error response; fail if the call succeeds."""
        with pytest.raises(ClientError) as caught:
            await self(operation, **params)
        failure: Any = caught.value
        error: Mapping[str, str] = failure.response["Error"]
        return f"{error['Code']}: {error['Message']}"


@attrs.frozen
class HttpResponse:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: str


class Http:
    """Raw HTTP: paths and bodies are sent exactly as given."""

    def __init__(self, session: ClientSession, endpoint_url: str) -> None:
        self.session = session
        self.endpoint_url = endpoint_url

    async def __call__(
        self, method: str, path: str, body: str | bytes | io.BytesIO | None = None, **headers: str
    ) -> HttpResponse:
        """Return the response, whatever its status."""
        url = URL(self.endpoint_url + path, encoded=True)
        async with self.session.request(method, url, data=body, headers=headers) as response:
            return HttpResponse(response.status, response.headers, await response.text())

    async def until_recorded(self, service: LocalService) -> None:
        """Wait until the service has recorded its first request."""
        while not service.requests:  # noqa: ASYNC110  # the service has no event for a new request
            await asyncio.sleep(0)

    async def send_raw(self, text: str) -> str:
        """Send this text over a new connection, and return what the service sends until it closes the connection."""
        url = URL(self.endpoint_url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(text.encode("latin-1"))
        received = await reader.read()
        writer.close()
        await writer.wait_closed()
        return received.decode()


@pytest.fixture
def clock() -> Clock:
    """A clock that only tests move."""
    return Clock(speed=0)


@pytest.fixture
async def service(clock: Clock) -> AsyncIterator[LocalService]:
    """A running service without resources."""
    async with LocalService(clock=clock) as running:
        yield running


@pytest.fixture(scope="session")
def boto3_session() -> Any:
    """One session for all tests, because loading the service model takes time."""
    return _boto3_session()


@pytest.fixture
def connect_boto(boto3_session: Any, service: LocalService) -> Iterator[Callable[..., Boto]]:
    """Creates boto3 clients for any account and region, and closes them after the test."""
    clients: list[Boto] = []

    def connect(account_id: str = "111122223333", region_name: str = "us-east-1") -> Boto:
        clients.append(Boto(boto3_session, service.endpoint_url, account_id, region_name))
        return clients[-1]

    yield connect
    for boto in clients:
        boto.client.close()


@pytest.fixture
def boto(connect_boto: Callable[..., Boto]) -> Boto:
    """A boto3 client of the default account."""
    return connect_boto()


@pytest.fixture
async def http(service: LocalService) -> AsyncIterator[Http]:
    """Raw HTTP to the service."""
    async with ClientSession() as session:
        yield Http(session, service.endpoint_url)
