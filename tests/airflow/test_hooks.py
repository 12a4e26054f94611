"""The hook: clients with the settings of Airflow's connections."""
# pyright: reportPrivateUsage=false

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cleanroomsml_client import (
    RequestError,
    ResourceNotFoundError,
    get_audience_model,
    list_audience_models,
    watch_audience_model,
)
from cleanroomsml_client.airflow.hooks import CleanRoomsMLHook
from cleanroomsml_client.local import LocalService
from tests.airflow.conftest import connection


def test_a_call_from_a_worker(service: LocalService) -> None:
    """`run` returns the result of a function, and everything that a list or a watch yields."""
    arn = service.add_audience_model(name="spring")
    hook = CleanRoomsMLHook()
    assert hook.run(get_audience_model, arn).name == "spring"
    assert [model.name for model in hook.run(list_audience_models)] == ["spring"]
    assert [model.status for model in hook.run(watch_audience_model, arn)] == ["ACTIVE"]
    with pytest.raises(ResourceNotFoundError):
        hook.run(get_audience_model, f"{arn}0")


def test_the_settings_of_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint, the region, the certificates and the configuration come from the connection."""
    extra: dict[str, Any] = {"region_name": "eu-west-1", "verify": "/ca.pem", "config_kwargs": {"connect_timeout": 3}}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", connection("http://localhost:1", **extra))
    settings = CleanRoomsMLHook("mine")._settings()
    assert (settings.endpoint_url, settings.region_name, settings.verify) == (
        "http://localhost:1",
        "eu-west-1",
        "/ca.pem",
    )
    assert settings.config.connect_timeout == 3
    assert "Airflow/" in settings.config.user_agent_extra
    credentials: Any = settings.session.get_credentials
    assert asyncio.run(credentials()).access_key == "AKIDEXAMPLE"


def test_arguments_override_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an operator says takes precedence."""
    monkeypatch.setenv("AIRFLOW_CONN_MINE", connection("http://localhost:1", region_name="eu-west-1", verify=True))
    hook = CleanRoomsMLHook("mine", region_name="us-west-2", verify=False, config={"read_timeout": 9})
    settings = hook._settings()
    assert (settings.region_name, settings.verify, settings.config.read_timeout) == ("us-west-2", False, 9)


def test_an_endpoint_of_this_service_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """`service_config` of a connection has an endpoint for each service."""
    parts = {"cleanroomsml": {"endpoint_url": "http://localhost:2"}}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", connection("http://localhost:1", service_config=parts))
    assert CleanRoomsMLHook("mine").endpoint_url == "http://localhost:2"


def test_without_a_connection(monkeypatch: pytest.MonkeyPatch, service: LocalService) -> None:
    """Without a connection, the standard AWS configuration is used, and its endpoint."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", service.endpoint_url)
    assert CleanRoomsMLHook(aws_conn_id=None).run(list_audience_models) == []


async def test_a_client_in_async_code(service: LocalService) -> None:
    """`connect` opens a client on the running loop; `run` says so when it is the wrong one."""
    hook = CleanRoomsMLHook()
    async with hook.connect() as client:
        assert await list_audience_models(client).collect() == []
    with pytest.raises(RequestError, match="an event loop is running in this thread"):
        hook.run(list_audience_models)
    assert len(service.requests) == 1


async def test_an_assumed_role_is_refreshed_off_the_loop(
    monkeypatch: pytest.MonkeyPatch, service: LocalService, use: Callable[..., None]
) -> None:
    """Airflow's function that assumes a role blocks: it runs in a thread each time."""
    threads: list[threading.Thread] = []

    def assume(_: object) -> dict[str, Any]:
        threads.append(threading.current_thread())
        # So near its end that the next request needs another one.
        expiry = datetime.now(tz=UTC) + timedelta(seconds=1)
        return {
            "access_key": f"AKID{len(threads)}",
            "secret_key": "s",
            "token": "t",
            "expiry_time": expiry.isoformat(),
        }

    monkeypatch.setattr("airflow.providers.amazon.aws.hooks.base_aws.BaseSessionFactory._refresh_credentials", assume)
    use(service.endpoint_url, role_arn="arn:aws:iam::111122223333:role/reader")
    async with CleanRoomsMLHook().connect() as client:
        await list_audience_models(client).collect()
        await list_audience_models(client).collect()
    assert len(threads) >= 2
    assert threading.main_thread() not in threads
