"""Configured model algorithms: your own container images, which train a model and run inference with it."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, map_field, strings, to_tuple
from .._paging import Pages

__all__ = [
    "ConfiguredModelAlgorithm",
    "ConfiguredModelAlgorithmSummary",
    "ContainerConfig",
    "InferenceContainerConfig",
    "MetricDefinition",
    "create_configured_model_algorithm",
    "delete_configured_model_algorithm",
    "get_configured_model_algorithm",
    "list_configured_model_algorithms",
]


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class MetricDefinition:
    """How to find a metric in the logs of training."""

    name: str
    regex: str
    """A regular expression that matches the metric in a log line."""


def _metric_definitions(value: SequenceNotStr[MetricDefinition]) -> tuple[MetricDefinition, ...]:
    return to_tuple(MetricDefinition, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ContainerConfig:
    """The container that trains a model."""

    image_uri: str
    """An image in Amazon ECR: `registry/repository` with or without `:tag`."""
    entrypoint: tuple[str, ...] = attrs.field(default=(), converter=strings)
    """Overrides the entrypoint of the image; empty: the image's own."""
    arguments: tuple[str, ...] = attrs.field(default=(), converter=strings)
    """Arguments of the entrypoint."""
    metric_definitions: tuple[MetricDefinition, ...] = attrs.field(default=(), converter=_metric_definitions)
    """At most 40. Every member of the collaboration receives these metrics."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InferenceContainerConfig:
    """The container that runs inference."""

    image_uri: str
    """An image in Amazon ECR: `registry/repository` with or without `:tag`."""


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithm:
    """A configured model algorithm. It has no status: creating and deleting one take effect immediately."""

    configured_model_algorithm_arn: str
    name: str
    role_arn: str
    """The IAM role that AWS assumes to read the images."""
    create_time: datetime
    update_time: datetime
    training_container_config: ContainerConfig | None = None
    inference_container_config: InferenceContainerConfig | None = None
    kms_key_arn: str | None = None
    """The KMS key that encrypts the algorithm. None: a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmSummary:
    """A configured model algorithm in a list."""

    configured_model_algorithm_arn: str
    name: str
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def create_configured_model_algorithm(
    client: Client,
    *,
    name: str,
    role_arn: str,
    training_container_config: ContainerConfig | None = None,
    inference_container_config: InferenceContainerConfig | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Create a configured model algorithm from container images. It can be used immediately.

    AWS: CreateConfiguredModelAlgorithm.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. It need not be unique.
        role_arn: The IAM role that AWS assumes to read the images.
        training_container_config: The container that trains. None: the algorithm cannot train.
        inference_container_config: The container that runs inference. None: the algorithm cannot run inference jobs.
        kms_key_arn: The AWS KMS key that encrypts the data of the algorithm. None: a key that AWS owns.
        tags: Labels of the new algorithm, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the algorithm.

    Raises:
        ConflictError: The request conflicts with the state of another resource.
        ServiceQuotaExceededError: The account has as many algorithms as its quota allows.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "CreateConfiguredModelAlgorithm",
        str,
        "configuredModelAlgorithmArn",
        name=name,
        role_arn=role_arn,
        training_container_config=training_container_config,
        inference_container_config=inference_container_config,
        kms_key_arn=kms_key_arn,
        tags=tags,
        description=description,
    )


async def get_configured_model_algorithm(
    client: Client, configured_model_algorithm_arn: str
) -> ConfiguredModelAlgorithm:
    """Return a configured model algorithm.

    AWS: GetConfiguredModelAlgorithm.

    Args:
        client: The client from `connect`.
        configured_model_algorithm_arn: The ARN that `create_configured_model_algorithm` returned;
            `list_configured_model_algorithms` lists it.

    Returns:
        The algorithm.

    Raises:
        ResourceNotFoundError: The algorithm does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetConfiguredModelAlgorithm",
        ConfiguredModelAlgorithm,
        configured_model_algorithm_arn=configured_model_algorithm_arn,
    )


def list_configured_model_algorithms(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[ConfiguredModelAlgorithmSummary]:
    """List the configured model algorithms of the account.

    AWS: ListConfiguredModelAlgorithms.

    Args:
        client: The client from `connect`.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListConfiguredModelAlgorithms",
        ConfiguredModelAlgorithmSummary,
        "configuredModelAlgorithms",
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_configured_model_algorithm(client: Client, configured_model_algorithm_arn: str) -> None:
    """Delete a configured model algorithm. Its images stay in their repositories.

    AWS: DeleteConfiguredModelAlgorithm.

    Args:
        client: The client from `connect`.
        configured_model_algorithm_arn: The ARN that `create_configured_model_algorithm` returned;
            `list_configured_model_algorithms` lists it.

    Raises:
        ConflictError: An association uses the algorithm.
        ResourceNotFoundError: The algorithm does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client, "DeleteConfiguredModelAlgorithm", None, configured_model_algorithm_arn=configured_model_algorithm_arn
    )
