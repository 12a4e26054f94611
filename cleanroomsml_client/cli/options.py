"""The commands and their options, as data: the parser and the completion scripts are made from it."""

import argparse
import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

import attrs

from .._program import Parser
from .._version import __version__

__all__ = ["COMMANDS", "FAMILIES", "FILTERS", "Command", "parser"]

# Written here, because the modules that know them import aiobotocore. A test holds both to `cleanroomsml_client.kinds`.
FAMILIES = (
    "training-datasets",
    "audience-models",
    "configured-audience-models",
    "audience-generation-jobs",
    "audience-export-jobs",
    "configured-model-algorithms",
    "configured-model-algorithm-associations",
    "ml-input-channels",
    "trained-models",
    "trained-model-versions",
    "trained-model-inference-jobs",
    "collaboration-configured-model-algorithm-associations",
    "collaboration-ml-input-channels",
    "collaboration-trained-models",
    "collaboration-trained-model-inference-jobs",
    "collaboration-trained-model-export-jobs",
)
"""What `list` lists."""
FILTERS = {
    "membership_identifier": ("UUID", "your membership in the collaboration"),
    "collaboration_identifier": ("UUID", "the collaboration"),
    "collaboration_id": ("UUID", "only generation jobs of this collaboration"),
    "configured_audience_model_arn": ("ARN", "only generation jobs of this configured audience model"),
    "audience_generation_job_arn": ("ARN", "only exports of this generation job"),
    "trained_model_arn": ("ARN", "the trained model"),
    "trained_model_version_identifier": ("VERSION", "only of this version of the trained model"),
}
"""The arguments of the lists, with a placeholder and an explanation."""

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


def _span(text: str) -> float:
    """Return the seconds in `90`, `30m` or `2h`."""
    match = _SPAN.fullmatch(text)
    seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not seconds:
        raise argparse.ArgumentTypeError(f"not a time span such as 90, 30m or 2h: {text}")
    return seconds


def _arn(text: str) -> Any:  # noqa: ANN401  # a ParsedArn, whose module imports aiobotocore
    from ..kinds import parse_arn  # noqa: PLC0415  # only commands with an ARN need it

    try:
        return parse_arn(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


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
    exclusive: tuple[tuple[Option, ...], ...] = ()
    """Groups of options of which at most one can be given."""
    epilog: str | None = None

    def words(self) -> Iterator[str]:
        """Yield the words that can follow the command."""
        for option in (*self.options, *chain.from_iterable(self.exclusive)):
            yield from (option.name,) if option.name.startswith("-") else option.settings.get("choices", ())
        yield "--help"


_VERSION = Option(
    "--version-identifier", "the version of a trained model (default: the latest)", {"metavar": "VERSION"}
)
_CONNECTION = (
    Option("--region", "AWS region (default: the one in the ARN, or the configured one)"),
    Option("--profile", "profile in the AWS configuration"),
    Option("--endpoint-url", "the URL to send requests to, such as that of the local service", {"metavar": "URL"}),
)
_OUTPUT = (
    Option("--json", "print JSON, without sensitive members", {"action": "store_true"}),
    Option("--plain", "print plain text, as when not on a terminal", {"action": "store_true"}),
)

_EXIT_CODES = (
    "exit code: 0 all are ready, 1 one has failed, 2 wrong usage, configuration or credentials, 3 timed out, "
    "4 the service refused or failed, or could not be reached, 130 interrupted"
)

COMMANDS = (
    Command(
        name="watch",
        help="follow models, channels and jobs until they are ready",
        options=(
            Option("arn", "the ARNs of the resources", {"metavar": "ARN", "type": _arn, "nargs": "+"}),
            Option("--timeout", "give up after this time, such as 90, 30m or 2h", {"metavar": "TIME", "type": _span}),
            Option(
                "--interval",
                "the longest pause between two polls (default: 60)",
                {"metavar": "TIME", "type": _span, "default": 60.0},
            ),
            Option(
                "--export",
                "follow the export of this name of a generation job or trained model",
                {"metavar": "NAME"},
            ),
            Option(
                "--collaboration-identifier",
                "the collaboration, for the export of a trained model",
                {"metavar": "UUID"},
            ),
            _VERSION,
            *_CONNECTION,
        ),
        exclusive=(
            (
                Option(
                    "--deleted",
                    "wait until it is deleted (channels and trained models become INACTIVE)",
                    {"action": "store_const", "const": "deleted", "dest": "end", "default": "ready"},
                ),
                Option(
                    "--cancelled",
                    "wait until a cancelled trained model or inference job has stopped",
                    {"action": "store_const", "const": "cancelled", "dest": "end", "default": "ready"},
                ),
            ),
            _OUTPUT,
        ),
        epilog=_EXIT_CODES,
    ),
    Command(
        name="show",
        help="print one resource",
        options=(Option("arn", "the ARN of the resource", {"metavar": "ARN", "type": _arn}), _VERSION, *_CONNECTION),
        exclusive=(_OUTPUT,),
    ),
    Command(
        name="list",
        help="list the resources of a family, with their ARNs",
        options=(
            Option("family", "what to list: %(choices)s", {"metavar": "FAMILY", "choices": FAMILIES}),
            Option("--status", "only with this status; may be repeated", {"action": "append"}),
            *(
                Option(f"--{name.replace('_', '-')}", text, {"metavar": metavar})
                for name, (metavar, text) in FILTERS.items()
            ),
            *_CONNECTION,
        ),
        exclusive=(_OUTPUT,),
    ),
    Command(
        name="doctor",
        help="check credentials, connection, clock and permissions",
        options=(
            Option("--membership-identifier", "try the lists of this membership, too", {"metavar": "UUID"}),
            Option("--collaboration-identifier", "try the lists of this collaboration, too", {"metavar": "UUID"}),
            *_CONNECTION,
            Option("--json", "print JSON", {"action": "store_true"}),
        ),
        epilog="exit code: 0 all is well, 2 configuration or credentials, 4 permissions, service or network",
    ),
    Command(
        name="local",
        help="run a local Clean Rooms ML service, for tests and experiments",
        # For completion only: the command has a parser of its own.
        options=tuple(
            Option(name, "")
            for name in (
                "--host",
                "--port",
                "--speed",
                "--region",
                "--account",
                "--collaboration",
                "--demo",
                "--json",
                "--allow-host",
                "--control-token",
            )
        ),
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
    program = Parser(prog="cleanroomsml", description="AWS Clean Rooms ML from a terminal.", formatter_class=_formatter)
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
        for options in command.exclusive:
            group = own.add_mutually_exclusive_group()
            for option in options:
                group.add_argument(option.name, help=option.help, **option.settings)
    return program
