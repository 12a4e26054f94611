"""The public API as text, one fact a line.

`python -m tests.support.public_api` writes tests/public_api.txt. All facts but those of the program are read from the
source, which needs no Airflow and results in the same text on every version of Python. What several modules export is
described in the most specific one, and is a `name` in the others. Members that a class inherits from a class that is
not exported are listed as its own. `takes` is what the constructor accepts for a field.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.util import resolve_name
from itertools import chain, groupby
from pathlib import Path

import attrs

from cleanroomsml_client.cli.options import COMMANDS, Command

__all__ = ["API_FILE", "PACKAGE", "ROOT", "Parameter", "annotation_text", "parameters_of", "render"]

ROOT = Path(__file__).parents[2]
API_FILE = ROOT / "tests" / "public_api.txt"
_HEAD = "# The public API. Do not edit: `python -m tests.support.public_api` writes this file."
PACKAGE = "cleanroomsml_client"
_RESOURCES = sorted(path.stem for path in (ROOT / PACKAGE / "resources").glob("[a-z]*.py"))
_MODULES = [
    PACKAGE,
    *(f"{PACKAGE}.{name}" for name in ("errors", "kinds", "local", "testing.factories", "testing.plugin")),
    *(f"{PACKAGE}.resources.{name}" for name in _RESOURCES),
    *(f"{PACKAGE}.airflow{name}" for name in ("", ".hooks", ".operators", ".sensors", ".triggers")),
]
# How objects are shown, copied and pickled, which users do not call.
_NOT_CALLED = {"__del__", "__hash__", "__init_subclass__", "__reduce__", "__reduce_ex__", "__repr__", "__str__"}
# Functions create these.
_NOT_CONSTRUCTED = {"Blocking", "Connection", "Pages"}
_DECORATORS = ("asynccontextmanager", "classmethod", "staticmethod")
_KINDS = ("positional-only", "positional", "*", "keyword-only", "**")
_POSITIONAL_ONLY, _POSITIONAL, _STAR, _KEYWORD_ONLY, _DOUBLE_STAR = _KINDS

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definitions = dict[str, list[ast.stmt]]
"""The statements that define each name: several for an overloaded function, or a property that can be set."""


# --- the source


def _definitions(body: Iterable[ast.stmt]) -> _Definitions:
    found: _Definitions = {}
    for node in body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.setdefault(name, []).append(node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = [node]
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=True)
                found |= {ast.unparse(name): [ast.Assign([name], value, lineno=node.lineno)] for name, value in pairs}
            case _:
                pass
    return found


class _Module:
    """A module of the package, as its source says; for the package itself, as its stub says."""

    def __init__(self, name: str) -> None:
        path = ROOT.joinpath(*name.split("."))
        self._package = name if path.is_dir() else name.rpartition(".")[0]
        files = (path / "__init__.pyi", path / "__init__.py", path.with_suffix(".py"))
        self.body = ast.parse(next(file for file in files if file.exists()).read_bytes()).body
        self.definitions = _definitions(self.body)

    @cached_property
    def _imports(self) -> dict[str, tuple[str, str]]:
        """The module that each imported name is from, and its name there."""
        imports: dict[str, tuple[str, str]] = {}
        for node in self.body:
            if isinstance(node, ast.ImportFrom) and node.level:
                source = resolve_name(f"{'.' * node.level}{node.module or ''}", self._package)
                for alias in node.names:
                    names = _module(source).names if alias.name == "*" else [alias.name]
                    imports |= {alias.asname or name: (source, name) for name in names}
        return imports

    @property
    def names(self) -> list[str]:
        """What it exports."""
        match self.definitions.get("__all__"):
            case [ast.Assign(value=value)]:
                return sorted(ast.literal_eval(value))
            case _:
                return sorted(self._imports)

    def find(self, name: str) -> "tuple[_Module, list[ast.stmt]] | None":
        """Return what defines a name, and where. None: it is not of this package."""
        if name in self.definitions:
            return self, self.definitions[name]
        source = self._imports.get(name)
        return None if source is None else _module(source[0]).find(source[1])

    def default(self, node: ast.expr) -> ast.expr:
        """Return the default of a parameter; that of a constant in place of its name."""
        match self.find(ast.unparse(node)):
            case _, [ast.Assign(value=ast.Constant() as value)]:
                return value
            case _:
                return node


_module = cache(_Module)


@cache
def _homes() -> dict[ast.stmt, str]:
    """Map each exported definition to the last of the modules that export it, which is the most specific one."""
    homes: dict[ast.stmt, str] = {}
    for module_name in _MODULES:
        for name in _module(module_name).names:
            found = _module(module_name).find(name)
            assert found is not None, f"{module_name}.{name} is not defined in this package"
            homes[found[1][0]] = module_name
    return homes


class _Class:
    """A class of the package, with what it inherits from classes that are not exported."""

    def __init__(self, module: _Module, node: ast.ClassDef) -> None:
        self.name = node.name
        self.is_exported = node in _homes()
        self.module = module
        self._own = _definitions(node.body)
        self.bases = [self._base(ast.unparse(base)) for base in node.bases]
        decorators = (ast.unparse(each) for each in node.decorator_list)
        self.attrs = next((each for each in decorators if each.startswith("attrs.")), "")
        self.is_keyword_only = "kw_only=True" in self.attrs
        hidden = (base.lineage for base in self.bases if isinstance(base, _Class) and not base.is_exported)
        self.lineage: list[_Class] = [self, *chain.from_iterable(hidden)]

    def _base(self, text: str) -> "_Class | str":
        match self.module.find(text.partition("[")[0]):
            case module, [ast.ClassDef() as node]:
                return _Class(module, node)
            case _:
                return text

    def public_bases(self) -> Iterator[str]:
        for base in self.bases:
            if isinstance(base, str):
                yield base
            else:
                yield from [base.name] if base.is_exported else base.public_bases()

    def is_a(self, name: str) -> bool:
        return any(base.is_a(name) if isinstance(base, _Class) else base.startswith(name) for base in self.bases)

    def members(self) -> dict[str, tuple["_Class", list[ast.stmt]]]:
        """Return what defines each public member, and the class in which it does."""
        members: dict[str, tuple[_Class, list[ast.stmt]]] = {}
        for each in self.lineage:
            members = {name: (each, nodes) for name, nodes in each._own.items() if _is_public(name)} | members
        return members

    def fields(self) -> Iterator["Parameter"]:
        """Yield the parameters of an attrs class, in order."""
        for base in self.bases:
            yield from base.fields() if isinstance(base, _Class) else ()
        for name, [node, *_] in self._own.items() if self.attrs else ():
            if isinstance(node, ast.AnnAssign) and _is_public(name):
                type_, default, takes = self.field(node)
                yield Parameter(_POSITIONAL, name, takes or type_, default)

    def field(self, node: ast.AnnAssign) -> tuple[str, str | None, str | None]:
        """Return the type of a field, its default, and what its converter takes."""
        type_ = annotation_text(node.annotation)
        match node.value:
            case None:
                return type_, None, None
            case ast.Call(func=ast.Name(id="map_field")):
                return type_, "FrozenDict()", None
            case ast.Call(func=ast.Attribute(attr="field"), keywords=keywords):
                given = {each.arg: ast.unparse(each.value) for each in keywords}
                default = f"{given['factory']}()" if "factory" in given else given.get("default")
                match self.module.find(given.get("converter", "")):
                    case _, [ast.FunctionDef(args=ast.arguments(args=[ast.arg(annotation=takes)]))]:
                        return type_, default, annotation_text(takes)
                    case _:
                        return type_, default, None
            case value:
                return type_, ast.unparse(value), None

    def constructor(self) -> "list[Parameter] | None":
        """Return its parameters, with those that classes that are not exported take from its `**kwargs`."""
        if self.is_keyword_only or self.name in _NOT_CONSTRUCTED:
            # The lines of keyword-only fields say it all, because their order does not count.
            return None
        if self.attrs:
            return [*self.fields()]
        found: dict[str, Parameter] = {}
        for class_ in self.lineage:
            for node in class_._own.get("__init__", ()):
                if isinstance(node, _Function) and (not found or "kwargs" in found):
                    more = parameters_of(node.args, class_.module)[1:]
                    found |= {each.name: each for each in more if each.name not in found}
        return _sorted(found.values()) or None

    def attributes(self) -> dict[str, str]:
        """Return the typed public attributes that its constructors set; the others hold what they were passed."""
        nodes = chain.from_iterable(each._own.get("__init__", ()) for each in self.lineage)
        found: dict[str, str] = {}
        for node in chain.from_iterable(map(ast.walk, nodes)):
            match node:
                case ast.AnnAssign(target=ast.Attribute(attr=name), annotation=type_) if _is_public(name):
                    found[name] = annotation_text(type_)
                case _:
                    pass
        return found


# --- functions


@attrs.frozen
class Parameter:
    """A parameter as a signature shows it."""

    kind: str
    name: str
    annotation: str
    default: str | None = None

    def __str__(self) -> str:
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.kind if '*' in self.kind else ''}{self.name}: {self.annotation}{default}"


def _sorted(parameters: Iterable[Parameter]) -> list[Parameter]:
    return sorted(parameters, key=lambda each: _KINDS.index(each.kind))


def annotation_text(node: ast.expr | None) -> str:
    """Return an annotation, without quotes."""
    match node:
        case None:
            return "Any"
        case ast.Constant(value=str(text)):
            return text
        case _:
            return ast.unparse(node)


def parameters_of(arguments: ast.arguments, module: _Module | None = None) -> list[Parameter]:
    """Return the parameters, in the order of a signature."""

    def text(default: ast.expr | None) -> str | None:
        return None if default is None else ast.unparse(default if module is None else module.default(default))

    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults, *arguments.kw_defaults]
    kinds = [_POSITIONAL_ONLY] * len(arguments.posonlyargs) + [_POSITIONAL] * len(arguments.args)
    kinds += [_KEYWORD_ONLY] * len(arguments.kwonlyargs)
    found = [
        Parameter(kind, each.arg, annotation_text(each.annotation), text(default))
        for kind, each, default in zip(kinds, [*positional, *arguments.kwonlyargs], defaults, strict=True)
    ]
    rest = ((_STAR, arguments.vararg), (_DOUBLE_STAR, arguments.kwarg))
    return _sorted(
        [*found, *(Parameter(kind, each.arg, annotation_text(each.annotation)) for kind, each in rest if each)]
    )


def _signature(parameters: Iterable[Parameter], returns: str) -> str:
    groups = {kind: [*map(str, group)] for kind, group in groupby(parameters, key=lambda each: each.kind)}
    if _POSITIONAL_ONLY in groups:
        groups[_POSITIONAL_ONLY].append("/")
    if _KEYWORD_ONLY in groups and _STAR not in groups:
        groups[_KEYWORD_ONLY].insert(0, "*")
    return f"({', '.join(chain.from_iterable(groups.values()))}) -> {returns}"


def _functions(name: str, versions: Sequence[ast.stmt], module: _Module, *, is_method: bool) -> Iterator[str]:
    functions = [each for each in versions if isinstance(each, _Function)]
    decorators = [ast.unparse(each) for each in functions[0].decorator_list]
    if "property" in decorators:
        yield f"property {name}: {annotation_text(functions[0].returns)}{', can be set' if functions[1:] else ''}"
    elif "pytest.fixture" in decorators:
        yield f"fixture {name}: {annotation_text(functions[0].returns)}"
    else:
        prefix = "".join(f"{each} " for each in decorators if each in _DECORATORS)
        first = int(is_method and "staticmethod" not in decorators)
        # Of an overloaded function, the last one is the implementation.
        for node in functions[:-1] or functions:
            keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
            parameters = parameters_of(node.args, module)[first:]
            yield f"{prefix}{keyword} {name}{_signature(parameters, annotation_text(node.returns))}"


# --- the text


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.endswith("__") and name not in _NOT_CALLED)


def _class(class_: _Class) -> Iterator[str]:
    name, is_enum = class_.name, class_.is_a("StrEnum")
    kinds = {
        "enum": is_enum,
        "exception": class_.is_a("Exception"),
        "protocol": class_.is_a("Protocol"),
        class_.attrs.partition("(")[0]: class_.attrs,
        "keyword-only": class_.is_keyword_only,
    }
    bases = ", ".join(dict.fromkeys(class_.public_bases()))
    kind = ", ".join(kind for kind, applies in kinds.items() if applies)
    yield f"class {name}{bases and f'({bases})'}{kind and f': {kind}'}"
    constructor = class_.constructor()
    if constructor is not None:
        yield f"def {name}.__init__{_signature(constructor, 'None')}"
    for member, (owner, nodes) in class_.members().items():
        match nodes[0]:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if member != "__init__":
                yield from _functions(f"{name}.{member}", nodes, owner.module, is_method=True)
            case ast.Assign(value=value) if is_enum and not member.startswith("__"):
                yield f"value {name}.{member} = {ast.unparse(value)}"
            case ast.AnnAssign(annotation=annotation) if not class_.attrs and not member.startswith("__"):
                yield f"attribute {name}.{member}: {annotation_text(annotation)}"
            case ast.AnnAssign() as node if class_.attrs:
                type_, default, takes = owner.field(node)
                default = "" if default is None else f" = {default}"
                yield f"field {name}.{member}: {type_}{default}{'' if takes is None else f', takes {takes}'}"
            case _:
                pass
    yield from (f"attribute {name}.{attribute}: {type_}" for attribute, type_ in class_.attributes().items())


def _facts_of(module: _Module, name: str, versions: Sequence[ast.stmt]) -> Iterator[str]:
    match versions[0]:
        case ast.ClassDef() as node:
            yield from _class(_Class(module, node))
        case ast.AnnAssign(annotation=annotation):
            yield f"constant {name}: {annotation_text(annotation)}"
        case ast.Assign(value=ast.Constant(value=value)):
            # Not the value: that of `__version__` changes with every release.
            yield f"constant {name}: {type(value).__name__}"
        case ast.Assign(value=value):
            yield f"constant {name} = {ast.unparse(value)}"
        case _:
            yield from _functions(name, versions, module, is_method=False)


def _modules() -> Iterator[str]:
    for module_name in _MODULES:
        yield f"\n[{module_name}]"
        for name in _module(module_name).names:
            match _module(module_name).find(name):
                case source, [first, *_] as versions if _homes()[first] == module_name:
                    yield from _facts_of(source, name, versions)
                case _:
                    yield f"name {name}"


def _option(name: str, settings: Mapping[str | None, str], others: Iterable[str] = ()) -> str:
    # An option with a constant is a flag: the value is the program's own.
    keys = ("action",) if "const" in settings else ("action", "default", "nargs", "required")
    facts = [f"{key} {settings[key]}" for key in keys if key in settings]
    facts += [f"not with {other}" for other in others if other != name]
    return f"{'option' if name.startswith('-') else 'argument'} {name}{': ' if facts else ''}{', '.join(facts)}"


def _written_options(*path: str) -> Iterator[str]:
    """Yield the options that a module adds to its parser by name."""
    module = _module(".".join((PACKAGE, *path)))
    for node in chain.from_iterable(map(ast.walk, module.body)):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=[ast.Constant(value=str(name))]):
                yield _option(name, {each.arg: ast.unparse(module.default(each.value)) for each in node.keywords})
            case _:
                pass


def _command(command: Command) -> Iterator[str]:
    for group in (*((option,) for option in command.options), *command.exclusive):
        for option in group:
            settings: dict[str | None, str] = {key: repr(value) for key, value in option.settings.items()}
            yield _option(option.name, settings, (other.name for other in group))
            yield from (f"choice {choice}" for choice in option.settings.get("choices", ()))
    if command.epilog is not None and command.epilog.startswith("exit code:"):
        yield from (f"exit-code {code}" for code in re.findall(r"\b\d+\b", command.epilog))


def _program() -> Iterator[str]:
    yield from ("\n[cleanroomsml]", *_written_options("cli", "options"))
    for command in COMMANDS:
        yield f"\n[cleanroomsml {command.name}]"
        # This command has a parser of its own.
        yield from _written_options("local", "__main__") if command.name == "local" else _command(command)


def _project() -> Iterator[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield "\n[pyproject.toml]"
    yield from (f"extra {name}" for name in project["optional-dependencies"])
    yield from (f"script {name}: {target}" for name, target in project["scripts"].items())
    for group, points in project["entry-points"].items():
        yield from (f"entry-point {group}.{name}: {target}" for name, target in points.items())


def render() -> str:
    """Return the public API as text."""
    return "\n".join([_HEAD, *_modules(), *_program(), *_project(), ""])


if __name__ == "__main__":
    API_FILE.write_text(render(), encoding="utf-8", newline="\n")
