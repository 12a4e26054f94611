"""The examples run as programs, and list what they leave behind when they fail."""

import argparse
import asyncio
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cleanroomsml_client import NO_RETRY, Polling, TransportError, ValidationError, WaitFailedError
from cleanroomsml_client.cli import main
from cleanroomsml_client.local import Delay, Durations, ErrorResponse, LocalService, Reset

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "examples"
POLLING = Polling(initial=0.01, maximum=0.02, timeout=30)
IMMEDIATELY = Durations(create=(0, 0), delete=(0, 0), cancel=(0, 0))
CREATED = ["CREATE_PENDING", "CREATE_IN_PROGRESS", "ACTIVE"]


async def run_program(name: str, *arguments: str) -> tuple[int | None, str, str]:
    """Run an example; return its exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / name),
        *arguments,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def load(name: str) -> ModuleType:
    """Import an example as a module, without running it."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def options_of(module: Any, **values: str) -> argparse.Namespace:
    """Return the default arguments of the program, with these values."""
    defaults = {name.removeprefix("--").replace("-", "_"): example for name, (example, _) in module.OPTIONS.items()}
    return argparse.Namespace(**{**defaults, **values})


async def wait_for_requests(service: LocalService, operation: str, times: int) -> None:
    """Return when the service has received this many requests for an operation."""
    while sum(request.operation == operation for request in service.requests) < times:  # noqa: ASYNC110  # the service has no event for it
        await asyncio.sleep(0.001)


@pytest.fixture
def custom_model() -> Any:
    """The custom-model example as a module."""
    return load("custom_model")


async def test_the_lookalike_example() -> None:
    """The example trains, generates an audience, shows the metrics, exports, and removes what it created."""
    code, out, err = await run_program("lookalike.py")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    titles = ["Training the audience model", "Generating the audience", "Cleaning up"]
    assert [line for line in lines if line in titles] == titles
    assert len(re.findall(r"<- exported$", out, re.MULTILINE)) == 1
    removed = re.findall(r"^  removed ([a-z-]+)/", out, re.MULTILINE)
    assert removed == ["audience-generation-job", "configured-audience-model", "audience-model", "training-dataset"]


async def test_the_custom_model_example() -> None:
    """The example fills two channels concurrently, trains, runs inference, and removes what can be removed."""
    code, out, err = await run_program("custom_model.py")
    assert (code, err) == (0, "")
    changes = re.findall(r"^  model-[0-9a-f]{8}(\S*) +([A-Z_]+)$", out, re.MULTILINE)
    for suffix in ("-past", "-new", "", "-job"):
        assert [status for name, status in changes if name == suffix] == CREATED
    assert {name for name, _ in changes[:2]} == {"-past", "-new"}
    assert re.findall(r"^  removed (?:membership/[0-9a-f-]{36}/)?([a-z-]+)/", out, re.MULTILINE) == [
        "trained-model",
        "ml-input-channel",
        "ml-input-channel",
        "configured-model-algorithm-association",
        "configured-model-algorithm",
    ]


@pytest.mark.parametrize("name", ["lookalike.py", "custom_model.py"])
async def test_real_runs_need_every_value(name: str) -> None:
    """With `--real` nothing is sent with example values: the user has to give each value."""
    code, out, err = await run_program(name, "--real")
    assert (code, out) == (2, "")
    assert "error: the following arguments are required: --" in err


