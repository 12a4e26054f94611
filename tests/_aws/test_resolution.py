"""The endpoint rules are evaluated once for each operation, and for each call while there are handlers of the event."""

from collections import Counter
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.endpoint_provider import EndpointProvider

from cleanroomsml_client import Client, connect, get_audience_model, list_audience_models
from tests.support.faults import ARN, DOCUMENT
from tests.support.wire import FaultServer, response

pytestmark = pytest.mark.virtual_time

EVENT = "before-endpoint-resolution.cleanroomsml"
GOOD = response(200, DOCUMENT)
EMPTY = response(200, {"audienceModels": []})


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the rules were evaluated, by region."""
    counted: Counter[str] = Counter()
    provider_class: Any = EndpointProvider
    evaluate = provider_class.resolve_endpoint

    def resolve_endpoint(provider: Any, **parameters: Any) -> Any:
        counted[parameters["Region"]] += 1
        return evaluate(provider, **parameters)

    monkeypatch.setattr(EndpointProvider, "resolve_endpoint", resolve_endpoint)
    return counted


async def test_the_rules_are_evaluated_once_for_each_operation(evaluations: Counter[str]) -> None:
    """Later calls of an operation use the first result; each client has its own."""
    async with (
        FaultServer(GOOD, GOOD, EMPTY, EMPTY, GOOD) as server,
        connect(endpoint_url=server.url) as client,
        connect(endpoint_url=server.url, region_name="eu-west-1") as other,
    ):
        for _ in range(2):
            await get_audience_model(client, ARN)
        assert evaluations == {"us-east-1": 1}
        for _ in range(2):
            await list_audience_models(client).collect()
        assert evaluations == {"us-east-1": 2}
        await get_audience_model(other, ARN)
        assert evaluations == {"us-east-1": 2, "eu-west-1": 1}


async def test_a_handler_is_called_for_each_call_and_decides() -> None:
    """A handler that is registered later is called for each call; without it, the first URL is used again."""
    seen: list[tuple[str, dict[str, Any]]] = []
    async with FaultServer(GOOD, GOOD) as usual, FaultServer(GOOD, GOOD) as other:

        def redirect(builtins: dict[str, Any], model: Any, params: dict[str, Any], **_: object) -> None:
            seen.append((model.name, params))
            builtins["SDK::Endpoint"] = other.url

        async with connect(endpoint_url=usual.url) as client:
            await get_audience_model(client, ARN)
            client.aws.meta.events.register(EVENT, redirect)
            for _ in range(2):
                await get_audience_model(client, ARN)
            client.aws.meta.events.unregister(EVENT, redirect)
            await get_audience_model(client, ARN)
        assert (len(usual.requests), len(other.requests)) == (2, 2)
    assert seen == [("GetAudienceModel", {"audienceModelArn": ARN})] * 2


async def test_what_a_handler_decided_is_not_remembered() -> None:
    """After a handler was unregistered, no operation uses the URL that it has chosen."""
    async with FaultServer(EMPTY, GOOD) as usual, FaultServer(GOOD) as other:

        def redirect(builtins: dict[str, Any], **_: object) -> None:
            builtins["SDK::Endpoint"] = other.url

        async with connect(endpoint_url=usual.url) as client:
            client.aws.meta.events.register(EVENT, redirect)
            await get_audience_model(client, ARN)
            client.aws.meta.events.unregister(EVENT, redirect)
            await list_audience_models(client).collect()
            await get_audience_model(client, ARN)
        assert (len(usual.requests), len(other.requests)) == (2, 1)


async def test_without_botocores_private_names_nothing_is_remembered(
    evaluations: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A botocore that has other private names costs time, and nothing else."""

    def only_default(_value: object, _name: str, default: object) -> object:
        return default

    monkeypatch.setattr("cleanroomsml_client._aws.resolution.getattr", only_default, raising=False)
    async with FaultServer(GOOD, GOOD) as server, connect(endpoint_url=server.url) as client:
        for _ in range(2):
            await get_audience_model(client, ARN)
    assert evaluations == {"us-east-1": 2}


async def test_a_handler_of_the_session_is_called_for_each_call(evaluations: Counter[str]) -> None:
    """A handler that exists before the client is not skipped, and nothing is remembered."""
    session: Any = AioSession()
    calls: list[str] = []

    def handle(model: Any, **_: object) -> None:
        calls.append(model.name)

    session.get_component("event_emitter").register(EVENT, handle)
    async with FaultServer(GOOD, GOOD) as server, connect(endpoint_url=server.url, session=session) as client:
        for _ in range(2):
            await get_audience_model(client, ARN)
    assert calls == ["GetAudienceModel"] * 2
    assert evaluations == {"us-east-1": 2}


async def test_operations_with_rules_of_their_own_are_not_remembered(
    evaluations: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a later model lets the rules depend on arguments, they are evaluated in each call."""
    monkeypatch.setattr("botocore.model.OperationModel.context_parameters", [object()])

    def of_no_context(_resolver: object, **_: object) -> None:
        """Return no value."""

    monkeypatch.setattr("botocore.regions.EndpointRulesetResolver._resolve_param_from_context", of_no_context)
    async with FaultServer(GOOD, GOOD) as server, connect(endpoint_url=server.url) as client:
        for _ in range(2):
            await get_audience_model(client, ARN)
    assert evaluations == {"us-east-1": 2}


@pytest.mark.parametrize(
    ("region", "config", "endpoint_url"),
    [
        ("us-east-1", {}, None),
        ("eu-west-1", {"use_fips_endpoint": True}, None),
        ("eu-west-1", {"use_dualstack_endpoint": True}, None),
        ("us-gov-west-1", {"use_fips_endpoint": True, "use_dualstack_endpoint": True}, None),
        ("cn-north-1", {}, None),
        ("us-east-1", {}, "https://vpce-1.example.test:8443/path"),
    ],
)
async def test_the_urls_are_those_of_botocore(region: str, config: dict[str, Any], endpoint_url: str | None) -> None:
    """For each operation, the first and the second call get the endpoint that botocore resolves."""
    keys: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    session: Any = AioSession()
    options: dict[str, Any] = {"region_name": region, "endpoint_url": endpoint_url, "config": AioConfig(**config)}
    async with session.create_client("cleanroomsml", **options, **keys) as aws, connect(**options, **keys) as client:
        for name in aws.meta.service_model.operation_names:
            model = aws.meta.service_model.operation_model(name)
            expected = await _resolve(Client(aws), model)
            assert [await _resolve(client, model) for _ in range(2)] == [expected] * 2


async def _resolve(client: Client, model: Any) -> Any:
    resolver = client.aws._ruleset_resolver
    return await resolver.construct_endpoint(operation_model=model, call_args={}, request_context={})
