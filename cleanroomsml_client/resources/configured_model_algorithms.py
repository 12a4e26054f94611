"""Configured model algorithms: container images of your own that train a model and run inference with it."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import map_field
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


@attrs.frozen(kw_only=True)
class MetricDefinition:
    """How to find a metric in the logs of a training."""

    name: str
    regex: str
    """The regular expression that matches the metric in a log line."""


@attrs.frozen(kw_only=True)
class ContainerConfig:
    """The container that trains."""

    image_uri: str
    """An image in Amazon ECR: `registry/repository` with or without `:tag`."""
    entrypoint: tuple[str, ...] = ()
    """Takes precedence over the image's own way to train; empty: the image's own."""
    arguments: tuple[str, ...] = ()
    metric_definitions: tuple[MetricDefinition, ...] = ()
    """At most 40; every member of the collaboration gets these metrics."""


@attrs.frozen(kw_only=True)
class InferenceContainerConfig:
    """The container that runs inference."""

    image_uri: str
    """An image in Amazon ECR: `registry/repository` with or without `:tag`."""


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithm:
    """An algorithm as its owner set it up. It has no status: it is there, or it is not."""

    configured_model_algorithm_arn: str
    name: str
    role_arn: str
    """The IAM role that may read the images."""
    create_time: datetime
    update_time: datetime
    training_container_config: ContainerConfig | None = None
    inference_container_config: InferenceContainerConfig | None = None
    kms_key_arn: str | None = None
    """None: encrypted with a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmSummary:
    """A configured model algorithm as lists show it."""

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
    """Create a configured model algorithm, ready for use at once, and return its ARN.

    `role_arn` is the IAM role that may read the images. Training needs a training container, inference jobs need an
    inference container.

    Raises ConflictError, AccessDeniedError, ServiceQuotaExceededError and ValidationError.
    AWS: CreateConfiguredModelAlgorithm.
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

    Raises ResourceNotFoundError once it is deleted. AWS: GetConfiguredModelAlgorithm.
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
    """Return the account's configured model algorithms, `page_size` (1-100) to a request.

    AWS: ListConfiguredModelAlgorithms.
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
    """Delete a configured model algorithm; its images stay in their repositories.

    Raises ConflictError while it is in use, and ResourceNotFoundError. AWS: DeleteConfiguredModelAlgorithm.
    """
    await call(
        client, "DeleteConfiguredModelAlgorithm", None, configured_model_algorithm_arn=configured_model_algorithm_arn
    )
