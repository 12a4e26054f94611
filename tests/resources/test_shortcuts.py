"""The class methods that make nested inputs return what the constructors would."""

from typing import Any

import pytest

import cleanroomsml_client as ml

_ROLE = "arn:aws:iam::111122223333:role/ml"
_TEMPLATE = "arn:aws:cleanrooms:us-east-1:111122223333:membership/m/analysistemplate/t"
_COMPUTE = ml.ComputeConfiguration(worker=ml.WorkerComputeConfiguration(type="CR.1X", number=4))


def _channel(query: ml.ProtectedQuerySQLParameters, **settings: Any) -> ml.InputChannel:
    parameters = ml.ProtectedQueryInputParameters(sql_parameters=query, **settings)
    source = ml.InputChannelDataSource(protected_query_input_parameters=parameters)
    return ml.InputChannel(data_source=source, role_arn=_ROLE)


_SHORT_AND_LONG: dict[str, tuple[object, object]] = {
    "Dataset.from_glue": (
        ml.Dataset.from_glue("shop", "interactions", {"user": "USER_ID", "item": ml.ColumnType.ITEM_ID}),
        ml.Dataset(
            type=ml.DatasetType.INTERACTIONS,
            input_config=ml.DatasetInputConfig(
                schema=[
                    ml.ColumnSchema(column_name="user", column_types=[ml.ColumnType.USER_ID]),
                    ml.ColumnSchema(column_name="item", column_types=[ml.ColumnType.ITEM_ID]),
                ],
                data_source=ml.DataSource(
                    glue_data_source=ml.GlueDataSource(database_name="shop", table_name="interactions")
                ),
            ),
        ),
    ),
    "Dataset.from_glue of another account": (
        ml.Dataset.from_glue("shop", "interactions", {}, catalog_id="444455556666"),
        ml.Dataset(
            type=ml.DatasetType.INTERACTIONS,
            input_config=ml.DatasetInputConfig(
                schema=[],
                data_source=ml.DataSource(
                    glue_data_source=ml.GlueDataSource(
                        database_name="shop", table_name="interactions", catalog_id="444455556666"
                    )
                ),
            ),
        ),
    ),
    "AudienceGenerationJobDataSource.from_s3": (
        ml.AudienceGenerationJobDataSource.from_s3("s3://b/seed.jsonl", role_arn=_ROLE),
        ml.AudienceGenerationJobDataSource(data_source=ml.S3ConfigMap(s3_uri="s3://b/seed.jsonl"), role_arn=_ROLE),
    ),
    "AudienceGenerationJobDataSource.from_sql": (
        ml.AudienceGenerationJobDataSource.from_sql("SELECT 1", role_arn=_ROLE, compute_configuration=_COMPUTE),
        ml.AudienceGenerationJobDataSource(
            sql_parameters=ml.ProtectedQuerySQLParameters(query_string="SELECT 1"),
            sql_compute_configuration=_COMPUTE,
            role_arn=_ROLE,
        ),
    ),
    "ConfiguredAudienceModelOutputConfig.to_s3": (
        ml.ConfiguredAudienceModelOutputConfig.to_s3("s3://b/audiences", role_arn=_ROLE),
        ml.ConfiguredAudienceModelOutputConfig(
            destination=ml.AudienceDestination(s3_destination=ml.S3ConfigMap(s3_uri="s3://b/audiences")),
            role_arn=_ROLE,
        ),
    ),
    "MLOutputConfiguration.to_s3": (
        ml.MLOutputConfiguration.to_s3("s3://b/output", role_arn=_ROLE),
        ml.MLOutputConfiguration(
            destination=ml.Destination(s3_destination=ml.S3ConfigMap(s3_uri="s3://b/output")), role_arn=_ROLE
        ),
    ),
    "InputChannel.from_sql": (
        ml.InputChannel.from_sql("SELECT 1", role_arn=_ROLE),
        _channel(ml.ProtectedQuerySQLParameters(query_string="SELECT 1")),
    ),
    "InputChannel.from_sql with settings": (
        ml.InputChannel.from_sql("SELECT 1", role_arn=_ROLE, compute_configuration=_COMPUTE, result_format="PARQUET"),
        _channel(
            ml.ProtectedQuerySQLParameters(query_string="SELECT 1"),
            compute_configuration=_COMPUTE,
            result_format=ml.ResultFormat.PARQUET,
        ),
    ),
    "InputChannel.from_template": (
        ml.InputChannel.from_template(_TEMPLATE, role_arn=_ROLE),
        _channel(ml.ProtectedQuerySQLParameters(analysis_template_arn=_TEMPLATE)),
    ),
    "InputChannel.from_template with settings": (
        ml.InputChannel.from_template(
            _TEMPLATE,
            role_arn=_ROLE,
            parameters={"day": "2026-01-01"},
            compute_configuration=_COMPUTE,
            result_format="CSV",
        ),
        _channel(
            ml.ProtectedQuerySQLParameters(analysis_template_arn=_TEMPLATE, parameters={"day": "2026-01-01"}),
            compute_configuration=_COMPUTE,
            result_format=ml.ResultFormat.CSV,
        ),
    ),
}


@pytest.mark.parametrize("case", _SHORT_AND_LONG)
def test_the_short_way_is_equal_to_the_long_way(case: str) -> None:
    """A class method returns an object equal to the one that the constructors make."""
    short, long = _SHORT_AND_LONG[case]
    assert short == long
    assert hash(short) == hash(long)


@pytest.mark.parametrize("columns", ["user", ["user", "item"], [("user", "USER_ID")]], ids=repr)
def test_columns_need_their_types(columns: Any) -> None:
    """Columns that are no mapping are refused, and the message shows one."""
    with pytest.raises(TypeError) as caught:
        ml.Dataset.from_glue("shop", "interactions", columns)
    assert str(caught.value) == (
        f"Dataset.from_glue: columns: a mapping of names to types expected, not {type(columns).__name__}; "
        'write {"user": "USER_ID", ...}'
    )


def test_a_wrong_result_format_names_its_class() -> None:
    """What the class methods pass on is checked by the classes."""
    wrong: Any = 5
    with pytest.raises(TypeError, match=r"^ProtectedQueryInputParameters\.result_format: "):
        ml.InputChannel.from_sql("SELECT 1", role_arn=_ROLE, result_format=wrong)


def test_queries_stay_out_of_the_repr() -> None:
    """The text of a query shows in no repr."""
    for value in (
        ml.InputChannel.from_sql("SELECT secret", role_arn=_ROLE),
        ml.AudienceGenerationJobDataSource.from_sql("SELECT secret", role_arn=_ROLE),
    ):
        assert "secret" not in repr(value)
