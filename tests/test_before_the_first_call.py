"""docs/before-the-first-call.md is right about what it lists, and its calls of the service cleanrooms fit that service.

That its blocks run is tested with the other pages. botocore validates less than AWS does, so the rest is here.
"""

import ast
import re
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.validate import ParamValidator

import cleanroomsml_client
from cleanroomsml_client.kinds import KINDS, parse_arn
from cleanroomsml_client.local import LocalService
from cleanroomsml_client.local.quotas import QUOTAS

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs/before-the-first-call.md").read_text(encoding="utf-8")
_PROJECT: dict[str, Any] = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_PICTURES = [_ROOT / "docs" / name for name in re.findall(r"\]\((_static/.*\.svg)\)", _PAGE)]
_FAMILIES = [loop.replace("\\\n", " ").split() for loop in re.findall(r"for family in ([^;]*?)\ndo\n", _PAGE)]
_SVG = "{http://www.w3.org/2000/svg}"

_session: Any = boto3.Session
_META: Any = _session().client("cleanrooms", region_name="us-east-1").meta
_OPERATIONS = {name: _META.service_model.operation_model(wire) for name, wire in _META.method_to_api_mapping.items()}
_IDENTIFIER = "12345678-1234-1234-1234-123456789012"
_ML_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:"
_VALUES = {
    "collaboration_id": _IDENTIFIER,
    "membership_id": _IDENTIFIER,
    "table_id": _IDENTIFIER,
    "association_id": _IDENTIFIER,
    "template_arn": (
        f"arn:aws:cleanrooms:us-east-1:111122223333:membership/{_IDENTIFIER}/analysistemplate/{_IDENTIFIER}"
    ),
    "algorithm_association_arn": (
        f"{_ML_ARN}membership/{_IDENTIFIER}/configured-model-algorithm-association/{_IDENTIFIER}"
    ),
    "configured_arn": f"{_ML_ARN}configured-audience-model/{_IDENTIFIER}",
}
"""What AWS would have returned for the variables of the page."""


class _Values(ast.NodeTransformer):
    """Replaces variables by their values."""

    def visit_Name(self, node: ast.Name) -> ast.Constant:
        return ast.Constant(_VALUES[node.id])


