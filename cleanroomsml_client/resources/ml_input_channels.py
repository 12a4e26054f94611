"""ML input channels: the result of a query in a collaboration, kept for training and inference."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, TaggedUnion, map_field
from .._paging import Pages
from .._waiting import Goal, Polling, active_goal, last, run_to_end, watch
from .queries import ComputeConfiguration, ProtectedQuerySQLParameters
from .shared import StatusDetails

__all__ = [
    "AccessBudget",
    "AccessBudgetDetails",
    "AccessBudgetType",
    "AutoRefreshMode",
    "CollaborationMLInputChannel",
    "CollaborationMLInputChannelSummary",
    "ColumnClassificationDetails",
    "DataPrivacyScores",
    "InputChannel",
    "InputChannelDataSource",
    "MLInputChannel",
    "MLInputChannelStatus",
    "MLInputChannelSummary",
    "MLSyntheticDataParameters",
    "MembershipInferenceAttackScore",
    "MembershipInferenceAttackVersion",
    "PayerConfiguration",
    "PrivacyBudgets",
    "ProtectedQueryInputParameters",
    "ResultFormat",
    "SyntheticDataColumnProperties",
    "SyntheticDataColumnType",
    "SyntheticDataConfiguration",
    "SyntheticDataEvaluationScores",
    "create_ml_input_channel",
    "delete_ml_input_channel_data",
    "get_collaboration_ml_input_channel",
    "get_ml_input_channel",
    "list_collaboration_ml_input_channels",
    "list_ml_input_channels",
    "wait_for_collaboration_ml_input_channel",
    "wait_for_ml_input_channel",
    "wait_for_ml_input_channel_data_deleted",
    "watch_collaboration_ml_input_channel",
    "watch_ml_input_channel",
    "watch_ml_input_channel_data_deleted",
]


class MLInputChannelStatus(OpenEnum):
    """Where a channel is between its creation and the end of its data."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    INACTIVE = "INACTIVE"
    """The data is gone, deleted or past its retention; the channel itself can still be looked at."""


class ResultFormat(OpenEnum):
    """The format of a query's result."""

    CSV = "CSV"
    PARQUET = "PARQUET"


@attrs.frozen(kw_only=True)
class ProtectedQueryInputParameters:
    """The query that fills a channel; its text never shows in a repr."""

    sql_parameters: ProtectedQuerySQLParameters = attrs.field(repr=False)
    compute_configuration: ComputeConfiguration | None = None
    result_format: ResultFormat | None = None
    """None: CSV."""


@attrs.frozen(kw_only=True)
class InputChannelDataSource(TaggedUnion):
    """What fills a channel."""

    protected_query_input_parameters: ProtectedQueryInputParameters | None = None


@attrs.frozen(kw_only=True)
class InputChannel:
    """What fills a channel, and who may do it."""

    data_source: InputChannelDataSource
    role_arn: str
    """The IAM role that runs the query; it must be in your own account."""


@attrs.frozen(kw_only=True)
class PayerConfiguration:
    """Which members pay for a channel, by account ID."""

    compute_payer_account_id: str | None = None
    synthetic_data_payer_account_id: str | None = None


class AccessBudgetType(OpenEnum):
    """The period of a budget."""

    CALENDAR_DAY = "CALENDAR_DAY"
    CALENDAR_MONTH = "CALENDAR_MONTH"
    CALENDAR_WEEK = "CALENDAR_WEEK"
    LIFETIME = "LIFETIME"
    """Never begins anew."""


