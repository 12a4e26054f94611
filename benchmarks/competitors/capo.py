"""capo-cleanroomsml, which has an HTTP stack of its own and returns dicts with snake_case keys."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from capo_cleanroomsml import AsyncCleanRoomsMLClient
from capo_cleanroomsml.errors import ServiceError
from zapros import AsyncStdNetworkHandler

from .. import fixtures
from . import CONNECTIONS

__all__ = ["connect"]

_DATA = fixtures.TRAINING_DATA["inputConfig"]
_TABLE = _DATA["dataSource"]["glueDataSource"]


@asynccontextmanager
async def connect(url: str) -> AsyncGenerator["Capo"]:
    """Connect as a user would, with as many connections as every competitor."""
    connections = AsyncStdNetworkHandler(
        http1={"max_connections_per_host": CONNECTIONS, "max_idle_connections_per_host": CONNECTIONS}
    )
    async with AsyncCleanRoomsMLClient(connections, endpoint=url) as client:
        yield Capo(client)


class Capo:
    """Calls methods of a generated client."""

    def __init__(self, client: AsyncCleanRoomsMLClient) -> None:
        self._client = client

    async def get_audience_model(self) -> str:
        """The name, from a typed dict."""
        return (await self._client.get_audience_model(fixtures.AUDIENCE_MODEL["audienceModelArn"]))["name"]

    async def get_audience_generation_job(self) -> str:
        """The name, from a typed dict."""
        arn = fixtures.AUDIENCE_GENERATION_JOB["audienceGenerationJobArn"]
        return (await self._client.get_audience_generation_job(arn))["name"]

    async def get_trained_model(self) -> str:
        """The name, from a typed dict."""
        arn = fixtures.TRAINED_MODEL["trainedModelArn"]
        return (await self._client.get_trained_model(arn, fixtures.MEMBERSHIP))["name"]

    async def page(self, size: int) -> Sequence[object]:
        """Typed dicts."""
        return (await self._client.list_audience_models(max_results=size))["audience_models"]

    async def drain(self) -> Sequence[object]:
        """Typed dicts."""
        return [summary async for summary in self._client.iter_list_audience_models()]

    async def create_training_dataset(self) -> str:
        """The ARN; the request is made of typed dicts."""
        created = await self._client.create_training_dataset(
            "interactions",
            fixtures.ROLE,
            [
                {
                    "type": "INTERACTIONS",
                    "input_config": {
                        "schema": [
                            {"column_name": column["columnName"], "column_types": column["columnTypes"]}
                            for column in _DATA["schema"]
                        ],
                        "data_source": {
                            "glue_data_source": {
                                "table_name": _TABLE["tableName"],
                                "database_name": _TABLE["databaseName"],
                            }
                        },
                    },
                }
            ],
        )
        return created["training_dataset_arn"]

    async def get_missing(self) -> str:
        """The code of the client's own exception."""
        try:
            await self._client.get_audience_model(fixtures.MISSING)
        except ServiceError as error:
            return error.code or ""
        return ""
