"""A task as an operator sees it: Airflow's context, without Airflow's database."""

import asyncio
import json
from typing import Any

import attrs

from cleanroomsml_client.airflow.triggers import CleanRoomsMLTrigger

__all__ = ["Store", "TaskInstance", "context_of", "fire"]


@attrs.define(kw_only=True)
class TaskInstance:
    """One try of a task, which records what is pushed to XCom."""

    dag_id: str = "lookalike"
    run_id: str = "run-1"
    task_id: str = "train"
    map_index: int = -1
    try_number: int = 1
    stats_tags: dict[str, str] = attrs.field(factory=dict[str, str])
    xcom: dict[str, Any] = attrs.field(factory=dict[str, Any])

    def xcom_push(self, key: str, value: Any) -> None:
        """Record a value."""
        self.xcom[key] = value


class Store(dict[str, Any]):
    """What survives the tries of a task."""

    def set(self, key: str, value: Any) -> None:
        """Keep a value."""
        self[key] = value


def context_of(instance: TaskInstance, store: Store | None = None) -> Any:
    """Return Airflow's context of a try."""
    return {"ti": instance, "task_state_store": store}


def fire(deferred: Any) -> dict[str, Any]:
    """Run the trigger of a `TaskDeferred` as another process would, and return its event."""
    path, kwargs = deferred.trigger.serialize()
    assert path == "cleanroomsml_client.airflow.triggers.CleanRoomsMLTrigger"

    async def run() -> Any:
        [event] = [event async for event in CleanRoomsMLTrigger(**json.loads(json.dumps(kwargs))).run()]
        return event.payload

    payload: dict[str, Any] = asyncio.run(run())
    return payload
