"""The client works without aiobotocore's private endpoint."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
_SUITE = (
    "tests/_aws/test_connection.py",
    "tests/_aws/test_stale_connections.py",
    "tests/_aws/test_transport.py",
    "tests/_aws/test_transport_config.py",
    "tests/test_client.py",
    "tests/test_faults.py",
    "tests/test_malformed_responses.py",
    "tests/test_paging.py",
    "tests/test_retry.py",
    "tests/test_security.py",
    "tests/test_waiting.py",
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_client_suite_passes_without_the_private_endpoint() -> None:
    """The tests of the client pass when `aws._endpoint` is a stub that can do nothing but close."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "tests.support.stubbed_endpoint",
            "-p",
            "no:cacheprovider",
            *_SUITE,
        ],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
