import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto


async def test_tagging(boto: Boto, service: LocalService) -> None:
    """Tags are added, replaced and removed on every taggable resource; unknown keys are ignored."""
    for arn in (
        service.add_training_dataset(tags={"a": "0"}),
        service.add_audience_model(tags={"a": "0"}),
        service.add_configured_audience_model(tags={"a": "0"}),
        service.add_audience_generation_job(tags={"a": "0"}),
        service.add_configured_model_algorithm(tags={"a": "0"}),
        service.add_configured_model_algorithm_association(tags={"a": "0"}),
        service.add_ml_input_channel(tags={"a": "0"}),
        service.add_trained_model(tags={"a": "0"}),
        service.add_trained_model_inference_job(tags={"a": "0"}),
    ):
        assert await boto("tag_resource", resourceArn=arn, tags={"a": "1", "b": ""}) == {}
        assert await boto("list_tags_for_resource", resourceArn=arn) == {"tags": {"a": "1", "b": ""}}
        assert await boto("untag_resource", resourceArn=arn, tagKeys=["a", "unknown"]) == {}
        assert await boto("list_tags_for_resource", resourceArn=arn) == {"tags": {"b": ""}}
        assert await boto("untag_resource", resourceArn=arn, tagKeys=["b"]) == {}
        assert await boto("list_tags_for_resource", resourceArn=arn) == {"tags": {}}


async def test_tags_of_a_missing_resource(boto: Boto) -> None:
    """The tags of a resource that does not exist are not found."""
    arn = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/nowhere"
    message = f"ResourceNotFoundException: Resource {arn} was not found."
    assert await boto.refused("list_tags_for_resource", resourceArn=arn) == message
    assert await boto.refused("tag_resource", resourceArn=arn, tags={}) == message
    assert await boto.refused("untag_resource", resourceArn=arn, tagKeys=["a"]) == message


async def test_fifty_tags_at_most(boto: Boto, service: LocalService) -> None:
    """A resource has at most fifty tags; replacing one is still allowed."""
    arn = service.add_training_dataset(tags={str(number): "" for number in range(50)})
    await boto("tag_resource", resourceArn=arn, tags={"0": "new"})
    message = "ValidationException: A resource can have at most 50 tags."
    assert await boto.refused("tag_resource", resourceArn=arn, tags={"50": ""}) == message
    assert len((await boto("list_tags_for_resource", resourceArn=arn))["tags"]) == 50


@pytest.mark.parametrize("key", ["aws:team", "AWS:x"])
async def test_reserved_tag_keys(boto: Boto, service: LocalService, key: str) -> None:
    """Keys that start with aws: are refused; a new resource with such a key is not created."""
    message = "ValidationException: Tag keys that start with 'aws:' are reserved."
    dataset = service.add_training_dataset()
    assert await boto.refused("tag_resource", resourceArn=dataset, tags={key: ""}) == message
    request = {"name": "m", "trainingDatasetArn": dataset, "tags": {key: ""}}
    assert await boto.refused("create_audience_model", **request) == message
    assert await boto("list_audience_models") == {"audienceModels": []}


async def test_untag_needs_a_key(boto: Boto, service: LocalService) -> None:
    """Untagging needs at least one key: a query cannot contain an empty list."""
    arn = service.add_training_dataset()
    message = (
        "ValidationException: 1 validation error detected: "
        "Value at 'tagKeys' failed to satisfy constraint: Member must not be null"
    )
    assert await boto.refused("untag_resource", resourceArn=arn, tagKeys=[]) == message
