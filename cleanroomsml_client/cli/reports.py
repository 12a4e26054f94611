"""The output of `watch` as plain lines or as JSON; `live` has that on a terminal."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import attrs

from .._dicts import json_time, to_dict
from .._display.values import Row, as_rows, as_text, one_line
from ..kinds import Waitable

__all__ = ["JsonLines", "Lines", "Report", "duration", "explained", "metrics_rows", "now", "status_reason", "write"]


class Report(Protocol):
    """Receives every change of a resource."""

    def changed(self, resource: Waitable) -> None:
        """The status of the resource has changed."""
        ...

    def deleted(self) -> None:
        """The resource has been deleted."""
        ...

    def reached(self, resource: Waitable) -> None:
        """The resource has reached the goal."""
        ...


def now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def write(line: str) -> None:
    """Print a line and flush it, so that the reader of a pipe receives it immediately."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def explained(text: str) -> str:
    """Return the text of an error in one line, with options of the program in place of arguments of `connect`."""
    for argument, option in _OPTIONS.items():
        text = re.sub(argument, option, text)
    return one_line(text)


_OPTIONS = {
    r"\bconnect\(region_name='([^']*)'\)": r"--region \1",
    r"\bregion_name\b": "--region",
    r"\bprofile_name\b": "--profile",
}


def duration(seconds: float) -> str:
    """Return a duration in at most two units; 0 for one below it, as clocks differ."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def status_reason(resource: Waitable) -> str:
    """Return the reason that the service gave for the status; empty if it gave none."""
    details: Any = getattr(resource, "status_details", None)
    return one_line(": ".join(filter(None, (details.status_code, details.message)))) if details else ""


def metrics_rows(resource: Waitable) -> Iterator[Row]:
    """Yield the metrics of a resource, and whether metrics and logs were delivered."""
    wanted = False
    for row in as_rows(resource):
        if row.depth == 0:
            wanted = row.name.startswith(("metrics", "logs"))
        if wanted:
            yield row


@attrs.define
class Lines:
    """Prints a line for each change."""

    is_named: bool = False
    """Whether each line has the name of the resource, because several are followed."""
    _name: str = attrs.field(default="", init=False)
    _since: datetime | None = attrs.field(default=None, init=False)

    def changed(self, resource: Waitable) -> None:
        """Print the time, the status, how long the previous status lasted, and the reason."""
        self._name = one_line(resource.name) if self.is_named else ""
        self._print(resource.status, status_reason(resource))

    def deleted(self) -> None:
        """Print the deletion as a status."""
        self._print("deleted", "")

    def reached(self, resource: Waitable) -> None:
        """Print the metrics, or where the output is; those of several resources would be mixed up."""
        if self.is_named:
            return
        for line in as_text(metrics_rows(resource)):
            write(line)
        if location := getattr(resource, "output_location", None):
            write(f"output: {one_line(location)}")

    def _print(self, status: str, reason: str) -> None:
        moment = now()
        after = "" if self._since is None else f"after {duration((moment - self._since).total_seconds())}"
        self._since = moment
        write("  ".join(filter(None, (f"{moment:%Y-%m-%dT%H:%M:%SZ}", self._name, status, after, reason))))


@attrs.define
class JsonLines:
    """Prints a JSON object in one line for each change."""

    _arn: str

    def changed(self, resource: Waitable) -> None:
        """Print the time, the status, and the whole resource."""
        self._print(resource.status, to_dict(resource))

    def deleted(self) -> None:
        """Print a line without status and resource."""
        self._print(None, None)

    def reached(self, resource: Waitable) -> None:
        """Print nothing: the line of the last change has everything."""

    def _print(self, status: str | None, resource: object) -> None:
        write(json.dumps({"time": json_time(now()), "arn": self._arn, "status": status, "resource": resource}))
