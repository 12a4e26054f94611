"""The commands that send requests, and their exit codes."""

import argparse
import asyncio
import inspect
import json
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from importlib.util import find_spec
from typing import Any, cast

import attrs

from .._client import Client
from .._connect import Connection, connect
from .._dicts import to_dict
from .._display.prompt import table_lines
from .._display.values import as_rows, as_table, as_text
from .._waiting import Polling
from ..errors import (
    CleanRoomsMLError,
    CredentialsError,
    RequestError,
    WaitFailedError,
    WaitTimeoutError,
    refuses_credentials,
)
from ..kinds import KINDS, Kind, ParsedArn, Waitable, WaitFor
from . import reports
from .doctor import diagnose
from .options import FILTERS

__all__ = ["run"]

_FAILED, _USAGE, _TIMED_OUT, _ERROR, _INTERRUPTED = 1, 2, 3, 4, 130
_EXIT_CODES = {
    WaitFailedError: _FAILED,
    RequestError: _USAGE,
    CredentialsError: _USAGE,
    WaitTimeoutError: _TIMED_OUT,
}
_FIRST_PAUSE = 5.0
# Deleting removes only the data of some resources; they stay with this status.
_DATA_DELETED = "INACTIVE"
_HINT = 'cleanroomsml: for live output with colours:  pip install "cleanroomsml-client[cli]"\n'


