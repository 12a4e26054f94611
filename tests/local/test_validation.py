from typing import Any

import pytest

from cleanroomsml_client.local.error_responses import WireError
from cleanroomsml_client.local.service_model import Shape, load
from cleanroomsml_client.local.validation import validate

OPERATIONS = load().operations
NAME = OPERATIONS["CreateTrainingDataset"].input.members["name"]
DESCRIPTION = OPERATIONS["CreateTrainingDataset"].input.members["description"]
DATASET_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/a"


def problem(shape: Shape, value: Any) -> str | None:
    """What is wrong with a value, if anything is."""
    try:
        validate(shape, value)
    except WireError as error:
        return f"{error.code}: {error.message}"
    return None


def one(path: str, constraint: str) -> str:
    """The message of a single violation."""
    violation = f"Value at '{path}' failed to satisfy constraint: {constraint}"
    return f"ValidationException: 1 validation error detected: {violation}"


def test_every_violation_is_listed() -> None:
    """One error lists all violations, each with its member and constraint."""
    params = {"name": "x" * 64, "trainingDatasetArn": "arn:aws:s3:::bucket-of-mine", "kmsKeyArn": "short"}
    message = problem(OPERATIONS["CreateAudienceModel"].input, params)
    assert message == (
        "ValidationException: 4 validation errors detected: "
        "Value at 'name' failed to satisfy constraint: Member must have length less than or equal to 63; "
        "Value at 'trainingDatasetArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "arn:aws[-a-z]*:cleanrooms-ml:[-a-z0-9]+:[0-9]{12}:training-dataset/[-a-zA-Z0-9_/.]+; "
        "Value at 'kmsKeyArn' failed to satisfy constraint: Member must have length greater than or equal to 20; "
        "Value at 'kmsKeyArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "arn:aws[-a-z]*:kms:[-a-z0-9]+:[0-9]{12}:key/.+"
    )


def test_required() -> None:
    """Every missing required member is named."""
    assert problem(OPERATIONS["CreateAudienceModel"].input, {}) == (
        "ValidationException: 2 validation errors detected: "
        "Value at 'name' failed to satisfy constraint: Member must not be null; "
        "Value at 'trainingDatasetArn' failed to satisfy constraint: Member must not be null"
    )


def test_lists_name_the_item() -> None:
    """A violation inside a list has the number of the item, counted from one as by AWS."""
    shape = Shape(type="structure", members={"types": OPERATIONS["UntagResource"].input.members["tagKeys"]})
    assert problem(shape, {"types": ["a", ""]}) == one(
        "types.2.member", "Member must have length greater than or equal to 1"
    )


def test_null_in_a_list() -> None:
    """A null is no item."""
    shape = OPERATIONS["UntagResource"].input
    assert problem(shape, {"resourceArn": DATASET_ARN, "tagKeys": [None]}) == one(
        "tagKeys.1.member", "Member must not be null"
    )


def test_list_length() -> None:
    """A list of the wrong length is named once, whatever is in it."""
    shape = OPERATIONS["CreateConfiguredAudienceModel"].input.members["sharedAudienceMetrics"]
    assert problem(shape, []) == one("", "Member must have length greater than or equal to 1")
    assert problem(shape, ["WRONG", "WRONG"]) == one("", "Member must have length less than or equal to 1")


def test_nested_members() -> None:
    """A nested violation has its full path."""
    params = {
        "resourceArn": DATASET_ARN,
        "config": {"audienceSizeType": "MANY", "audienceSizeBins": [0, 5, 20_000_001]},
    }
    config = OPERATIONS["CreateConfiguredAudienceModel"].input.members["audienceSizeConfig"]
    shape = Shape(type="structure", members={"config": config, "resourceArn": Shape(type="string")})
    assert problem(shape, params) == (
        "ValidationException: 3 validation errors detected: "
        "Value at 'config.audienceSizeType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ABSOLUTE, PERCENTAGE]; "
        "Value at 'config.audienceSizeBins.1.member' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; "
        "Value at 'config.audienceSizeBins.3.member' failed to satisfy constraint: "
        "Member must have value less than or equal to 20000000"
    )


def test_maps() -> None:
    """A map's size, keys and values are each checked; equal violations are listed once."""
    tags = OPERATIONS["TagResource"].input.members["tags"]
    assert problem(tags, {f"key-{number}": "" for number in range(200)}) is None
    assert problem(tags, {f"key-{number}": "" for number in range(201)}) == one(
        "", "Member must have length less than or equal to 200"
    )
    assert problem(tags, {"": "x" * 257, "a" * 129: "y" * 257}) == (
        "ValidationException: 2 validation errors detected: "
        "Value at '' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length greater than or equal to 1, Member must have length less than or equal to 128]; "
        "Value at '' failed to satisfy constraint: Map values must satisfy constraint: "
        "[Member must have length less than or equal to 256]"
    )
    assert problem(tags, {"a": None}) == one("", "Map values must satisfy constraint: [Member must not be null]")


def test_unions() -> None:
    """A union has exactly one variant."""
    seed = OPERATIONS["StartAudienceGenerationJob"].input.members["seedAudience"]
    compute = seed.members["sqlComputeConfiguration"]
    assert problem(compute, {"worker": {"number": 2}}) is None
    assert problem(compute, {}) == one("", "Member must have exactly one of its variants")


@pytest.mark.parametrize("text", ["name", "Żółw", "日本", "🎯", "tab\tinside", "x" * 63, "🎯" * 63, " padded "])
def test_names(text: str) -> None:
    """A name is any text of up to 63 characters, emoji included and counted as one."""
    assert problem(NAME, text) is None


@pytest.mark.parametrize("text", ["", " ", "\t ", "line\nbreak", "name\n", "\x00", "\ufffe", "🎯" * 64])
def test_no_names(text: str) -> None:
    """Blank text, control characters and noncharacters are no names."""
    assert problem(NAME, text) is not None


def test_descriptions_have_lines() -> None:
    """A description may be empty and may have line breaks, but no other control characters."""
    assert problem(DESCRIPTION, "") is None
    assert problem(DESCRIPTION, "one\r\ntwo\t🎯") is None
    assert problem(DESCRIPTION, "\x0b") is not None


def test_patterns_match_ascii() -> None:
    r"""What a pattern calls a digit, \d, is an ASCII digit, as in Java."""
    seed = OPERATIONS["StartAudienceGenerationJob"].input.members["seedAudience"]
    template = seed.members["sqlParameters"].members["analysisTemplateArn"]
    arn = "arn:aws:cleanrooms:us-east-1:{}:membership/a/analysistemplate/b"
    assert problem(template, arn.format("123456789012")) is None
    assert problem(template, arn.format("١٢٣٤٥٦٧٨٩٠١٢")) is not None


def test_types_without_constraints() -> None:
    """What has no constraint is always valid."""
    assert problem(Shape(type="boolean"), value=True) is None
    assert problem(Shape(type="list"), [1]) is None
    assert problem(Shape(type="map"), {"a": 1}) is None
