"""The state machine for Step Functions on the page about orchestrators, run by a small interpreter."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cleanroomsml_client import AudienceModelStatus
from tests.parity.support.botocore_model import ERRORS

_PROGRAM = Path(__file__).parent.parent / "docs" / "examples" / "orchestrators" / "step_functions.py"


def _definition() -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location("step_functions", _PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    definition: dict[str, Any] = module.definition()
    return definition


def _end(definition: dict[str, Any], results: list[str]) -> tuple[str, list[str]]:
    """Return the type of the last state, and the results of the task, statuses or errors, that were not used."""
    states, remaining, status, retries = definition["States"], [*results], "", 0
    name = definition["StartAt"]
    while True:
        state = states[name]
        match state["Type"]:
            case "Task":
                status = remaining.pop(0)
                (retrier,), (catcher,) = state["Retry"], state["Catch"]
                if not status.startswith("CleanRoomsMl."):
                    name, retries = state["Next"], 0
                elif status in retrier["ErrorEquals"] and retries < retrier["MaxAttempts"]:
                    retries += 1
                else:
                    name = catcher["Next"]
            case "Choice":
                choices = {choice["StringEquals"]: choice["Next"] for choice in state["Choices"]}
                name = choices.get(status, state["Default"])
            case "Wait":
                name = state["Next"]
            case end:
                return end, remaining


@pytest.mark.parametrize("last", [*AudienceModelStatus])
def test_the_state_machine_ends_as_our_wait_does(last: AudienceModelStatus) -> None:
    """It succeeds with ACTIVE, goes on while the model is created or its status is unknown, and fails with the rest."""
    statuses = ["CREATE_PENDING", "INVENTED_BY_AWS", "CREATE_IN_PROGRESS", last.value, "ACTIVE"]
    pending = last in {AudienceModelStatus.CREATE_PENDING, AudienceModelStatus.CREATE_IN_PROGRESS}
    end, remaining = _end(_definition(), statuses)
    assert end == ("Succeed" if last is AudienceModelStatus.ACTIVE or pending else "Fail")
    assert remaining == ([] if pending else ["ACTIVE"])


def test_the_state_machine_retries_what_may_succeed_later() -> None:
    """It survives throttling and server errors, for a limited time; every other error of the API ends it at once."""
    errors = {f"CleanRoomsMl.{shape.name}" for shape in ERRORS}
    transient = {"CleanRoomsMl.ThrottlingException", "CleanRoomsMl.InternalServiceException"}
    assert transient < errors
    for error in [*transient, "CleanRoomsMl.SdkClientException"]:
        assert _end(_definition(), ["CREATE_PENDING", *[error] * 10, "ACTIVE"]) == ("Succeed", [])
        assert _end(_definition(), [error] * 50)[0] == "Fail"
    for error in errors - transient:
        assert _end(_definition(), [error, "ACTIVE"]) == ("Fail", ["ACTIVE"])


def test_the_program_prints_the_definition() -> None:
    """As JSON, for `aws stepfunctions create-state-machine --definition`."""
    printed = subprocess.run([sys.executable, str(_PROGRAM)], capture_output=True, check=True).stdout
    assert json.loads(printed) == _definition()
