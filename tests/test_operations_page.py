"""docs/reference/operations.md has every operation, wait and list."""

import re
from pathlib import Path

from docs._extensions.iam_actions import FURTHER
from docs._extensions.operations import rows
from tests.support.public_names import PUBLIC_NAMES

_PAGE = Path(__file__).parent.parent / "docs/reference/operations.md"


def test_every_operation_has_a_row() -> None:
    """Each operation is in one of the tables of the page, once, with the function that has its name."""
    paths = re.findall(r"^```\{operations-table\} (\w+)$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(set(paths)) == len(paths)
    shown = [row for row in rows() if row.path in paths]
    assert sorted(row.operation for row in shown) == sorted(FURTHER)
    assert {row.function.replace("_", "") for row in shown} == {row.operation.lower() for row in shown}


def test_every_wait_and_every_list_is_named() -> None:
    """Each `wait_for_` function is in the row of what it waits for; each `list_` function in that of what it lists."""
    named = {name for row in rows() for name in (row.function, row.wait, row.list)}
    assert not [name for name in PUBLIC_NAMES if name.startswith(("wait_for_", "list_")) and name not in named]


def test_rows_of_one_resource() -> None:
    """The waits of an operation are for its result."""
    found = {row.operation: (row.path, row.wait, row.list) for row in rows()}
    assert found["CreateTrainedModel"] == ("custom", "wait_for_trained_model", "list_trained_models")
    assert found["CancelTrainedModel"] == ("custom", "wait_for_trained_model_cancelled", "list_trained_models")
    deleted = "wait_for_ml_input_channel_data_deleted"
    assert found["DeleteMLInputChannelData"] == ("custom", deleted, "list_ml_input_channels")
    export_jobs = "list_collaboration_trained_model_export_jobs"
    assert found["StartTrainedModelExportJob"] == ("custom", "wait_for_trained_model_export_job", export_jobs)
    assert found["DeleteTrainingDataset"] == ("lookalike", None, "list_training_datasets")
    assert found["ListAudienceModels"] == ("lookalike", None, None)
    assert found["TagResource"] == ("common", None, None)
