"""cleanroomsml-client itself."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiobotocore.config import AioConfig

import cleanroomsml_client as ml

from .. import fixtures

__all__ = ["connect"]


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["Ours"]:
    """Connect as a user would, with timeouts that are long enough where instructions are counted."""
    retry, config = ml.RetryPolicy(timeout=3600), AioConfig(connect_timeout=600, read_timeout=600)
    async with ml.connect(endpoint_url=url, retry=retry, config=config) as client:
        yield Ours(client)


class Ours:
    """Calls functions that take the client first."""

    def __init__(self, client: ml.Client) -> None:
        self._client = client

    async def get_audience_model(self) -> str:
        """The name, from a typed model."""
        return (await ml.get_audience_model(self._client, fixtures.AUDIENCE_MODEL["audienceModelArn"])).name

    async def get_audience_generation_job(self) -> str:
        """The name, from a typed job."""
        arn = fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"]
        return (await ml.get_audience_generation_job(self._client, arn)).name

    async def get_trained_model(self) -> str:
        """The name, from a typed model."""
        arn = fixtures.TRAINED_MODEL["trainedModelArn"]
        return (await ml.get_trained_model(self._client, fixtures.MEMBERSHIP, arn)).name

    async def page(self, size: int) -> Sequence[object]:
        """Typed summaries."""
        return (await anext(ml.list_audience_models(self._client, page_size=size).pages())).items

    async def drain(self) -> Sequence[object]:
        """Typed summaries."""
        return [summary async for summary in ml.list_audience_models(self._client)]

    async def create_training_dataset(self) -> str:
        """The ARN; the request is made of typed values."""
        data = fixtures.TRAINING_DATA["inputConfig"]
        table = data["dataSource"]["glueDataSource"]
        dataset = ml.Dataset(
            type=ml.DatasetType.INTERACTIONS,
            input_config=ml.DatasetInputConfig(
                schema=tuple(
                    ml.ColumnSchema(
                        column_name=column["columnName"], column_types=(ml.ColumnType(column["columnTypes"][0]),)
                    )
                    for column in data["schema"]
                ),
                data_source=ml.DataSource(
                    glue_data_source=ml.GlueDataSource(
                        table_name=table["tableName"], database_name=table["databaseName"]
                    )
                ),
            ),
        )
        return await ml.create_training_dataset(
            self._client, name="interactions", role_arn=fixtures.ROLE, training_data=[dataset]
        )

    async def get_missing(self) -> str:
        """The code of an exception that has a class of its own."""
        try:
            await ml.get_audience_model(self._client, fixtures.MISSING)
        except ml.ResourceNotFoundError as error:
            return error.code
        return ""
