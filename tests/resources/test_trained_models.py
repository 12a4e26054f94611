"""Calls without `version_identifier`: get returns the latest version, other operations use the base version."""

from collections.abc import Awaitable, Callable

import pytest

from cleanroomsml_client import (
    RequestError,
    TrainedModel,
    TrainedModelStatus,
    cancel_trained_model,
    delete_trained_model_output,
    get_trained_model,
    wait_for_trained_model,
    wait_for_trained_model_cancelled,
    wait_for_trained_model_output_deleted,
)
from cleanroomsml_client.local import Clock, LocalService


def add_versions(service: LocalService, *, status: str) -> tuple[str, str]:
    """Add a trained model with an ACTIVE base version and a version with this status; return membership and model."""
    model = service.add_trained_model(name="base")
    membership = model.split("/")[1]
    channels = [{"trainedModelArn": model, "channelName": "model"}]
    service.add_trained_model(
        name="second", status=status, membership_identifier=membership, incremental_training_data_channels=channels
    )
    return membership, model


async def test_a_wait_for_training_polls_the_latest_version() -> None:
    """A wait for a model without `version_identifier` returns the latest version, as get does."""
    async with LocalService(speed=1e6) as service, service.connect() as client:
        membership, model = add_versions(service, status="ACTIVE")
        ready = await wait_for_trained_model(client, membership, model)
        assert ready == await get_trained_model(client, membership, model)
        assert (ready.name, ready.version_identifier is None) == ("second", False)


@pytest.mark.parametrize("wait", [wait_for_trained_model_cancelled, wait_for_trained_model_output_deleted])
async def test_a_wait_for_the_base_version_refuses_several_versions(
    wait: Callable[..., Awaitable[TrainedModel | None]],
) -> None:
    """A wait that means the base version raises an error if a poll would return a later version."""
    async with LocalService(speed=1e6) as service, service.connect() as client:
        membership, model = add_versions(service, status="INACTIVE")
        with pytest.raises(RequestError, match="has several versions; pass version_identifier") as caught:
            await wait(client, membership, model)
        assert caught.value.operation == "GetTrainedModel"


async def test_a_single_version_needs_no_identifier() -> None:
    """With only the base version, cancelling, deleting and their waits need no `version_identifier`."""
    clock = Clock(speed=0)
    async with LocalService(clock=clock) as service, service.connect() as client:
        training = service.add_trained_model(status="CREATE_IN_PROGRESS")
        membership = training.split("/")[1]
        trained = service.add_trained_model(membership_identifier=membership)
        await cancel_trained_model(client, membership, training)
        await delete_trained_model_output(client, membership, trained)
        clock.advance(3600)
        cancelled = await wait_for_trained_model_cancelled(client, membership, training)
        await wait_for_trained_model_output_deleted(client, membership, trained)
        assert cancelled.status is TrainedModelStatus.INACTIVE
        assert (await get_trained_model(client, membership, trained)).status is TrainedModelStatus.INACTIVE
