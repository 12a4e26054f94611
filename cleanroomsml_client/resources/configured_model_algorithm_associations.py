"""Associations of configured model algorithms: they bring an algorithm into a collaboration, with rules of privacy."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
from .._paging import Pages

__all__ = [
    "CollaborationConfiguredModelAlgorithmAssociation",
    "CollaborationConfiguredModelAlgorithmAssociationSummary",
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
    "get_collaboration_configured_model_algorithm_association",
    "get_configured_model_algorithm_association",
    "list_collaboration_configured_model_algorithm_associations",
    "list_configured_model_algorithm_associations",
]


class EntityType(OpenEnum):
    """What is struck out of logs."""

    ALL_PERSONALLY_IDENTIFIABLE_INFORMATION = "ALL_PERSONALLY_IDENTIFIABLE_INFORMATION"
    NUMBERS = "NUMBERS"
    CUSTOM = "CUSTOM"
    """What a `CustomEntityConfig` describes."""


@attrs.frozen(kw_only=True)
class CustomEntityConfig:
    """What else is struck out of logs."""

    custom_data_identifiers: tuple[str, ...]
    """1-10 patterns of the text to strike out."""


@attrs.frozen(kw_only=True)
class LogRedactionConfiguration:
    """What is struck out of logs before they are handed over."""

    entities_to_redact: tuple[EntityType, ...]
    custom_entity_config: CustomEntityConfig | None = None
    """Goes with `EntityType.CUSTOM`, and only with it."""


class LogType(OpenEnum):
    """Which logs a policy is about."""

    ALL = "ALL"
    ERROR_SUMMARY = "ERROR_SUMMARY"


@attrs.frozen(kw_only=True)
class LogsConfigurationPolicy:
    """Who may read a container's logs, and how much of them."""

    allowed_account_ids: tuple[str, ...]
    """1-5 accounts."""
    filter_pattern: str | None = None
    """A regular expression: only log lines that match it are handed over."""
    log_type: LogType | None = None
    log_redaction_configuration: LogRedactionConfiguration | None = None


class NoiseLevelType(OpenEnum):
    """How much noise blurs the metrics."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    NONE = "NONE"


@attrs.frozen(kw_only=True)
class MetricsConfigurationPolicy:
    """How exact a container's metrics are handed over."""

    noise_level: NoiseLevelType


class TrainedModelArtifactMaxSizeUnitType(OpenEnum):
    """The unit of `TrainedModelArtifactMaxSize`."""

    GB = "GB"


@attrs.frozen(kw_only=True)
class TrainedModelArtifactMaxSize:
    """How large a trained model may be."""

    unit: TrainedModelArtifactMaxSizeUnitType
    value: float
    """0.01-100."""


@attrs.frozen(kw_only=True)
class TrainedModelsConfigurationPolicy:
    """Rules for training."""

    container_logs: tuple[LogsConfigurationPolicy, ...] = ()
    """At most 5."""
    container_metrics: MetricsConfigurationPolicy | None = None
    max_artifact_size: TrainedModelArtifactMaxSize | None = None


class TrainedModelExportsMaxSizeUnitType(OpenEnum):
    """The unit of `TrainedModelExportsMaxSize`."""

    GB = "GB"


@attrs.frozen(kw_only=True)
class TrainedModelExportsMaxSize:
    """How much an export may hold."""

    unit: TrainedModelExportsMaxSizeUnitType
    value: float
    """0.01-50."""


class TrainedModelExportFileType(OpenEnum):
    """What an export may hold."""

    MODEL = "MODEL"
    OUTPUT = "OUTPUT"


@attrs.frozen(kw_only=True)
class TrainedModelExportsConfigurationPolicy:
    """Rules for exporting trained models."""

    max_size: TrainedModelExportsMaxSize
    files_to_export: tuple[TrainedModelExportFileType, ...]


class TrainedModelInferenceMaxOutputSizeUnitType(OpenEnum):
    """The unit of `TrainedModelInferenceMaxOutputSize`."""

    GB = "GB"


@attrs.frozen(kw_only=True)
class TrainedModelInferenceMaxOutputSize:
    """How much an inference job may put out."""

    unit: TrainedModelInferenceMaxOutputSizeUnitType
    value: float
    """0.01-100."""


