"""What the programs of this package share; it imports nothing that they need not wait for."""

import argparse
from typing import NoReturn

__all__ = ["Parser"]


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line with a hint."""

    def error(self, message: str) -> NoReturn:
        """End the program with a usage error."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")
