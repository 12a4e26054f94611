"""Associations of configured model algorithms: they bring an algorithm into a collaboration, with privacy rules."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, map_field, strings, to_enum, to_tuple
from .._models import OpenEnum
from .._paging import Pages

__all__ = [
    "ConfiguredModelAlgorithmAssociation",
    "ConfiguredModelAlgorithmAssociationSummary",
    "CustomEntityConfig",
    "EntityType",
    "LogRedactionConfiguration",
    "LogType",
    "LogsConfigurationPolicy",
    "MetricsConfigurationPolicy",
    "NoiseLevelType",
    "PrivacyConfiguration",
    "PrivacyConfigurationPolicies",
    "TrainedModelArtifactMaxSize",
    "TrainedModelArtifactMaxSizeUnitType",
    "TrainedModelExportFileType",
    "TrainedModelExportsConfigurationPolicy",
    "TrainedModelExportsMaxSize",
    "TrainedModelExportsMaxSizeUnitType",
    "TrainedModelInferenceJobsConfigurationPolicy",
    "TrainedModelInferenceMaxOutputSize",
    "TrainedModelInferenceMaxOutputSizeUnitType",
    "TrainedModelsConfigurationPolicy",
    "create_configured_model_algorithm_association",
    "delete_configured_model_algorithm_association",
    "get_configured_model_algorithm_association",
    "list_configured_model_algorithm_associations",
]


class EntityType(OpenEnum):
    """What is redacted in logs."""

    ALL_PERSONALLY_IDENTIFIABLE_INFORMATION = "ALL_PERSONALLY_IDENTIFIABLE_INFORMATION"
    NUMBERS = "NUMBERS"
    CUSTOM = "CUSTOM"
    """The text that a `CustomEntityConfig` describes."""


def _entity_types(value: SequenceNotStr[EntityType | str]) -> tuple[EntityType, ...]:
    return to_tuple(EntityType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class CustomEntityConfig:
    """What else is redacted in logs."""

    custom_data_identifiers: tuple[str, ...] = attrs.field(converter=strings)
    """1-10 patterns of the text to redact."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class LogRedactionConfiguration:
    """What is redacted in logs before members receive them."""

    entities_to_redact: tuple[EntityType, ...] = attrs.field(converter=_entity_types)
    custom_entity_config: CustomEntityConfig | None = None
    """Required with `EntityType.CUSTOM`, not allowed without it."""


class LogType(OpenEnum):
    """The kind of logs that a policy covers."""

    ALL = "ALL"
    ERROR_SUMMARY = "ERROR_SUMMARY"


