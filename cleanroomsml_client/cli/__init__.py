"""The program `cleanroomsml`: follows models and jobs from a terminal."""

import argparse
import asyncio
import json
import os
import sys
from importlib.util import find_spec
from typing import Any

from .._connect import Connection, connect
from .._dicts import to_dict
from .._display.values import as_rows, as_text, one_line
from .._waiting import Polling
from ..errors import CleanRoomsMLError, RequestError, WaitTimeoutError
from . import reports
from .arns import ParsedArn, Waitable, WaitFor
from .completion import SCRIPTS
from .options import COMMANDS, parser

__all__ = ["main"]

_FAILED, _USAGE, _TIMED_OUT, _INTERRUPTED = 1, 2, 3, 130
_EXIT_CODES = {RequestError: _USAGE, WaitTimeoutError: _TIMED_OUT}
_FIRST_PAUSE = 5.0
# Deleting removes only the data of some resources; they stay with this status.
_DATA_DELETED = "INACTIVE"
_NEEDS_RICH = """\
cleanroomsml: output on a terminal needs the extra "cli":
  pip install "cleanroomsml-client[cli]"
or use --plain or --json
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code; argparse raises SystemExit."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["local"]:
        from ..local.__main__ import main as serve  # noqa: PLC0415  # imports an HTTP server, which only this command needs

        return serve(given[1:])
    try:
        return _run(parser().parse_args(given))
    except CleanRoomsMLError as error:
        sys.stderr.write(f"cleanroomsml: {one_line(str(error))}\n")
        return next((code for class_, code in _EXIT_CODES.items() if isinstance(error, class_)), _FAILED)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout closed the pipe. Without a new stdout, Python would fail again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


def _run(options: argparse.Namespace) -> int:
    if options.command == "completion":
        sys.stdout.write(SCRIPTS[options.shell](COMMANDS))
        return 0
    _check(options)
    is_drawn = sys.stdout.isatty() and not options.json and not options.plain
    if is_drawn and find_spec("rich") is None:
        sys.stderr.write(_NEEDS_RICH)
        return _USAGE
    command = _watch if options.command == "watch" else _show
    asyncio.run(command(options, options.arn, is_drawn=is_drawn))
    return 0


def _check(options: argparse.Namespace) -> None:
    """End the program if this kind of resource does not have what the options ask for."""
    kind = options.arn.kind
    if options.version_identifier is not None and not kind.has_versions:
        options.error(f"{_a(kind.name)} has no versions")
    if options.command == "watch" and not kind.watches:
        options.error(f"{_a(kind.name)} has no status that changes: it is ready when it is created (see show)")
    if options.command == "watch" and options.end not in kind.watches:
        options.error(f"{_a(kind.name)} cannot be {options.end}")


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aiM' else 'a'} {noun}"


def _connect(options: argparse.Namespace) -> Connection:
    return connect(
        region_name=options.region or options.arn.region,
        profile_name=options.profile,
        endpoint_url=options.endpoint_url,
    )


def _version(options: argparse.Namespace) -> dict[str, Any]:
    return {"version_identifier": options.version_identifier} if options.arn.kind.has_versions else {}


async def _watch(options: argparse.Namespace, arn: ParsedArn, *, is_drawn: bool) -> None:
    polling = Polling(initial=min(_FIRST_PAUSE, options.interval), maximum=options.interval, timeout=options.timeout)
    watch = arn.kind.watches[options.end]
    last: Waitable | None = None
    with _report(arn, is_drawn=is_drawn, is_json=options.json) as report:
        async with _connect(options) as client:
            async for resource in watch(client, *arn.identity, **_version(options), polling=polling):
                last = resource
                report.changed(resource)
        if last is None or (options.end is WaitFor.DELETED and last.status != _DATA_DELETED):
            report.deleted()
        else:
            report.reached(last)


def _report(arn: ParsedArn, *, is_drawn: bool, is_json: bool) -> reports.Report:
    if is_drawn:
        from .live import LiveReport  # noqa: PLC0415  # needs rich, which is an extra

        return LiveReport(arn)
    return reports.JsonLines(arn.arn) if is_json else reports.Lines()


async def _show(options: argparse.Namespace, arn: ParsedArn, *, is_drawn: bool) -> None:
    async with _connect(options) as client:
        resource = await arn.kind.get(client, *arn.identity, **_version(options))
    if options.json:
        reports.write(json.dumps(to_dict(resource), indent=2))
    elif is_drawn:
        from .live import show  # noqa: PLC0415  # needs rich, which is an extra

        show(resource)
    else:
        for line in as_text(as_rows(resource)):
            reports.write(line)
