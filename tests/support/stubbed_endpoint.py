"""A pytest plugin that takes aiobotocore's private endpoint away from every client that `connect` opens.

`pytest -p tests.support.stubbed_endpoint` shows that the client does not use it: only aiobotocore itself does, to close
its HTTP session when the client is closed.
"""

from types import SimpleNamespace
from typing import Any

import pytest

from cleanroomsml_client._aws import connection, transport


class _Closed:
    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def _stubbed_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    async def create_transport(aws: Any, *arguments: Any, **options: Any) -> transport.Transport:
        aws._endpoint = SimpleNamespace(http_session=_Closed())
        return await transport.create_transport(aws, *arguments, **options)

    monkeypatch.setattr(connection, "create_transport", create_transport)
