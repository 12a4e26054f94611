"""Code that type checkers accept, with the types that they infer. Nothing runs this file."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import assert_never, assert_type

import attrs

from cleanroomsml_client import (
    NO_RETRY,
    AudienceGenerationJob,
    AudienceGenerationJobDataSource,
    AudienceModel,
    AudienceModelMetric,
    AudienceModelStatus,
    AudienceModelSummary,
    AudienceSize,
    AudienceSizeConfig,
    AudienceSizeType,
    Blocking,
    Client,
    ColumnSchema,
    ColumnType,
    ContainerConfig,
    CreatedTrainedModel,
    Dataset,
    InputChannel,
    InstanceType,
    Metrics,
    ModelTrainingDataChannel,
    OpenEnum,
    Page,
    Pages,
    Polling,
    ResourceConfig,
    RetryPolicy,
    S3ConfigMap,
    S3DataDistributionType,
    SequenceNotStr,
    ServiceError,
    TrainedModel,
    WaitError,
    blocking,
    connect,
    create_audience_model,
    create_trained_model,
    delete_audience_model,
    get_audience_generation_job,
    get_audience_model,
    list_audience_models,
    list_tags_for_resource,
    start_audience_export_job,
    tag_resource,
    wait_for_audience_model,
    wait_for_audience_model_deleted,
    wait_for_trained_model,
    watch_audience_model,
)
from cleanroomsml_client.local import LocalService, RecordedRequest
from cleanroomsml_client.testing.factories import make


async def connecting() -> None:
    async with connect(region_name="us-east-1", retry=NO_RETRY) as client:
        assert_type(client, Client)
        assert_type(attrs.evolve(client, retry=NO_RETRY), Client)


async def getting(client: Client, arn: str) -> None:
    model = await get_audience_model(client, arn)
    assert_type(model, AudienceModel)
    assert_type(model.status, AudienceModelStatus)
    assert_type(model.create_time, datetime)
    assert_type(model.description, str | None)
    assert_type(model.metrics, tuple[AudienceModelMetric, ...])
    assert_type(model.tags, Mapping[str, str])
    assert_type(await get_audience_model(client, audience_model_arn=arn), AudienceModel)
    job = await get_audience_generation_job(client, arn)
    assert_type(job, AudienceGenerationJob)
    assert_type(job.metrics, Metrics | None)
    assert_type(job.seed_audience, AudienceGenerationJobDataSource | None)


def policies() -> None:
    assert_type(Polling(initial=timedelta(seconds=30), timeout=timedelta(hours=6)).timeout, float | None)
    assert_type(RetryPolicy(max_delay=timedelta(seconds=5), timeout=None).max_delay, float)


async def changed(model: AudienceModel) -> None:
    assert_type(model, AudienceModel)


async def waiting_with_handlers(client: Client, arn: str) -> None:
    await wait_for_audience_model(client, arn, on_change=changed)
    await wait_for_audience_model(client, arn, on_change=print)


async def listing(client: Client) -> None:
    models = list_audience_models(client, page_size=100)
    assert_type(models, Pages[AudienceModelSummary])
    async for summary in models:
        assert_type(summary, AudienceModelSummary)
    async for page in models.pages():
        assert_type(page, Page[AudienceModelSummary])
        assert_type(page.items, tuple[AudienceModelSummary, ...])
        assert_type(page.next_token, str | None)
    assert_type(await models.collect(), list[AudienceModelSummary])
    assert_type(await models.find(name="spring"), AudienceModelSummary | None)


async def creating(client: Client, arn: str) -> None:
    now = datetime.now(UTC)
    assert_type(
        await create_audience_model(client, name="n", training_dataset_arn=arn, training_data_end_time=now, tags={}),
        str,
    )
    created = await create_trained_model(
        client,
        arn,
        name="n",
        configured_model_algorithm_association_arn=arn,
        resource_config=ResourceConfig(instance_type=InstanceType.ML_M5_XLARGE, volume_size_in_gb=10),
        data_channels=[ModelTrainingDataChannel(ml_input_channel_arn=arn, channel_name="c")],
    )
    assert_type(created, CreatedTrainedModel)
    assert_type(created.version_identifier, str | None)
    size = AudienceSize(type=AudienceSizeType.PERCENTAGE, value=5)
    await start_audience_export_job(client, name="n", audience_generation_job_arn=arn, audience_size=size)
    await delete_audience_model(client, arn)
    await tag_resource(client, arn, tags={"team": "ads"})
    assert_type(await list_tags_for_resource(client, arn), Mapping[str, str])


def inputs(arguments: list[str], sizes: Sequence[int]) -> None:
    config = ContainerConfig(image_uri="image", arguments=arguments, entrypoint=("train",))
    assert_type(config.arguments, tuple[str, ...])
    column = ColumnSchema(column_name="user", column_types=["USER_ID", ColumnType.ITEM_ID])
    assert_type(column.column_types, tuple[ColumnType, ...])
    bins = AudienceSizeConfig(audience_size_type="ABSOLUTE", audience_size_bins=sizes)
    assert_type(bins.audience_size_type, AudienceSizeType)
    assert_type(bins.audience_size_bins, tuple[int, ...])
    AudienceSizeConfig(audience_size_type=AudienceSizeType.ABSOLUTE, audience_size_bins=range(1, 5))
    channel = ModelTrainingDataChannel(
        ml_input_channel_arn="arn", channel_name="c", s3_data_distribution_type="FullyReplicated"
    )
    assert_type(channel.s3_data_distribution_type, S3DataDistributionType | None)
    ModelTrainingDataChannel(ml_input_channel_arn="arn", channel_name="c", s3_data_distribution_type=None)
    assert_type(Dataset.from_glue("shop", "interactions", {"user": ColumnType.USER_ID, "item": "ITEM_ID"}), Dataset)
    assert_type(InputChannel.from_sql("SELECT 1", role_arn="arn", result_format="CSV"), InputChannel)
    keys: SequenceNotStr[str] = arguments
    assert_type(keys[0], str)


async def waiting(client: Client, arn: str) -> None:
    polling = Polling(timeout=3600)
    assert_type(await wait_for_audience_model(client, arn, polling=polling, on_change=print), AudienceModel)
    assert_type(await wait_for_trained_model(client, arn, arn), TrainedModel)
    assert_type(await wait_for_trained_model(client, arn, arn, timeout=timedelta(hours=6)), TrainedModel)
    assert_type(watch_audience_model(client, arn, timeout=60), AsyncIterator[AudienceModel])
    await wait_for_audience_model_deleted(client, arn)
    changes = watch_audience_model(client, arn)
    assert_type(changes, AsyncIterator[AudienceModel])
    async for model in changes:
        assert_type(model, AudienceModel)


def synchronous(arn: str) -> None:
    with blocking(connect(region_name="us-east-1")) as call:
        assert_type(call, Blocking)
        assert_type(call(get_audience_model, arn), AudienceModel)
        assert_type(call(get_audience_model, audience_model_arn=arn), AudienceModel)
        assert_type(call(create_audience_model, name="n", training_dataset_arn=arn), str)
        assert_type(call(wait_for_trained_model, arn, arn, timeout=60), TrainedModel)
        assert_type(call(list_audience_models), Iterator[AudienceModelSummary])
        assert_type(call(list_audience_models, page_size=10), Iterator[AudienceModelSummary])
        assert_type(call(watch_audience_model, arn), Iterator[AudienceModel])
        call(delete_audience_model, arn)
        for summary in call(list_audience_models):
            assert_type(summary, AudienceModelSummary)


def failing(error: ServiceError | WaitError) -> None:
    match error:
        case ServiceError():
            assert_type(error.code, str)
            assert_type(error.request_id, str | None)
        case WaitError():
            assert_type(str(error), str)
        case _:
            assert_never(error)


def is_settled(model: AudienceModel) -> bool:
    """Every known status has a case, so the checker finds no value for the last one."""
    match model.status:
        case AudienceModelStatus.ACTIVE | AudienceModelStatus.CREATE_FAILED | AudienceModelStatus.DELETE_FAILED:
            return True
        case AudienceModelStatus.CREATE_PENDING | AudienceModelStatus.CREATE_IN_PROGRESS:
            return False
        case AudienceModelStatus.DELETE_PENDING | AudienceModelStatus.DELETE_IN_PROGRESS:
            return False
        case _ as unknown:
            assert_never(unknown)


def status_of_the_future(status: OpenEnum) -> None:
    assert_type(status.is_known, bool)
    assert_type(AudienceModelStatus("PAUSED"), AudienceModelStatus)


def taking_apart(model: AudienceModel) -> str:
    match model:
        case AudienceModel(name=name, status=AudienceModelStatus.ACTIVE):
            return name
        case _:
            return ""


async def testing() -> None:
    async with LocalService() as service, service.connect() as client:
        assert_type(client, Client)
        assert_type(service.add_audience_model(status="CREATE_FAILED"), str)
        assert_type(service.requests[0], RecordedRequest)
    assert_type(make(AudienceModel, status=AudienceModelStatus.ACTIVE), AudienceModel)


LOCATION = S3ConfigMap(s3_uri="s3://bucket/prefix/")
SCHEMA = ColumnSchema(column_name="user", column_types=(ColumnType.USER_ID,))
