"""The pytest plugin, in separate runs of pytest."""

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
def requested_late(request):
    request.getfixturevalue("cleanroomsml_service")


"""


@pytest.fixture(autouse=True)
def _only_these_plugins(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Runs load the plugin by its module name, so it need not be installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)


def run(
    pytester: pytest.Pytester, body: str, *, plugins: tuple[str, ...] = ("pytest_asyncio.plugin",), **settings: str
) -> pytest.RunResult:
    """Run pytest on a module with this text; return the result."""
    settings = {"asyncio_mode": "auto", "asyncio_default_fixture_loop_scope": "function", **settings}
    if not plugins:
        settings = {}
    pytester.makeini("\n".join(["[pytest]", "filterwarnings = error", *(f"{k} = {v}" for k, v in settings.items())]))
    pytester.makepyfile(TESTS + body)
    loaded = [argument for name in (*plugins, "cleanroomsml_client.testing.plugin") for argument in ("-p", name)]
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *loaded)


def default_loop_class() -> str:
    """Return the class name of the loop that asyncio creates on this platform."""
    loop = asyncio.new_event_loop()
    loop.close()
    return type(loop).__name__


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_waiting_takes_no_time(pytester: pytest.Pytester, mode: str) -> None:
    """Waits, pauses of retries and sleeps use one virtual time, in both modes of pytest-asyncio."""
    result = run(
        pytester,
        """
@pytest.mark.asyncio
async def test_training(cleanroomsml_service, cleanroomsml_client):
    dataset = cleanroomsml_service.add_training_dataset()
    arn = await create_audience_model(cleanroomsml_client, name="m", training_dataset_arn=dataset)
    start, created = now(), cleanroomsml_service.clock.now()
    model = await wait_for_audience_model(cleanroomsml_client, arn)
    assert model.status is AudienceModelStatus.ACTIVE
    assert 600 <= now() - start <= 660
    assert (cleanroomsml_service.clock.now() - created).total_seconds() == pytest.approx(now() - start)


@pytest.mark.asyncio
async def test_sleep(cleanroomsml_service):
    created = cleanroomsml_service.clock.now()
    await asyncio.sleep(3 * 3600)
    assert (cleanroomsml_service.clock.now() - created).total_seconds() == 3 * 3600


@pytest.mark.asyncio
async def test_retry(cleanroomsml_service, cleanroomsml_client):
    cleanroomsml_service.inject(Throttle(retry_after=5), times=2)
    start = now()
    assert [model async for model in list_audience_models(cleanroomsml_client)] == []
    assert 10 <= now() - start <= 60
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


def test_each_test_has_its_own_service(pytester: pytest.Pytester) -> None:
    """A test starts with an empty service at time 0; the fixtures of one test share one service."""
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
    """A blocking client in a thread gets the response, even if it is delayed in virtual time."""
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
    """A test without the fixture runs on the usual loop, or on the loop that a conftest selects."""
    body = """
async def test_with_the_service(cleanroomsml_service):
    assert type(asyncio.get_running_loop()) is VirtualTimeLoop


async def test_without_the_service():
    assert type(asyncio.get_running_loop()).__name__ == NAME


@pytest.mark.asyncio(loop_scope="module")
async def test_of_the_module():
    assert type(asyncio.get_running_loop()).__name__ == NAME
"""
    run(pytester, f"NAME = '{default_loop_class()}'\n" + body).assert_outcomes(passed=3)
    pytester.makeconftest(
        """
import asyncio


class CustomLoop(asyncio.SelectorEventLoop):
    pass


def pytest_asyncio_loop_factories():
    return {"custom": CustomLoop}
"""
    )
    run(pytester, "NAME = 'CustomLoop'\n" + body).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "def test_subject(cleanroomsml_service): ...",
            "make the test an `async def`, run by pytest-asyncio, and call*to_thread*",
        ),
        (
            "def test_subject(with_models): ...",
            "make the test an `async def`, run by pytest-asyncio, and call*to_thread*",
        ),
        (
            "@pytest.mark.asyncio(loop_scope='module')\nasync def test_subject(cleanroomsml_client): ...",
            'it cannot share a loop of scope "module": mark it with @pytest.mark.asyncio(loop_scope="function")',
        ),
        (
            "async def test_subject(requested_late): ...",
            "add the fixture to the parameters of the test, and let no other plugin select the loop",
        ),
    ],
)
def test_unusable_fixture(pytester: pytest.Pytester, body: str, reason: str) -> None:
    """A test that would hang or wait for hours fails immediately; the message says what to do."""
    result = run(pytester, body)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"cleanroomsml_service runs on the event loop of its test: {reason}"])


