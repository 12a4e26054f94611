"""A Dagster asset: an audience model that is trained once, and its status as metadata."""

import asyncio
from typing import Any

import dagster

from cleanroomsml_client import (
    Client,
    Connection,
    connect,
    create_audience_model,
    list_audience_models,
    to_dict,
    wait_for_audience_model,
)


class CleanRoomsML(dagster.ConfigurableResource[Any]):
    """Opens a client. Without an endpoint, that of AWS."""

    endpoint_url: str | None = None

    def connect(self) -> Connection:
        """Return what opens the client, for `async with`."""
        return connect(endpoint_url=self.endpoint_url)


class ModelConfig(dagster.Config):
    """What to train."""

    name: str
    training_dataset_arn: str


async def _create_once(client: Client, config: ModelConfig) -> str:
    found = await list_audience_models(client).find(name=config.name)
    if found is not None:
        return found.audience_model_arn
    return await create_audience_model(client, name=config.name, training_dataset_arn=config.training_dataset_arn)


# The whole asset may be retried: it creates a model only if there is none of this name.
@dagster.asset(retry_policy=dagster.RetryPolicy(max_retries=3, delay=60))
async def audience_model(
    context: dagster.AssetExecutionContext, config: ModelConfig, ml: CleanRoomsML
) -> dagster.Output[dict[str, Any]]:
    """The audience model, as JSON."""
    async with ml.connect() as client, asyncio.timeout(12 * 3600):
        arn = await _create_once(client, config)
        model = await wait_for_audience_model(client, arn, on_change=lambda model: context.log.info("%s", model.status))
    return dagster.Output(to_dict(model), metadata={"arn": arn, "status": str(model.status)})


if __name__ == "__main__":
    import sys

    endpoint, dataset = sys.argv[1:]
    result = dagster.materialize(
        [audience_model],
        resources={"ml": CleanRoomsML(endpoint_url=endpoint)},
        run_config={"ops": {"audience_model": {"config": {"name": "spring", "training_dataset_arn": dataset}}}},
    )
    print(result.output_for_node("audience_model")["status"])
