"""docs/how-to/iam.md agrees with botocore's model, with this package, with the examples and with the tutorials."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleanroomsml_client import AccessDeniedError
from docs._extensions.iam_actions import CALLERS, FURTHER, action, needed, waits
from tests.parity.support.botocore_model import OPERATIONS, Operation, Shape, members
from tests.support.public_names import PUBLIC_NAMES

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs/how-to/iam.md").read_text(encoding="utf-8")
_POLICIES: list[dict[str, Any]] = [
    json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
]
_BY_FIRST_SID = {policy["Statement"][0]["Sid"]: policy["Statement"] for policy in _POLICIES}
_PREFIX = "cleanrooms-ml:"
# What the roles and the callers need of other services, from AWS's guide to the roles.
_OF_OTHER_SERVICES = {
    "cleanrooms:GetCollaborationAnalysisTemplate",
    "cleanrooms:GetProtectedQuery",
    "cleanrooms:GetSchema",
    "cleanrooms:PassCollaboration",
    "cleanrooms:PassMembership",
    "cleanrooms:StartProtectedQuery",
    "cleanrooms:UpdateProtectedQuery",
    "cloudwatch:PutMetricData",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetUserDefinedFunctions",
    "iam:PassRole",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sts:AssumeRole",
}
_by_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def _inputs(operation: Operation, name: str) -> list[bool]:
    """Return for each input of this wire name, however deep, whether each request has it."""

    def found(structure: Shape, *, is_certain: bool) -> Iterator[bool]:
        for member in members(structure):
            certain = is_certain and member.is_required
            if member.wire == name:
                yield certain
            shape = member.shape
            while shape.type_name == "list":
                shape, certain = shape.member, False
            if shape.type_name == "structure":
                yield from found(shape, is_certain=certain)

    return [
        certain
        for parameter in operation.parameters
        for certain in (
            [parameter.is_required]
            if parameter.wire == name
            else found(parameter.shape, is_certain=parameter.is_required)
            if parameter.shape.type_name == "structure"
            else []
        )
    ]


def _whens(operation: Operation, needed_action: str) -> list[str]:
    """Return the conditions under which the table has an action."""
    return [further.when for further in FURTHER[operation.name] if needed_action in further.actions]


def _actions(statement: dict[str, Any]) -> list[str]:
    allowed = statement["Action"]
    return [allowed] if isinstance(allowed, str) else allowed


def _allowed(statements: list[dict[str, Any]]) -> set[str]:
    return {each for statement in statements for each in _actions(statement)}


def test_the_table_is_complete() -> None:
    """The table has a row for each of the 59 operations and no other, in alphabetical order."""
    assert list(FURTHER) == sorted(operation.name for operation in OPERATIONS)
    assert len(FURTHER) == 59


def test_the_page_has_the_table() -> None:
    """The page shows the table."""
    assert "```{iam-table}\n```" in _PAGE


@_by_operation
def test_roles(operation: Operation) -> None:
    """`iam:PassRole` is needed where the input has a role, and without a condition where each request has it."""
    roles = _inputs(operation, "roleArn")
    assert [when == "" for when in _whens(operation, "iam:PassRole")] == roles


@_by_operation
def test_tags(operation: Operation) -> None:
    """TagResource is a further action where tags can be given with another request."""
    expected = ["with `tags`"] if _inputs(operation, "tags") and operation.name != "TagResource" else []
    assert _whens(operation, "cleanrooms-ml:TagResource") == expected


@_by_operation
def test_keys(operation: Operation) -> None:
    """Actions of KMS are needed where a key can be given."""
    expected = ["with `kms_key_arn`"] if _inputs(operation, "kmsKeyArn") else []
    assert _whens(operation, "kms:DescribeKey") == expected


@_by_operation
@pytest.mark.parametrize(
    ("name", "of_sibling"),
    [
        ("membershipIdentifier", "cleanrooms:PassMembership"),
        ("collaborationIdentifier", "cleanrooms:PassCollaboration"),
    ],
)
def test_memberships_and_collaborations(operation: Operation, name: str, of_sibling: str) -> None:
    """The actions of the sibling service are needed where the request names a membership or a collaboration."""
    assert _whens(operation, of_sibling) == ([""] if _inputs(operation, name) else [])


@_by_operation
def test_actions_have_the_names_of_operations(operation: Operation) -> None:
    """The action of an operation has its name, for IAM, which ignores the case."""
    assert action(operation.name).lower() == f"{_PREFIX}{operation.name}".lower()


@_by_operation
def test_functions(operation: Operation) -> None:
    """The functions of an operation are its own one, waits and watches; each watch has its wait."""
    first, *others = CALLERS[operation.name]
    assert first == operation.function
    watches = {name.replace("watch_", "wait_for_", 1) for name in others if name.startswith("watch_")}
    assert watches == set(waits(operation.name)) == {name for name in others if not name.startswith("watch_")}


def test_every_wait_is_in_the_table() -> None:
    """The table has every function that waits or watches."""
    expected = {name for name in PUBLIC_NAMES if name.startswith(("wait_for_", "watch_"))}
    assert expected <= {name for names in CALLERS.values() for name in names}


def test_policies_are_well_formed() -> None:
    """Each policy has the present version; its statements have a Sid, sorted actions, and a resource or a principal."""
    assert len(_BY_FIRST_SID) == len(_POLICIES) == 12
    for policy in _POLICIES:
        assert policy.keys() == {"Version", "Statement"}
        assert policy["Version"] == "2012-10-17"
        for statement in policy["Statement"]:
            assert statement.keys() - {"Condition"} in (
                {"Sid", "Effect", "Action", "Resource"},
                {"Sid", "Effect", "Action", "Principal"},
            )
            assert statement["Effect"] == "Allow"
            assert re.fullmatch(r"[A-Za-z0-9]+", statement["Sid"])
            assert _actions(statement) == sorted(set(_actions(statement)))


def test_policies_name_existing_actions() -> None:
    """No policy has a wildcard, a misspelt action, or an action that the table or AWS's guide does not have."""
    existing = {action(name) for name in FURTHER} | _OF_OTHER_SERVICES
    used = {each for policy in _POLICIES for each in _allowed(policy["Statement"])}
    assert used - existing == set()
    assert _OF_OTHER_SERVICES - used == set()


