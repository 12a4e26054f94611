"""Configured audience models: an audience model with the terms on which audiences may be made from it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages
from .shared import AudienceSizeType, S3ConfigMap

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
    """A configured audience model has one status: it is there at once, and at once gone."""

    ACTIVE = "ACTIVE"


class SharedAudienceMetrics(OpenEnum):
    """Which quality metrics of an audience its maker gets to see."""

    ALL = "ALL"
    NONE = "NONE"


class TagOnCreatePolicy(OpenEnum):
    """Where the tags of a new audience generation job come from."""

    FROM_PARENT_RESOURCE = "FROM_PARENT_RESOURCE"
    """From the configured audience model; those in the request override them."""
    NONE = "NONE"
    """From the request alone."""


@attrs.frozen(kw_only=True)
class AudienceDestination:
    """Where audiences are written."""

    s3_destination: S3ConfigMap


@attrs.frozen(kw_only=True)
class ConfiguredAudienceModelOutputConfig:
    """Where audiences are written, and with whose permission."""

    destination: AudienceDestination
    role_arn: str
    """The IAM role that may write there."""


@attrs.frozen(kw_only=True)
class AudienceSizeConfig:
    """The sizes of audience on offer."""

    audience_size_type: AudienceSizeType
    audience_size_bins: tuple[int, ...]
    """1-25 sizes, each in users or in percent, as the type says."""


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModel:
    """A configured audience model: what a collaboration uses to generate audiences."""

    configured_audience_model_arn: str
    name: str
    status: ConfiguredAudienceModelStatus
    audience_model_arn: str
    output_config: ConfiguredAudienceModelOutputConfig
    shared_audience_metrics: tuple[SharedAudienceMetrics, ...]
    create_time: datetime
    update_time: datetime
    min_matching_seed_size: int | None = None
    """How many users of a seed audience must be in the training data."""
    audience_size_config: AudienceSizeConfig | None = None
    tags: Mapping[str, str] = map_field()
    child_resource_tag_on_create_policy: TagOnCreatePolicy | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModelSummary:
    """A configured audience model as lists show it."""

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
    shared_audience_metrics: Sequence[SharedAudienceMetrics],
    min_matching_seed_size: int | None = None,
    audience_size_config: AudienceSizeConfig | None = None,
    tags: Mapping[str, str] | None = None,
    child_resource_tag_on_create_policy: TagOnCreatePolicy | None = None,
    description: str | None = None,
) -> str:
    """Create a configured audience model, ready for use at once, and return its ARN.

    `shared_audience_metrics` holds exactly one value, so far. `min_matching_seed_size` is 25-500,000 users, 500 unless
    given.

    Raises ResourceNotFoundError for an unknown audience model, ServiceQuotaExceededError, ConflictError and
    ValidationError. AWS: CreateConfiguredAudienceModel.
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
    """Return a configured audience model. Raises ResourceNotFoundError. AWS: GetConfiguredAudienceModel."""
    return await call(
        client,
        "GetConfiguredAudienceModel",
        ConfiguredAudienceModel,
        configured_audience_model_arn=configured_audience_model_arn,
    )


def list_configured_audience_models(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[ConfiguredAudienceModelSummary]:
    """Return the account's configured audience models, `page_size` (1-100) to a request.

    AWS: ListConfiguredAudienceModels.
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
    shared_audience_metrics: Sequence[SharedAudienceMetrics] | None = None,
    min_matching_seed_size: int | None = None,
    audience_size_config: AudienceSizeConfig | None = None,
    description: str | None = None,
) -> str:
    """Change what is given, leave the rest as it is, and return the model's ARN.

    Raises ResourceNotFoundError, ConflictError and ValidationError. AWS: UpdateConfiguredAudienceModel.
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

    Raises ConflictError while audience generation jobs use it, and ResourceNotFoundError.
    AWS: DeleteConfiguredAudienceModel.
    """
    await call(
        client, "DeleteConfiguredAudienceModel", None, configured_audience_model_arn=configured_audience_model_arn
    )


class PolicyExistenceCondition(OpenEnum):
    """Whether there must be a policy for a new one to be put."""

    POLICY_MUST_EXIST = "POLICY_MUST_EXIST"
    POLICY_MUST_NOT_EXIST = "POLICY_MUST_NOT_EXIST"


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredAudienceModelPolicy:
    """The resource policy of a configured audience model: who besides its owner may use it."""

    configured_audience_model_arn: str
    configured_audience_model_policy: str
    """An IAM policy document, as JSON text."""
    policy_hash: str
    """Changes with the policy: `previous_policy_hash` of a put that must not overwrite somebody else's change."""


async def put_configured_audience_model_policy(
    client: Client,
    configured_audience_model_arn: str,
    *,
    configured_audience_model_policy: str,
    previous_policy_hash: str | None = None,
    policy_existence_condition: PolicyExistenceCondition | None = None,
) -> str:
    """Set the policy of a configured audience model and return its hash.

    `previous_policy_hash` and `policy_existence_condition` say what must be there before, or nothing is changed.

    Raises ValidationError for a policy that cannot be, and ResourceNotFoundError.
    AWS: PutConfiguredAudienceModelPolicy.
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
    """Return the policy of a configured audience model. Raises ResourceNotFoundError where there is none.

    AWS: GetConfiguredAudienceModelPolicy.
    """
    return await call(
        client,
        "GetConfiguredAudienceModelPolicy",
        ConfiguredAudienceModelPolicy,
        configured_audience_model_arn=configured_audience_model_arn,
    )


async def delete_configured_audience_model_policy(client: Client, configured_audience_model_arn: str) -> None:
    """Delete the policy of a configured audience model; only its owner may use it then.

    Raises ResourceNotFoundError. AWS: DeleteConfiguredAudienceModelPolicy.
    """
    await call(
        client, "DeleteConfiguredAudienceModelPolicy", None, configured_audience_model_arn=configured_audience_model_arn
    )
