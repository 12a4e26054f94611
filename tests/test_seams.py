"""What `client.py` leans on in aiobotocore beyond calling an operation: an upgrade that moves one fails here.

- the event `before-parse` with its `customized_response_dict`: the body as it came, kept from the parser
- `AioConfig(http_session_cls=...)` and `AIOHTTPSession._get_session`: requests that follow no redirect
- `UserAgentString`: the user agent, put together once
- `error.kwargs["error"]` of what `AIOHTTPSession.send` raises: whether the request was sent (tests/test_faults.py)
"""

from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from cleanroomsml_client import connect, get_audience_model, list_audience_models
from cleanroomsml_client._version import __version__
from cleanroomsml_client.local import LocalService


async def user_agents(monkeypatch: pytest.MonkeyPatch, config: AioConfig | None = None) -> tuple[set[str], set[str]]:
    """The words of the user agent that we send, and of aiobotocore's own from the same session."""
    monkeypatch.setenv("AWS_SDK_UA_APP_ID", "shop")
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.13")
    session: Any = AioSession()
    async with LocalService() as service:
        arguments: dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": service.endpoint_url, "config": config}
        async with connect(session=session, **arguments) as client:
            assert [item async for item in list_audience_models(client)] == []
        async with session.create_client("cleanroomsml", **arguments) as raw:
            await raw.list_audience_models()
        ours, theirs = (set(seen.headers["user-agent"].split()) for seen in service.requests)
        return ours, theirs


async def test_user_agent_is_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    """We say what botocore says of itself, the platform and the application, but for its features; and who we are."""
    ours, theirs = await user_agents(monkeypatch)
    assert ours - theirs == {f"cleanroomsml-client/{__version__}"}
    assert {word.partition("/")[0] for word in theirs - ours} <= {"m", "cfg"}
    assert {"app/shop", "exec-env/AWS_Lambda_python3.13"} <= ours


@pytest.mark.parametrize("option", ["user_agent", "user_agent_extra"])
async def test_own_user_agent_is_sent(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a caller configures as user agent, or adds to it, arrives."""
    ours, _ = await user_agents(monkeypatch, AioConfig(**{option: "checkout/2.0"}))
    assert "checkout/2.0" in ours


async def test_the_body_passes_botocore_by() -> None:
    """A member that botocore's model does not know arrives, and botocore's parser has nothing to read."""
    async with LocalService() as service, service.connect() as client:
        service.audience_model_metrics = [{"type": "RECALL", "forTopKItemPredictions": 5, "value": 0.5}]
        arn = service.add_audience_model()
        heard: set[str] = set()

        def hear(parsed: dict[str, Any], **_: object) -> None:
            heard.update(parsed)

        client.aws.meta.events.register("after-call.cleanroomsml", hear)
        assert (await get_audience_model(client, arn)).metrics[0].value == 0.5
        assert heard == {"ResponseMetadata", "cleanroomsml_client.body"}
