"""Tags: labels of resources; every resource that has an ARN can have them."""

from collections.abc import Mapping

from .._client import Client, call
from .._fields import SequenceNotStr

__all__ = ["list_tags_for_resource", "tag_resource", "untag_resource"]


async def list_tags_for_resource(client: Client, resource_arn: str) -> Mapping[str, str]:
    """Return all tags of a resource.

    AWS: ListTagsForResource.

    Args:
        client: The client from `connect`.
        resource_arn: The ARN of the resource: of any kind except export jobs, ML configurations and policies.

    Returns:
        The tags, which cannot be changed in place.

    Raises:
        ResourceNotFoundError: The resource does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    # mypy rejects an abstract class as type[T]; `call` never instantiates it.
    return await call(client, "ListTagsForResource", Mapping[str, str], "tags", resource_arn=resource_arn)  # type: ignore[type-abstract]


async def tag_resource(client: Client, resource_arn: str, *, tags: Mapping[str, str]) -> None:
    """Add tags to a resource. A tag whose key exists takes the new value; the others stay.

    AWS: TagResource.

    Args:
        client: The client from `connect`.
        resource_arn: The ARN of the resource: of any kind except export jobs, ML configurations and policies.
        tags: Labels to add; a resource has at most 50. Keys have 1-128 characters, values 0-256.

    Raises:
        ResourceNotFoundError: The resource does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "TagResource", None, resource_arn=resource_arn, tags=tags)


async def untag_resource(client: Client, resource_arn: str, *, tag_keys: SequenceNotStr[str]) -> None:
    """Remove tags from a resource.

    AWS: UntagResource.

    Args:
        client: The client from `connect`.
        resource_arn: The ARN of the resource: of any kind except export jobs, ML configurations and policies.
        tag_keys: The keys of the tags to remove.

    Raises:
        ResourceNotFoundError: The resource does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "UntagResource", None, resource_arn=resource_arn, tag_keys=tag_keys)
