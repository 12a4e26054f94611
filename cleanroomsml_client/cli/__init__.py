"""The program `cleanroomsml`: lists, shows and follows models and jobs from a terminal."""

import sys

from .completion import SCRIPTS
from .options import COMMANDS, parser

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit code; argparse raises SystemExit."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["local"]:
        from ..local.__main__ import main as serve  # noqa: PLC0415  # imports an HTTP server, which only this command needs

        return serve(given[1:], prog="cleanroomsml local")
    program = parser()
    if not given:
        program.print_help()
        return 0
    options = program.parse_args(given)
    if options.command == "completion":
        sys.stdout.write(SCRIPTS[options.shell](COMMANDS))
        return 0
    from .commands import run  # noqa: PLC0415  # imports aiobotocore: --help and completion need not wait for it

    return run(options)