@attrs.frozen(kw_only=True)
class TrainedModelInferenceJobsConfigurationPolicy:
    """Rules for inference."""

    container_logs: tuple[LogsConfigurationPolicy, ...] = ()
    """At most 5."""
    max_output_size: TrainedModelInferenceMaxOutputSize | None = None


@attrs.frozen(kw_only=True)
class PrivacyConfigurationPolicies:
    """The rules for each thing that can be done with an algorithm."""

    trained_models: TrainedModelsConfigurationPolicy | None = None
    trained_model_exports: TrainedModelExportsConfigurationPolicy | None = None
    trained_model_inference_jobs: TrainedModelInferenceJobsConfigurationPolicy | None = None


@attrs.frozen(kw_only=True)
class PrivacyConfiguration:
    """What may leave the collaboration, and who gets it."""

    policies: PrivacyConfigurationPolicies


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmAssociation:
    """An algorithm in a collaboration, for all members to use. It has no status: it is there, or it is not."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    """The membership of who associated the algorithm."""
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    create_time: datetime
    update_time: datetime
    privacy_configuration: PrivacyConfiguration | None = None
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationConfiguredModelAlgorithmAssociation:
    """An association as every member of the collaboration may see it: no tags, but whose it is."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    """The membership of who associated the algorithm."""
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    creator_account_id: str
    create_time: datetime
    update_time: datetime
    privacy_configuration: PrivacyConfiguration | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class ConfiguredModelAlgorithmAssociationSummary:
    """An association as lists show it."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    create_time: datetime
    update_time: datetime
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationConfiguredModelAlgorithmAssociationSummary:
    """An association as a collaboration's lists show it."""

    configured_model_algorithm_association_arn: str
    name: str
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_arn: str
    creator_account_id: str
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
    """Bring an algorithm into the membership's collaboration, at once, and return the association's ARN.

    Raises ConflictError, ServiceQuotaExceededError, ResourceNotFoundError for an unknown membership or algorithm,
    AccessDeniedError and ValidationError. AWS: CreateConfiguredModelAlgorithmAssociation.
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
    """Return an association of the membership's own.

    Raises ResourceNotFoundError once it is deleted. AWS: GetConfiguredModelAlgorithmAssociation.
    """
    return await call(
        client,
        "GetConfiguredModelAlgorithmAssociation",
        ConfiguredModelAlgorithmAssociation,
        membership_identifier=membership_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )


async def get_collaboration_configured_model_algorithm_association(
    client: Client, collaboration_identifier: str, configured_model_algorithm_association_arn: str
) -> CollaborationConfiguredModelAlgorithmAssociation:
    """Return an association of any member's.

    Raises ResourceNotFoundError once it is deleted, and AccessDeniedError for who is no member.
    AWS: GetCollaborationConfiguredModelAlgorithmAssociation.
    """
    return await call(
        client,
        "GetCollaborationConfiguredModelAlgorithmAssociation",
        CollaborationConfiguredModelAlgorithmAssociation,
        collaboration_identifier=collaboration_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )


def list_configured_model_algorithm_associations(
    client: Client, membership_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[ConfiguredModelAlgorithmAssociationSummary]:
    """Return the membership's own associations, `page_size` (1-100) to a request.

    AWS: ListConfiguredModelAlgorithmAssociations.
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


def list_collaboration_configured_model_algorithm_associations(
    client: Client, collaboration_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[CollaborationConfiguredModelAlgorithmAssociationSummary]:
    """Return the associations of all members, `page_size` (1-100) to a request.

    AWS: ListCollaborationConfiguredModelAlgorithmAssociations.
    """
    return Pages(
        client,
        "ListCollaborationConfiguredModelAlgorithmAssociations",
        CollaborationConfiguredModelAlgorithmAssociationSummary,
        "collaborationConfiguredModelAlgorithmAssociations",
        page_size=page_size,
        starting_token=starting_token,
        collaboration_identifier=collaboration_identifier,
    )


async def delete_configured_model_algorithm_association(
    client: Client, membership_identifier: str, configured_model_algorithm_association_arn: str
) -> None:
    """Take an algorithm out of the collaboration; the algorithm itself stays.

    Raises ConflictError while the association is in use, and ResourceNotFoundError.
    AWS: DeleteConfiguredModelAlgorithmAssociation.
    """
    await call(
        client,
        "DeleteConfiguredModelAlgorithmAssociation",
        None,
        membership_identifier=membership_identifier,
        configured_model_algorithm_association_arn=configured_model_algorithm_association_arn,
    )
