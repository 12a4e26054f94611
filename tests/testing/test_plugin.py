"""The pytest plugin, in runs of its own."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent.parent

TESTS = """
import asyncio

import boto3
import pytest

from cleanroomsml_client import (
    AudienceModelStatus,
    Polling,
    WaitTimeoutError,
    create_audience_model,
    list_audience_models,
    list_training_datasets,
    wait_for_audience_model,
)
from cleanroomsml_client.local import Delay, Throttle
from cleanroomsml_client.testing.event_loop import VirtualTimeLoop


def now():
    return asyncio.get_running_loop().time()


@pytest.fixture
def with_models(cleanroomsml_service):
    cleanroomsml_service.add_audience_model(name="one")


@pytest.fixture
def late(request):
    request.getfixturevalue("cleanroomsml_service")


"""


@pytest.fixture(autouse=True)
def _only_these_plugins(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Runs load the plugin by its name, so it makes no difference whether it is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(
    pytester: pytest.Pytester, body: str, *, plugins: tuple[str, ...] = ("pytest_asyncio.plugin",), **settings: str
) -> pytest.RunResult:
    """How pytest runs such a module."""
    settings = {"asyncio_mode": "auto", "asyncio_default_fixture_loop_scope": "function", **settings}
    if not plugins:
        settings = {}
    pytester.makeini("\n".join(["[pytest]", "filterwarnings = error", *(f"{k} = {v}" for k, v in settings.items())]))
    pytester.makepyfile(TESTS + body)
    loaded = [argument for name in (*plugins, "cleanroomsml_client.testing.plugin") for argument in ("-p", name)]
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *loaded)


def usual_loop() -> str:
    """What kind of loop asyncio makes here."""
    loop = asyncio.new_event_loop()
    loop.close()
    return type(loop).__name__


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_waiting_takes_no_time(pytester: pytest.Pytester, mode: str) -> None:
    """Waits, pauses of retries and sleeps follow one driven clock, in either mode of pytest-asyncio."""
    result = run(
        pytester,
        """
@pytest.mark.asyncio
async def test_training(cleanroomsml_service, cleanroomsml_client):
    dataset = cleanroomsml_service.add_training_dataset()
    arn = await create_audience_model(cleanroomsml_client, name="m", training_dataset_arn=dataset)
    begun, born = now(), cleanroomsml_service.clock.now()
    model = await wait_for_audience_model(cleanroomsml_client, arn)
    assert model.status is AudienceModelStatus.ACTIVE
    assert 600 <= now() - begun <= 660
    assert (cleanroomsml_service.clock.now() - born).total_seconds() == pytest.approx(now() - begun)


@pytest.mark.asyncio
async def test_sleep(cleanroomsml_service):
    born = cleanroomsml_service.clock.now()
    await asyncio.sleep(3 * 3600)
    assert (cleanroomsml_service.clock.now() - born).total_seconds() == 3 * 3600


@pytest.mark.asyncio
async def test_retry(cleanroomsml_service, cleanroomsml_client):
    cleanroomsml_service.inject(Throttle(retry_after=5), times=2)
    begun = now()
    assert [model async for model in list_audience_models(cleanroomsml_client)] == []
    assert 10 <= now() - begun <= 60
    assert [request.status for request in cleanroomsml_service.requests] == [429, 429, 200]


@pytest.mark.asyncio
async def test_timeout(cleanroomsml_service, cleanroomsml_client):
    arn = cleanroomsml_service.add_audience_model(status="CREATE_PENDING")
    with pytest.raises(WaitTimeoutError):
        await wait_for_audience_model(cleanroomsml_client, arn, polling=Polling(timeout=300))
""",
        asyncio_mode=mode,
    )
    result.assert_outcomes(passed=4)


def test_each_test_begins_anew(pytester: pytest.Pytester) -> None:
    """What a test adds is gone in the next, whose clock has not moved; fixtures of fixtures share one service."""
    result = run(
        pytester,
        """
@pytest.mark.parametrize("number", range(2))
async def test_models(with_models, cleanroomsml_service, cleanroomsml_client, number):
    assert now() == 0
    assert [model.name async for model in list_audience_models(cleanroomsml_client)] == ["one"]
    cleanroomsml_service.add_audience_model(name="two")
    await asyncio.sleep(100)
