"""Time as clients see it: `createTime`, `updateTime`, states and retention."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import attrs
import pytest

from cleanroomsml_client import (
    AudienceModel,
    AudienceModelStatus,
    Client,
    MLInputChannelStatus,
    create_audience_model,
    delete_audience_model,
    get_audience_model,
    get_ml_input_channel,
    list_audience_models,
    wait_for_audience_model,
)
from cleanroomsml_client.local import Clock, LocalService
from tests.support.clocks import RealSeconds

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86_400


def after(seconds: float) -> datetime:
    """Return the time this many seconds after `START`."""
    return START + timedelta(seconds=seconds)


@attrs.frozen
class Scene:
    """A service at the default speed, whose real time the test decides, and its client."""

    real: RealSeconds
    service: LocalService
    client: Client

    async def model(self, arn: str) -> AudienceModel:
        """Request an audience model; its times are the same in its get and its list, and not in the future."""
        model = await get_audience_model(self.client, arn)
        [listed] = [each async for each in list_audience_models(self.client) if each.audience_model_arn == arn]
        assert (listed.create_time, listed.update_time) == (model.create_time, model.update_time)
        assert model.create_time <= model.update_time <= self.service.clock.now()
        return model

    async def channel_status(self, arn: str) -> MLInputChannelStatus:
        """Request the status of an ML input channel."""
        return (await get_ml_input_channel(self.client, arn.split("/")[1], arn)).status


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A scene at the start."""
    real = RealSeconds()
    clock = Clock(speed=600, start=START, monotonic=real)
    async with LocalService(clock=clock) as service, service.connect() as client:
        yield Scene(real, service, client)


async def test_retention_lasts_days(scene: Scene) -> None:
    """At speed 600 the data of a channel with a retention of one day is kept for a real day."""
    arn = scene.service.add_ml_input_channel(status="CREATE_PENDING", retention_in_days=1)
    scene.real.passed = 1
    assert await scene.channel_status(arn) is MLInputChannelStatus.ACTIVE
    scene.real.passed = DAY + 0.999
    assert await scene.channel_status(arn) is MLInputChannelStatus.ACTIVE
    scene.real.passed = DAY + 1
    assert await scene.channel_status(arn) is MLInputChannelStatus.INACTIVE


async def test_retention_ends_by_an_advance(scene: Scene) -> None:
    """An advance by the time of the query and of the retention ends both, and `update_time` says when."""
    arn = scene.service.add_ml_input_channel(status="CREATE_PENDING", retention_in_days=1)
    scene.service.clock.advance(600 + DAY - 1)
    assert await scene.channel_status(arn) is MLInputChannelStatus.ACTIVE
    scene.service.clock.advance(100)
    channel = await get_ml_input_channel(scene.client, arn.split("/")[1], arn)
    assert (channel.status, channel.update_time) == (MLInputChannelStatus.INACTIVE, after(600 + DAY))


async def test_update_time_is_when_the_status_changed(scene: Scene) -> None:
    """`update_time` is the calendar time of the last change of the status, however late and often it is read."""
    arn = scene.service.add_audience_model(status="CREATE_PENDING")
    expected = {
        0.1: (0, AudienceModelStatus.CREATE_PENDING),
        0.2: (0.2, AudienceModelStatus.CREATE_IN_PROGRESS),
        0.9: (0.2, AudienceModelStatus.CREATE_IN_PROGRESS),
        1.5: (1, AudienceModelStatus.ACTIVE),
        1000: (1, AudienceModelStatus.ACTIVE),
    }
    for seconds, (updated, status) in expected.items():
        scene.real.passed = seconds
        for _ in range(2):
            model = await scene.model(arn)
            assert (model.create_time, model.update_time, model.status) == (START, after(updated), status)


async def test_update_time_after_an_advance(scene: Scene) -> None:
    """An advance in the middle of a transition moves it by as much, and later ones do not change the past."""
    scene.real.passed = 0.1
    arn = scene.service.add_audience_model(status="CREATE_PENDING")
    scene.real.passed = 0.2  # 60 s of 600 s
    scene.service.clock.advance(100)
    assert (await scene.model(arn)).update_time == after(0.2 + 60)
    scene.real.passed = 0.3  # another 60 s
    scene.service.clock.advance(400)
    model = await scene.model(arn)
    assert (model.status, model.update_time) == (AudienceModelStatus.ACTIVE, after(0.3 + 100 + 380))
    scene.service.clock.advance(3600)
    scene.service.clock.speed = 1
    assert (await scene.model(arn)).update_time == model.update_time
    await delete_audience_model(scene.client, arn)
    assert (await scene.model(arn)).update_time == scene.service.clock.now() == after(0.3 + 4100)


async def test_times_are_never_later_than_now() -> None:
    """At a million simulated seconds per second, no time in a response is later than the real time."""
    before = datetime.now(UTC)
    async with LocalService(speed=1e6) as service, service.connect() as client:
        channel = service.add_ml_input_channel(retention_in_days=1)
        models: list[AudienceModel] = []
        for _ in range(3):
            dataset = service.add_training_dataset()
            arn = await create_audience_model(client, name="m", training_dataset_arn=dataset)
            models.append(await wait_for_audience_model(client, arn))
            assert before <= models[-1].create_time < models[-1].update_time <= datetime.now(UTC)
        assert all(earlier.update_time < later.create_time for earlier, later in pairwise(models))
        kept = await get_ml_input_channel(client, channel.split("/")[1], channel)
        assert kept.status is MLInputChannelStatus.ACTIVE


async def test_resources_of_one_moment() -> None:
    """Resources with the same create time are listed in the order of their creation, page by page."""
    async with LocalService(clock=Clock(speed=0)) as service, service.connect() as client:
        dataset = service.add_training_dataset()
        arns = [service.add_audience_model(training_dataset_arn=dataset) for _ in range(7)]
        listed = [each async for each in list_audience_models(client, page_size=2)]
        assert [each.audience_model_arn for each in listed] == arns
        assert {each.create_time for each in listed} == {service.clock.now()}
