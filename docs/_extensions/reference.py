"""The directive `public`: all public names of one kind that a module defines, in the order of its source.

    .. public:: resources.audience_models
       :kind: operations

or, with `names`, some of them in a given order. They are shown under the name that users import, such as
`cleanroomsml_client.get_audience_model`. A public name that no page shows is a warning.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, cast

import attrs
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec, stringify_annotation

import cleanroomsml_client
import cleanroomsml_client.kinds
import cleanroomsml_client.local
from cleanroomsml_client import Pages

_LOGGER = logging.getLogger(__name__)
_FACES = (cleanroomsml_client, cleanroomsml_client.local, cleanroomsml_client.kinds)
API = "https://docs.aws.amazon.com/cleanrooms-ml/latest/APIReference/API_"
_SHOWN_ONE_BY_ONE = 50


def _is_waiter(value: object) -> bool:
    return inspect.isfunction(value) and value.__name__.startswith(("wait_for_", "watch_"))


def _is_enum(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, Enum)


_KINDS: dict[str, Callable[[object], bool]] = {
    "operations": lambda value: inspect.isfunction(value) and not _is_waiter(value),
    "waiters": _is_waiter,
    "classes": lambda value: inspect.isclass(value) and not _is_enum(value),
    "enums": _is_enum,
}


class Public(SphinxDirective):
    """Shows public names."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec | None] = {
        "kind": lambda kind: directives.choice(kind, tuple(_KINDS)),
        "names": str.split,
        "without-methods": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Let autodoc render each name."""
        module = import_module(f"cleanroomsml_client.{self.arguments[0]}")
        names = self.options.get("names") or list(_names(module, _KINDS[self.options["kind"]]))
        with_methods = "without-methods" not in self.options
        text = [
            line
            for name in names
            for face in _FACES
            if name in face.__all__
            for line in _directive(face, name, getattr(module, name), with_methods=with_methods)
        ]
        if not text:
            raise self.error(f"{self.arguments[0]} defines nothing of the kind")
        return self.parse_text_to_nodes("\n".join(text))


def _names(module: ModuleType, is_of_kind: Callable[[object], bool]) -> Iterator[str]:
    """Yield the names that the module itself defines, first to last."""
    for name, value in vars(module).items():
        if is_of_kind(value) and getattr(value, "__module__", None) == module.__name__:
            yield name


def _directive(face: ModuleType, name: str, value: Any, *, with_methods: bool) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, tuple):
        yield f".. autodata:: {face.__name__}.{name}"
        yield "   :no-value:"
    elif not inspect.isclass(value):
        yield f".. autofunction:: {face.__name__}.{name}"
    else:
        yield f".. autoclass:: {face.__name__}.{name}"
        shown = [base for base in value.__mro__ if base is value or _is_hidden(base)]
        if with_methods and (methods := [method for base in shown for method in _methods(base)]):
            yield f"   :members: {', '.join(methods)}"
        if issubclass(value, Exception):
            yield "   :show-inheritance:"
        for line in _values(value) if issubclass(value, Enum) else _fields(value, shown):
            yield f"   {line}"
    yield ""


def _is_hidden(base: type) -> bool:
    """Whether a base is ours but not public, so that the members of subclasses include its members."""
    is_ours = base.__module__.startswith("cleanroomsml_client")
    return is_ours and not any(base.__name__ in face.__all__ for face in _FACES)


def _methods(class_: type) -> Iterator[str]:
    for name, value in vars(class_).items():
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property | classmethod)):
            yield name


def _fields(class_: type, shown: Iterable[type]) -> Iterator[str]:
    """Yield the fields that an attrs class and its hidden bases define, with their docstrings."""
    if not attrs.has(class_):
        return
    for base in shown:
        for field in attrs.fields(class_):
            if field.name in vars(base).get("__annotations__", {}) and field.init and not field.name.startswith("_"):
                annotation = stringify_annotation(field.type, "smart")
                yield from _attribute(base, field.name, annotation, _default(field))


def _default(field: "attrs.Attribute[Any]") -> str | None:
    if field.default is attrs.NOTHING:
        return None
    # attrs types attrs.Factory as a function.
    factory = getattr(field.default, "factory", None)
    return repr(field.default) if factory is None else f"{factory.__name__}()"


def _values(class_: type[Enum]) -> Iterator[str]:
    """Yield the values of an enum; many of them in one paragraph."""
    if len(class_) > _SHOWN_ONE_BY_ONE:
        yield from ("", ", ".join(f"``{value.value}``" for value in class_))
        return
    for value in class_:
        yield from _attribute(class_, value.name, None, repr(value.value) if value.value != value.name else None)


def _attribute(class_: type, name: str, annotation: str | None, value: str | None) -> Iterator[str]:
    yield from ("", f".. py:attribute:: {name}")
    if annotation is not None:
        yield f"   :type: {annotation}"
    if value is not None:
        yield f"   :value: {value}"
    yield ""
    docstring = ModuleAnalyzer.for_module(_source_of(class_)).find_attr_docs().get((class_.__name__, name), [])
    for line in linked(docstring):
        yield f"   {line}"


def _source_of(class_: type) -> str:
    """Return the module with the source of a class; public classes of the engine name the package instead."""
    modules = vars(cleanroomsml_client)["_MODULE_OF"]
    is_public = class_.__module__ == cleanroomsml_client.__name__
    return f"{class_.__module__}.{modules[class_.__name__]}" if is_public else class_.__module__


# --- docstrings


def linked(lines: Iterable[str]) -> list[str]:
    """Add links to the errors that a docstring names, and to the operations in AWS's reference."""
    text = "\n".join(lines)
    text = re.sub(r"(?<![`\w])([A-Z]\w+Error)\b(?!`)", r"`\1`", text)
    return re.sub(r"\bAWS: \w+(,\s+\w+)*\.", _link_operations, text).split("\n")


