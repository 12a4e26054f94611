"""The examples of controlling the local service from other languages, run on `cleanroomsml local`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "local"


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """The variables for clients of a service in a process of its own."""
    command = [sys.executable, "-m", "cleanroomsml_client", "local", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        facts = json.loads(program.stdout.readline())
        yield os.environ | {
            "AWS_ENDPOINT_URL_CLEANROOMSML": facts["endpoint"],
            "AWS_ACCESS_KEY_ID": facts["accounts"][0]["accountId"],
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": facts["region"],
            "no_proxy": "127.0.0.1",
        }
        program.terminate()


def _run(environment: dict[str, str], *command: str) -> str:
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_with_boto3(environment: dict[str, str]) -> None:
    """An hour passes at once, so that the model is trained."""
    assert _run(environment, sys.executable, str(_EXAMPLES / "control_boto3.py")) == "ACTIVE\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_with_javascript(environment: dict[str, str]) -> None:
    """The faults are injected, and removed again."""
    assert _run(environment, "node", str(_EXAMPLES / "control.mjs")) == "1\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_with_curl(environment: dict[str, str]) -> None:
    """Every request of the example is accepted, and each response is JSON."""
    decoder, text = json.JSONDecoder(), _run(environment, "bash", "-euo", "pipefail", str(_EXAMPLES / "control.sh"))
    documents: list[dict[str, Any]] = []
    while text:
        document, end = decoder.raw_decode(text)
        documents.append(document)
        text = text[end:]
    assert len(documents) == 8
    assert documents[0]["status"] == "ok"
    assert documents[1]["memberships"][0]["accountId"] == "111122223333"
