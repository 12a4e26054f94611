"""A role of another account cannot be passed, wherever a request names one."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from cleanroomsml_client.local import LocalService
from cleanroomsml_client.local.service_model import Shape, load
from tests.local.conftest import Boto

FOREIGN = "arn:aws:iam::444455556666:role/reader"
OPERATIONS = {
    "CreateTrainingDataset": "create_training_dataset",
    "CreateConfiguredAudienceModel": "create_configured_audience_model",
    "UpdateConfiguredAudienceModel": "update_configured_audience_model",
    "StartAudienceGenerationJob": "start_audience_generation_job",
    "PutMLConfiguration": "put_ml_configuration",
    "CreateConfiguredModelAlgorithm": "create_configured_model_algorithm",
    "CreateMLInputChannel": "create_ml_input_channel",
}


def roles(shape: Shape, path: str) -> Iterator[str]:
    """Yield the paths of all roles in a shape."""
    for name, member in shape.members.items():
        if member.pattern is not None and ":iam::" in member.pattern.pattern:
            yield f"{path}.{name}"
        yield from roles(member, f"{path}.{name}")
    if shape.element is not None:
        yield from roles(shape.element, f"{path}[]")


def requests(service: LocalService) -> dict[str, dict[str, Any]]:
    """Return a request of each operation that names a role, which is one of another account."""
    destination = {"s3Destination": {"s3Uri": "s3://bucket/output"}}
    association = service.add_configured_model_algorithm_association()
    membership = {"membershipIdentifier": association.split("/")[1]}
    output = {"outputConfig": {"destination": destination, "roleArn": FOREIGN}}
    schema = [{"columnName": "user_id", "columnTypes": ["USER_ID"]}]
    glue = {"glueDataSource": {"tableName": "t", "databaseName": "d"}}
    query = {"protectedQueryInputParameters": {"sqlParameters": {"queryString": "SELECT 1"}}}
    return {
        "CreateTrainingDataset": {
            "name": "n",
            "roleArn": FOREIGN,
            "trainingData": [{"type": "INTERACTIONS", "inputConfig": {"schema": schema, "dataSource": glue}}],
        },
        "CreateConfiguredAudienceModel": {
            "name": "n",
            "audienceModelArn": service.add_audience_model(),
            "sharedAudienceMetrics": ["ALL"],
            **output,
        },
        "UpdateConfiguredAudienceModel": {
            "configuredAudienceModelArn": service.add_configured_audience_model(),
            **output,
        },
        "StartAudienceGenerationJob": {
            "name": "n",
            "configuredAudienceModelArn": service.add_configured_audience_model(),
            "seedAudience": {"dataSource": {"s3Uri": "s3://bucket/seed.jsonl"}, "roleArn": FOREIGN},
        },
        "PutMLConfiguration": {
            **membership,
            "defaultOutputLocation": {"destination": destination, "roleArn": FOREIGN},
        },
        "CreateConfiguredModelAlgorithm": {"name": "n", "roleArn": FOREIGN},
        "CreateMLInputChannel": {
            **membership,
            "name": "n",
            "configuredModelAlgorithmAssociations": [association],
            "inputChannel": {"dataSource": query, "roleArn": FOREIGN},
            "retentionInDays": 1,
        },
    }


def test_all_operations_with_a_role_are_known() -> None:
    """No other operation names a role, and none names two."""
    found = [path.partition(".")[0] for name, each in load().operations.items() for path in roles(each.input, name)]
    assert sorted(found) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_role_of_another_account(boto: Boto, service: LocalService, operation: str) -> None:
    """A role of another account is refused, and one of the caller's account is accepted."""
    sent = requests(service)[operation]
    assert await boto.refused(OPERATIONS[operation], **sent) == (
        f"AccessDeniedException: Account 111122223333 is not authorized to perform iam:PassRole on resource {FOREIGN}"
    )
    await boto(OPERATIONS[operation], **_with_own_role(sent))


def _with_own_role(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _with_own_role(member) for name, member in members.items()}
    return value.replace("444455556666", "111122223333") if isinstance(value, str) else value
