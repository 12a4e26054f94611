"""Counts the instructions of a competitor, which runs under valgrind's tool callgrind.

At each mark of the worker, callgrind writes its counts to a new file and begins again at 0.
"""

import re
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from types import TracebackType

from .processes import ENVIRONMENT, Worker
from .worker import MARK
from .workloads import Work

__all__ = ["CountedWorker", "installed", "of_one_call", "total"]

_TOTAL = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def installed() -> bool:
    """Return whether instructions can be counted here."""
    return which("valgrind") is not None


def total(profile: str) -> int:
    """Return the instructions of a file that callgrind wrote."""
    found = _TOTAL.search(profile)
    if found is None:
        raise ValueError("callgrind wrote a file without a line `totals:`")
    return int(found[1])


def of_one_call(profile: str, work: Work) -> float:
    """Return the instructions of one call, from the file about all of them."""
    return total(profile) / (work.counted * work.calls)


class CountedWorker(Worker):
    """A competitor under callgrind: about fifty times slower."""

    def __init__(self, competitor: str, url: str) -> None:
        self._directory = TemporaryDirectory()
        self._marks = 0
        super().__init__(
            competitor,
            url,
            tool=(
                "valgrind",
                "--quiet",
                "--tool=callgrind",
                f"--dump-before={MARK}",
                f"--callgrind-out-file={self._directory.name}/out",
            ),
            # The order of sets, and so the work of the client, does not depend on chance.
            environment=ENVIRONMENT | {"PYTHONHASHSEED": "0"},
        )
        self.ask(mark=True)
        self.start = total(self._profile(marks=1))
        """Instructions from the start of the process to its first response."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._directory.cleanup()

    def count(self, name: str, work: Work) -> float:
        """Return the instructions of one call."""
        self.ask(count=name)
        return of_one_call(self._profile(marks=2), work)

    def _profile(self, *, marks: int) -> str:
        """Return the file with what was counted until the last of some new marks."""
        self._marks += marks
        return Path(self._directory.name, f"out.{self._marks}").read_text(encoding="utf-8")
