"""Completion scripts for shells, made from the same table as the parser."""

from collections.abc import Iterable

from .options import Command

__all__ = ["SCRIPTS"]

_BASH = """\
# eval "$(cleanroomsml completion bash)"
_cleanroomsml() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} words
    if ((COMP_CWORD == 1)); then
        words="{commands}"
    else
        case ${{COMP_WORDS[1]}} in
{cases}
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _cleanroomsml cleanroomsml
"""

_ZSH = """\
#compdef cleanroomsml
# eval "$(cleanroomsml completion zsh)", after compinit
_cleanroomsml() {{
    if ((CURRENT == 2)); then
        local -a commands=(
{commands}
        )
        _describe command commands
        return
    fi
    case $words[2] in
{cases}
    esac
}}
compdef _cleanroomsml cleanroomsml
"""


def _bash(commands: Iterable[Command]) -> str:
    table = {command.name: " ".join(command.words()) for command in commands}
    cases = [f'            {name}) words="{words}" ;;' for name, words in table.items()]
    return _BASH.format(commands=" ".join((*table, "--help", "--version")), cases="\n".join(cases))


def _zsh(commands: Iterable[Command]) -> str:
    table = list(commands)
    names = [f"            {_quoted(f'{command.name}:{command.help}')}" for command in table]
    cases = [f"        {command.name}) compadd -- {' '.join(command.words())} ;;" for command in table]
    return _ZSH.format(commands="\n".join(names), cases="\n".join(cases))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


SCRIPTS = {"bash": _bash, "zsh": _zsh}