class AutoRefreshMode(OpenEnum):
    """Whether a budget is filled up again when its period ends."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@attrs.frozen(kw_only=True)
class AccessBudgetDetails:
    """A budget in one period."""

    budget_type: AccessBudgetType
    budget: int
    remaining_budget: int
    start_time: datetime
    end_time: datetime | None = None
    """None: the period never ends."""
    auto_refresh: AutoRefreshMode | None = None


@attrs.frozen(kw_only=True)
class AccessBudget:
    """How often a table may still be used."""

    resource_arn: str
    """The configured table association that the budget belongs to."""
    details: tuple[AccessBudgetDetails, ...]
    aggregate_remaining_budget: int
    """What is left over all periods together."""


@attrs.frozen(kw_only=True)
class PrivacyBudgets(TaggedUnion):
    """The budgets that a channel draws on."""

    access_budgets: tuple[AccessBudget, ...] | None = None


class SyntheticDataColumnType(OpenEnum):
    """How the values of a column are imitated."""

    CATEGORICAL = "CATEGORICAL"
    NUMERICAL = "NUMERICAL"


@attrs.frozen(kw_only=True)
class SyntheticDataColumnProperties:
    """How one column is imitated."""

    column_name: str
    column_type: SyntheticDataColumnType
    is_predictive_value: bool
    """True: models are to predict this column."""


@attrs.frozen(kw_only=True)
class ColumnClassificationDetails:
    """How the columns are imitated."""

    column_mapping: tuple[SyntheticDataColumnProperties, ...]


@attrs.frozen(kw_only=True)
class MLSyntheticDataParameters:
    """How private synthetic data must be."""

    epsilon: float
    """Of differential privacy, 0.0001-10: the smaller, the more private and the less like the original."""
    max_membership_inference_attack_score: float
    """0.5-1: data that scores worse than this is not handed over."""
    column_classification: ColumnClassificationDetails | None = None


class MembershipInferenceAttackVersion(OpenEnum):
    """The attack that was tried on the data."""

    DISTANCE_TO_CLOSEST_RECORD_V1 = "DISTANCE_TO_CLOSEST_RECORD_V1"


@attrs.frozen(kw_only=True)
class MembershipInferenceAttackScore:
    """How well an attack tells whose records the data was made from."""

    attack_version: MembershipInferenceAttackVersion
    score: float
    """0-1."""


@attrs.frozen(kw_only=True)
class DataPrivacyScores:
    """How the data stood up to attacks."""

    membership_inference_attack_scores: tuple[MembershipInferenceAttackScore, ...]


@attrs.frozen(kw_only=True)
class SyntheticDataEvaluationScores:
    """How good the synthetic data is."""

    data_privacy_scores: DataPrivacyScores


@attrs.frozen(kw_only=True)
class SyntheticDataConfiguration:
    """How a channel's data is synthesized, when the analysis template asks for it."""

    synthetic_data_parameters: MLSyntheticDataParameters
    synthetic_data_evaluation_scores: SyntheticDataEvaluationScores | None = None
    """None: not evaluated yet."""


@displayed
@attrs.frozen(kw_only=True)
class MLInputChannel:
    """Data for training and inference, as the member who made the channel sees it."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_associations: tuple[str, ...]
    """The ARNs of those that may use the data: exactly one, so far."""
    input_channel: InputChannel
    retention_in_days: int
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    protected_query_identifier: str | None = None
    """The query's ID in AWS Clean Rooms."""
    number_of_records: int | None = None
    number_of_files: float | None = None
    """A whole number, although AWS declares a float."""
    size_in_gb: float | None = None
    privacy_budgets: PrivacyBudgets | None = None
    synthetic_data_configuration: SyntheticDataConfiguration | None = None
    payer_configuration: PayerConfiguration | None = None
    kms_key_arn: str | None = None
    """None: encrypted with a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationMLInputChannel:
    """A channel as every member of the collaboration may see it: no query, KMS key or tags, but whose it is."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_associations: tuple[str, ...]
    """The ARNs of those that may use the data: exactly one, so far."""
    retention_in_days: int
    create_time: datetime
    update_time: datetime
    status_details: StatusDetails | None = None
    number_of_records: int | None = None
    privacy_budgets: PrivacyBudgets | None = None
    synthetic_data_configuration: SyntheticDataConfiguration | None = None
    payer_configuration: PayerConfiguration | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class MLInputChannelSummary:
    """A channel as lists show it."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_associations: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    protected_query_identifier: str | None = None
    payer_configuration: PayerConfiguration | None = None
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class CollaborationMLInputChannelSummary:
    """A channel as a collaboration's lists show it."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    configured_model_algorithm_associations: tuple[str, ...]
    create_time: datetime
    update_time: datetime
    payer_configuration: PayerConfiguration | None = None
    description: str | None = None