async def test_the_custom_model_example_cleans_up(custom_model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Only what AWS keeps remains, INACTIVE; resources of others remain, also those on later pages."""
    async with LocalService(durations=IMMEDIATELY) as service, service.connect() as client:
        membership = service.add_membership()
        others = [service.add_configured_model_algorithm(name=f"other{number}") for number in range(120)]
        channel = service.add_ml_input_channel(membership_identifier=membership, name="other")
        await custom_model.run(client, POLLING, options_of(custom_model, membership=membership))
        ml = custom_model.ml
        channels = [item async for item in ml.list_ml_input_channels(client, membership)]
        algorithms = {item.configured_model_algorithm_arn async for item in ml.list_configured_model_algorithms(client)}
        models = [item async for item in ml.list_trained_models(client, membership)]
    assert [item.status for item in models] == ["INACTIVE"]
    assert [(item.ml_input_channel_arn == channel, item.status) for item in channels] == [
        (True, "ACTIVE"),
        (False, "INACTIVE"),
        (False, "INACTIVE"),
    ]
    assert algorithms > set(others)
    assert len(algorithms) == 121  # the other channel has an algorithm, too
    assert capsys.readouterr().err == ""


async def test_a_failing_training_of_the_example(custom_model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """If training fails, the error has the reason of AWS, and everything created is listed, dependents first."""
    async with LocalService(durations=IMMEDIATELY) as service, service.connect() as client:
        service.fail_next("CreateTrainedModel", status_code="OUT_OF_MEMORY", message="The container was killed.")
        membership = service.add_membership()
        with pytest.raises(WaitFailedError, match=r"is CREATE_FAILED: OUT_OF_MEMORY: The container was killed\.$"):
            await custom_model.run(client, POLLING, options_of(custom_model, membership=membership))
    kinds = re.findall(r"^Left behind: arn:\S*[:/]([a-z-]+)/[0-9a-f-]{36}$", capsys.readouterr().err, re.MULTILINE)
    assert kinds == [
        "trained-model",
        "ml-input-channel",
        "ml-input-channel",
        "configured-model-algorithm-association",
        "configured-model-algorithm",
    ]


async def test_a_failing_query_of_the_example(custom_model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """If one query fails, the example does not wait for the other, which never ends; both channels are listed."""
    async with LocalService(speed=0) as service, service.connect() as client:
        membership = service.add_membership()
        options = options_of(custom_model, membership=membership)
        running = asyncio.create_task(custom_model.run(client, POLLING, options))
        await wait_for_requests(service, "GetMLInputChannel", 2)
        service._state.force_status(service._state.store.last_created(), "CREATE_FAILED")  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(ExceptionGroup) as caught:
            await running
    [failure] = caught.value.exceptions
    assert str(failure).endswith("is CREATE_FAILED: INTERNAL_ERROR: Something went wrong on the service's side.")
    assert len(re.findall("^Left behind: .*/ml-input-channel/", capsys.readouterr().err, re.MULTILINE)) == 2


async def test_an_interrupted_example(custom_model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """An interrupted run lists what it leaves behind."""
    async with LocalService(speed=0) as service, service.connect() as client:
        membership = service.add_membership()
        options = options_of(custom_model, membership=membership)
        running = asyncio.create_task(custom_model.run(client, POLLING, options))
        await wait_for_requests(service, "GetMLInputChannel", 2)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert len(re.findall("^Left behind: ", capsys.readouterr().err, re.MULTILINE)) == 4


async def test_a_failing_lookalike_example(capsys: pytest.CaptureFixture[str]) -> None:
    """If the job fails, the error has the reason of AWS, and everything created is listed, dependents first."""
    lookalike: Any = load("lookalike")
    async with LocalService(durations=IMMEDIATELY) as service, service.connect() as client:
        service.fail_next("StartAudienceGenerationJob", status_code="SEED", message="The seed is too small.")
        with pytest.raises(WaitFailedError, match=r"is CREATE_FAILED: SEED: The seed is too small\.$"):
            await lookalike.run(client, POLLING, options_of(lookalike))
    kinds = re.findall(r"^Left behind: arn:\S*:([a-z-]+)/", capsys.readouterr().err, re.MULTILINE)
    assert kinds == ["audience-generation-job", "configured-audience-model", "audience-model", "training-dataset"]


@pytest.mark.parametrize(
    ("operation", "made"),
    [
        ("CreateTrainingDataset", 0),
        ("CreateAudienceModel", 1),
        ("CreateConfiguredAudienceModel", 2),
        ("StartAudienceGenerationJob", 3),
    ],
)
async def test_a_lost_response_of_the_lookalike_example(
    operation: str, made: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """If the response to a create is lost, the command that is printed finds what it created."""
    lookalike: Any = load("lookalike")
    async with LocalService(durations=IMMEDIATELY) as service, service.connect() as client:
        service.inject(Reset(after=True), operation)
        with pytest.raises(TransportError):
            await lookalike.run(client, POLLING, options_of(lookalike))
        possible, *certain = capsys.readouterr().err.splitlines()
        found = re.fullmatch(r"Possibly left behind: cleanroomsml (list [a-z-]+) \| grep (lookalike-\w+)", possible)
        assert found is not None
        arguments = [*found[1].split(), "--endpoint-url", service.endpoint_url, "--region", "us-east-1"]
        assert await asyncio.to_thread(main, arguments) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == [found[2]]
    assert len(certain) == made
    assert all(line.startswith("Left behind: arn:") for line in certain)


async def test_an_interrupted_create_of_the_lookalike_example(capsys: pytest.CaptureFixture[str]) -> None:
    """An interrupted create may have been executed, too."""
    lookalike: Any = load("lookalike")
    async with LocalService() as service, service.connect() as client:
        service.inject(Delay(30), "CreateTrainingDataset")
        running = asyncio.create_task(lookalike.run(client, POLLING, options_of(lookalike)))
        await wait_for_requests(service, "CreateTrainingDataset", 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert "cleanroomsml list training-datasets | grep lookalike-" in capsys.readouterr().err


async def test_a_refused_create_of_the_lookalike_example(capsys: pytest.CaptureFixture[str]) -> None:
    """A create that the service refused left nothing behind."""
    lookalike: Any = load("lookalike")
    async with LocalService() as service, service.connect() as client:
        service.inject(ErrorResponse("ValidationException"), "CreateTrainingDataset")
        with pytest.raises(ValidationError):
            await lookalike.run(client, POLLING, options_of(lookalike))
    assert capsys.readouterr().err == ""


async def test_an_outage_during_the_custom_model_example(custom_model: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """If the search for what is left behind fails, too, the name to search for has been printed."""
    async with LocalService(durations=IMMEDIATELY) as service, service.connect(retry=NO_RETRY) as client:
        options = options_of(custom_model, membership=service.add_membership())
        service.inject(Reset(after=True), "CreateConfiguredModelAlgorithm")
        service.inject(Reset(), "ListTrainedModelInferenceJobs", times=None)
        with pytest.raises(TransportError):
            await custom_model.run(client, POLLING, options)
    assert re.search(r"model-[0-9a-f]{8}\b", capsys.readouterr().err)
