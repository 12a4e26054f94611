"""Compares what AWS does with what this project assumes: `make verify-aws`, for people with an account.

It reads, and creates nothing, unless `--create` runs the lookalike example. Each resource is read by this package and
by boto3. The table at the end has a row for each assumption.
"""

import argparse
import asyncio
import hashlib
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import attrs
import boto3
from botocore.config import Config

from cleanroomsml_client import (
    AccessDeniedError,
    CleanRoomsMLError,
    Client,
    OpenEnum,
    connect,
    from_dict,
    get_configured_audience_model_policy,
)
from cleanroomsml_client._models import wire_name
from cleanroomsml_client.kinds import KINDS, Kind

__all__ = ["ASSUMPTIONS", "Assumption", "verify"]

_EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "examples" / "lookalike.py"
_SHOWN = 3
_fields: Callable[[Any], tuple[Any, ...]] = attrs.fields
_read: Callable[[Any, Any], Any] = from_dict


@attrs.define
class Assumption:
    """Something that the classes or the local service take for granted, and what AWS did."""

    text: str
    seen: int = 0
    """How often it could be checked."""
    differences: list[str] = attrs.field(factory=list[str])
    note: str = ""
    """A figure that was measured beside it."""

    def check(self, *, holds: bool, where: str) -> None:
        """Count a case, and remember it if AWS did something else."""
        self.seen += 1
        if not holds:
            self.differences.append(where)

    @property
    def result(self) -> str:
        """What AWS did, in words."""
        if not self.seen:
            return "not seen"
        if not self.differences:
            return f"so did AWS, {self.seen} times{self.note}"
        shown = ", ".join(self.differences[:_SHOWN])
        more = len(self.differences) - _SHOWN
        rest = f" and {more} more" if more > 0 else ""
        return f"AWS differed in {len(self.differences)} of {self.seen}: {shown}{rest}{self.note}"


ASSUMPTIONS = {
    "lists": "boto3 and this package list the same resources in the same order",
    "gets": "boto3 and this package read the same values from a get",
    "members": "AWS returns no member that the classes do not have",
    "enums": "every status and other enum value is known",
    "rows": "a row of a list has the values of the get of that resource",
    "times": "a resource is not updated before it is created",
    "denied": "a get that is not allowed is an AccessDeniedException",
    "lag": "a list shows a change of status at the same poll as get",
    "order": "a list has the oldest resource first",
    "defaults": "a get returns the documented default of a member that the request did not have",
    "hash": "policyHash is the SHA-256 of the text of the policy",
    "exports": "ListAudienceExportJobs has no export of a deleted generation job",
}
"""What is compared. docs/explanation/fidelity.md has a row with each of these texts, and says where it comes from."""

_DEFAULTS = {
    "GetConfiguredAudienceModel": ("minMatchingSeedSize",),
    "GetAudienceGenerationJob": ("includeSeedInOutput",),
    "GetMLInputChannel": ("inputChannel", "dataSource", "protectedQueryInputParameters", "resultFormat"),
}


async def verify(client: Client, boto: Any, options: argparse.Namespace) -> dict[str, Assumption]:
    """Read what there is, and return what was found."""
    found = {key: Assumption(text) for key, text in ASSUMPTIONS.items()}
    listed: dict[str, list[Any]] = {}
    newest: tuple[Kind, dict[str, str], Any] | None = None
    for kind in KINDS:
        arguments = _arguments(kind, options)
        if arguments is None:
            print(f"  {kind.family}: not listed, an argument is missing")
            continue
        try:
            items = await _compare_list(client, boto, kind, arguments, found)
        except CleanRoomsMLError as error:
            print(f"  {kind.family}: {error}")
            continue
        print(f"  {kind.family}: {len(items)}")
        listed[kind.family] = items
        if kind.get is None:
            continue
        for item in items[: options.most]:
            await _compare_get(client, boto, kind, _identity(kind, arguments, item), item=item, found=found)
        if items and kind.watches:
            candidate = max(items, key=lambda each: each.update_time)
            if newest is None or candidate.update_time > newest[2].update_time:
                newest = kind, arguments, candidate
    _check_exports(listed, found["exports"])
    if newest is not None and options.minutes:
        await _compare_polls(client, *newest, options=options, lag=found["lag"])
    return found


