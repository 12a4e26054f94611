"""Configured audience models: an audience model plus the settings for generating audiences from it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, integers, map_field
from .._models import OpenEnum
from .._paging import Pages
from .shared import AudienceSizeType, S3ConfigMap, audience_size_type

__all__ = [
    "AudienceDestination",
    "AudienceSizeConfig",
    "ConfiguredAudienceModel",
    "ConfiguredAudienceModelOutputConfig",
    "ConfiguredAudienceModelPolicy",
    "ConfiguredAudienceModelStatus",
    "ConfiguredAudienceModelSummary",
    "PolicyExistenceCondition",
    "SharedAudienceMetrics",
    "TagOnCreatePolicy",
    "create_configured_audience_model",
    "delete_configured_audience_model",
    "delete_configured_audience_model_policy",
    "get_configured_audience_model",
    "get_configured_audience_model_policy",
    "list_configured_audience_models",
    "put_configured_audience_model_policy",
    "update_configured_audience_model",
]


class ConfiguredAudienceModelStatus(OpenEnum):
    """The only status of a configured audience model: creating and deleting one take effect immediately."""

    ACTIVE = "ACTIVE"


class SharedAudienceMetrics(OpenEnum):
    """Which quality metrics the account that generates an audience sees."""

    ALL = "ALL"
    NONE = "NONE"


class TagOnCreatePolicy(OpenEnum):
    """Where the tags of a new audience generation job come from."""

    FROM_PARENT_RESOURCE = "FROM_PARENT_RESOURCE"
    """From the configured audience model; tags in the request override them."""
    NONE = "NONE"
    """From the request only."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class AudienceDestination:
    """Where audiences are written."""

    s3_destination: S3ConfigMap


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ConfiguredAudienceModelOutputConfig:
    """Where audiences are written, and by which IAM role."""

    destination: AudienceDestination
    role_arn: str
    """The IAM role that AWS assumes to write there."""

    @classmethod
    def to_s3(cls, s3_uri: str, *, role_arn: str) -> Self:
        """Return a configuration that writes to Amazon S3.

        Args:
            s3_uri: Where, such as `s3://bucket/audiences/`.
            role_arn: The IAM role that AWS assumes to write there.

        Returns:
            The configuration.
        """
        return cls(destination=AudienceDestination(s3_destination=S3ConfigMap(s3_uri=s3_uri)), role_arn=role_arn)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class AudienceSizeConfig:
    """The sizes of audience on offer."""

    audience_size_type: AudienceSizeType = attrs.field(converter=audience_size_type)
    audience_size_bins: tuple[int, ...] = attrs.field(converter=integers)
    """1-25 sizes, in users or in percent as `audience_size_type` says."""


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModel:
    """A configured audience model, which a collaboration uses to generate audiences."""

    configured_audience_model_arn: str
    name: str
    status: ConfiguredAudienceModelStatus
    audience_model_arn: str
    output_config: ConfiguredAudienceModelOutputConfig
    shared_audience_metrics: tuple[SharedAudienceMetrics, ...]
    """Exactly one value, so far."""
    create_time: datetime
    update_time: datetime
    min_matching_seed_size: int | None = None
    """How many users of a seed audience must be found in the training data, 25-500,000. None: 500."""
    audience_size_config: AudienceSizeConfig | None = None
    """The sizes of audience on offer. None: AWS's default."""
    tags: Mapping[str, str] = map_field()
    child_resource_tag_on_create_policy: TagOnCreatePolicy | None = None
    """None: new audience generation jobs do not inherit the tags."""
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModelSummary:
    """A configured audience model in a list."""

    configured_audience_model_arn: str
    name: str
    status: ConfiguredAudienceModelStatus
    audience_model_arn: str
    output_config: ConfiguredAudienceModelOutputConfig
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def create_configured_audience_model(
    client: Client,
    *,
    name: str,
    audience_model_arn: str,
    output_config: ConfiguredAudienceModelOutputConfig,
    shared_audience_metrics: SequenceNotStr[SharedAudienceMetrics],
    min_matching_seed_size: int | None = None,
    audience_size_config: AudienceSizeConfig | None = None,
    tags: Mapping[str, str] | None = None,
    child_resource_tag_on_create_policy: TagOnCreatePolicy | None = None,
    description: str | None = None,
) -> str:
    """Create a configured audience model. It can be used immediately.

    AWS: CreateConfiguredAudienceModel.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. It need not be unique.
        audience_model_arn: The ARN that `create_audience_model` returned; `list_audience_models` lists it.
        output_config: Where audiences are written, and the IAM role that AWS assumes to write them.
        shared_audience_metrics: Which quality metrics the account that generates an audience sees; exactly one
            value, so far.
        min_matching_seed_size: How many users of a seed audience must be found in the training data, 25-500,000.
            None: 500.
        audience_size_config: The sizes of audience on offer. None: AWS's default.
        tags: Labels of the new configured model, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        child_resource_tag_on_create_policy: Whether audience generation jobs inherit the tags. None: they do not.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the configured audience model.

    Raises:
        ConflictError: The audience model is not ACTIVE.
        ResourceNotFoundError: There is no such audience model.
        ServiceQuotaExceededError: The account has as many configured audience models as its quota allows.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "CreateConfiguredAudienceModel",
        str,
        "configuredAudienceModelArn",
        name=name,
        audience_model_arn=audience_model_arn,
        output_config=output_config,
        shared_audience_metrics=shared_audience_metrics,
        min_matching_seed_size=min_matching_seed_size,
        audience_size_config=audience_size_config,
        tags=tags,
        child_resource_tag_on_create_policy=child_resource_tag_on_create_policy,
        description=description,
    )


async def get_configured_audience_model(client: Client, configured_audience_model_arn: str) -> ConfiguredAudienceModel:
    """Return a configured audience model.

    AWS: GetConfiguredAudienceModel.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.

    Returns:
        The configured audience model.

    Raises:
        ResourceNotFoundError: The configured model does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetConfiguredAudienceModel",
        ConfiguredAudienceModel,
        configured_audience_model_arn=configured_audience_model_arn,
    )


