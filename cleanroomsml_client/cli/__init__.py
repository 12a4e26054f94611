"""The program `cleanroomsml`: what takes hours, followed from a terminal."""

import argparse
import asyncio
import json
import os
import sys
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from typing import Any

from .._client import Client, connect
from .._display.values import document, lines, one_line, rows
from .._waiting import Polling
from ..errors import CleanRoomsMLError, RequestError, WaitTimeoutError
from . import reports
from .arns import End, Target, Watched
from .completion import SCRIPTS
from .options import COMMANDS, parser

__all__ = ["main"]

_FAILED, _USAGE, _TIMED_OUT, _INTERRUPTED = 1, 2, 3, 130
_EXIT_CODES = {RequestError: _USAGE, WaitTimeoutError: _TIMED_OUT}
_FIRST_PAUSE = 5.0
# Deleting leaves some resources behind without their data.
_EMPTIED = "INACTIVE"
_NEEDS_RICH = """\
cleanroomsml: pictures on a terminal need the extra "cli":
  pip install "cleanroomsml-client[cli]"
or ask for --plain or --json
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code; argparse raises SystemExit."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["local"]:
        from ..local.__main__ import main as serve  # noqa: PLC0415  # loads a server and botocore's model

        return serve(given[1:])
    try:
        return _run(parser().parse_args(given))
    except CleanRoomsMLError as error:
        sys.stderr.write(f"cleanroomsml: {one_line(str(error))}\n")
        return next((code for class_, code in _EXIT_CODES.items() if isinstance(error, class_)), _FAILED)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read along has left. Else Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


def _run(options: argparse.Namespace) -> int:
    if options.command == "completion":
        sys.stdout.write(SCRIPTS[options.shell](COMMANDS))
        return 0
    _check(options)
    is_picture = sys.stdout.isatty() and not options.json and not options.plain
    if is_picture and find_spec("rich") is None:
        sys.stderr.write(_NEEDS_RICH)
        return _USAGE
    perform = _watch if options.command == "watch" else _show
    asyncio.run(perform(options, options.arn, is_picture=is_picture))
    return 0


def _check(options: argparse.Namespace) -> None:
    """ErrorResponse what the ARN's kind does not have."""
    kind = options.arn.kind
    if options.version_identifier is not None and not kind.has_versions:
        options.refuse(f"{_a(kind.name)} has no versions")
    if options.command == "watch" and not kind.watches:
        options.refuse(f"{_a(kind.name)} has no states to watch: it is ready once it is there (see show)")
    if options.command == "watch" and options.end not in kind.watches:
        options.refuse(f"{_a(kind.name)} cannot be {options.end}")


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aiM' else 'a'} {noun}"


def _connect(options: argparse.Namespace) -> AbstractAsyncContextManager[Client]:
    return connect(
        region_name=options.region or options.arn.region,
        profile_name=options.profile,
        endpoint_url=options.endpoint_url,
    )


def _version(options: argparse.Namespace) -> dict[str, Any]:
    return {"version_identifier": options.version_identifier} if options.arn.kind.has_versions else {}


async def _watch(options: argparse.Namespace, target: Target, *, is_picture: bool) -> None:
    polling = Polling(initial=min(_FIRST_PAUSE, options.interval), maximum=options.interval, timeout=options.timeout)
    watch = target.kind.watches[options.end]
    last: Watched | None = None
    with _report(target, is_picture=is_picture, is_json=options.json) as report:
        async with _connect(options) as client:
            async for resource in watch(client, *target.identity, **_version(options), polling=polling):
                last = resource
                report.changed(resource)
        if last is None or (options.end is End.DELETED and last.status != _EMPTIED):
            report.gone()
        else:
            report.reached(last)


def _report(target: Target, *, is_picture: bool, is_json: bool) -> reports.Report:
    if is_picture:
        from .live import LiveReport  # noqa: PLC0415  # rich is an extra

        return LiveReport(target)
    return reports.JsonLines(target.arn) if is_json else reports.Lines()


async def _show(options: argparse.Namespace, target: Target, *, is_picture: bool) -> None:
    async with _connect(options) as client:
        resource = await target.kind.get(client, *target.identity, **_version(options))
    if options.json:
        reports.write(json.dumps(document(resource), indent=2))
    elif is_picture:
        from .live import show  # noqa: PLC0415  # rich is an extra

        show(resource)
    else:
        for line in lines(rows(resource)):
            reports.write(line)