@pytest.mark.parametrize("fixture", ["cleanroomsml_service", "with_models"])
def test_the_first_test_in_strict_mode(pytester: pytest.Pytester, fixture: str) -> None:
    """In strict mode, an `async def` without a mark fails, and the message shows both ways to run it."""
    result = run(pytester, f"async def test_subject({fixture}): ...", asyncio_mode="strict")
    result.assert_outcomes(errors=1)
    line = (
        "cleanroomsml_service runs on the event loop of its test: pytest-asyncio does not run this `async def`; "
        'mark it with `@pytest.mark.asyncio`, or set `asyncio_mode = "auto"` under `[[]tool.pytest.ini_options]` '
        "in pyproject.toml"
    )
    result.stdout.fnmatch_lines([line])


def test_a_case_with_a_mark(pytester: pytest.Pytester) -> None:
    """In strict mode, the mark may also be on one case of a parametrized test."""
    result = run(
        pytester,
        """
@pytest.mark.parametrize("seconds", [pytest.param(3600, marks=pytest.mark.asyncio)])
async def test_subject(cleanroomsml_service, cleanroomsml_client, seconds):
    assert type(asyncio.get_running_loop()) is VirtualTimeLoop
    await asyncio.sleep(seconds)
    assert [model async for model in list_audience_models(cleanroomsml_client)] == []


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.asyncio
async def test_with_its_own_mark(cleanroomsml_service, number): ...


@pytest.mark.parametrize("number", [1, pytest.param(2, marks=pytest.mark.skip)])
def test_that_is_not_affected(number): ...
""",
        asyncio_mode="strict",
    )
    result.assert_outcomes(passed=4, skipped=1)


def test_loop_scope_from_the_settings(pytester: pytest.Pytester) -> None:
    """A loop scope in the settings is refused; a mark that gives the test its own loop is accepted."""
    result = run(
        pytester,
        """
async def test_on_a_shared_loop(cleanroomsml_service): ...


@pytest.mark.asyncio(loop_scope="function")
async def test_with_its_own_loop(cleanroomsml_service): ...
""",
        asyncio_default_test_loop_scope="session",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(['*it cannot share a loop of scope "session"*'])


def test_without_pytest_asyncio(pytester: pytest.Pytester) -> None:
    """Without pytest-asyncio, a test that uses a fixture fails and names what is missing; other tests pass."""
    body = "def test_without_the_service(): ...\n\n\ndef test_subject({}): ..."
    for fixture in ("cleanroomsml_service", "cleanroomsml_client"):
        result = run(pytester, body.format(fixture), plugins=())
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(
            ["cleanroomsml_service needs pytest-asyncio 1.5 or newer: install `pytest-asyncio>=1.5`"]
        )


def test_costs_nothing_unused(pytester: pytest.Pytester) -> None:
    """A run that does not use the fixtures loads nothing of the client, nor of what it needs."""
    heavy = {"aiobotocore", "aiohttp", "attr", "attrs", "botocore", "cattrs", "cleanroomsml_client.local", "tenacity"}
    pytester.makepyfile(f"import sys\n\n\ndef test_subject():\n    assert {heavy!r}.isdisjoint(sys.modules)\n")
    command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "cleanroomsml_client.testing.plugin"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=pytester.path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 passed in" in done.stdout
    assert "warning" not in done.stdout
