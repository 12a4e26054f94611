"""Reads the sections of a Google-style docstring."""

import inspect
import re
from typing import Any

import attrs

__all__ = ["Docstring", "parameters", "read_docstring"]

_SECTIONS = ("Args", "Returns", "Yields", "Raises")
_ENTRY = re.compile(r"^(\*{0,2}\w+): \S")


@attrs.frozen
class Docstring:
    """A docstring, taken apart."""

    summary: str
    text: str
    """All that precedes the first section."""
    sections: dict[str, list[str]]
    """The lines of each section, without their common indentation."""

    def names(self, section: str) -> list[str]:
        """Return the names that a section explains, in order."""
        matches = (_ENTRY.match(line) for line in self.sections.get(section, []))
        return [match[1].lstrip("*") for match in matches if match is not None]


def read_docstring(function: Any) -> Docstring:
    """Take the docstring of a function or class apart."""
    lines = (inspect.getdoc(function) or "").splitlines()
    text: list[str] = []
    sections: dict[str, list[str]] = {}
    current = text
    for line in lines:
        if line.removesuffix(":") in _SECTIONS and line.endswith(":"):
            current = sections.setdefault(line.removesuffix(":"), [])
        elif current is text or not line or line.startswith("    "):
            current.append(line[4:] if current is not text else line)
        else:
            raise AssertionError(f"{function}: a paragraph follows a section: {line}")
    return Docstring(lines[0] if lines else "", "\n".join(text), sections)


def parameters(function: Any) -> list[str]:
    """Return the names of the parameters that a caller gives."""
    return [name for name in inspect.signature(function).parameters if name not in {"self", "cls"}]