_CODE = ast.parse("".join(re.findall(r"^```python\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)))


def _called(node: ast.AST) -> str | None:
    """Return the operation of `await cleanrooms.operation(...)`."""
    match node:
        case ast.Await(value=ast.Call(func=ast.Attribute(value=ast.Name(id="cleanrooms"), attr=operation))):
            return operation
        case _:
            return None


def _calls() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the operations that the page calls, with their arguments."""
    for node in ast.walk(_CODE):
        if (
            (operation := _called(node)) is not None
            and isinstance(node, ast.Await)
            and isinstance(node.value, ast.Call)
        ):
            # The same text without variables; parsed again, so that the code itself stays as it is.
            keywords = [
                (str(each.arg), ast.parse(ast.unparse(each.value), mode="eval")) for each in node.value.keywords
            ]
            yield operation, {name: ast.literal_eval(_Values().visit(value)) for name, value in keywords}


_CALLS = dict(_calls())
_by_picture = pytest.mark.parametrize("picture", _PICTURES, ids=lambda picture: picture.name)
_by_operation = pytest.mark.parametrize("operation", _CALLS)


def _violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Yield what the model forbids and botocore sends: unknown enum values, other patterns, longer lists and texts."""
    if shape.type_name == "structure":
        for name, item in value.items():
            yield from _violations(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from _violations(shape.member, item, f"{path}[]")
    elif shape.type_name == "string":
        if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value} is none of {shape.enum}"
        if not re.fullmatch(shape.metadata.get("pattern", ".*"), value, re.DOTALL):
            yield f"{path}: {value} does not match {shape.metadata['pattern']}"
    if shape.type_name in {"list", "string"} and len(value) > shape.metadata.get("max", len(value)):
        yield f"{path}: longer than {shape.metadata['max']}"


@_by_operation
def test_a_call_fits_the_model_of_cleanrooms(operation: str) -> None:
    """The service cleanrooms has the operation, and the arguments are what its model allows."""
    shape = _OPERATIONS[operation].input_shape
    validator: Any = ParamValidator()
    assert not validator.validate(_CALLS[operation], shape).generate_report()
    assert list(_violations(shape, _CALLS[operation], operation)) == []


def test_what_is_read_from_responses_exists() -> None:
    """The page takes from each response a member that the model has."""
    results: dict[str, Any] = {}
    for node in ast.walk(_CODE):
        if isinstance(node, ast.Assign) and (operation := _called(node.value)) is not None:
            results[ast.unparse(node.targets[0])] = _OPERATIONS[operation].output_shape
    reads = re.findall(r'^\w+ = (\w+)\["(\w+)"\]\["(\w+)"\]$', _PAGE, re.MULTILINE)
    assert {variable for variable, _, _ in reads} == results.keys()
    for variable, outer, inner in reads:
        assert inner in results[variable].members[outer].members, variable


def test_the_list_has_the_operations_of_the_examples() -> None:
    """Each operation of the list is called in an example, with its action, and none is one of this library."""
    listed = dict(re.findall(r"^\| [\w ,]* ?\| `(create_\w+)` \| `(\w+)` \|$", _PAGE, re.MULTILINE))
    assert listed == {name: _META.method_to_api_mapping[name] for name in _CALLS}
    assert [name for name in listed if hasattr(cleanroomsml_client, name)] == []


def test_the_steps_are_in_order() -> None:
    """The steps of each path are numbered; the calls in them exist, and are in the order of the examples."""
    tables = re.findall(r"(?:^\| \d.*\n)+", _PAGE.partition("\n## The steps on AWS\n")[2], re.MULTILINE)
    common, lookalike, custom = ([row.strip("| ").split(" | ") for row in table.splitlines()] for table in tables)
    for path in (lookalike, custom):
        steps = [*common, *path]
        assert [int(number) for number, *_ in steps] == list(range(1, len(steps) + 1))
        calls = [(name, "cleanrooms " in call) for _, _, call, *_ in steps for name in re.findall(r"`(\w+_\w+)`", call)]
        assert [name for name, is_sibling in calls if is_sibling == hasattr(cleanroomsml_client, name)] == []
        of_sibling = [name for name, is_sibling in calls if is_sibling]
        assert of_sibling == [name for name in _CALLS if name in of_sibling]
        assert len(of_sibling) >= 3


def test_the_extras_are_those_of_the_package() -> None:
    """The table of extras has what pyproject.toml has, and the page has the oldest Python."""
    table = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", _PAGE, re.MULTILINE)
    extras = {
        name: ", ".join(re.split("[<>=]", requirement)[0] for requirement in requirements)
        for name, requirements in _PROJECT["optional-dependencies"].items()
    }
    assert dict(table) == extras
    assert f"Python {_PROJECT['requires-python'].removeprefix('>=')} or newer" in _PAGE


def test_the_quotas_are_those_of_the_local_service() -> None:
    """The table has each quota of jobs in progress, with its limit."""
    table = re.findall(r"^\| (.+ per .+) \| (\d+) \|$", _PAGE, re.MULTILINE)
    assert table == [(quota.name, str(quota.limit)) for quota in QUOTAS if quota.name.startswith("Pending")]


def test_the_loops_list_everything_that_can_be_left() -> None:
    """A loop has the families of a membership, the other those of an account; export jobs cannot be deleted."""
    of_membership, of_account = _FAMILIES
    assert sorted(of_membership) == sorted(kind.family for kind in KINDS if kind.required == ("membership_identifier",))
    deletable = (kind.family for kind in KINDS if not kind.required and kind.delete is not None)
    assert sorted(of_account) == sorted(deletable)


async def test_the_families_are_in_the_order_of_deletion() -> None:
    """What the loops list can be deleted in this order."""
    kinds = {kind.family: kind for kind in KINDS}
    async with LocalService() as service, service.connect() as client:
        service.add_audience_generation_job()
        membership = service.add_membership()
        service.add_trained_model_inference_job(membership_identifier=membership)
        for families, arguments in zip(_FAMILIES, [[membership], []], strict=True):
            for kind in (kinds[family] for family in families):
                found = await kind.list(client, *arguments).collect()
                assert found
                for item in found:
                    if kind.delete is not None:  # an inference job only ends
                        arn = getattr(item, f"{kind.arn_type}_arn".replace("-", "_"))
                        await kind.delete(client, *parse_arn(arn).identity)
                service.clock.advance(3600)


def _colours(css: str) -> dict[str, dict[str, str]]:
    """Return the colours of each class."""
    rules = re.findall(r"^ *(\S+) \{ (.*) \}$", css, re.MULTILINE)
    colours = {name: dict(re.findall(r"(fill|stroke): (#\w{6})", rule)) for name, rule in rules}
    return {name: found for name, found in colours.items() if found}


def _luminance(colour: str) -> float:
    """Return the relative luminance that WCAG defines."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


@_by_picture
def test_the_pictures_are_legible(picture: Path) -> None:
    """In both schemes, text has a contrast of 7 on each surface, and each edge has one of 3. No text is below 12 px."""
    css = picture.read_text(encoding="utf-8").partition("<style>")[2].partition("</style>")[0]
    light, _, dark = css.partition("@media (prefers-color-scheme: dark)")
    assert _colours(light).keys() == _colours(dark).keys()
    for colours in (_colours(light), _colours(dark)):
        for surface in (".panel", ".one", ".two", ".aws"):
            assert _contrast(colours["text"]["fill"], colours[surface]["fill"]) >= 7
            assert _contrast(colours[surface]["stroke"], colours[".panel"]["fill"]) >= 3
        assert _contrast(colours[".edge"]["stroke"], colours[".panel"]["fill"]) >= 3
        assert colours[".head"]["stroke"] == colours[".panel"]["fill"]
    assert min(int(size) for size in re.findall(r"(\d+)px", css)) >= 12


@_by_picture
def test_the_pictures_are_described(picture: Path) -> None:
    """A picture has a title and a description for screen readers, and the page an alternative text on one line."""
    title, description, *_ = ET.parse(picture).getroot()  # noqa: S314  # our own file
    assert (title.tag, description.tag) == (f"{_SVG}title", f"{_SVG}desc")
    assert title.text
    assert description.text
    # Sphinx joins the lines of an alternative text without a blank.
    assert re.search(rf"!\[[^\]\n]{{50,}}\]\(_static/{picture.name}\)", _PAGE)


@_by_picture
def test_the_labels_fit_their_boxes(picture: Path) -> None:
    """No label is wider than its box, with letters of 0.53 em on average, and none is outside of a phone's picture."""
    root = ET.parse(picture).getroot()  # noqa: S314  # our own file
    for box in root.iter(f"{_SVG}svg"):
        for label in box.findall(f"{_SVG}text"):
            if box is not root:
                size = 12 if "small" in label.get("class", "") else 13
                assert 0.53 * size * len(label.text or "") <= float(box.attrib["width"]), label.text
    assert root.attrib["viewBox"].startswith("0 0 360 ")


def test_the_pictures_show_every_kind_of_resource() -> None:
    """What an account creates with this library is a box of a picture, under its name."""
    assert len(_PICTURES) == 2
    boxes = {
        " ".join(label.text or "" for label in box.findall(f"{_SVG}text"))
        for picture in _PICTURES
        for box in ET.parse(picture).getroot().findall(f"{_SVG}svg")  # noqa: S314  # our own file
    }
    versions = "version of a trained model"  # a line of the trained model's box
    created = [kind.name for kind in KINDS if "collaboration_identifier" not in kind.required and kind.name != versions]
    assert [name for name in [*created, "ML configuration"] if not any(box.startswith(name) for box in boxes)] == []