def _check_exports(listed: Mapping[str, list[Any]], assumption: Assumption) -> None:
    jobs = {job.audience_generation_job_arn for job in listed.get("audience-generation-jobs", [])}
    for export in listed.get("audience-export-jobs", []):
        assumption.check(holds=export.audience_generation_job_arn in jobs, where=export.name)


def _arguments(kind: Kind, options: argparse.Namespace) -> dict[str, str] | None:
    """Return the required arguments of a list, or None if the options lack one."""
    arguments = {name: getattr(options, name, None) for name in kind.required}
    given = {name: value for name, value in arguments.items() if value is not None}
    return given if len(given) == len(arguments) else None


def _identity(kind: Kind, arguments: Mapping[str, str], item: Any) -> dict[str, str]:
    """Return the arguments of a get for an item of a list."""
    identity = {**arguments, _fields(type(item))[0].name: getattr(item, _fields(type(item))[0].name)}
    if kind.has_versions and item.version_identifier is not None:
        identity["version_identifier"] = item.version_identifier
    return identity


async def _raw(boto: Any, function: Callable[..., Any], **arguments: object) -> dict[str, Any]:
    """Call the operation through boto3, in a thread."""
    params = {wire_name(name): value for name, value in arguments.items() if value is not None}
    response: dict[str, Any] = await asyncio.to_thread(getattr(boto, function.__name__), **params)
    del response["ResponseMetadata"]
    return response


async def _compare_list(
    client: Client, boto: Any, kind: Kind, arguments: Mapping[str, str], found: Mapping[str, Assumption]
) -> list[Any]:
    items: list[Any] = await kind.list(client, **arguments).collect()
    raw: list[Any] = []
    token: str | None = None
    while token is not None or not raw:
        page = await _raw(boto, kind.list, **arguments, next_token=token)
        token = page.pop("nextToken", None)
        [listed] = page.values()
        raw += listed
        if token is None:
            break
    if items:
        read = [_read(type(items[0]), each) for each in raw]
        found["lists"].check(holds=read == items, where=kind.family)
    if len(items) > 1:
        times = [item.create_time for item in items]
        found["order"].check(holds=times == sorted(times), where=kind.family)
    for item in items:
        _check_values(item, kind.family, found)
    return items


async def _compare_get(
    client: Client, boto: Any, kind: Kind, identity: dict[str, str], *, item: Any, found: Mapping[str, Assumption]
) -> None:
    get: Any = kind.get
    where = f"{kind.name} {item.name}"
    try:
        resource = await get(client, **identity)
        document = await _raw(boto, get, **identity)
        # boto3 drops members that botocore does not know; this is the body as AWS sent it.
        sent = await client.send(boto.meta.method_to_api_mapping[get.__name__], **identity)
    except AccessDeniedError as error:
        found["denied"].check(holds=error.code == "AccessDeniedException", where=where)
        return
    except CleanRoomsMLError as error:
        found["gets"].check(holds=False, where=f"{where}: {error}")
        return
    read = _read(type(resource), document)
    known = {each.name: getattr(read, each.name) for each in _fields(type(read)) if wire_name(each.name) in document}
    found["gets"].check(holds=known == {name: getattr(resource, name) for name in known}, where=where)
    unknown = sorted(sent.document.keys() - {wire_name(each.name) for each in _fields(type(resource))})
    found["members"].check(holds=not unknown, where=f"{where}: {', '.join(unknown)}")
    _check_values(resource, where, found)
    shared = {each.name for each in _fields(type(item))} & {each.name for each in _fields(type(resource))}
    differing = sorted(name for name in shared if getattr(item, name) != getattr(resource, name))
    found["rows"].check(holds=not differing, where=f"{where}: {', '.join(differing)}")
    operation = boto.meta.method_to_api_mapping[get.__name__]
    if operation in _DEFAULTS:
        found["defaults"].check(holds=_has(sent.document, _DEFAULTS[operation]), where=where)
    if operation == "GetConfiguredAudienceModel":
        await _check_policy(client, resource.configured_audience_model_arn, where, found["hash"])


