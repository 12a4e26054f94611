"""Model classes to dicts and from dicts."""

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import attrs
import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleanroomsml_client
from cleanroomsml_client import (
    AudienceGenerationJob,
    AudienceGenerationJobDataSource,
    AudienceModel,
    AudienceModelStatus,
    ColumnSchema,
    DatasetInputConfig,
    DataSource,
    GlueDataSource,
    InputChannel,
    MLInputChannel,
    PrivacyBudgets,
    ProtectedQueryInputParameters,
    ServiceError,
    from_dict,
    get_audience_generation_job,
    list_audience_models,
    to_dict,
)
from cleanroomsml_client._codec import structure
from cleanroomsml_client.local import LocalService
from cleanroomsml_client.testing.factories import make
from tests.support.documents import is_a, wire
from tests.support.public_names import PUBLIC_NAMES

_MODELS: list[Any] = [
    value
    for name in PUBLIC_NAMES
    if attrs.has(value := getattr(cleanroomsml_client, name))
    and value.__module__.startswith("cleanroomsml_client.resources.")
]
_JSON = (dict, list, str, int, float, bool)
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


# --- to dicts


def _inner(value: Any) -> list[Any]:
    """Return the values inside a dict or list."""
    if is_a(value, dict):
        return list(value.values())
    return list(value) if is_a(value, list) else []


def _is_json(value: Any) -> bool:
    """Whether a value and all inside it have exactly the types of JSON values, without None."""
    return type(value) in _JSON and {*map(type, _names_in(value))} <= {str} and all(map(_is_json, _inner(value)))


def _names_in(value: Any) -> set[Any]:
    return set(value) if is_a(value, dict) else set()


def _all_names(value: Any) -> set[Any]:
    """Return the names of all members in a value, however deep."""
    return _names_in(value).union(*map(_all_names, _inner(value)))


def test_all_models_are_here() -> None:
    """Every exported class of `resources` is converted by the tests below."""
    assert len(_MODELS) == 92


@pytest.mark.parametrize("class_", _MODELS, ids=lambda class_: class_.__name__)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_round_trip(class_: Any, data: st.DataObject) -> None:
    """An instance becomes JSON and, read again, an equal instance of equal types and hash."""
    model = structure(data.draw(wire(class_)), class_)
    members = to_dict(model, include_sensitive=True)
    assert _is_json(members)
    again = from_dict(class_, json.loads(json.dumps(members)))
    assert again == model
    assert hash(again) == hash(model)
    assert repr(again) == repr(model)
    assert to_dict(again, include_sensitive=True) == members


@pytest.mark.parametrize("class_", _MODELS, ids=lambda class_: class_.__name__)
def test_nothing_sensitive(class_: Any) -> None:
    """By default a dict has no member that a repr does not show, however deep."""
    document = to_dict(make(class_))
    assert {"queryString", "analysisTemplateArn", "sqlParameters"}.isdisjoint(_all_names(document))


def test_the_form_of_each_value() -> None:
    """Enums are plain text, times RFC 3339 text in UTC, and absent members are left out."""
    model = make(
        AudienceModel,
        audience_model_arn="arn:a",
        name="spring",
        status="ACTIVE",
        training_dataset_arn="arn:t",
        create_time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))),
        update_time=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        tags={"team": "ads"},
    )
    assert to_dict(model) == {
        "audienceModelArn": "arn:a",
        "name": "spring",
        "status": "ACTIVE",
        "trainingDatasetArn": "arn:t",
        "createTime": "2026-01-02T01:04:05Z",
        "updateTime": "2026-01-02T03:04:05.678000Z",
        "tags": {"team": "ads"},
    }
    assert type(to_dict(model)["status"]) is str


def test_a_status_that_aws_adds_later() -> None:
    """An unknown enum value and an unknown member of a union keep their text."""
    model = make(AudienceModel, status=AudienceModelStatus("PAUSED"))
    assert to_dict(model)["status"] == "PAUSED"
    assert from_dict(AudienceModel, to_dict(model)).status == AudienceModelStatus("PAUSED")
    union = PrivacyBudgets(unknown_variant="newBudgets")
    assert to_dict(union) == {"SDK_UNKNOWN_MEMBER": {"name": "newBudgets"}}
    assert from_dict(PrivacyBudgets, to_dict(union)) == union