def list_configured_audience_models(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[ConfiguredAudienceModelSummary]:
    """List the configured audience models of the account.

    AWS: ListConfiguredAudienceModels.

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
        "ListConfiguredAudienceModels",
        ConfiguredAudienceModelSummary,
        "configuredAudienceModels",
        page_size=page_size,
        starting_token=starting_token,
    )


async def update_configured_audience_model(
    client: Client,
    configured_audience_model_arn: str,
    *,
    output_config: ConfiguredAudienceModelOutputConfig | None = None,
    audience_model_arn: str | None = None,
    shared_audience_metrics: SequenceNotStr[SharedAudienceMetrics] | None = None,
    min_matching_seed_size: int | None = None,
    audience_size_config: AudienceSizeConfig | None = None,
    description: str | None = None,
) -> str:
    """Change a configured audience model. What is None stays as it is.

    AWS: UpdateConfiguredAudienceModel.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.
        output_config: Where audiences are written, and the IAM role that AWS assumes to write them.
        audience_model_arn: The ARN of the audience model to use from now on.
        shared_audience_metrics: Which quality metrics the account that generates an audience sees; exactly one
            value, so far.
        min_matching_seed_size: How many users of a seed audience must be found in the training data, 25-500,000.
        audience_size_config: The sizes of audience on offer.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the configured audience model.

    Raises:
        ConflictError: The new audience model is not ACTIVE, or another change of the configured model is in progress.
        ResourceNotFoundError: There is no such configured model, or no such audience model.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "UpdateConfiguredAudienceModel",
        str,
        "configuredAudienceModelArn",
        configured_audience_model_arn=configured_audience_model_arn,
        output_config=output_config,
        audience_model_arn=audience_model_arn,
        shared_audience_metrics=shared_audience_metrics,
        min_matching_seed_size=min_matching_seed_size,
        audience_size_config=audience_size_config,
        description=description,
    )


async def delete_configured_audience_model(client: Client, configured_audience_model_arn: str) -> None:
    """Delete a configured audience model.

    AWS also removes it from the collaborations that it is associated with.

    AWS: DeleteConfiguredAudienceModel.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.

    Raises:
        ConflictError: Audience generation jobs use the configured model.
        ResourceNotFoundError: The configured model does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client, "DeleteConfiguredAudienceModel", None, configured_audience_model_arn=configured_audience_model_arn
    )


class PolicyExistenceCondition(OpenEnum):
    """Whether a policy must exist when a new one is set."""

    POLICY_MUST_EXIST = "POLICY_MUST_EXIST"
    POLICY_MUST_NOT_EXIST = "POLICY_MUST_NOT_EXIST"


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModelPolicy:
    """The resource policy of a configured audience model: which other accounts may use it."""

    configured_audience_model_arn: str
    configured_audience_model_policy: str
    """An IAM policy document, as JSON text."""
    policy_hash: str
    """Changes with the policy. Pass it as `previous_policy_hash` to avoid overwriting another change."""


async def put_configured_audience_model_policy(
    client: Client,
    configured_audience_model_arn: str,
    *,
    configured_audience_model_policy: str,
    previous_policy_hash: str | None = None,
    policy_existence_condition: PolicyExistenceCondition | None = None,
) -> str:
    """Set the resource policy of a configured audience model, replacing an earlier one.

    With `previous_policy_hash` or `policy_existence_condition`, the policy is set only if the present one is as
    expected; otherwise the call raises ValidationError.

    AWS: PutConfiguredAudienceModelPolicy.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.
        configured_audience_model_policy: An IAM policy document, as JSON text of 1-20,480 characters.
        previous_policy_hash: The `policy_hash` that the present policy must have, from
            `get_configured_audience_model_policy`. None: it may have any.
        policy_existence_condition: Whether a policy must exist already. None: both are accepted.

    Returns:
        The hash of the new policy.

    Raises:
        ResourceNotFoundError: There is no such configured model.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "PutConfiguredAudienceModelPolicy",
        str,
        "policyHash",
        configured_audience_model_arn=configured_audience_model_arn,
        configured_audience_model_policy=configured_audience_model_policy,
        previous_policy_hash=previous_policy_hash,
        policy_existence_condition=policy_existence_condition,
    )


async def get_configured_audience_model_policy(
    client: Client, configured_audience_model_arn: str
) -> ConfiguredAudienceModelPolicy:
    """Return the resource policy of a configured audience model.

    AWS: GetConfiguredAudienceModelPolicy.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.

    Returns:
        The policy with its hash.

    Raises:
        ResourceNotFoundError: There is no such configured model, or it has no policy.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetConfiguredAudienceModelPolicy",
        ConfiguredAudienceModelPolicy,
        configured_audience_model_arn=configured_audience_model_arn,
    )


async def delete_configured_audience_model_policy(client: Client, configured_audience_model_arn: str) -> None:
    """Delete the resource policy of a configured audience model. After that, only its owner can use the model.

    AWS: DeleteConfiguredAudienceModelPolicy.

    Args:
        client: The client from `connect`.
        configured_audience_model_arn: The ARN that `create_configured_audience_model` returned;
            `list_configured_audience_models` lists it.

    Raises:
        ResourceNotFoundError: There is no such configured model, or it has no policy.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client, "DeleteConfiguredAudienceModelPolicy", None, configured_audience_model_arn=configured_audience_model_arn
    )
