"""Creating once, although Airflow runs tasks again: by tags, or by a hash in the name."""

from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from cleanroomsml_client import (
    AudienceSize,
    AudienceSizeType,
    Client,
    IncrementalTrainingDataChannel,
    MLOutputConfiguration,
    Polling,
    RequestError,
    TrainedModelExportOutputConfiguration,
    TrainedModelExportReceiverMember,
    WaitFailedError,
    WaitTimeoutError,
    create_audience_model,
    create_trained_model,
    delete_audience_model,
    get_audience_model,
    get_trained_model,
    list_trained_model_versions,
    put_ml_configuration,
    start_audience_export_job,
    start_trained_model_export_job,
    tag_resource,
    untag_resource,
)
from cleanroomsml_client._waiting import active_goal, watch
from cleanroomsml_client.airflow._creation import (
    INPUTS_TAG,
    TASK_TAG,
    AudienceExportCreation,
    Creation,
    Owner,
    TrainedModelCreation,
    TrainedModelExportCreation,
    is_before_the_goal,
)
from cleanroomsml_client.airflow._targets import Target, kind_of_family
from cleanroomsml_client.kinds import KINDS, WaitFor
from cleanroomsml_client.local import ErrorResponse, LocalService

_OWNER = Owner(dag_id="lookalike", run_id="run-1", task_id="train", map_index=-1, try_number=1)
_AGAIN = attrs.evolve(_OWNER, try_number=2)
_MODELS = Creation(create_audience_model, kind_of_family("audience-models"), "audience_model_arn")
_TRAINED_MODELS = TrainedModelCreation(create_trained_model, kind_of_family("trained-models"), "trained_model_arn")


@attrs.frozen
class Scene:
    """A local service, a client of it, and a training dataset."""

    service: LocalService
    client: Client
    dataset: str

    async def create(self, owner: Owner = _OWNER, if_exists: str = "reuse", **changes: Any) -> Target:
        """Create an audience model named `spring` as a task does."""
        arguments = {"name": "spring", "training_dataset_arn": self.dataset, **changes}
        return await _MODELS.run(self.client, arguments, owner, if_exists, _ignore)

    def count(self, operation: str = "CreateAudienceModel") -> int:
        """Return how many requests of an operation arrived."""
        return len([request for request in self.service.requests if request.operation == operation])


def _ignore(_: str) -> None:
    pass


@pytest.fixture
async def scene() -> Any:
    """A scene in which time stands still, so that nothing becomes ACTIVE by itself."""
    async with LocalService(speed=0) as service, service.connect() as client:
        yield Scene(service, client, service.add_training_dataset())


async def _name(client: Client, target: Target) -> str:
    return (await get_audience_model(client, target.identity[-1])).name


async def test_the_tags(scene: Scene) -> None:
    """A new resource has the user's tags and two more, which tell neither the DAG nor the inputs."""
    target = await scene.create(tags={"team": "x"})
    tags = dict((await get_audience_model(scene.client, target.identity[-1])).tags)
    assert tags.pop("team") == "x"
    assert set(tags) == {TASK_TAG, INPUTS_TAG}
    assert all(len(value) == 16 and int(value, 16) for value in tags.values())


async def test_another_try_uses_what_the_first_has_created(scene: Scene) -> None:
    """A retry or a clear finds the resource: the same inputs create one model, not two."""
    target = await scene.create()
    assert await scene.create(_AGAIN) == target
    assert await scene.create(_AGAIN, tags={"other": "tags"}) == target
    assert scene.count() == 1


@pytest.mark.parametrize("change", [{"run_id": "run-2"}, {"task_id": "other"}, {"map_index": 0}, {"dag_id": "other"}])
async def test_another_task(scene: Scene, change: dict[str, Any]) -> None:
    """A resource of the same name that another task has created is not touched: both are named."""
    target = await scene.create()
    owner = attrs.evolve(_AGAIN, **change)
    with pytest.raises(RequestError) as caught:
        await scene.create(owner)
    assert str(caught.value) == (
        f"audience model 'spring' ({target.identity[-1]}) exists already, and {owner} has not created it; choose "
        "another name, such as one with {{ run_id }}, or set if_exists='create' for one more of this name"
    )
    assert scene.count() == 1


async def test_a_name_that_somebody_else_uses(scene: Scene) -> None:
    """A resource without tags is somebody else's, unless it is of no use any more."""
    foreign = scene.service.add_audience_model(name="spring")
    with pytest.raises(RequestError, match=foreign):
        await scene.create()
    await delete_audience_model(scene.client, foreign)
    assert await _name(scene.client, await scene.create()) == "spring"


async def test_after_a_failure(scene: Scene) -> None:
    """What has failed is created again, under a name with the number of the try; further tries use that one."""
    scene.service.fail_next("CreateAudienceModel")
    first = await scene.create()
    scene.service.clock.advance(3600)
    second = await scene.create(_AGAIN)
    assert second != first
    assert await _name(scene.client, second) == "spring-2"
    assert await scene.create(attrs.evolve(_OWNER, try_number=3)) == second


