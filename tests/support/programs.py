"""Programs that run in the process of the test."""

from importlib import import_module
from pathlib import Path


def run_as_module(package: str) -> None:
    """Do what `python -m package` does.

    runpy cannot: pytest imports the modules of a plugin's package, ours, by a hook that has no `get_code`.
    """
    program = Path(str(import_module(f"{package}.__main__").__file__))
    code = compile(program.read_bytes(), program, "exec")
    exec(code, {"__name__": "__main__", "__package__": package})  # noqa: S102  # the program is part of this package