async def create_ml_input_channel(
    client: Client,
    membership_identifier: str,
    *,
    configured_model_algorithm_associations: Sequence[str],
    input_channel: InputChannel,
    name: str,
    retention_in_days: int,
    payer_configuration: PayerConfiguration | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Begin to fill a channel and return its ARN; `wait_for_ml_input_channel` tells when it is ready.

    `configured_model_algorithm_associations` holds exactly one ARN, so far. The data is kept for `retention_in_days`
    (1-30).

    Raises ConflictError, ServiceQuotaExceededError, ResourceNotFoundError for an unknown association,
    AccessDeniedError for a role of another account, and ValidationError. AWS: CreateMLInputChannel.
    """
    return await call(
        client,
        "CreateMLInputChannel",
        str,
        "mlInputChannelArn",
        membership_identifier=membership_identifier,
        configured_model_algorithm_associations=configured_model_algorithm_associations,
        input_channel=input_channel,
        name=name,
        retention_in_days=retention_in_days,
        payer_configuration=payer_configuration,
        kms_key_arn=kms_key_arn,
        tags=tags,
        description=description,
    )


async def get_ml_input_channel(client: Client, membership_identifier: str, ml_input_channel_arn: str) -> MLInputChannel:
    """Return a channel of the membership's own, be its data deleted or not.

    Raises ResourceNotFoundError. AWS: GetMLInputChannel.
    """
    return await call(
        client,
        "GetMLInputChannel",
        MLInputChannel,
        membership_identifier=membership_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


async def get_collaboration_ml_input_channel(
    client: Client, collaboration_identifier: str, ml_input_channel_arn: str
) -> CollaborationMLInputChannel:
    """Return a channel of any member's, be its data deleted or not.

    Raises ResourceNotFoundError, and AccessDeniedError for who is no member. AWS: GetCollaborationMLInputChannel.
    """
    return await call(
        client,
        "GetCollaborationMLInputChannel",
        CollaborationMLInputChannel,
        collaboration_identifier=collaboration_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


def list_ml_input_channels(
    client: Client, membership_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[MLInputChannelSummary]:
    """Return the membership's own channels, `page_size` (1-100) to a request. AWS: ListMLInputChannels."""
    return Pages(
        client,
        "ListMLInputChannels",
        MLInputChannelSummary,
        "mlInputChannelsList",
        page_size=page_size,
        starting_token=starting_token,
        membership_identifier=membership_identifier,
    )


def list_collaboration_ml_input_channels(
    client: Client, collaboration_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[CollaborationMLInputChannelSummary]:
    """Return the channels of all members, `page_size` (1-100) to a request. AWS: ListCollaborationMLInputChannels."""
    return Pages(
        client,
        "ListCollaborationMLInputChannels",
        CollaborationMLInputChannelSummary,
        "collaborationMLInputChannelsList",
        page_size=page_size,
        starting_token=starting_token,
        collaboration_identifier=collaboration_identifier,
    )


async def delete_ml_input_channel_data(client: Client, membership_identifier: str, ml_input_channel_arn: str) -> None:
    """Begin to delete a channel's data; `wait_for_ml_input_channel_data_deleted` tells when it is gone.

    Raises ConflictError while the data is in use or not there yet, and ResourceNotFoundError.
    AWS: DeleteMLInputChannelData.
    """
    await call(
        client,
        "DeleteMLInputChannelData",
        None,
        membership_identifier=membership_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


_UNTIL_ACTIVE = active_goal(MLInputChannelStatus)
_UNTIL_DATA_DELETED = Goal(
    success=frozenset({MLInputChannelStatus.INACTIVE}),
    failure=frozenset({MLInputChannelStatus.DELETE_FAILED}),
    success_when_not_found=True,
)


def watch_ml_input_channel(
    client: Client, membership_identifier: str, ml_input_channel_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[MLInputChannel]:
    """Yield the channel at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    poll = partial(get_ml_input_channel, client, membership_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_ACTIVE, polling)


async def wait_for_ml_input_channel(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[MLInputChannel], object] | None = None,
) -> MLInputChannel:
    """Return the channel when it is ACTIVE; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when the query fails or the data is being deleted or gone, WaitTimeoutError,
    ResourceNotFoundError. AWS: GetMLInputChannel.
    """
    changes = watch_ml_input_channel(client, membership_identifier, ml_input_channel_arn, polling=polling)
    return await last(changes, on_change)


def watch_collaboration_ml_input_channel(
    client: Client, collaboration_identifier: str, ml_input_channel_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[CollaborationMLInputChannel]:
    """Yield the channel at first sight and at every change of status, until it is ACTIVE; errors as when waiting."""
    poll = partial(get_collaboration_ml_input_channel, client, collaboration_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_ACTIVE, polling)


async def wait_for_collaboration_ml_input_channel(
    client: Client,
    collaboration_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[CollaborationMLInputChannel], object] | None = None,
) -> CollaborationMLInputChannel:
    """Return any member's channel when it is ACTIVE; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when the query fails or the data is being deleted or gone, WaitTimeoutError,
    ResourceNotFoundError. AWS: GetCollaborationMLInputChannel.
    """
    changes = watch_collaboration_ml_input_channel(
        client, collaboration_identifier, ml_input_channel_arn, polling=polling
    )
    return await last(changes, on_change)


def watch_ml_input_channel_data_deleted(
    client: Client, membership_identifier: str, ml_input_channel_arn: str, *, polling: Polling = Polling()
) -> AsyncIterator[MLInputChannel]:
    """Yield the channel at first sight and at every change of status, until its data is gone; errors as when waiting.

    The last one is INACTIVE, unless the channel is no longer found.
    """
    poll = partial(get_ml_input_channel, client, membership_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_DATA_DELETED, polling)


async def wait_for_ml_input_channel_data_deleted(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    on_change: Callable[[MLInputChannel], object] | None = None,
) -> None:
    """Return when the channel's data is gone; `on_change` is called with what `watch_` would yield.

    Raises WaitFailedError when deleting fails, and WaitTimeoutError. AWS: GetMLInputChannel.
    """
    changes = watch_ml_input_channel_data_deleted(client, membership_identifier, ml_input_channel_arn, polling=polling)
    await run_to_end(changes, on_change)