def _has(document: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        document = document.get(name, {})
    return bool(document != {})


async def _check_policy(client: Client, arn: str, where: str, assumption: Assumption) -> None:
    with suppress(CleanRoomsMLError):  # most models have no policy
        policy = await get_configured_audience_model_policy(client, arn)
        digest = hashlib.sha256(policy.configured_audience_model_policy.encode()).hexdigest()
        assumption.check(holds=policy.policy_hash == digest, where=where)


def _check_values(resource: Any, where: str, found: Mapping[str, Assumption]) -> None:
    values = [getattr(resource, each.name) for each in _fields(type(resource))]
    unknown = [value for value in values if isinstance(value, OpenEnum) and not value.is_known]
    found["enums"].check(holds=not unknown, where=f"{where}: {', '.join(unknown)}")
    found["times"].check(holds=resource.create_time <= resource.update_time, where=where)


async def _compare_polls(
    client: Client,
    kind: Kind,
    arguments: Mapping[str, str],
    item: Any,
    *,
    options: argparse.Namespace,
    lag: Assumption,
) -> None:
    """Poll the list and the get of one resource side by side, and compare the statuses that they show."""
    get: Any = kind.get
    identity = _identity(kind, arguments, item)
    loop = asyncio.get_running_loop()
    end = loop.time() + 60 * options.minutes
    print(f"  {kind.name} {item.name}: polled for {options.minutes:g} minutes")
    first_seen: dict[str, float] = {}
    lags: dict[str, float] = {}
    while loop.time() < end:
        getting: Awaitable[Any] = get(client, **identity)
        listing: Awaitable[list[Any]] = kind.list(client, **arguments).collect()
        resource, items = await asyncio.gather(getting, listing)
        key = _fields(type(item))[0].name
        rows = [row.status for row in items if getattr(row, key) == getattr(item, key)]
        first_seen.setdefault(resource.status, loop.time())
        for status in rows:
            lags.setdefault(status, loop.time() - first_seen.get(status, loop.time()))
        lag.check(holds=resource.status in rows, where=f"{item.name}: {resource.status} in get, {rows} in the list")
        await asyncio.sleep(options.pause)
    lag.note = f"; the list was at most {max(lags.values(), default=0.0):.0f} s behind"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make verify-aws", description="Compare AWS with what this project assumes.")
    parser.add_argument("--region")
    parser.add_argument("--profile")
    parser.add_argument("--endpoint-url")
    for name in ("membership-identifier", "collaboration-identifier", "trained-model-arn"):
        parser.add_argument(f"--{name}", help="for the lists that need it")
    parser.add_argument("--most", type=int, default=10, help="how many resources of a family are read (%(default)s)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long one is polled (%(default)g)")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two polls (%(default)g)")
    parser.add_argument(
        "--create",
        nargs=argparse.REMAINDER,
        help="run the lookalike example for real, with its options: it creates and deletes, and costs money",
    )
    return parser


async def _main(options: argparse.Namespace) -> dict[str, Assumption]:
    session: Any = boto3.Session(profile_name=options.profile)
    async with connect(
        region_name=options.region, profile_name=options.profile, endpoint_url=options.endpoint_url
    ) as client:
        boto = session.client(
            "cleanroomsml",
            region_name=client.aws.meta.region_name,
            endpoint_url=options.endpoint_url,
            config=Config(retries={"mode": "standard", "total_max_attempts": 5}),
        )
        print(f"Reading {client.aws.meta.endpoint_url}")
        return await verify(client, boto, options)


def main(arguments: list[str] | None = None) -> int:
    """Verify, print the table, and return 1 if AWS differed."""
    options = _parser().parse_args(arguments)
    if options.create is not None:
        return subprocess.run([sys.executable, str(_EXAMPLE), "--real", *options.create], check=False).returncode
    try:
        found = asyncio.run(_main(options))
    except CleanRoomsMLError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2
    width = max(len(each.text) for each in found.values())
    print(f"\n{'what we assumed':{width}}  what AWS did")
    for each in found.values():
        print(f"{each.text:{width}}  {each.result}")
    return int(any(each.differences for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
