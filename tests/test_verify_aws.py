"""`make verify-aws`, which people with an account run, against the local service."""

import sys
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from cleanroomsml_client.local import Clock, ErrorResponse, LocalService
from tests.support.cli import background
from tests.verify_aws import __main__ as program

pytestmark = pytest.mark.slow

_boto3: Any = boto3
_BRIEFLY = ["--minutes", "0.0005", "--pause", "0.01"]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """A service on a clock that stands still, which boto3 and this package use."""
    with background(LocalService(clock=Clock(speed=0))) as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", running.endpoint_url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
        yield running


def _results(output: str) -> dict[str, str]:
    lines = output[output.index("what we assumed") :].splitlines()[1:]
    return dict(line.split("  ", 1) for line in lines)


def test_all_families(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Every family is read, both ways, and every assumption that can be seen holds on the local service."""
    membership = service.add_membership()
    model = service.add_trained_model(membership_identifier=membership)
    service.add_trained_model_inference_job(membership_identifier=membership, trained_model_arn=model)
    service.add_trained_model_export_job(trained_model_arn=model)
    service.add_training_dataset()
    service.add_audience_export_job()
    aws = _boto3.client("cleanroomsml")
    [configured] = aws.list_configured_audience_models()["configuredAudienceModels"]
    aws.put_configured_audience_model_policy(
        configuredAudienceModelArn=configured["configuredAudienceModelArn"],
        configuredAudienceModelPolicy='{"Statement": []}',
    )
    service.requests.clear()
    arguments = ["--membership-identifier", membership, "--trained-model-arn", model]
    arguments += ["--collaboration-identifier", service.collaboration_of(membership)]
    assert program.main([*arguments, *_BRIEFLY]) == 0
    out = capsys.readouterr().out
    assert "not listed" not in out
    results = _results(out)
    assert results.pop("a get that is not allowed is an AccessDeniedException").strip() == "not seen"
    assert len(results) == len(program.ASSUMPTIONS) - 1
    assert all("so did AWS" in result for result in results.values())
    assert results["a list shows a change of status at the same poll as get"].endswith(
        "the list was at most 0 s behind"
    )
    assert {request.method for request in service.requests} == {"GET"}


def test_an_empty_account(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Without resources nothing can be seen; lists that need an argument say so."""
    del service
    assert program.main(_BRIEFLY) == 0
    out = capsys.readouterr().out
    assert "trained-models: not listed, an argument is missing" in out
    assert {result.strip() for result in _results(out).values()} == {"not seen"}


def test_what_is_denied(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A denied list or get does not end the comparison, and a get that fails otherwise is a difference."""
    service.add_configured_audience_model()
    service.inject(ErrorResponse("AccessDeniedException", "Not allowed.", 403), "ListTrainingDatasets")
    service.inject(ErrorResponse("AccessDeniedException", "Not allowed.", 403), "GetAudienceModel")
    service.inject(ErrorResponse("ConflictException", "No."), "GetConfiguredAudienceModel")
    assert program.main(["--minutes", "0"]) == 1
    out = capsys.readouterr().out
    assert "training-datasets: ListTrainingDatasets: AccessDeniedException" in out
    results = _results(out)
    assert "so did AWS, 1 times" in results["a get that is not allowed is an AccessDeniedException"]
    assert "AWS differed in 1 of 1" in results["boto3 and this package read the same values from a get"]


def test_differences_are_named() -> None:
    """The result names the first cases in which AWS differed, and counts the others."""
    assumption = program.Assumption("anything")
    for number in range(5):
        assumption.check(holds=False, where=f"case {number}")
    assumption.check(holds=True, where="")
    assert assumption.result == "AWS differed in 5 of 6: case 0, case 1, case 2 and 2 more"


def test_unusable_configuration(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A configuration that cannot be used is one line and exit code 2."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert program.main([]) == 2
    assert capsys.readouterr().err.startswith("RequestError: no region is configured")


def test_create_runs_the_example(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """`--create` runs the lookalike example for real, with its options; without them it says which are needed."""
    monkeypatch.setattr(sys, "argv", ["verify-aws"])
    assert program.main(["--create"]) == 2
    assert "the following arguments are required: --" in capfd.readouterr().err
