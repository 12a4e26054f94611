"""docs/how-to/aws-guide.md is about mistakes: botocore refuses each of them, and takes what the page has instead.

That the calls on the page run, and that boto3 says what it shows, is tested with the other pages.
"""

import re
from pathlib import Path
from typing import Any

import attrs
import boto3
import pytest
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

import cleanroomsml_client
from cleanroomsml_client import (
    LogsConfigurationPolicy,
    PrivacyConfiguration,
    PrivacyConfigurationPolicies,
    RequestError,
    TrainedModelsConfigurationPolicy,
    create_configured_model_algorithm_association,
)
from cleanroomsml_client.local import LocalService
from tests.parity.support.botocore_model import SHAPES

_PAGE = (Path(__file__).parent.parent / "docs/how-to/aws-guide.md").read_text(encoding="utf-8")
_SECTIONS: dict[str, str] = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", _PAGE, re.MULTILINE))
_MEMBERSHIP = "12345678-1234-1234-1234-123456789012"
_ARN = f"arn:aws:cleanrooms-ml:us-east-1:111122223333:membership/{_MEMBERSHIP}/trained-model/a"
_LOGS = {"allowedAccountIds": ["444455556666"]}
_EXPORTS = {"maxSize": {"unit": "GB", "value": 5}, "filesToExport": ["MODEL"]}
_SQL = {"queryString": "SELECT * FROM visits"}
_COMPUTE = {"worker": {"type": "CR.1X", "number": 4}}


@attrs.frozen
class Mistake:
    """A part of a request, as the guide has it and as it works."""

    heading: str
    shape: str
    """The shape of this part in AWS's model."""
    guide: dict[str, Any]
    works: dict[str, Any]
    refused: tuple[str, ...]
    """What botocore says of the guide's."""
    argument: str | None
    """`Class.name` of the argument that this library does not have. None: it has the argument, of another type."""


_MISTAKES = [
    Mistake(
        "The receiver of an export: `member`",
        "TrainedModelExportOutputConfiguration",
        {"member": {"accountId": "444455556666"}},
        {"members": [{"accountId": "444455556666"}]},
        ('Missing required parameter in input: "members"', 'Unknown parameter in input: "member", must be'),
        "TrainedModelExportOutputConfiguration.member",
    ),
    Mistake(
        "The machines of a query: `computeConfiguration`",
        "ProtectedQueryInputParameters",
        {"sqlParameters": {**_SQL, "computeConfiguration": _COMPUTE, "resultFormat": "PARQUET"}},
        {"sqlParameters": _SQL, "computeConfiguration": _COMPUTE, "resultFormat": "PARQUET"},
        ('Unknown parameter in sqlParameters: "computeConfiguration"', 'in sqlParameters: "resultFormat"'),
        "ProtectedQuerySQLParameters.compute_configuration",
    ),
    Mistake(
        "The filter of logs: `filterPattern`",
        "LogsConfigurationPolicy",
        {**_LOGS, "filterPattern": ["ERROR"]},
        {**_LOGS, "filterPattern": "ERROR|WARNING"},
        ("Invalid type for parameter filterPattern, value: ['ERROR'], type: <class 'list'>",),
        None,
    ),
    Mistake(
        "The logs of the training: `containerLogs`",
        "PrivacyConfigurationPolicies",
        {
            "trainedModelExports": {
                "filesToExport": ["MODEL"],
                "containerLogs": [_LOGS],
                "containerMetrics": {"noiseLevel": "LOW"},
                "maxArtifactSize": {"unit": "GB", "value": 5},
            }
        },
        {
            "trainedModels": {
                "containerLogs": [_LOGS],
                "containerMetrics": {"noiseLevel": "LOW"},
                "maxArtifactSize": {"unit": "GB", "value": 5},
            },
            "trainedModelExports": _EXPORTS,
        },
        (
            'Missing required parameter in trainedModelExports: "maxSize"',
            'Unknown parameter in trainedModelExports: "containerLogs"',
            'Unknown parameter in trainedModelExports: "containerMetrics"',
            'Unknown parameter in trainedModelExports: "maxArtifactSize"',
        ),
        "TrainedModelExportsConfigurationPolicy.container_logs",
    ),
]
_by_mistake = pytest.mark.parametrize("mistake", _MISTAKES, ids=lambda mistake: mistake.heading)


def _report(shape: str, value: dict[str, Any]) -> str:
    """Return what botocore has against a value; nothing if it sends the value."""
    validator: Any = ParamValidator()
    report: str = validator.validate(value, SHAPES[shape]).generate_report()
    return report


@_by_mistake
def test_botocore_refuses_what_the_guide_shows(mistake: Mistake) -> None:
    """The installed model does not have what the guide writes, so the page is still needed."""
    report = _report(mistake.shape, mistake.guide)
    assert [text for text in mistake.refused if text not in report] == []


@_by_mistake
def test_botocore_takes_the_correction(mistake: Mistake) -> None:
    """What the page has instead of the guide's member fits the installed model."""
    assert not _report(mistake.shape, mistake.works)


@_by_mistake
def test_the_page_names_the_member(mistake: Mistake) -> None:
    """The section shows the guide's member in a refused call of boto3, and names it again after this library's call."""
    member = mistake.heading.rpartition(" ")[2].strip("`")
    refused, _, rest = _SECTIONS[mistake.heading].partition("except ParamValidationError")
    works, _, in_boto3 = rest.partition("In boto3: ")
    assert f'"{member}": ' in refused
    assert "await " in works
    assert f'"{member}' in in_boto3


def test_each_section_is_a_mistake() -> None:
    """No section of the page is without a case here, and the table has a row for each."""
    assert list(_SECTIONS) == [mistake.heading for mistake in _MISTAKES]
    assert len(re.findall(r"^\| \[`\w+`\]\(#", _PAGE, re.MULTILINE)) == len(_MISTAKES)


def test_the_association_needs_a_membership() -> None:
    """The guide's association has no membershipIdentifier, and botocore asks for it."""
    session: Any = boto3.Session
    ml = session().client("cleanroomsml", region_name="us-east-1")
    with pytest.raises(ParamValidationError, match='Missing required parameter in input: "membershipIdentifier"'):
        ml.create_configured_model_algorithm_association(configuredModelAlgorithmArn=_ARN, name="a")


@pytest.mark.parametrize("argument", [mistake.argument for mistake in _MISTAKES if mistake.argument])
def test_this_library_does_not_have_the_argument(argument: str) -> None:
    """Python raises a TypeError for three of the mistakes, as the page says."""
    class_name, _, name = argument.partition(".")
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        getattr(cleanroomsml_client, class_name)(**{name: None})


async def test_a_list_as_the_filter_is_not_sent() -> None:
    """The call with a list of patterns raises a RequestError, and no request reaches the service."""
    patterns: Any = ["ERROR"]
    logs = LogsConfigurationPolicy(allowed_account_ids=["444455556666"], filter_pattern=patterns)
    policies = PrivacyConfigurationPolicies(trained_models=TrainedModelsConfigurationPolicy(container_logs=[logs]))
    async with LocalService() as service, service.connect() as client:
        with pytest.raises(RequestError, match=r"filter_?[pP]attern"):
            await create_configured_model_algorithm_association(
                client,
                _MEMBERSHIP,
                configured_model_algorithm_arn=_ARN,
                name="a",
                privacy_configuration=PrivacyConfiguration(policies=policies),
            )
        assert len(service.requests) == 0
