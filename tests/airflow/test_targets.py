"""What tasks wait for: kinds, goals, and resources without an ARN."""

from types import MappingProxyType

import pytest

from cleanroomsml_client.airflow._creation import hash_of
from cleanroomsml_client.airflow._targets import Target
from cleanroomsml_client.local import LocalService


async def test_a_resource_without_a_get() -> None:
    """An export job is read from the list that has it; one that is not listed yet is None."""
    async with LocalService(speed=0) as service, service.connect() as client:
        job = service.add_audience_generation_job()
        name = service.add_audience_export_job(name="e", audience_generation_job_arn=job, status="CREATE_PENDING")
        found = await Target(family="audience-export-jobs", identity=(job, name)).read(client)
        assert getattr(found, "name", None) == "e"
        assert await Target(family="audience-export-jobs", identity=(job, "other")).read(client) is None
        model = Target.from_arn(service.add_audience_model(name="m").replace("audience-model/", "audience-model/0"))
        assert await model.read(client) is None


async def test_how_far_a_resource_is() -> None:
    """One poll shows whether the goal was reached, may be reached, or is lost."""
    async with LocalService(speed=0) as service, service.connect() as client:
        target = Target.from_arn(service.add_audience_model(name="m", status="CREATE_PENDING"))
        failed = Target.from_arn(service.add_audience_model(name="f", status="CREATE_FAILED"))
        assert await target.probe(client) == "active"
        assert await failed.probe(client) == "lost"
        service.clock.advance(3600)
        assert await target.probe(client) == "succeeded"
        await target.delete(client)
        service.clock.advance(3600)
        assert await target.probe(client) == "lost"
        assert await Target.from_arn(service.add_training_dataset()).probe(client) == "lost"


def test_a_target_in_a_log() -> None:
    """A version of a model is named."""
    target = Target(family="trained-models", identity=("m", "arn:a"), version_identifier="2")
    assert str(target) == "trained model arn:a, version 2"
    assert Target.from_json(target.to_json()) == target


def test_kinds_that_do_not_exist() -> None:
    """The error names those that do."""
    with pytest.raises(ValueError, match=r"^no kind of resources is named 'models'; there are training-datasets, "):
        Target(family="models", identity=("a",))


def test_the_same_inputs_have_the_same_hash() -> None:
    """The class of a map and the order of its members do not count."""
    assert hash_of({"a": MappingProxyType({"x": "1", "y": "2"})}) == hash_of({"a": {"y": "2", "x": "1"}})
    assert hash_of({"a": {"x": "1"}}) != hash_of({"a": {"x": "2"}})
