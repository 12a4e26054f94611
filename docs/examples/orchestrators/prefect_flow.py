"""A Prefect flow: the create is not retried, the wait is."""

import sys
from typing import Any

from prefect import flow, task

from cleanroomsml_client import (
    connect,
    create_audience_model,
    list_audience_models,
    to_dict,
    wait_for_audience_model,
)


# No retries: a repeated create would train a second model.
@task
async def create_once(name: str, training_dataset_arn: str, endpoint_url: str | None) -> str:
    """Return the ARN of the model of this name; create it if there is none."""
    async with connect(endpoint_url=endpoint_url) as client:
        found = await list_audience_models(client).find(name=name)
        if found is not None:
            return found.audience_model_arn
        return await create_audience_model(client, name=name, training_dataset_arn=training_dataset_arn)


@task(retries=5, retry_delay_seconds=60)
async def wait(arn: str, endpoint_url: str | None) -> dict[str, Any]:
    """Return the model when it is ACTIVE. A retry continues the same wait."""
    async with connect(endpoint_url=endpoint_url) as client:
        return to_dict(await wait_for_audience_model(client, arn, timeout=12 * 3600))


@flow
async def train(name: str, training_dataset_arn: str, endpoint_url: str | None = None) -> dict[str, Any]:
    """Train an audience model."""
    arn = await create_once(name, training_dataset_arn, endpoint_url)
    return await wait(arn, endpoint_url)


if __name__ == "__main__":
    import asyncio

    endpoint, dataset = sys.argv[1:]
    print(asyncio.run(train("spring", dataset, endpoint))["status"])
