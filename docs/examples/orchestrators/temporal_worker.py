"""A Temporal workflow: one activity creates, at most once; the other waits, with heartbeats."""

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Any

import attrs
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from cleanroomsml_client import (
        Client,
        connect,
        create_audience_model,
        to_dict,
        wait_for_audience_model,
    )

HEARTBEAT = timedelta(minutes=2)


@attrs.frozen
class Activities:
    """The activities of one worker, which share its client."""

    client: Client

    @activity.defn
    async def create(self, name: str, training_dataset_arn: str) -> str:
        """Create the model; return its ARN."""
        return await create_audience_model(self.client, name=name, training_dataset_arn=training_dataset_arn)

    @activity.defn
    async def wait(self, arn: str) -> dict[str, Any]:
        """Return the model, as JSON, when it is ACTIVE; send heartbeats until then."""
        beating = asyncio.create_task(_beat(arn))
        try:
            return to_dict(await wait_for_audience_model(self.client, arn))
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating


async def _beat(arn: str) -> None:
    """Report that the wait goes on, more often than the workflow requires."""
    while True:
        activity.heartbeat(arn)
        await asyncio.sleep(HEARTBEAT.total_seconds() / 4)


@workflow.defn
class Train:
    """Trains an audience model."""

    @workflow.run
    async def run(self, name: str, training_dataset_arn: str) -> dict[str, Any]:
        """Return the model, as JSON."""
        arn = await workflow.execute_activity_method(
            Activities.create,
            args=[name, training_dataset_arn],
            start_to_close_timeout=timedelta(minutes=2),
            # A repeated create would train a second model.
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
        return await workflow.execute_activity_method(
            Activities.wait,
            arn,
            start_to_close_timeout=timedelta(hours=12),
            # Without a heartbeat the worker is lost: another one continues the wait.
            heartbeat_timeout=HEARTBEAT,
        )


async def _run_activities(endpoint_url: str, dataset: str) -> None:
    """Run the activities without a server, as Temporal's tests do."""
    from temporalio.testing import ActivityEnvironment  # noqa: PLC0415  # not needed by a worker

    beats: list[object] = []

    def note(*details: object) -> None:
        beats.append(details)

    environment = ActivityEnvironment()
    environment.on_heartbeat = note
    async with connect(endpoint_url=endpoint_url) as client:
        activities = Activities(client)
        arn = await environment.run(activities.create, "spring", dataset)
        model = await environment.run(activities.wait, arn)
    print(model["status"] if beats == [(arn,)] * len(beats) and beats else "no heartbeat")


if __name__ == "__main__":
    asyncio.run(_run_activities(*sys.argv[1:]))
