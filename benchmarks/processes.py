"""The processes of a run: the stub server, a worker for each competitor, and processes that measure an import."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Self, cast

__all__ = ["ENVIRONMENT", "Process", "Stub", "Worker", "seconds_to_import"]

_KEPT = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "SYSTEMROOT", "TMPDIR")

ENVIRONMENT = {name: os.environ[name] for name in _KEPT if name in os.environ} | {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # As on most servers. Elsewhere botocore's datetimes take less memory.
    "TZ": "UTC",
}
"""Without the AWS configuration and proxies of the machine; with the settings that every client needs."""


class Process:
    """A module of this package, run as a program that ends when its standard input is closed."""

    def __init__(
        self, module: str, *arguments: str, tool: Sequence[str] = (), environment: Mapping[str, str] = ENVIRONMENT
    ) -> None:
        command = [*tool, sys.executable, "-m", f"{__package__}.{module}", *arguments]
        self._process = subprocess.Popen(  # noqa: S603  # our own modules
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with self._process:
            self._input.close()

    @property
    def _input(self) -> IO[str]:
        return cast("IO[str]", self._process.stdin)

    def read(self) -> str:
        """Return its next line of output."""
        line = cast("IO[str]", self._process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} has ended; its error output is above")
        return line.strip()

    def write(self, line: str) -> None:
        """Send it a command."""
        print(line, file=self._input, flush=True)


class Stub(Process):
    """The server."""

    def __init__(self) -> None:
        super().__init__("stub")
        self.url = self.read()


class Worker(Process):
    """A competitor."""

    def __init__(
        self, competitor: str, url: str, *, tool: Sequence[str] = (), environment: Mapping[str, str] = ENVIRONMENT
    ) -> None:
        super().__init__("worker", competitor, url, tool=tool, environment=environment)
        self.cold_start: dict[str, float] = json.loads(self.read())
        """CPU seconds from the start of the process to its first response."""

    def ask(self, **command: object) -> dict[str, float]:
        """Send a command, and return the measured values."""
        self.write(json.dumps(command))
        figures: dict[str, float] = json.loads(self.read())
        return figures


def seconds_to_import(statement: str) -> dict[str, float]:
    """Return the CPU seconds that an import statement takes in a new process."""
    program = f"import time; started = time.process_time(); {statement}; print(time.process_time() - started)"
    command = [sys.executable, "-c", program]
    output = subprocess.check_output(command, env=ENVIRONMENT, text=True)  # noqa: S603  # our own programs
    return {"cpu": float(output)}
