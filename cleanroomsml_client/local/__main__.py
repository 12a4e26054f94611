"""Run the local Clean Rooms ML service: `python -m cleanroomsml_client.local`."""

import argparse
import asyncio
import json
import math
import os
import re
import shlex
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import cast

from .._program import Parser
from .builders import DEFAULT_ACCOUNT, DEFAULT_REGION
from .scene import IN_TRAINING, fill
from .service import LocalService, is_open

_DEFAULT_COLLABORATION = "local"
_LAST_PORT = 65535
_FASTEST = 1_000_000
_ACCOUNT = re.compile(r"[0-9]{12}")

Collaborations = dict[str, list[str]]
"""Accounts by the name of their collaboration."""


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"not a port from 0 to {_LAST_PORT}: {text}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed <= _FASTEST:
        raise argparse.ArgumentTypeError(f"not a number from 0 to {_FASTEST}: {text}")
    return speed


def _host(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; use 0.0.0.0 to listen on every address of this machine")
    return text


def _account(text: str) -> str:
    if not _ACCOUNT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"not an account of 12 digits: {text}")
    return text


def _collaboration(text: str) -> tuple[str, list[str]]:
    name, separator, accounts = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError(f"not of the form NAME=ACCOUNT,ACCOUNT: {text}")
    return name, [_account(account) for account in accounts.split(",")]


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = Parser(prog=prog, description="Run the local Clean Rooms ML service.")
    parser.add_argument("--host", default="127.0.0.1", type=_host, help="the address to listen on (%(default)s)")
    parser.add_argument(
        "--port", default=8123, type=_port, help="the port to listen on; 0: any free port (%(default)s)"
    )
    parser.add_argument(
        "--speed",
        default=600.0,
        type=_speed,
        help="how much faster than AWS jobs go through their states (%(default)g)",
    )
    parser.add_argument("--region", default=DEFAULT_REGION, help="the region of the accounts (%(default)s)")
    parser.add_argument(
        "--account",
        action="append",
        type=_account,
        metavar="ID",
        help=f"a member of the collaboration named local; may be repeated ({DEFAULT_ACCOUNT})",
    )
    parser.add_argument(
        "--collaboration",
        action="append",
        type=_collaboration,
        metavar="NAME=ID,ID",
        help="a further collaboration and its members; may be repeated",
    )
    parser.add_argument("--demo", action="store_true", help="add resources of both paths, some of them in progress")
    parser.add_argument("--json", action="store_true", help="print one line of JSON: endpoint, accounts, pid")
    parser.add_argument(
        "--allow-host",
        action="append",
        metavar="NAME",
        help="a name by which other machines reach this one; needed to listen on their network; may be repeated",
    )
    parser.add_argument("--control-token", metavar="TOKEN", help="what requests to the control API must know")
    return parser


def _collaborations(options: argparse.Namespace) -> Collaborations:
    given: list[tuple[str, list[str]]] = options.collaboration or []
    if options.account or not given:
        given = [(_DEFAULT_COLLABORATION, options.account or [DEFAULT_ACCOUNT]), *given]
    return dict(given)


async def _serve(options: argparse.Namespace) -> None:
    serving = cast("asyncio.Task[None]", asyncio.current_task())
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has neither SIGHUP nor such handlers, and only the main thread can have them.
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), serving.cancel)
    async with LocalService(
        host=options.host,
        port=options.port,
        speed=options.speed,
        allowed_hosts=options.allow_host or (),
        control_token=options.control_token,
    ) as service:
        if is_open(options.host):
            sys.stderr.write(f"Warning: other machines can reach {options.host}. The service checks no signatures.\n")
        members = [
            {"collaboration": name, **membership}
            for name, accounts in _collaborations(options).items()
            for membership in _add(service, name, accounts)
        ]
        scene = await fill(service, members, options.region) if options.demo else {}
        _announce(service, options, members, scene)
        await asyncio.Event().wait()


def _add(service: LocalService, name: str, accounts: Sequence[str]) -> list[dict[str, str]]:
    memberships = service.add_collaboration(name, accounts)
    return [
        {
            "accountId": account,
            "membershipIdentifier": membership,
            "collaborationIdentifier": service.collaboration_of(membership),
        }
        for account, membership in memberships.items()
    ]


def _announce(
    service: LocalService,
    options: argparse.Namespace,
    members: Sequence[Mapping[str, str]],
    scene: Mapping[str, str],
) -> None:
    if options.json:
        facts: dict[str, object] = {
            "endpoint": service.endpoint_url,
            "region": options.region,
            "accounts": members,
            "resources": scene,
            "pid": os.getpid(),
        }
        sys.stdout.write(f"{json.dumps(facts)}\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _banner(service.endpoint_url, options.region, members, scene))
    sys.stdout.flush()


def _banner(
    endpoint_url: str, region: str, members: Sequence[Mapping[str, str]], scene: Mapping[str, str]
) -> list[str]:
    lines = [
        f"Clean Rooms ML is listening on {endpoint_url}. Stop it with Ctrl-C.",
        "Send the requests of any AWS client there with",
        f"  export AWS_ENDPOINT_URL_CLEANROOMSML={endpoint_url}",
        f"  export AWS_ACCESS_KEY_ID={members[0]['accountId']} AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION={region}",
        "An access key of 12 digits acts for the account of that number. The accounts have these memberships:",
    ]
    lines += [
        f"  {member['accountId']}  {member['membershipIdentifier']}  in the collaboration "
        f"{shlex.quote(member['collaboration'])}, {member['collaborationIdentifier']}"
        for member in members
    ]
    if scene:
        lines.append("There are:")
        lines += [f"  {name:27} {arn}" for name, arn in scene.items()]
        lines.append(f"Watch one:  cleanroomsml watch {scene[IN_TRAINING]}")
    return lines


def main(arguments: list[str] | None = None, *, prog: str = "python -m cleanroomsml_client.local") -> int:
    """Run the service until it is interrupted, or gets SIGTERM or SIGHUP."""
    parser = _parser(prog)
    options = parser.parse_args(arguments)
    if is_open(options.host) and not options.allow_host:
        parser.error(
            f"argument --host: other machines can reach {options.host}; allow the name by which they do so with "
            "--allow-host NAME"
        )
    try:
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_serve(options))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}, port {options.port}: {error}; try --port 0\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