async def test_other_inputs(scene: Scene) -> None:
    """A task that was changed and cleared creates another resource, from the new inputs."""
    first = await scene.create()
    second = await scene.create(_AGAIN, description="new")
    assert second != first
    assert await _name(scene.client, second) == "spring-2"


async def test_a_long_name(scene: Scene) -> None:
    """A name with a suffix has at most 63 characters."""
    scene.service.fail_next("CreateAudienceModel")
    await scene.create(name="s" * 63)
    scene.service.clock.advance(3600)
    second = await scene.create(attrs.evolve(_OWNER, try_number=11), name="s" * 63)
    assert await _name(scene.client, second) == "s" * 60 + "-11"


async def test_if_exists_fail(scene: Scene) -> None:
    """`fail` refuses even what the task itself has created."""
    await scene.create(if_exists="fail")
    with pytest.raises(RequestError, match=r"^audience model 'spring' .* exists already, and if_exists is 'fail'$"):
        await scene.create(_AGAIN, if_exists="fail")
    assert scene.count() == 1


async def test_if_exists_create(scene: Scene) -> None:
    """`create` lists nothing."""
    await scene.create(if_exists="create")
    await scene.create(_AGAIN, if_exists="create")
    assert (scene.count(), scene.count("ListAudienceModels")) == (2, 0)


async def test_only_the_newest_are_examined(scene: Scene) -> None:
    """The tags of at most twenty resources of the name are read, the newest first."""
    own = await scene.create()
    scene.service.clock.advance(60)
    await scene.create(attrs.evolve(_OWNER, run_id="run-0"), if_exists="create")
    scene.service.clock.advance(3600)
    for _ in range(18):
        scene.service.clock.advance(60)
        scene.service.add_audience_model(name="spring", training_dataset_arn=scene.dataset)
    before = scene.count("ListTagsForResource")
    assert await scene.create(_AGAIN) == own
    assert scene.count("ListTagsForResource") == before + 20
    scene.service.clock.advance(60)
    scene.service.add_audience_model(name="spring", training_dataset_arn=scene.dataset)
    with pytest.raises(RequestError, match="exists already"):
        await scene.create(_AGAIN)


async def test_a_resource_that_vanishes(scene: Scene) -> None:
    """A resource that is deleted between the list and the request for its tags is somebody else's."""
    foreign = scene.service.add_audience_model(name="spring")
    scene.service.inject(ErrorResponse("ResourceNotFoundException"), operation="ListTagsForResource")
    with pytest.raises(RequestError, match=foreign):
        await scene.create()


async def test_tags_that_were_removed(scene: Scene) -> None:
    """Without its tags a resource is somebody else's; with them, it is the task's."""
    target = await scene.create()
    arn = target.identity[-1]
    tags = dict((await get_audience_model(scene.client, arn)).tags)
    await untag_resource(scene.client, arn, tag_keys=list(tags))
    with pytest.raises(RequestError, match=arn):
        await scene.create(_AGAIN)
    await tag_resource(scene.client, arn, tags=tags)
    assert await scene.create(_AGAIN) == target


# --- by name


async def test_an_export_of_an_audience(scene: Scene) -> None:
    """An export has no tags: the task and the inputs are in its name."""
    creation = AudienceExportCreation(start_audience_export_job, kind_of_family("audience-export-jobs"))
    job = scene.service.add_audience_generation_job()
    arguments = {"name": "weekly", "audience_generation_job_arn": job, "audience_size": _size(20)}

    async def run(owner: Owner, **changes: Any) -> Target:
        return await creation.run(scene.client, {**arguments, **changes}, owner, "reuse", _ignore)

    first = await run(_OWNER)
    assert first.identity[0] == job
    assert first.identity[1].startswith("weekly-")
    assert len(first.identity[1]) == len("weekly-") + 12
    assert await run(_AGAIN) == first
    other = await run(attrs.evolve(_OWNER, run_id="run-2"))
    assert other != first
    assert await run(_AGAIN, audience_size=_size(10)) not in {first, other}
    assert scene.count("StartAudienceExportJob") == 3


async def test_an_export_that_failed(scene: Scene) -> None:
    """A failed export is started again under a name with the number of the try."""
    creation = AudienceExportCreation(start_audience_export_job, kind_of_family("audience-export-jobs"))
    job = scene.service.add_audience_generation_job()
    arguments = {"name": "weekly", "audience_generation_job_arn": job, "audience_size": _size(20)}
    scene.service.fail_next("StartAudienceExportJob")
    first = await creation.run(scene.client, arguments, _OWNER, "reuse", _ignore)
    scene.service.clock.advance(3600)
    second = await creation.run(scene.client, arguments, _AGAIN, "reuse", _ignore)
    assert second.identity[1] == f"{first.identity[1]}-2"
    with pytest.raises(RequestError, match=f"^audience export job '{second.identity[1]}' exists already, and"):
        await creation.run(scene.client, arguments, _AGAIN, "fail", _ignore)


