"""The programs on the page about synchronous code, against a local service."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cleanroomsml_client import AudienceModel, AudienceModelStatus, from_dict
from cleanroomsml_client.local import Clock, Delay, ErrorResponse, LocalService, Reset, Throttle
from tests.support.cli import background

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parent.parent
_RECIPES = _ROOT / "docs" / "examples" / "recipes"
_MISSING = "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """A service in a thread, on a clock that stands still, which `connect()` uses."""
    with background(LocalService(clock=Clock(speed=0))) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", running.endpoint_url)
        yield running


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, _RECIPES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(program: str) -> tuple[int, str, str]:
    command = [sys.executable, "-W", "error", str(_RECIPES / program)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_script(service: LocalService) -> None:
    """The script waits for the newest job, prints its quality and ends with 0, or with 1 if the job has failed."""
    service.add_audience_generation_job(name="spring")
    code, out, err = _run("script.py")
    assert (code, err) == (0, "")
    assert out.startswith("spring ACTIVE 0.")
    service.clock.advance(1)
    service.add_audience_generation_job(name="summer", status="CREATE_FAILED")
    code, out, err = _run("script.py")
    assert (code, err) == (1, "")
    assert "is CREATE_FAILED" in out


class _Context:
    """Lambda's context, with the default limit of 3 seconds."""

    def get_remaining_time_in_millis(self) -> int:
        return 3000


@pytest.fixture
def handler(service: LocalService) -> Iterator[Any]:
    """The handler of Lambda, in this thread."""
    assert service.endpoint_url
    module = _load("lambda_handler")
    yield module.handler
    module.call.close()


def test_the_lambda_handler_returns_a_model(service: LocalService, handler: Any) -> None:
    """Invocations share a client."""
    arn = service.add_audience_model(name="spring")
    for _ in range(2):
        result = json.loads(json.dumps(handler({"arn": arn}, _Context())))
        assert from_dict(AudienceModel, result["model"]).name == "spring"
    assert [request.status for request in service.requests] == [200, 200]


def test_the_lambda_handler_describes_an_error(service: LocalService, handler: Any) -> None:
    """An error is a document, too: with the code of AWS, or the class of the exception."""
    arn = service.add_audience_model()
    service.inject(ErrorResponse("AccessDeniedException", "No.", 403))
    document = handler({"arn": arn}, _Context())["error"]
    request_id = service.requests[-1].request_id
    assert document == {
        "code": "AccessDeniedException",
        "message": "No.",
        "requestId": request_id,
        "notes": [],
        "retryable": False,
    }
    document = handler({"arn": _MISSING.replace("us-east-1", "eu-west-1")}, _Context())["error"]
    assert (document["code"], document["retryable"]) == ("ResourceNotFoundException", False)
    assert "eu-west-1" in document["notes"][0]
    document = handler({"arn": "my-model"}, _Context())["error"]
    assert (document["code"], document["requestId"], document["retryable"]) == ("RequestError", None, False)
    json.dumps(document)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Throttle(retry_after=30), "ThrottlingException"),
        (ErrorResponse("InternalServiceException", "No.", 500), "InternalServiceException"),
        (Reset(), "TransportError"),
        (Delay(30), "DeadlineError"),
    ],
    ids=["throttled", "server error", "lost connection", "slow"],
)
def test_the_lambda_handler_ends_before_its_limit(service: LocalService, handler: Any, fault: Any, code: str) -> None:
    """What may succeed later is marked; retries fit into the remaining time."""
    arn = service.add_audience_model()
    service.inject(fault, times=None)
    begun = time.monotonic()
    document = handler({"arn": arn}, _Context())["error"]
    assert time.monotonic() - begun < 3
    assert (document["code"], document["retryable"]) == (code, True)


def test_boto3_starts_in_about_half_the_time() -> None:
    """The figures on the page with the comparison say what the page about synchronous code says."""
    alternatives = (_ROOT / "docs/explanation/alternatives.md").read_text(encoding="utf-8")
    row = re.search(r"^\| CPU time from the start .*? \| ([0-9.]+) ms \| ([0-9.]+) ms", alternatives, re.MULTILINE)
    assert row is not None
    assert 1.5 < float(row[1]) / float(row[2]) < 2.5


async def test_the_fastapi_application(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application serves a model as JSON, and 404 for a missing one."""
    module = _load("fastapi_app")
    async with LocalService() as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", service.endpoint_url)
        arn = service.add_audience_model(name="spring")
        transport = httpx.ASGITransport(module.app)
        async with module.lifespan(module.app), httpx.AsyncClient(transport=transport, base_url="http://app") as http:
            response = await http.get(f"/models/{arn}")
            assert (response.status_code, response.json()["name"]) == (200, "spring")
            assert (await http.get(f"/models/{_MISSING}")).status_code == 404


def test_the_celery_tasks(service: LocalService) -> None:
    """A model is created once although the task runs twice; the check retries while it is pending."""
    exceptions: Any = importlib.import_module("celery.exceptions")
    module = _load("celery_task")
    dataset = service.add_training_dataset()
    arn = module.create_model("spring", dataset)
    assert module.create_model("spring", dataset) == arn
    assert [request.operation for request in service.requests].count("CreateAudienceModel") == 1
    with pytest.raises(exceptions.Retry):
        module.check_model.apply(args=(arn,), throw=True, retries=0).get()
    service.clock.advance(3600)
    assert module.check_model.apply(args=(arn,), throw=True).get() == AudienceModelStatus.ACTIVE
    module._close()
