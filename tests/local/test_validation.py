from typing import Any

import pytest

from cleanroomsml_client.local.error_responses import WireError
from cleanroomsml_client.local.service_model import Shape, load
from cleanroomsml_client.local.validation import validate

OPERATIONS = load().operations
NAME = OPERATIONS["CreateTrainingDataset"].input.members["name"]
DESCRIPTION = OPERATIONS["CreateTrainingDataset"].input.members["description"]
DATASET_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/a"


def error_of(shape: Shape, value: Any) -> str | None:
    """Return the code and message for an invalid value; None: it is valid."""
    try:
        validate(shape, value)
    except WireError as error:
        return f"{error.code}: {error.message}"
    return None


def single_violation(path: str, constraint: str) -> str:
    """Return the code and message for one violation."""
    violation = f"Value at '{path}' failed to satisfy constraint: {constraint}"
    return f"ValidationException: 1 validation error detected: {violation}"


def test_every_violation_is_listed() -> None:
    """One error lists all violations, each with its member and constraint."""
    params = {"name": "x" * 64, "trainingDatasetArn": "arn:aws:s3:::bucket-of-mine", "kmsKeyArn": "short"}
    message = error_of(OPERATIONS["CreateAudienceModel"].input, params)
    assert message == (
        "ValidationException: 4 validation errors detected: "
        "Value at 'name' failed to satisfy constraint: Member must have length less than or equal to 63; "
        "Value at 'trainingDatasetArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "arn:aws[-a-z]*:cleanrooms-ml:[-a-z0-9]+:[0-9]{12}:training-dataset/[-a-zA-Z0-9_/.]+; "
        "Value at 'kmsKeyArn' failed to satisfy constraint: Member must have length greater than or equal to 20; "
        "Value at 'kmsKeyArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "arn:aws[-a-z]*:kms:[-a-z0-9]+:[0-9]{12}:key/.+"
    )


def test_missing_required_members() -> None:
    """Every missing required member is named."""
    assert error_of(OPERATIONS["CreateAudienceModel"].input, {}) == (
        "ValidationException: 2 validation errors detected: "
        "Value at 'name' failed to satisfy constraint: Member must not be null; "
        "Value at 'trainingDatasetArn' failed to satisfy constraint: Member must not be null"
    )


def test_violations_in_lists() -> None:
    """A violation in a list names the number of the item, counted from 1 as AWS does."""
    shape = Shape(type="structure", members={"types": OPERATIONS["UntagResource"].input.members["tagKeys"]})
    assert error_of(shape, {"types": ["a", ""]}) == single_violation(
        "types.2.member", "Member must have length greater than or equal to 1"
    )


def test_null_in_a_list() -> None:
    """A null is not a valid item."""
    shape = OPERATIONS["UntagResource"].input
    assert error_of(shape, {"resourceArn": DATASET_ARN, "tagKeys": [None]}) == single_violation(
        "tagKeys.1.member", "Member must not be null"
    )


def test_list_length() -> None:
    """A list of the wrong length is one violation, whatever its items are."""
    shape = OPERATIONS["CreateConfiguredAudienceModel"].input.members["sharedAudienceMetrics"]
    assert error_of(shape, []) == single_violation("", "Member must have length greater than or equal to 1")
    assert error_of(shape, ["WRONG", "WRONG"]) == single_violation(
        "", "Member must have length less than or equal to 1"
    )


def test_violations_in_nested_members() -> None:
    """A violation in a nested member names its full path."""
    params = {
        "resourceArn": DATASET_ARN,
        "config": {"audienceSizeType": "MANY", "audienceSizeBins": [0, 5, 20_000_001]},
    }
    config = OPERATIONS["CreateConfiguredAudienceModel"].input.members["audienceSizeConfig"]
    shape = Shape(type="structure", members={"config": config, "resourceArn": Shape(type="string")})
    assert error_of(shape, params) == (
        "ValidationException: 3 validation errors detected: "
        "Value at 'config.audienceSizeType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ABSOLUTE, PERCENTAGE]; "
        "Value at 'config.audienceSizeBins.1.member' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; "
        "Value at 'config.audienceSizeBins.3.member' failed to satisfy constraint: "
        "Member must have value less than or equal to 20000000"
    )


def test_violations_in_maps() -> None:
    """The size, keys and values of a map are checked; equal violations are listed once."""
    tags = OPERATIONS["TagResource"].input.members["tags"]
    assert error_of(tags, {f"key-{number}": "" for number in range(200)}) is None
    assert error_of(tags, {f"key-{number}": "" for number in range(201)}) == single_violation(
        "", "Member must have length less than or equal to 200"
    )
    assert error_of(tags, {"": "x" * 257, "a" * 129: "y" * 257}) == (
        "ValidationException: 2 validation errors detected: "
        "Value at '' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length greater than or equal to 1, Member must have length less than or equal to 128]; "
        "Value at '' failed to satisfy constraint: Map values must satisfy constraint: "
        "[Member must have length less than or equal to 256]"
    )
    assert error_of(tags, {"a": None}) == single_violation(
        "", "Map values must satisfy constraint: [Member must not be null]"
    )


def test_unions() -> None:
    """A union must have exactly one variant."""
    seed = OPERATIONS["StartAudienceGenerationJob"].input.members["seedAudience"]
    compute = seed.members["sqlComputeConfiguration"]
    assert error_of(compute, {"worker": {"number": 2}}) is None
    assert error_of(compute, {}) == single_violation("", "Member must have exactly one of its variants")


@pytest.mark.parametrize("text", ["name", "Żółw", "日本", "🎯", "tab\tinside", "x" * 63, "🎯" * 63, " padded "])
def test_valid_names(text: str) -> None:
    """A name is any text of up to 63 characters; an emoji counts as one character."""
    assert error_of(NAME, text) is None


@pytest.mark.parametrize("text", ["", " ", "\t ", "line\nbreak", "name\n", "\x00", "\ufffe", "🎯" * 64])
def test_invalid_names(text: str) -> None:
    """A name that is blank, or contains control characters or noncharacters, is refused."""
    assert error_of(NAME, text) is not None


def test_descriptions() -> None:
    """A description can be empty and can have line breaks and tabs, but no other control characters."""
    assert error_of(DESCRIPTION, "") is None
    assert error_of(DESCRIPTION, "one\r\ntwo\t🎯") is None
    assert error_of(DESCRIPTION, "\x0b") is not None


def test_patterns_match_ascii() -> None:
    r"""A \d in a pattern matches only ASCII digits, as in Java."""
    seed = OPERATIONS["StartAudienceGenerationJob"].input.members["seedAudience"]
    template = seed.members["sqlParameters"].members["analysisTemplateArn"]
    arn = "arn:aws:cleanrooms:us-east-1:{}:membership/a/analysistemplate/b"
    assert error_of(template, arn.format("123456789012")) is None
    assert error_of(template, arn.format("١٢٣٤٥٦٧٨٩٠١٢")) is not None


def test_types_without_constraints() -> None:
    """A value without constraints is always valid."""
    assert error_of(Shape(type="boolean"), value=True) is None
    assert error_of(Shape(type="list"), [1]) is None
    assert error_of(Shape(type="map"), {"a": 1}) is None
