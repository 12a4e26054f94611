"""Model classes from dicts."""

from typing import Any

import pytest

from cleanroomsml_client import (
    ColumnSchema,
    DatasetInputConfig,
    DataSource,
    GlueDataSource,
    from_dict,
)

_TABLE = {"glueDataSource": {"tableName": "interactions", "databaseName": "shop"}}


def test_a_dict_of_aws_becomes_a_class() -> None:
    """The call that errors advise: the dict that boto3 takes becomes the class that our functions take."""
    config = from_dict(
        DatasetInputConfig,
        {"schema": [{"columnName": "user", "columnTypes": ["USER_ID"]}], "dataSource": _TABLE},
    )
    assert config == DatasetInputConfig(
        schema=[ColumnSchema(column_name="user", column_types=["USER_ID"])],
        data_source=DataSource(glue_data_source=GlueDataSource(table_name="interactions", database_name="shop")),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"dataSource": _TABLE}, "DatasetInputConfig: $.schema: a required member is missing"),
        ({"schema": "user", "dataSource": _TABLE}, "DatasetInputConfig: $.schema: a list expected, not a string"),
        ([], "DatasetInputConfig: $: DatasetInputConfig expected, not a list"),
    ],
)
def test_a_dict_that_does_not_fit_is_refused(data: Any, message: str) -> None:
    """The error names the class and the path of the first part that does not fit."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole text is compared
        from_dict(DatasetInputConfig, data)
    assert str(caught.value) == message
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("model", [dict, "Dataset", {}, None], ids=repr)
def test_what_is_no_model_class(model: Any) -> None:
    """A class that is not a model, or the two arguments in the wrong order, are a TypeError that shows the call."""
    with pytest.raises(TypeError) as caught:
        from_dict(model, {})
    assert str(caught.value) == "from_dict takes a model class and a dict: from_dict(Dataset, {...})"
