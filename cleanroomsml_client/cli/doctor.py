"""`cleanroomsml doctor`: what works with these credentials, what does not, and what would make it work."""

import argparse
import json
import os
import platform
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any

import attrs

from .._aws.diagnosis import ConnectionFacts, describe_connection, find_caller, watch_dates
from .._client import Client
from .._connect import connect
from .._retry import RetryPolicy
from .._version import __version__
from ..errors import AccessDeniedError, CleanRoomsMLError, CredentialsError, RequestError, ServiceError
from ..kinds import KINDS, Kind
from . import reports

__all__ = ["diagnose"]

_LARGEST_SKEW = 300.0
"""Seconds; AWS refuses the signature of a clock that differs by more."""
_AWS_DOMAINS = (".amazonaws.com", ".api.aws")
_POLICY = RetryPolicy(max_attempts=2, timeout=15)
_PACKAGES = ("aiobotocore", "botocore", "aiohttp", "attrs", "cattrs", "tenacity")
_MARKS = {True: "ok", False: "FAILED", None: "-"}


@attrs.frozen(kw_only=True)
class _Check:
    name: str
    is_ok: bool | None
    """None: it could not be tried, or does not apply."""
    details: str
    action: str | None = None
    """The IAM action that would allow it."""
    error: CleanRoomsMLError | None = None


async def diagnose(options: argparse.Namespace) -> list[CleanRoomsMLError]:
    """Try everything that reads nothing but lists, print the result, and return the errors."""
    checks = [check async for check in _checks(options)]
    if options.json:
        reports.write(json.dumps([_as_json(check) for check in checks], indent=2))
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            reports.write(f"{_MARKS[check.is_ok]:6}  {check.name:{width}}  {check.details}".rstrip())
        if actions := sorted({check.action for check in checks if check.action}):
            reports.write(f"To allow what is missing, add to the IAM policy of the caller: {', '.join(actions)}")
            reports.write(
                "What else each operation needs, and whole policies: "
                'the page "Give the least permissions" of the documentation (docs/how-to/iam.md)'
            )
    return [check.error for check in checks if check.error is not None]


def _as_json(check: _Check) -> dict[str, Any]:
    return {"check": check.name, "ok": check.is_ok, "details": check.details, "action": check.action}


def _versions() -> str:
    """Return what a report of a fault needs to say."""
    packages = (f"{name} {version(name)}" for name in _PACKAGES)
    return ", ".join((f"cleanroomsml-client {__version__}", *packages, f"Python {platform.python_version()}"))


async def _checks(options: argparse.Namespace) -> AsyncIterator[_Check]:
    yield _Check(name="versions", is_ok=True, details=_versions())
    connection = connect(
        region_name=options.region, profile_name=options.profile, endpoint_url=options.endpoint_url, retry=_POLICY
    )
    try:
        client = await connection
    except CleanRoomsMLError as error:
        name = "credentials" if isinstance(error, CredentialsError) else "configuration"
        yield _Check(name=name, is_ok=False, details=reports.explained(str(error)), error=error)
        return
    async with client:
        facts = describe_connection(client.aws)
        yield _Check(name="region", is_ok=True, details=facts.region)
        yield _Check(name="endpoint", is_ok=True, details=facts.endpoint_url)
        if facts.credential_source is None:
            missing = CredentialsError(
                "no credentials are configured; run `aws configure` or `aws sso login`", "connect"
            )
            yield _Check(name="credentials", is_ok=False, details=missing.message, error=missing)
            return
        yield _Check(name="credentials", is_ok=True, details=f"from {facts.credential_source}")
        yield await _caller(options, facts)
        dates: list[tuple[str, datetime]] = []
        watch_dates(client.aws, lambda date: dates.append((date, datetime.now(UTC))))
        lists = [check async for check in _lists(client, options)]
        yield _tls(facts.endpoint_url, is_reached=bool(dates))
        yield _clock(dates)
        for check in lists:
            yield check


async def _caller(options: argparse.Namespace, facts: ConnectionFacts) -> _Check:
    is_aws = any(domain in facts.endpoint_url for domain in _AWS_DOMAINS)
    if not is_aws and "AWS_ENDPOINT_URL_STS" not in os.environ:
        # The credentials need not be AWS's, and AWS should not see them.
        return _Check(name="caller", is_ok=None, details="not asked: the endpoint is not one of AWS")
    try:
        caller = await find_caller(options.profile, facts.region)
    except CleanRoomsMLError as error:
        failure = error if is_aws else None
        return _Check(
            name="caller", is_ok=False if is_aws else None, details=reports.explained(str(error)), error=failure
        )
    return _Check(name="caller", is_ok=True, details=f"account {caller.account}, {caller.arn}")


def _tls(endpoint_url: str, *, is_reached: bool) -> _Check:
    if not endpoint_url.startswith("https:"):
        return _Check(name="TLS", is_ok=None, details="not used: the endpoint has http")
    if not is_reached:
        return _Check(name="TLS", is_ok=None, details="unknown: no response")
    return _Check(name="TLS", is_ok=True, details="certificate and host name are right")


def _clock(dates: list[tuple[str, datetime]]) -> _Check:
    try:
        date, received = dates[0]
        skew = (received - parsedate_to_datetime(date)).total_seconds()
    except (IndexError, ValueError, TypeError, OverflowError):
        return _Check(name="clock", is_ok=None, details="unknown: no response with a Date")
    direction = "ahead of" if skew > 0 else "behind"
    details = f"{abs(skew):.0f} s {direction} the service; AWS accepts {_LARGEST_SKEW:.0f} s"
    if abs(skew) <= _LARGEST_SKEW:
        return _Check(name="clock", is_ok=True, details=details)
    error = RequestError(f"the clock of this machine is {details}", "connect")
    return _Check(name="clock", is_ok=False, details=f"{details}; set it by NTP", error=error)


async def _lists(client: Client, options: argparse.Namespace) -> AsyncIterator[_Check]:
    """Try the first page of each list whose arguments are known; stop when nothing can succeed."""
    known = {
        name: value
        for name in ("membership_identifier", "collaboration_identifier")
        if (value := getattr(options, name)) is not None
    }
    for kind in KINDS:
        if set(kind.required) <= known.keys():
            check = await _try(client, kind, {name: known[name] for name in kind.required})
            yield check
            if check.error is not None and not isinstance(check.error, ServiceError):
                return
        elif set(kind.required) <= {"membership_identifier", "collaboration_identifier"}:
            flags = " ".join(f"--{name.replace('_', '-')}" for name in kind.required)
            yield _Check(name=f"list {kind.family}", is_ok=None, details=f"not tried: needs {flags}")


async def _try(client: Client, kind: Kind, arguments: dict[str, str]) -> _Check:
    name = f"list {kind.family}"
    try:
        page = await anext(aiter(kind.list(client, **arguments, page_size=1).pages()))
    except AccessDeniedError as error:
        action = f"cleanrooms-ml:{error.operation}"
        return _Check(name=name, is_ok=False, details=f"denied: needs {action}", action=action, error=error)
    except CleanRoomsMLError as error:
        return _Check(name=name, is_ok=False, details=reports.explained(str(error)), error=error)
    return _Check(name=name, is_ok=True, details="allowed" if page.items else "allowed; there are none")
