import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from cleanroomsml_client.cli import reports
from cleanroomsml_client.local import LocalService
from tests.support.cli import (
    START,
    RequestClock,
    background,
)


@pytest.fixture(autouse=True)
def steady_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ignore the terminal that the tests run in; use the account of the local service's builders."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "50")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    # Without it, the region comes from the ARN.
    monkeypatch.delenv("AWS_DEFAULT_REGION")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """The local service, to which the program sends its requests."""
    with background(RequestClock().service) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", running.endpoint_url)
        yield running


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time the program reads the clock, 125 seconds have passed."""
    ticks = iter(range(0, 125_000, 125))
    monkeypatch.setattr(reports, "now", lambda: START + timedelta(seconds=next(ticks)))


def _yes(_: object) -> bool:
    return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is a terminal, and the time does not change."""
    del capsys
    # Patched on the class, because each phase of a test has its own stream.
    class_: Any = sys.stdout.__class__
    monkeypatch.setattr(class_, "isatty", _yes)
    monkeypatch.setattr(reports, "now", lambda: START)
