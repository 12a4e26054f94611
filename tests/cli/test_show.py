import json

import pytest

from cleanroomsml_client.cli import main
from cleanroomsml_client.local import LocalService
from tests.support.cli import (
    ARN,
    MEMBERSHIP,
    background,
    responses,
)
from tests.support.screen import lines_on_screen
from tests.support.wire import FaultServer


def test_show(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe receives a resource as plain lines."""
    arn = service.add_training_dataset(name="data", tags={"team": "ads"})
    assert main(["show", arn]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"training dataset arn    {arn}",
        "name                    data",
        "status                  ACTIVE",
        "training data 1",
        "  type                  INTERACTIONS",
        "  input config",
        "    schema 1",
        "      column name       user_id",
        "      column types      USER_ID",
        "    schema 2",
        "      column name       item_id",
        "      column types      ITEM_ID",
        "    schema 3",
        "      column name       event_time",
        "      column types      TIMESTAMP",
        "    data source",
        "      glue data source",
        "        table name      interactions",
        "        database name   clean_rooms",
        "role arn                arn:aws:iam::111122223333:role/clean-rooms-ml",
        "create time             2026-01-02 09:15:00 UTC",
        "update time             2026-01-02 09:15:00 UTC",
        "tags",
        "  team                  ads",
    ]


def test_show_json(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json a resource is printed with AWS's member names."""
    arn = service.add_configured_audience_model(name="mine")
    assert main(["show", arn, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["configuredAudienceModelArn"], shown["name"]) == (arn, "mine")
    assert shown["createTime"] == "2026-01-02T09:15:00Z"


@pytest.mark.usefixtures("terminal")
def test_show_on_a_terminal(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal a resource is shown by rich, in colour."""
    arn = service.add_audience_model(name="mine")
    assert main(["show", arn]) == 0
    out = capsys.readouterr().out
    assert "\x1b[32mACTIVE" in out
    assert lines_on_screen(out)[:3] == [
        "AudienceModel",
        f"  audience model arn    {arn}",
        "  name                  mine",
    ]


@pytest.mark.parametrize("kind", ["configured-model-algorithm-association", "ml-input-channel", "trained-model"])
def test_show_in_a_membership(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A resource of a membership needs only its ARN."""
    with background(FaultServer(*responses("ACTIVE"))) as server:
        arn = f"{ARN}membership/{MEMBERSHIP}/{kind}/x-1"
        assert main(["show", arn, "--endpoint-url", server.url, "--json"]) == 0
        assert f"/memberships/{MEMBERSHIP}/" in server.requests[0].target
    assert json.loads(capsys.readouterr().out)["name"] == "mine"


def test_show_algorithm(capsys: pytest.CaptureFixture[str]) -> None:
    """An algorithm belongs to no membership and has no status."""
    with background(FaultServer(*responses("ACTIVE"))) as server:
        arn = f"{ARN}configured-model-algorithm/a-1"
        assert main(["show", arn, "--endpoint-url", server.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["configuredModelAlgorithmArn"] == "arn-b"
