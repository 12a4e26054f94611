"""Run the local Clean Rooms ML service: `python -m cleanroomsml_client.local`."""

import argparse
import asyncio
import math
import signal
import sys
from contextlib import suppress
from ipaddress import ip_address
from typing import cast

from .._program import Parser
from .service import LocalService

_BANNER = """\
Clean Rooms ML is listening on {endpoint_url}. Stop it with Ctrl-C.
Send the requests of any AWS client there with
  export AWS_ENDPOINT_URL_CLEANROOMSML={endpoint_url}
  export AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
For custom models, use the membership {membership}
  in the collaboration {collaboration}.
"""


_LAST_PORT = 65535
_FASTEST = 1_000_000


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


def _is_open(host: str) -> bool:
    """Whether other machines may reach a service on this host."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


async def _serve(host: str, port: int, speed: float) -> None:
    serving = cast("asyncio.Task[None]", asyncio.current_task())
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has neither SIGHUP nor such handlers, and only the main thread can have them.
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), serving.cancel)
    async with LocalService(host=host, port=port, speed=speed) as service:
        if _is_open(host):
            sys.stderr.write(f"Warning: other machines can reach {host}. The service checks no signatures.\n")
        membership = service.add_membership()
        sys.stdout.write(
            _BANNER.format(
                endpoint_url=service.endpoint_url,
                membership=membership,
                collaboration=service.collaboration_of(membership),
            )
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


def main(arguments: list[str] | None = None, *, prog: str = "python -m cleanroomsml_client.local") -> int:
    """Run the service until it is interrupted, or gets SIGTERM or SIGHUP."""
    parser = Parser(prog=prog, description="Run the local Clean Rooms ML service.")
    parser.add_argument("--host", default="127.0.0.1", type=_host, help="the address to listen on (%(default)s)")
    parser.add_argument(
        "--port", default=8123, type=_port, help="the port to listen on; 0: any free port (%(default)s)"
    )
    parser.add_argument("--speed", default=600.0, type=_speed, help="simulated seconds per real second (%(default)g)")
    options = parser.parse_args(arguments)
    try:
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_serve(options.host, options.port, options.speed))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {options.host}, port {options.port}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