def _size(value: int) -> AudienceSize:
    return AudienceSize(type=AudienceSizeType.PERCENTAGE, value=value)


async def test_an_export_of_a_model(scene: Scene) -> None:
    """The collaboration, in which the export is listed, is that of the model."""
    family = "collaboration-trained-model-export-jobs"
    creation = TrainedModelExportCreation(start_trained_model_export_job, kind_of_family(family))
    arn = scene.service.add_trained_model(name="m")
    membership = Target.from_arn(arn).identity[0]
    location = MLOutputConfiguration.to_s3("s3://out/models", role_arn="arn:aws:iam::111122223333:role/demo")
    await put_ml_configuration(scene.client, membership, default_output_location=location)
    receiver = TrainedModelExportReceiverMember(account_id="111122223333")
    arguments = {
        "membership_identifier": membership,
        "trained_model_arn": arn,
        "name": "weekly",
        "output_configuration": TrainedModelExportOutputConfiguration(members=[receiver]),
    }
    first = await creation.run(scene.client, arguments, _OWNER, "reuse", _ignore)
    assert first.identity[1] == arn
    assert await creation.run(scene.client, arguments, _AGAIN, "reuse", _ignore) == first
    assert scene.count("StartTrainedModelExportJob") == 1
    scene.service.clock.advance(3600)
    assert await first.probe(scene.client) == "succeeded"


async def _training(scene: Scene, base: str, name: str) -> dict[str, Any]:
    """Return the arguments that train a model as another one was trained."""
    membership, _ = Target.from_arn(base).identity
    model = await get_trained_model(scene.client, membership, base)
    return {
        "membership_identifier": membership,
        "name": name,
        "configured_model_algorithm_association_arn": model.configured_model_algorithm_association_arn,
        "resource_config": model.resource_config,
        "data_channels": model.data_channels,
    }


async def test_a_version_of_a_model(scene: Scene) -> None:
    """Versions share the tags of their model: the task and the inputs of a version are in its name."""
    base = scene.service.add_trained_model(name="m")
    arguments = await _training(scene, base, "m")
    channel = IncrementalTrainingDataChannel(trained_model_arn=base, channel_name="before")
    incremental = {**arguments, "incremental_training_data_channels": [channel]}

    async def run(owner: Owner, arguments: dict[str, Any]) -> Target:
        return await _TRAINED_MODELS.run(scene.client, arguments, owner, "reuse", _ignore)

    first = await run(_OWNER, incremental)
    assert first.identity[1] == base
    assert first.version_identifier is not None
    assert await run(_AGAIN, incremental) == first
    scene.service.clock.advance(3600)
    # Found among the versions, too, when it is not the latest any more.
    second = await run(attrs.evolve(_OWNER, run_id="run-2"), incremental)
    assert second.version_identifier not in {None, first.version_identifier}
    assert await run(_AGAIN, incremental) == first
    assert len(await list_trained_model_versions(scene.client, *first.identity).collect()) == 3
    # From scratch, under the name that somebody else's model has.
    other = scene.service.add_trained_model(name="n")
    with pytest.raises(RequestError, match=r"^trained model 'n' "):
        await run(_OWNER, await _training(scene, other, "n"))


async def test_a_model_that_continues_from_another_member(scene: Scene) -> None:
    """The versions of another member's model are not listed; the new model is found in the membership."""
    base = scene.service.add_trained_model(name="m")
    channel = IncrementalTrainingDataChannel(trained_model_arn=base, channel_name="before")
    arguments = {**await _training(scene, base, "n"), "incremental_training_data_channels": [channel]}
    scene.service.inject(ErrorResponse("ResourceNotFoundException"), operation="ListTrainedModelVersions", times=2)
    first = await _TRAINED_MODELS.run(scene.client, arguments, _OWNER, "reuse", _ignore)
    assert await _TRAINED_MODELS.run(scene.client, arguments, _AGAIN, "reuse", _ignore) == first


# --- states


@pytest.mark.parametrize("family", [kind.family for kind in KINDS if WaitFor.READY in kind.watches])
async def test_what_can_be_reused(family: str) -> None:
    """Exactly what a wait can still end well with is used again; an unknown status is not a failure."""
    watch_of_kind = kind_of_family(family).watches[WaitFor.READY]
    [resource_class] = get_args(get_type_hints(watch_of_kind)["return"])
    statuses = get_type_hints(resource_class)["status"]
    for status in [*statuses, statuses("LATER")]:
        resource: Any = SimpleNamespace(status=status)

        async def poll(resource: Any = resource) -> Any:
            return resource

        is_usable = True
        try:
            async for _ in watch(poll, "it", active_goal(statuses), Polling(timeout=0)):
                pass
        except WaitFailedError:
            is_usable = False
        except WaitTimeoutError:
            pass
        assert is_before_the_goal(resource) is is_usable, status
    assert is_before_the_goal(object())