def test_an_empty_member_of_a_union() -> None:
    """The empty list of a union is its member, not an absent one."""
    assert to_dict(PrivacyBudgets(access_budgets=())) == {"accessBudgets": []}


def test_sensitive_members_on_request() -> None:
    """`include_sensitive` includes them; without it, a class that requires one refuses the dict."""
    channel = InputChannel.from_sql("SELECT secret", role_arn="arn:r")
    query = channel.data_source.protected_query_input_parameters
    assert isinstance(query, ProtectedQueryInputParameters)
    assert "secret" not in str(to_dict(channel))
    assert to_dict(query, include_sensitive=True) == {"sqlParameters": {"queryString": "SELECT secret"}}
    assert from_dict(InputChannel, to_dict(channel, include_sensitive=True)) == channel
    with pytest.raises(ValueError, match=r"^InputChannel: \$\.dataSource\.protectedQueryInputParameters\.sqlParam"):
        from_dict(InputChannel, to_dict(channel))


def test_metrics_survive() -> None:
    """`AudienceModel.metrics`, which botocore no longer knows, makes the round trip."""
    document = {
        **to_dict(make(AudienceModel)),
        "metrics": [{"type": "RECALL", "forTopKItemPredictions": 10, "value": 0.5}],
    }
    model = from_dict(AudienceModel, document)
    assert model.metrics[0].value == 0.5
    assert to_dict(model) == document


@pytest.mark.parametrize(
    "value",
    [AudienceModel, {"name": "spring"}, None, [make(AudienceModel)], AudienceModelStatus.ACTIVE, ServiceError],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_instance_of_a_model(value: Any) -> None:
    """A class, a list of models or anything else is refused, without its content."""
    with pytest.raises(TypeError) as caught:
        to_dict(value)
    assert str(caught.value) == (
        f"to_dict takes an instance of a model class, such as an AudienceModel, not {_kind(value)}"
    )


def _kind(value: Any) -> str:
    return "None" if value is None else type(value).__name__


async def test_the_responses_of_boto3() -> None:
    """`from_dict` reads what boto3 returns, datetimes and metadata included, as our functions read the response."""
    async with LocalService() as service, service.connect() as client:
        arn = service.add_audience_generation_job(tags={"team": "ads"})
        session: Any = boto3.Session()
        aws = session.client(
            "cleanroomsml",
            region_name="us-east-1",
            endpoint_url=service.endpoint_url,
            aws_access_key_id="111122223333",
            aws_secret_access_key="local",
        )
        raw = await asyncio.to_thread(aws.get_audience_generation_job, audienceGenerationJobArn=arn)
        assert type(raw["createTime"]) is datetime
        job = await get_audience_generation_job(client, arn)
        assert from_dict(AudienceGenerationJob, raw) == job
        assert from_dict(AudienceGenerationJob, to_dict(job)) == attrs.evolve(
            job, seed_audience=from_dict(AudienceGenerationJobDataSource, to_dict(job.seed_audience))
        )
        summaries = await list_audience_models(client).collect()
        assert [from_dict(type(each), to_dict(each)) for each in summaries] == summaries


def test_sequences_other_than_lists_are_refused_in_data() -> None:
    """A dict is JSON: a tuple in it is refused with its path."""
    with pytest.raises(ValueError, match=r"^DatasetInputConfig: \$\.schema: a list expected"):
        from_dict(DatasetInputConfig, {"schema": (), "dataSource": _TABLE})


def test_any_mapping_is_data() -> None:
    """The data may be any mapping, not only a dict."""
    document = to_dict(make(MLInputChannel), include_sensitive=True)
    assert from_dict(MLInputChannel, MappingProxyType(document)) == from_dict(MLInputChannel, document)
