import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

import cleanroomsml_client
from cleanroomsml_client import (
    AudienceGenerationJob,
    AudienceGenerationJobDataSource,
    AudienceModel,
    AudienceModelMetric,
    AudienceModelStatus,
    AudienceSize,
    AudienceSizeType,
    Client,
    InputChannelDataSource,
    MetricDefinition,
    ModelTrainingDataChannel,
    NoiseLevelType,
    Polling,
    ProtectedQueryInputParameters,
    RelevanceMetric,
    S3ConfigMap,
    S3DataDistributionType,
    TrainedModel,
)
from cleanroomsml_client._codec import encode, structure
from cleanroomsml_client._models import TaggedUnion
from cleanroomsml_client.testing.factories import make

MODELS: list[Any] = sorted(
    {
        public
        for name in dir(cleanroomsml_client)
        if attrs.has(public := getattr(cleanroomsml_client, name))
        and public.__module__.startswith("cleanroomsml_client.resources.")
    },
    key=lambda model: model.__name__,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_make_every_model(model: Any) -> None:  # `type[object]` would not have attrs fields
    """`make` returns equal instances with the declared types, without optional members; unions have one variant."""
    made = make(model)
    assert type(made) is model
    assert made == make(model)
    assert structure(json.loads(json.dumps(encode(made), default=datetime.isoformat)), model) == made
    for field in attrs.fields(model):
        if field.default is not attrs.NOTHING and not isinstance(made, TaggedUnion):
            assert not getattr(made, field.name)
    if isinstance(made, TaggedUnion):
        names = [field.name for field in attrs.fields(model) if getattr(made, field.name) is not None]
        assert names == [attrs.fields(model)[1].name]


def test_models_are_found() -> None:
    """The tests run for all model classes."""
    assert len(MODELS) > 70
    assert AudienceModel in MODELS


def test_plausible_values() -> None:
    """Values resemble those of AWS."""
    assert make(AudienceModel) == AudienceModel(
        audience_model_arn="arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/"
        "00000000-0000-4000-8000-000000000000",
        name="name",
        status=AudienceModelStatus.ACTIVE,
        training_dataset_arn="arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/"
        "00000000-0000-4000-8000-000000000000",
        create_time=datetime(2026, 1, 1, tzinfo=UTC),
        update_time=datetime(2026, 1, 1, tzinfo=UTC),
    )
    source = make(AudienceGenerationJobDataSource)
    assert source.role_arn == "arn:aws:iam::111122223333:role/clean-rooms-ml"
    assert make(S3ConfigMap).s3_uri == "s3://clean-rooms/data/"
    assert make(TrainedModel).membership_identifier == "00000000-0000-4000-8000-000000000000"
    assert make(MetricDefinition).name == "name"
    assert make(RelevanceMetric).audience_size == AudienceSize(type=AudienceSizeType.ABSOLUTE, value=1)
    assert next(iter(NoiseLevelType)) is NoiseLevelType.HIGH
    assert make(InputChannelDataSource).protected_query_input_parameters == make(ProtectedQueryInputParameters)


def test_overrides() -> None:
    """Given values replace the default ones."""
    metric = make(AudienceModelMetric, value=1)
    model = make(AudienceModel, status=AudienceModelStatus.CREATE_FAILED, metrics=(metric,), tags={"team": "ads"})
    assert (model.status, model.metrics) == (AudienceModelStatus.CREATE_FAILED, (metric,))
    assert model.tags == {"team": "ads"}
    assert isinstance(hash(model), int)
    assert make(AudienceModel, status=AudienceModelStatus("PAUSED")).status == "PAUSED"
    assert make(InputChannelDataSource, unknown_variant="iceberg").variant == "iceberg"


@pytest.mark.parametrize(
    "overrides",
    [
        {"status": 5},
        {"name": 5},
        {"name": None},
        {"create_time": "2026-01-01T00:00:00Z"},
        {"metrics": [make(AudienceModelMetric)]},
        {"metrics": (make(RelevanceMetric),)},
        {"description": b"text"},
    ],
    ids=repr,
)
def test_wrong_types_are_refused(overrides: Mapping[str, object]) -> None:
    """A value that is not of the declared type is refused; the error names the member."""
    [name] = overrides
    with pytest.raises(TypeError, match=rf"^AudienceModel\.{name} cannot be "):
        make(AudienceModel, **overrides)


def test_text_becomes_a_member_of_the_enum() -> None:
    """A status may be text, as it is for input classes."""
    model = make(AudienceModel, status="CREATE_FAILED")
    assert model.status is AudienceModelStatus.CREATE_FAILED
    assert make(ModelTrainingDataChannel, s3_data_distribution_type="ShardedByS3Key").s3_data_distribution_type is (
        S3DataDistributionType.SHARDED_BY_S3_KEY
    )


def test_wrong_number_types_are_refused() -> None:
    """A bool is not accepted as a number, nor a float as an integer."""
    for value in (True, 1.0):
        with pytest.raises(TypeError, match=r"^AudienceSize\.value cannot be "):
            make(AudienceSize, value=value)


def test_unknown_members_are_refused() -> None:
    """A member that the class does not have is refused."""
    with pytest.raises(TypeError, match="colour"):
        make(AudienceGenerationJob, colour="red")


@pytest.mark.parametrize("other", [Client, Polling, AudienceModelStatus, str], ids=lambda other: other.__name__)
def test_other_classes_are_refused(other: type) -> None:
    """A class that is not a model class is refused."""
    with pytest.raises(TypeError, match=r"^not a model class: <"):
        make(other)
