"""Tags: labels on every resource that has an ARN of its own."""

from collections.abc import Mapping, Sequence

from .._client import Client, call

__all__ = ["list_tags_for_resource", "tag_resource", "untag_resource"]


async def list_tags_for_resource(client: Client, resource_arn: str) -> Mapping[str, str]:
    """Return the tags of a resource, all at once. Raises ResourceNotFoundError. AWS: ListTagsForResource."""
    # To mypy a class that is handed on may be instantiated; this one is only read.
    return await call(client, "ListTagsForResource", Mapping[str, str], "tags", resource_arn=resource_arn)  # type: ignore[type-abstract]


async def tag_resource(client: Client, resource_arn: str, *, tags: Mapping[str, str]) -> None:
    """Add tags to a resource; one whose key is there already takes the new value, the others stay.

    Raises ResourceNotFoundError, and ValidationError for too many tags or one that is too long. AWS: TagResource.
    """
    await call(client, "TagResource", None, resource_arn=resource_arn, tags=tags)


async def untag_resource(client: Client, resource_arn: str, *, tag_keys: Sequence[str]) -> None:
    """Take the tags with these keys off a resource. Raises ResourceNotFoundError. AWS: UntagResource."""
    await call(client, "UntagResource", None, resource_arn=resource_arn, tag_keys=tag_keys)