def _link_operations(match: re.Match[str]) -> str:
    return re.sub(r"(?<!^)\b\w+", rf"`\g<0> <{API}\g<0>.html>`__", match[0])


def _keep_colons(_app: Sphinx, what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Let napoleon see no type where a sentence has a colon: no docstring here has types."""
    if what in {"attribute", "data", "property"} and lines:
        lines[0] = f": {lines[0]}"
    for number, line in enumerate(lines[:-1], 1):
        if line in {"Returns:", "Yields:"}:
            lines[number] = f"    : {lines[number].strip()}"


def _process_docstring(_app: Sphinx, _what: str, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    lines[:] = linked(lines)


def _process_signature(
    _app: Sphinx, _what: str, _name: str, obj: object, _options: object, signature: str | None, returns: str | None
) -> tuple[str | None, str | None] | None:
    """Leave out the signature of attrs classes, whose fields are listed, and of enums and `Pages`.

    A function that `asynccontextmanager` decorates has the annotation of its generator, not of its result.
    """
    if inspect.isclass(obj) and (attrs.has(obj) or _is_enum(obj) or obj is Pages):
        return "", None
    if inspect.isasyncgenfunction(inspect.unwrap(cast("Callable[..., object]", obj))) and returns is not None:
        returns = returns.replace("AsyncGenerator", "AbstractAsyncContextManager")
    return signature, returns


def _check_complete(_app: Sphinx, env: BuildEnvironment) -> None:
    shown = env.domains.python_domain.objects
    for face in _FACES:
        for name in face.__all__:
            if f"{face.__name__}.{name}" not in shown:
                _LOGGER.warning("%s.%s is on no page of the reference", face.__name__, name)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_directive("public", Public)
    app.connect("autodoc-process-docstring", _keep_colons, priority=400)
    app.connect("autodoc-process-docstring", _process_docstring)
    app.connect("autodoc-process-signature", _process_signature)
    app.connect("env-check-consistency", _check_complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