def _calling(functions: set[str]) -> set[str]:
    """Return the operations that these functions call."""
    return {operation for operation, names in CALLERS.items() if functions.intersection(names)}


def _of_program(name: str) -> set[str]:
    """Return the operations of an example."""
    source = (_ROOT / f"docs/examples/{name}.py").read_text(encoding="utf-8")
    return _calling(set(re.findall(r"\bml\.(\w+)", source)))


def _of_page(name: str, *arguments: str) -> set[str]:
    """Return the operations that a page calls with these first arguments."""
    page = (_ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    beginning = r",\s*".join(arguments)
    return _calling(set(re.findall(rf"(\w+)\(\s*{beginning}\b", page)))


def _allows(sid: str, operations: set[str]) -> bool:
    """Return whether a policy allows what these operations need, and nothing else."""
    return _allowed(_BY_FIRST_SID[sid]) == set[str]().union(*map(needed, operations))


def test_the_policies_of_the_lookalike_path() -> None:
    """The brand may do what the tutorial does with jobs, the shop the rest and the policy of its model."""
    tutorial = _of_page("tutorial", "client")
    jobs = {operation for operation in tutorial if re.search(r"Audience(Generation|Export)Job", operation)}
    rest = tutorial - jobs | {"PutConfiguredAudienceModelPolicy", "DeleteConfiguredAudienceModelPolicy"}
    assert _allows("LookalikeBrand", jobs)
    assert _allows("LookalikeShop", rest)
    assert _of_program("lookalike") <= jobs | rest


def test_the_policies_of_the_custom_model_path() -> None:
    """Each party may do what it does in the tutorial, before it, and in the program; nothing else."""
    tutorial = "tutorial-custom-models"
    assert _allows("CustomModelBrand", _of_page(tutorial, "brand") | _of_program("custom_model"))
    before = _of_page("before-the-first-call", "client", "collaboration_id")
    assert _allows("CustomModelShop", _of_page(tutorial, "shop") | before)


def test_the_policy_for_waiting() -> None:
    """The first statement allows what waits need, the second all other reads, the third what both need besides."""
    waiting, optional, further = _BY_FIRST_SID["Wait"]
    reads = {operation for operation in FURTHER if operation.startswith(("Get", "List"))}
    waited = {operation for operation in FURTHER if waits(operation)}
    assert set(_actions(waiting)) == {action(operation) for operation in waited}
    assert set(_actions(optional)) == {action(operation) for operation in reads - waited}
    assert set(_actions(further)) == {
        each for operation in reads for each in needed(operation) if not each.startswith(_PREFIX)
    }


def test_roles_go_to_the_service_only() -> None:
    """Each statement with `iam:PassRole` names roles and the service; the trust policy names the same service."""
    service = "cleanrooms-ml.amazonaws.com"
    passing = [
        statement for policy in _POLICIES for statement in policy["Statement"] if "iam:PassRole" in _actions(statement)
    ]
    assert len(passing) == 4
    for statement in passing:
        assert re.fullmatch(r"arn:aws:iam::(111122223333|444455556666):role/ROLE", statement["Resource"])
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": service}}
    assert _BY_FIRST_SID["CleanRoomsMLMayAssume"][0]["Principal"] == {"Service": service}


def test_the_page_names_who_passes_roles() -> None:
    """The page names each function that passes a role."""
    named = {operation.function for operation in OPERATIONS if _inputs(operation, "roleArn")}
    assert {name for name in named if f"`{name}`" not in _PAGE} == set()


def test_the_error_names_the_page() -> None:
    """The documentation of AccessDeniedError names the page."""
    title, _, _ = _PAGE.removeprefix("# ").partition("\n")
    assert f'The page "{title}" of the documentation' in str(AccessDeniedError.__doc__)


def test_lines_are_short() -> None:
    """No line of the page is longer than 120 characters."""
    assert [line for line in _PAGE.splitlines() if len(line) > 120] == []
