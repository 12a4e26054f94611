"""Reads the sections of a Google-style docstring, and the docstrings below the fields of a class."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs

import cleanroomsml_client

__all__ = ["Docstring", "documented_fields", "parameters", "read_docstring"]

_SECTIONS = ("Args", "Returns", "Yields", "Raises")
_ENTRY = re.compile(r"^(\*{0,2}\w+): \S")


@attrs.frozen
class Docstring:
    """A docstring, split into its parts."""

    summary: str
    text: str
    """All that precedes the first section."""
    sections: dict[str, list[str]]
    """The lines of each section, without their common indentation."""

    def names(self, section: str) -> list[str]:
        """Return the names that a section explains, in order."""
        matches = (_ENTRY.match(line) for line in self.sections.get(section, []))
        return [match[1].lstrip("*") for match in matches if match is not None]


def read_docstring(documented: Any) -> Docstring:
    """Split the docstring of a function or class into its parts."""
    lines = (inspect.getdoc(documented) or "").splitlines()
    text: list[str] = []
    sections: dict[str, list[str]] = {}
    current = text
    for line in lines:
        if line.removesuffix(":") in _SECTIONS and line.endswith(":"):
            current = sections.setdefault(line.removesuffix(":"), [])
        elif current is text or not line or line.startswith("    "):
            current.append(line[4:] if current is not text else line)
        else:
            raise AssertionError(f"{documented}: a paragraph follows a section: {line}")
    return Docstring(lines[0] if lines else "", "\n".join(text), sections)


@cache
def _fields_by_class() -> dict[str, set[str]]:
    """Map each class of the package to its fields that have a docstring below them.

    Read from the files, because `inspect.getsource` does not find a class that sets `__module__`.
    """
    fields: dict[str, set[str]] = {}
    for path in Path(cleanroomsml_client.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert node.name not in fields, f"two classes are called {node.name}"
                fields[node.name] = set(_with_docstring(node))
    return fields


def _with_docstring(definition: ast.ClassDef) -> Iterator[str]:
    for statement, following in pairwise(definition.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str())):
                yield name
            case _:
                pass


def documented_fields(class_: type) -> set[str]:
    """Return the names of the fields that have a docstring below them, those of base classes included."""
    return {name for base in class_.__mro__ for name in _fields_by_class().get(base.__name__, ())}


def parameters(function: Any) -> list[str]:
    """Return the names of the parameters that a caller passes."""
    return [name for name in inspect.signature(function).parameters if name not in {"self", "cls"}]
