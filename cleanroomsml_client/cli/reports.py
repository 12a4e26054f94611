"""What `watch` tells on its way, as plain lines or as JSON; `live` does it on a terminal."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Protocol, Self

import attrs

from .._display.values import Row, document, lines, one_line, rows
from .arns import Watched

__all__ = ["JsonLines", "Lines", "Report", "duration", "now", "quality", "reason", "write"]


class Report(Protocol):
    """Told of every change, as long as its context lasts."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None: ...
    def changed(self, resource: Watched) -> None:
        """The resource has come to another state."""
        ...

    def gone(self) -> None:
        """The resource is there no longer."""
        ...

    def reached(self, resource: Watched) -> None:
        """The resource is where it was waited for."""
        ...


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


def write(line: str) -> None:
    """Print a line at once, for who reads along through a pipe."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def duration(seconds: float) -> str:
    """A time span as people say it, in two units at most."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def reason(resource: Watched) -> str:
    """The service's reason for the status; empty where it gave none."""
    details: Any = getattr(resource, "status_details", None)
    return one_line(": ".join(filter(None, (details.status_code, details.message)))) if details else ""


def quality(resource: Watched) -> Iterator[Row]:
    """What the service measured, and whether metrics and logs were delivered."""
    wanted = False
    for row in rows(resource):
        if row.depth == 0:
            wanted = row.name.startswith(("metrics", "logs"))
        if wanted:
            yield row


@attrs.define
class _Silent:
    """A context with nothing to open or close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass


@attrs.define
class Lines(_Silent):
    """A line for each change."""

    _since: datetime | None = attrs.field(default=None, init=False)

    def changed(self, resource: Watched) -> None:
        """Print moment, status, how long the state before lasted, and the reason."""
        self._print(resource.status, reason(resource))

    def gone(self) -> None:
        """Print that, too, as a state."""
        self._print("gone", "")

    def reached(self, resource: Watched) -> None:
        """Print what was measured."""
        for line in lines(quality(resource)):
            write(line)

    def _print(self, status: str, why: str) -> None:
        moment = now()
        after = "" if self._since is None else f"after {duration((moment - self._since).total_seconds())}"
        self._since = moment
        write("  ".join(filter(None, (f"{moment:%Y-%m-%dT%H:%M:%SZ}", status, after, why))))


@attrs.define
class JsonLines(_Silent):
    """A JSON object in a line for each change."""

    _arn: str

    def changed(self, resource: Watched) -> None:
        """Print when it was seen, and all of the resource."""
        self._print(resource.status, document(resource))

    def gone(self) -> None:
        """Print that there is neither status nor resource."""
        self._print(None, None)

    def reached(self, resource: Watched) -> None:
        """Print nothing: the last change has told it all."""

    def _print(self, status: str | None, resource: object) -> None:
        write(json.dumps({"time": document(now()), "arn": self._arn, "status": status, "resource": resource}))