""",
    )
    result.assert_outcomes(passed=2)


def test_boto3_in_a_thread(pytester: pytest.Pytester) -> None:
    """A blocking client reaches the service from a thread, also when the answer is late by the driven clock."""
    result = run(
        pytester,
        """
async def test_boto3(cleanroomsml_service):
    arn = cleanroomsml_service.add_audience_model()
    client = boto3.client(
        "cleanroomsml", region_name="us-east-1", endpoint_url=cleanroomsml_service.endpoint_url,
        aws_access_key_id="111122223333", aws_secret_access_key="local",
    )
    cleanroomsml_service.inject(Delay(0.02))
    response = await asyncio.to_thread(client.list_audience_models)
    assert [model["audienceModelArn"] for model in response["audienceModels"]] == [arn]
    client.close()
""",
    )
    result.assert_outcomes(passed=1)


def test_other_tests_keep_their_loops(pytester: pytest.Pytester) -> None:
    """A test without the fixture runs on the loop that it would have without the plugin, or that a conftest chooses."""
    body = """
async def test_driven(cleanroomsml_service):
    assert type(asyncio.get_running_loop()) is VirtualTimeLoop


async def test_other():
    assert type(asyncio.get_running_loop()).__name__ == NAME


@pytest.mark.asyncio(loop_scope="module")
async def test_of_the_module():
    assert type(asyncio.get_running_loop()).__name__ == NAME
"""
    run(pytester, f"NAME = '{usual_loop()}'\n" + body).assert_outcomes(passed=3)
    pytester.makeconftest(
        """
import asyncio


class Theirs(asyncio.SelectorEventLoop):
    pass


def pytest_asyncio_loop_factories():
    return {"theirs": Theirs}
"""
    )
    run(pytester, "NAME = 'Theirs'\n" + body).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "def test_it(cleanroomsml_service): ...",
            "make the test an `async def`, run by pytest-asyncio, and call*to_thread*",
        ),
        ("def test_it(with_models): ...", "make the test an `async def`, run by pytest-asyncio, and call*to_thread*"),
        (
            "@pytest.mark.asyncio(loop_scope='module')\nasync def test_it(cleanroomsml_client): ...",
            'it cannot share a loop of scope "module": mark it with @pytest.mark.asyncio(loop_scope="function")',
        ),
        (
            "async def test_it(late): ...",
            "add the fixture to the parameters of the test, and let no other plugin select the loop",
        ),
    ],
)
def test_out_of_reach(pytester: pytest.Pytester, body: str, reason: str) -> None:
    """A test that would hang or wait for hours fails at once, and is told what to do."""
    result = run(pytester, body)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"cleanroomsml_service runs on the event loop of its test: {reason}"])


def test_scope_from_the_settings(pytester: pytest.Pytester) -> None:
    """A loop shared by all tests is told from the settings, and a mark gives the test its own."""
    result = run(
        pytester,
        """
async def test_shared(cleanroomsml_service): ...


@pytest.mark.asyncio(loop_scope="function")
async def test_own(cleanroomsml_service): ...
""",
        asyncio_default_test_loop_scope="session",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(['*it cannot share a loop of scope "session"*'])


def test_without_pytest_asyncio(pytester: pytest.Pytester) -> None:
    """Without pytest-asyncio, whoever uses a fixture is told what is missing; nobody else notices."""
    body = "def test_other(): ...\n\n\ndef test_it({}): ..."
    for fixture in ("cleanroomsml_service", "cleanroomsml_client"):
        result = run(pytester, body.format(fixture), plugins=())
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["cleanroomsml_service needs pytest-asyncio 1.5 or newer"])


def test_costs_nothing_unused(pytester: pytest.Pytester) -> None:
    """A run that does not use the fixtures loads nothing of the client, nor of what it needs."""
    heavy = {"aiobotocore", "aiohttp", "attr", "attrs", "botocore", "cattrs", "cleanroomsml_client.local", "tenacity"}
    pytester.makepyfile(f"import sys\n\n\ndef test_it():\n    assert {heavy!r}.isdisjoint(sys.modules)\n")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "cleanroomsml_client.testing.plugin"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=pytester.path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 passed in" in done.stdout
    assert "warning" not in done.stdout