def run(options: argparse.Namespace) -> int:
    """Run a command and return its exit code."""
    try:
        return _run(options)
    except CleanRoomsMLError as error:
        notes = [f"  {reports.explained(note)}\n" for note in getattr(error, "__notes__", ())]
        sys.stderr.writelines([f"cleanroomsml: {reports.explained(str(error))}\n", *notes])
        return _exit_code(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout closed the pipe. Without a new stdout, Python would fail again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _ERROR


def _exit_code(error: CleanRoomsMLError) -> int:
    if refuses_credentials(error):
        return _USAGE
    return next((code for class_, code in _EXIT_CODES.items() if isinstance(error, class_)), _ERROR)


def _run(options: argparse.Namespace) -> int:
    is_drawn = options.command != "doctor" and sys.stdout.isatty() and not options.json and not options.plain
    if is_drawn and find_spec("rich") is None:
        sys.stderr.write(_HINT)
        is_drawn = False
    match options.command:
        case "watch":
            asyncio.run(_watch(options, _targets(options), is_drawn=is_drawn))
        case "doctor":
            return max((_exit_code(error) for error in asyncio.run(diagnose(options))), default=0)
        case "show":
            [target] = _targets(options)
            asyncio.run(_show(options, target, is_drawn=is_drawn))
        case _:
            kind = next(kind for kind in KINDS if kind.family == options.family)
            asyncio.run(_list(options, kind, _filters(options, kind), is_drawn=is_drawn))
    return 0


def _connect(options: argparse.Namespace, region: str | None) -> Connection:
    return connect(
        region_name=options.region or region, profile_name=options.profile, endpoint_url=options.endpoint_url
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aiM' else 'a'} {noun}"


# --- watch and show


@attrs.frozen(kw_only=True)
class _Target:
    """A resource to watch or show."""

    arn: str
    region: str
    kind: Kind
    identity: tuple[str, ...]
    version: dict[str, str]
    """The version as a keyword argument, or nothing."""


def _targets(options: argparse.Namespace) -> list[_Target]:
    """Return the resources that the options name; end the program if a kind does not have what they ask for."""
    arns: list[ParsedArn] = options.arn if options.command == "watch" else [options.arn]
    targets = [_target(options, arn) for arn in dict.fromkeys(arns)]
    for target in targets:
        if options.command == "watch":
            _check_goal(options, target.kind)
    return targets


def _target(options: argparse.Namespace, arn: ParsedArn) -> _Target:
    kind, identity, parameter = arn.kind, arn.identity, "version_identifier"
    if options.version_identifier is not None and not kind.has_versions:
        options.error(f"{_a(kind.name)} has no versions")
    if getattr(options, "export", None) is not None:
        (kind, identity), parameter = _export_job(options, arn), "trained_model_version_identifier"
    version = {} if options.version_identifier is None else {parameter: options.version_identifier}
    return _Target(arn=arn.arn, region=arn.region, kind=kind, identity=identity, version=version)


def _export_job(options: argparse.Namespace, arn: ParsedArn) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind and the identity of the export job that `--export` names; it has no ARN of its own."""
    by_family = {kind.family: kind for kind in KINDS}
    if arn.kind.arn_type == "audience-generation-job":
        return by_family["audience-export-jobs"], (arn.arn, options.export)
    if arn.kind.arn_type == "trained-model" and options.collaboration_identifier is not None:
        identity = (options.collaboration_identifier, arn.arn, options.export)
        return by_family["collaboration-trained-model-export-jobs"], identity
    problem = f"{_a(arn.kind.name)} has no exports; --export needs a generation job or a trained model"
    if arn.kind.arn_type == "trained-model":
        problem = "the export of a trained model needs --collaboration-identifier, too"
    raise SystemExit(options.error(problem))


def _check_goal(options: argparse.Namespace, kind: Kind) -> None:
    if not kind.watches:
        options.error(f"{_a(kind.name)} has no status that changes: it is ready when it is created (see show)")
    if options.end not in kind.watches:
        options.error(f"{_a(kind.name)} cannot be {options.end}")


async def _watch(options: argparse.Namespace, targets: list[_Target], *, is_drawn: bool) -> None:
    """Follow the resources until all are done; the first failure ends the others."""
    with _reports(targets, is_drawn=is_drawn, is_json=options.json) as own_reports:
        async with AsyncExitStack() as stack:
            regions = {target.region for target in targets}
            clients = {region: await stack.enter_async_context(_connect(options, region)) for region in sorted(regions)}
            try:
                async with asyncio.TaskGroup() as group:
                    for target, report in zip(targets, own_reports, strict=True):
                        group.create_task(_follow(options, clients[target.region], target, report))
            except BaseExceptionGroup as errors:
                error = errors.exceptions[0]
            else:
                return
            raise error


async def _follow(options: argparse.Namespace, client: Client, target: _Target, report: reports.Report) -> None:
    polling = Polling(initial=min(_FIRST_PAUSE, options.interval), maximum=options.interval, timeout=options.timeout)
    end = WaitFor(options.end)
    last: Waitable | None = None
    async for resource in target.kind.watches[end](client, *target.identity, **target.version, polling=polling):
        last = resource
        report.changed(resource)
    if last is None or (end is WaitFor.DELETED and last.status != _DATA_DELETED):
        report.deleted()
    else:
        report.reached(last)


def _reports(
    targets: list[_Target], *, is_drawn: bool, is_json: bool
) -> AbstractContextManager[Sequence[reports.Report]]:
    if is_drawn:
        from . import live  # noqa: PLC0415  # needs rich, which is an extra

        if len(targets) > 1:
            return live.LiveTable([target.kind.name for target in targets])
        return live.LiveReport(targets[0].arn, targets[0].kind.name)
    if is_json:
        return nullcontext([reports.JsonLines(target.arn) for target in targets])
    return nullcontext([reports.Lines(is_named=len(targets) > 1) for _ in targets])


async def _show(options: argparse.Namespace, target: _Target, *, is_drawn: bool) -> None:
    get = cast("Callable[..., Awaitable[Any]]", target.kind.get)
    async with _connect(options, target.region) as client:
        resource = await get(client, *target.identity, **target.version)
    if options.json:
        reports.write(json.dumps(to_dict(resource), indent=2))
    elif is_drawn:
        from .live import show  # noqa: PLC0415  # needs rich, which is an extra

        show(resource)
    else:
        for line in as_text(as_rows(resource)):
            reports.write(line)


# --- list


def _filters(options: argparse.Namespace, kind: Kind) -> dict[str, str]:
    """Return the arguments of the list; end the program if one is missing, or does not apply."""
    given = {name: value for name in FILTERS if (value := getattr(options, name)) is not None}
    parameters = inspect.signature(kind.list).parameters
    known = [name for name in FILTERS if name in parameters]
    for name in given:
        if name not in known:
            others = f"its filters are {', '.join(map(_flag, known))}" if known else "it has no filters but --status"
            options.error(f"{kind.family} has no filter {_flag(name)}; {others}")
    if missing := [_flag(name) for name in kind.required if name not in given]:
        options.error(f"{kind.family} needs {' and '.join(missing)}")
    return given


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


async def _list(options: argparse.Namespace, kind: Kind, filters: dict[str, str], *, is_drawn: bool) -> None:
    async with _connect(options, None) as client:
        items = await kind.list(client, **filters).collect()
    if options.status:
        items = [item for item in items if item.status in options.status]
    if options.json:
        reports.write(json.dumps([to_dict(item) for item in items], indent=2))
    elif is_drawn:
        from .live import show_items  # noqa: PLC0415  # needs rich, which is an extra

        show_items(items)
    elif items:
        for line in table_lines(as_table(items, len(items))):
            reports.write(line)
