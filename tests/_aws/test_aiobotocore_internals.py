"""What we use of aiobotocore and botocore beyond calling an operation: an upgrade that changes one fails here.

- the event `before-call` with a response, after the handlers of botocore (test_endpoint.py)
- the events of aiobotocore's endpoint, their order and their arguments (test_endpoint.py)
- `retry-config-cleanroomsml`: the id of botocore's handler of `needs-retry` (test_endpoint.py)
- the names of the table at the head of `_aws/transport.py` (test_transport.py, test_stale_connections.py)
- `Loader.list_available_services`: how botocore finds a service
- `UserAgentString`: the user agent, built once
- `error.kwargs["error"]` of the exceptions of `AIOHTTPSession.send`, for wrapped clients: was the request sent
"""

from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from cleanroomsml_client import connect, get_audience_model, list_audience_models
from cleanroomsml_client._aws.files import share_data_files
from cleanroomsml_client._version import __version__
from cleanroomsml_client.local import LocalService


async def user_agents(monkeypatch: pytest.MonkeyPatch, config: AioConfig | None = None) -> tuple[set[str], set[str]]:
    """Return the words of our user agent, and of that of aiobotocore with the same session."""
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "shop")
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.13")
    session: Any = AioSession()
    async with LocalService() as service:
        arguments: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": service.endpoint_url, "config": config}
        async with connect(session=session, **arguments) as client:
            assert [item async for item in list_audience_models(client)] == []
        async with session.create_client("cleanroomsml", **arguments) as raw:
            await raw.list_audience_models()
        ours, theirs = (set(request.headers["user-agent"].split()) for request in service.requests)
        return ours, theirs


async def test_user_agent_is_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our user agent has botocore's words for itself, the platform and the application, and our own name."""
    ours, theirs = await user_agents(monkeypatch)
    assert ours - theirs == {f"cleanroomsml-client/{__version__}"}
    assert {word.partition("/")[0] for word in theirs - ours} <= {"m", "cfg"}
    assert {"app/shop", "exec-env/AWS_Lambda_python3.13"} <= ours


@pytest.mark.parametrize("option", ["user_agent", "user_agent_extra"])
async def test_own_user_agent_is_sent(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user agent that a caller configures, or adds to, is sent."""
    ours, _ = await user_agents(monkeypatch, AioConfig(**{option: "checkout/2.0"}))
    assert "checkout/2.0" in ours


async def test_a_success_is_not_parsed_by_botocore() -> None:
    """A member that botocore's model does not have is read, and the parsed response holds only the body."""
    async with LocalService() as service, service.connect() as client:
        service.audience_model_metrics = [{"type": "RECALL", "forTopKItemPredictions": 5, "value": 0.5}]
        arn = service.add_audience_model()
        parsed_names: set[str] = set()

        def record(parsed: dict[str, Any], **_: object) -> None:
            parsed_names.update(parsed)

        client.aws.meta.events.register("after-call.cleanroomsml", record)
        assert (await get_audience_model(client, arn)).metrics[0].value == 0.5
        assert parsed_names == {"ResponseMetadata", "cleanroomsml_client.body"}


async def test_operations_need_nothing_that_we_leave_out() -> None:
    """No operation uses streaming, compression or checksums, which our endpoint does not support."""
    session: Any = AioSession()
    service = await session.get_service_model("cleanroomsml")
    for operation in map(service.operation_model, service.operation_names):
        features = (
            operation.has_streaming_input,
            operation.has_streaming_output,
            operation.has_event_stream_input,
            operation.has_event_stream_output,
            operation.http_checksum,
            operation.http_checksum_required,
            operation.request_compression,
        )
        assert not any(features), operation.name


async def test_services_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client is created without listing the folders of all services."""

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Loader, "list_available_services", refuse)
    async with connect(region_name="us-east-1") as client:
        assert client.aws.meta.service_model.service_name == "cleanroomsml"


def test_other_services_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader finds STS and a service of the caller, and reports one that does not exist."""
    own = tmp_path / "own" / "2026-01-01"
    own.mkdir(parents=True)
    (own / "service-2.json").write_text('{"metadata": {}}')
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    session: Any = share_data_files(AioSession())
    loader = session.get_component("data_loader")
    assert loader.load_service_model("sts", "service-2")["metadata"]["serviceId"] == "STS"
    assert loader.load_service_model("own", "service-2") == {"metadata": {}}
    assert {"own", "sts"} < set(loader.list_available_services("service-2"))
    with pytest.raises(UnknownServiceError, match=r"'nowhere'.* own,"):
        loader.load_service_model("nowhere", "service-2")
