"""The directive `public-source`: the public classes of a module that cannot be imported here, from its source.

    .. public-source:: airflow.operators.lookalike
       :shown-in: airflow.operators
       :methods: execute

They are the classes in the module's `__all__`. `shown-in` is the module that users import them from; `methods` are
shown besides the constructor.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import GoogleDocstring
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec

import cleanroomsml_client
from docs._extensions.reference import linked

_PACKAGE = Path(cleanroomsml_client.__file__).parent
_PUBLIC: frozenset[str] = frozenset(vars(cleanroomsml_client)["__all__"])
_Function = ast.FunctionDef | ast.AsyncFunctionDef


class PublicSource(SphinxDirective):
    """Shows the classes."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec | None] = {"shown-in": str, "methods": str.split}

    def run(self) -> list[nodes.Node]:
        """Render each class as autodoc would."""
        path = _PACKAGE.joinpath(*self.arguments[0].split(".")).with_suffix(".py")
        self.env.note_dependency(str(path))
        text = [line for class_ in _classes(ast.parse(path.read_bytes())) for line in self._class(class_)]
        if not text:
            raise self.error(f"{path} has no public class")
        return self.parse_text_to_nodes("\n".join(text))

    def _class(self, class_: ast.ClassDef) -> Iterator[str]:
        module = self.options.get("shown-in", self.arguments[0])
        shown: list[str] = self.options.get("methods", [])
        methods = [each for each in class_.body if isinstance(each, _Function)]
        signature = "".join(f"({_parameters(each)})" for each in methods if each.name == "__init__")
        yield from (f".. py:class:: {class_.name}{signature}", f"   :module: cleanroomsml_client.{module}")
        targets = {name: f"cleanroomsml_client.{name}" for name in _PUBLIC}
        targets |= {name: f"cleanroomsml_client.{module}.{class_.name}.{name}" for name in shown}
        yield from self._docstring(class_, targets)
        for name in shown:
            versions = [each for each in methods if each.name == name]
            # The last one is the implementation of the overloads before it.
            signatures = [f"{name}({_parameters(each)}){_result(each)}" for each in versions[:-1] or versions]
            yield f"   .. py:method:: {signatures[0]}"
            yield from (f"                  {each}" for each in signatures[1:])
            if isinstance(versions[-1], ast.AsyncFunctionDef) and not versions[-1].decorator_list:
                yield "      :async:"
            yield from (f"   {line}" for line in self._docstring(versions[-1], targets))

    def _docstring(self, documented: ast.ClassDef | _Function, targets: Mapping[str, str]) -> Iterator[str]:
        """Yield the lines of a docstring, in which names in code font become links if they have a target."""

        def reference(match: re.Match[str]) -> str:
            name, is_link = match.groups()
            return match[0] if is_link else f"`~{targets[name]}`" if name in targets else f"`{match[0]}`"

        lines = linked((ast.get_docstring(documented) or "").splitlines())
        text = re.sub(r"`([^`]+)`(_*)", reference, "\n".join(lines))
        yield ""
        for line in GoogleDocstring(text, self.config).lines():
            yield f"   {line}"
        yield ""


def _classes(module: ast.Module) -> Iterator[ast.ClassDef]:
    [names] = (
        ast.literal_eval(each.value)
        for each in module.body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__all__"
    )
    for each in module.body:
        if isinstance(each, ast.ClassDef) and each.name in names:
            yield each


class _Qualified(ast.NodeTransformer):
    """Names the package before each public name, so that Sphinx finds it."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Change one name."""
        return ast.Name(f"cleanroomsml_client.{node.id}") if node.id in _PUBLIC else node


def _parameters(function: _Function) -> str:
    parameters = _Qualified().visit(function.args)
    (parameters.posonlyargs or parameters.args).pop(0)
    return ast.unparse(parameters)


def _result(function: _Function) -> str:
    # `asynccontextmanager` makes the one out of the other.
    result = ast.unparse(_Qualified().visit(function.returns)) if function.returns else "None"
    return f" -> {result.replace('AsyncGenerator', 'AbstractAsyncContextManager')}"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_directive("public-source", PublicSource)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
