"""The commands and their options, as data: the parser and the completion scripts are made from it."""

import argparse
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from .._version import __version__
from .arns import WaitFor, parse_arn

__all__ = ["COMMANDS", "Command", "parser"]

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


def _span(text: str) -> float:
    """Return the seconds in `90`, `30m` or `2h`."""
    match = _SPAN.fullmatch(text)
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not seconds:
        raise argparse.ArgumentTypeError(f"not a time span such as 90, 30m or 2h: {text}")
    return seconds


_formatter = partial(argparse.HelpFormatter, max_help_position=32)


@attrs.frozen
class Option:
    """An argument or an option of argparse."""

    name: str
    help: str
    settings: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


@attrs.frozen(kw_only=True)
class Command:
    """A command with its options."""

    name: str
    help: str
    options: tuple[Option, ...] = ()
    exclusive: tuple[Option, ...] = ()
    """Options of which at most one can be given."""
    epilog: str | None = None

    def words(self) -> Iterator[str]:
        """Yield the words that can follow the command."""
        for option in (*self.options, *self.exclusive):
            yield from (option.name,) if option.name.startswith("-") else option.settings.get("choices", ())
        yield "--help"


_ARN = Option("arn", "the ARN of the resource", {"metavar": "ARN", "type": parse_arn})
_CONNECTION = (
    Option("--version-identifier", "the version of a trained model (default: the latest)", {"metavar": "VERSION"}),
    Option("--region", "AWS region (default: the one in the ARN)"),
    Option("--profile", "profile in the AWS configuration"),
    Option("--endpoint-url", "the URL to send requests to, such as that of the local service", {"metavar": "URL"}),
    Option("--json", "print JSON, without sensitive members", {"action": "store_true"}),
    Option("--plain", "print plain text, as when not on a terminal", {"action": "store_true"}),
)

COMMANDS = (
    Command(
        name="watch",
        help="follow a model, channel or job until it is ready",
        options=(
            _ARN,
            Option("--timeout", "give up after this time, such as 90, 30m or 2h", {"metavar": "TIME", "type": _span}),
            Option(
                "--interval",
                "the longest pause between two polls (default: 60)",
                {"metavar": "TIME", "type": _span, "default": 60.0},
            ),
            *_CONNECTION,
        ),
        exclusive=(
            Option(
                "--deleted",
                "wait until it is deleted (channels and trained models become INACTIVE)",
                {"action": "store_const", "const": WaitFor.DELETED, "dest": "end", "default": WaitFor.READY},
            ),
            Option(
                "--cancelled",
                "wait until a cancelled trained model or inference job has stopped",
                {"action": "store_const", "const": WaitFor.CANCELLED, "dest": "end", "default": WaitFor.READY},
            ),
        ),
        epilog="exit code: 0 ready, 1 failed, 2 wrong usage, 3 timed out, 130 interrupted",
    ),
    Command(name="show", help="print one resource", options=(_ARN, *_CONNECTION)),
    Command(
        name="local",
        help="run a local Clean Rooms ML service, for tests and experiments",
        # For completion only: the command has a parser of its own.
        options=(Option("--host", ""), Option("--port", ""), Option("--speed", "")),
    ),
    Command(
        name="completion",
        help="print a completion script for your shell",
        options=(Option("shell", "your shell", {"choices": ("bash", "zsh")}),),
        epilog='for this session:  eval "$(cleanroomsml completion bash)"',
    ),
)


def parser() -> argparse.ArgumentParser:
    """Return the parser. Its result has a function `error`, too, which ends the program with a usage error."""
    program = argparse.ArgumentParser(
        prog="cleanroomsml", description="AWS Clean Rooms ML from a terminal.", formatter_class=_formatter
    )
    program.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = program.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=command.epilog,
            formatter_class=_formatter,
        )
        own.set_defaults(command=command.name, error=own.error)
        for option in command.options:
            own.add_argument(option.name, help=option.help, **option.settings)
        if command.exclusive:
            group = own.add_mutually_exclusive_group()
            for option in command.exclusive:
                group.add_argument(option.name, help=option.help, **option.settings)
    return program