def _log_type(value: LogType | str | None) -> LogType | None:
    return to_enum(LogType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class LogsConfigurationPolicy:
    """Which accounts may read the logs of a container, and which part of them."""

    allowed_account_ids: tuple[str, ...] = attrs.field(converter=strings)
    """1-5 account IDs."""
    filter_pattern: str | None = None
    """A regular expression; only log lines that match it are delivered. None: all lines."""
    log_type: LogType | None = attrs.field(default=None, converter=_log_type)
    log_redaction_configuration: LogRedactionConfiguration | None = None


def _log_policies(value: SequenceNotStr[LogsConfigurationPolicy]) -> tuple[LogsConfigurationPolicy, ...]:
    return to_tuple(LogsConfigurationPolicy, value)


class NoiseLevelType(OpenEnum):
    """How much noise is added to metrics."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    NONE = "NONE"


def _noise_level(value: NoiseLevelType | str) -> NoiseLevelType:
    return to_enum(NoiseLevelType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class MetricsConfigurationPolicy:
    """How precise the metrics of a container are when members receive them."""

    noise_level: NoiseLevelType = attrs.field(converter=_noise_level)


class TrainedModelArtifactMaxSizeUnitType(OpenEnum):
    """The unit of `TrainedModelArtifactMaxSize`."""

    GB = "GB"


def _artifact_size_unit(
    value: TrainedModelArtifactMaxSizeUnitType | str,
) -> TrainedModelArtifactMaxSizeUnitType:
    return to_enum(TrainedModelArtifactMaxSizeUnitType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelArtifactMaxSize:
    """The largest size of a trained model."""

    unit: TrainedModelArtifactMaxSizeUnitType = attrs.field(converter=_artifact_size_unit)
    value: float
    """0.01-100 GB."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelsConfigurationPolicy:
    """Rules for training."""

    container_logs: tuple[LogsConfigurationPolicy, ...] = attrs.field(default=(), converter=_log_policies)
    """At most 5."""
    container_metrics: MetricsConfigurationPolicy | None = None
    max_artifact_size: TrainedModelArtifactMaxSize | None = None


class TrainedModelExportsMaxSizeUnitType(OpenEnum):
    """The unit of `TrainedModelExportsMaxSize`."""

    GB = "GB"


def _export_size_unit(
    value: TrainedModelExportsMaxSizeUnitType | str,
) -> TrainedModelExportsMaxSizeUnitType:
    return to_enum(TrainedModelExportsMaxSizeUnitType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelExportsMaxSize:
    """The largest size of an export."""

    unit: TrainedModelExportsMaxSizeUnitType = attrs.field(converter=_export_size_unit)
    value: float
    """0.01-50 GB."""


class TrainedModelExportFileType(OpenEnum):
    """What an export may contain."""

    MODEL = "MODEL"
    OUTPUT = "OUTPUT"


def _file_types(
    value: SequenceNotStr[TrainedModelExportFileType | str],
) -> tuple[TrainedModelExportFileType, ...]:
    return to_tuple(TrainedModelExportFileType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelExportsConfigurationPolicy:
    """Rules for exporting trained models."""

    max_size: TrainedModelExportsMaxSize
    files_to_export: tuple[TrainedModelExportFileType, ...] = attrs.field(converter=_file_types)


class TrainedModelInferenceMaxOutputSizeUnitType(OpenEnum):
    """The unit of `TrainedModelInferenceMaxOutputSize`."""

    GB = "GB"


def _output_size_unit(
    value: TrainedModelInferenceMaxOutputSizeUnitType | str,
) -> TrainedModelInferenceMaxOutputSizeUnitType:
    return to_enum(TrainedModelInferenceMaxOutputSizeUnitType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelInferenceMaxOutputSize:
    """The largest output of an inference job."""

    unit: TrainedModelInferenceMaxOutputSizeUnitType = attrs.field(converter=_output_size_unit)
    value: float
    """0.01-100 GB."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class TrainedModelInferenceJobsConfigurationPolicy:
    """Rules for inference."""

    container_logs: tuple[LogsConfigurationPolicy, ...] = attrs.field(default=(), converter=_log_policies)
    """At most 5."""
    max_output_size: TrainedModelInferenceMaxOutputSize | None = None


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class PrivacyConfigurationPolicies:
    """The rules for training, for exports and for inference."""

    trained_models: TrainedModelsConfigurationPolicy | None = None
    trained_model_exports: TrainedModelExportsConfigurationPolicy | None = None
    trained_model_inference_jobs: TrainedModelInferenceJobsConfigurationPolicy | None = None


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class PrivacyConfiguration:
    """What may leave the collaboration, and who receives it."""

    policies: PrivacyConfigurationPolicies


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmAssociation:
    """An algorithm in a collaboration, for all members to use.

    It has no status: creating and deleting one take effect immediately.
    """

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    """The membership that associated the algorithm."""
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    create_time: datetime
    update_time: datetime
    privacy_configuration: PrivacyConfiguration | None = None
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmAssociationSummary:
    """An association in a list."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def create_configured_model_algorithm_association(
    client: Client,
    membership_identifier: str,
    *,
    configured_model_algorithm_arn: str,
    name: str,
    privacy_configuration: PrivacyConfiguration | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Associate an algorithm with a collaboration, so that all its members can use it. It can be used immediately.

    AWS: CreateConfiguredModelAlgorithmAssociation.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        configured_model_algorithm_arn: The ARN that `create_configured_model_algorithm` returned;
            `list_configured_model_algorithms` lists it.
        name: 1-63 characters. It need not be unique.
        privacy_configuration: What may leave the collaboration, and who gets it. None: AWS's default.
        tags: Labels of the new association, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the association.

    Raises:
        ConflictError: The request conflicts with the state of another resource.
        ResourceNotFoundError: There is no such membership, or no such algorithm.
        ServiceQuotaExceededError: The membership has as many associations as its quota allows.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "CreateConfiguredModelAlgorithmAssociation",
        str,
        "configuredModelAlgorithmAssociationArn",
        membership_identifier=membership_identifier,
        configured_model_algorithm_arn=configured_model_algorithm_arn,
        name=name,
        privacy_configuration=privacy_configuration,
        tags=tags,
        description=description,
    )


async def get_configured_model_algorithm_association(
    client: Client, membership_identifier: str, configured_model_algorithm_association_arn: str
) -> ConfiguredModelAlgorithmAssociation:
    """Return an association of your own membership.

    AWS: GetConfiguredModelAlgorithmAssociation.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        configured_model_algorithm_association_arn: The ARN that `create_configured_model_algorithm_association`
            returned; `list_collaboration_configured_model_algorithm_associations` lists those of all members.

    Returns:
        The association, with its tags.

    Raises:
        ResourceNotFoundError: The association does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetConfiguredModelAlgorithmAssociation",
        ConfiguredModelAlgorithmAssociation,
        membership_identifier=membership_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )


def list_configured_model_algorithm_associations(
    client: Client, membership_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[ConfiguredModelAlgorithmAssociationSummary]:
    """List the associations of your own membership.

    AWS: ListConfiguredModelAlgorithmAssociations.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListConfiguredModelAlgorithmAssociations",
        ConfiguredModelAlgorithmAssociationSummary,
        "configuredModelAlgorithmAssociations",
        page_size=page_size,
        starting_token=starting_token,
        membership_identifier=membership_identifier,
    )


async def delete_configured_model_algorithm_association(
    client: Client, membership_identifier: str, configured_model_algorithm_association_arn: str
) -> None:
    """Remove an algorithm from a collaboration. The algorithm itself stays.

    AWS: DeleteConfiguredModelAlgorithmAssociation.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        configured_model_algorithm_association_arn: The ARN that `create_configured_model_algorithm_association`
            returned; `list_collaboration_configured_model_algorithm_associations` lists those of all members.

    Raises:
        ConflictError: A channel, trained model or job uses the association.
        ResourceNotFoundError: The association does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "DeleteConfiguredModelAlgorithmAssociation",
        None,
        membership_identifier=membership_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )
