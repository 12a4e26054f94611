import inspect
import json

import pytest

from cleanroomsml_client.cli import main
from cleanroomsml_client.cli.options import FAMILIES, FILTERS
from cleanroomsml_client.kinds import KINDS
from cleanroomsml_client.local import LocalService
from tests.support.screen import lines_on_screen


def test_the_options_know_every_list() -> None:
    """The families and filters of `list` are those of the lists."""
    assert tuple(kind.family for kind in KINDS) == FAMILIES
    parameters = {name for kind in KINDS for name in inspect.signature(kind.list).parameters}
    assert parameters - {"client", "page_size", "starting_token", "status"} == FILTERS.keys()


def test_a_plain_list(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal, each resource is a line with name, status, time and ARN; no resources are no lines."""
    assert main(["list", "audience-models", "--region", "us-east-1"]) == 0
    assert capsys.readouterr() == ("", "")
    spring = service.add_audience_model(name="spring")
    service.add_audience_model(name="summer sale", status="CREATE_FAILED")
    assert main(["list", "audience-models", "--region", "us-east-1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "status", "create", "time", "audience", "model", "arn"]
    assert lines[1].startswith("spring       ACTIVE         2026-01-02 ")
    assert lines[1].endswith(f" UTC  {spring}")
    assert lines[2].startswith("summer sale  CREATE_FAILED  ")


def test_a_status(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """`--status` keeps the resources of one or several statuses."""
    for status in ("ACTIVE", "CREATE_FAILED", "DELETE_FAILED"):
        service.add_audience_model(name=status.lower(), status=status)
    assert main(["list", "audience-models", "--region", "us-east-1", "--json", "--status", "CREATE_FAILED"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["create_failed"]
    both = ["--status", "ACTIVE", "--status", "DELETE_FAILED"]
    assert main(["list", "audience-models", "--region", "us-east-1", "--json", *both]) == 0
    assert {each["name"] for each in json.loads(capsys.readouterr().out)} == {"active", "delete_failed"}


def test_a_filter(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """Filters are those of the list, such as the membership or the generation job."""
    membership = service.add_membership()
    service.add_trained_model(membership_identifier=membership, name="mine")
    arguments = ["list", "trained-models", "--region", "us-east-1", "--membership-identifier", membership, "--json"]
    assert main(arguments) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["mine"]
    job = service.add_audience_generation_job()
    service.add_audience_export_job(audience_generation_job_arn=job, name="one")
    service.add_audience_export_job(name="other")
    arguments = ["list", "audience-export-jobs", "--region", "us-east-1", "--audience-generation-job-arn", job]
    assert main([*arguments, "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == ["one"]


@pytest.mark.usefixtures("terminal")
def test_a_list_on_a_terminal(
    service: LocalService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal the list is a table; on a narrow one, each ARN is a line of its own, which is never cut."""
    arn = service.add_audience_model(name="spring")
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["list", "audience-models", "--region", "us-east-1"]) == 0
    assert lines_on_screen(capsys.readouterr().out)[-1].endswith(arn)
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["list", "audience-models", "--region", "us-east-1"]) == 0
    lines = lines_on_screen(capsys.readouterr().out)
    assert [line.strip() for line in lines][-1] == arn
    assert lines[0].split()[:2] == ["spring", "ACTIVE"]


def test_a_list_without_a_region(capsys: pytest.CaptureFixture[str]) -> None:
    """A list needs a region, because there is no ARN that names one; the message says what to set."""
    assert main(["list", "audience-models"]) == 2
    assert "no region is configured; pass --region" in capsys.readouterr().err
