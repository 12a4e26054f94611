"""ML input channels: the result of a query in a collaboration, kept for training and inference."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Self

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, map_field, to_enum
from .._models import OpenEnum, TaggedUnion
from .._paging import Pages
from .._waiting import Polling, active_goal, end_goal, last, run_to_end, watch
from .queries import ComputeConfiguration, ProtectedQuerySQLParameters
from .shared import StatusDetails

__all__ = [
    "AccessBudget",
    "AccessBudgetDetails",
    "AccessBudgetType",
    "AutoRefreshMode",
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
    "get_ml_input_channel",
    "list_ml_input_channels",
    "wait_for_ml_input_channel",
    "wait_for_ml_input_channel_data_deleted",
    "watch_ml_input_channel",
    "watch_ml_input_channel_data_deleted",
]


class MLInputChannelStatus(OpenEnum):
    """The status of a channel."""

    CREATE_PENDING = "CREATE_PENDING"
    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_FAILED = "CREATE_FAILED"
    ACTIVE = "ACTIVE"
    DELETE_PENDING = "DELETE_PENDING"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    DELETE_FAILED = "DELETE_FAILED"
    INACTIVE = "INACTIVE"
    """The data was deleted or its retention is over; `get_ml_input_channel` still returns the channel."""


class ResultFormat(OpenEnum):
    """The format of a query's result."""

    CSV = "CSV"
    PARQUET = "PARQUET"


def _result_format(value: ResultFormat | str | None) -> ResultFormat | None:
    return to_enum(ResultFormat, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ProtectedQueryInputParameters:
    """The query that fills a channel. A repr does not show its text."""

    sql_parameters: ProtectedQuerySQLParameters = attrs.field(repr=False)
    compute_configuration: ComputeConfiguration | None = None
    result_format: ResultFormat | None = attrs.field(default=None, converter=_result_format)
    """None: AWS uses CSV."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InputChannelDataSource(TaggedUnion):
    """The source of a channel's data; exactly one member is set."""

    protected_query_input_parameters: ProtectedQueryInputParameters | None = None


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class InputChannel:
    """The source of a channel's data, and the IAM role that reads it."""

    data_source: InputChannelDataSource
    role_arn: str
    """The IAM role that AWS assumes to run the query; it must belong to your own account."""

    @classmethod
    def from_sql(
        cls,
        query_string: str,
        *,
        role_arn: str,
        compute_configuration: ComputeConfiguration | None = None,
        result_format: ResultFormat | str | None = None,
    ) -> Self:
        """Return a channel that holds the result of a query in the collaboration.

        Args:
            query_string: SQL, up to 500,000 characters.
            role_arn: The IAM role that AWS assumes to run the query; it must belong to your own account.
            compute_configuration: The machines that run the query. None: AWS's default.
            result_format: The format of the result. None: AWS uses CSV.

        Returns:
            The channel.
        """
        query = ProtectedQuerySQLParameters(query_string=query_string)
        return cls._of(query, role_arn, compute_configuration, result_format)

    @classmethod
    def from_template(
        cls,
        analysis_template_arn: str,
        *,
        role_arn: str,
        parameters: Mapping[str, str] | None = None,
        compute_configuration: ComputeConfiguration | None = None,
        result_format: ResultFormat | str | None = None,
    ) -> Self:
        """Return a channel that holds the result of an analysis template of AWS Clean Rooms.

        Args:
            analysis_template_arn: The ARN of the template; see `aws cleanrooms list-collaboration-analysis-templates`.
            role_arn: The IAM role that AWS assumes to run the query; it must belong to your own account.
            parameters: Values of the template's parameters, by name. None: it has none.
            compute_configuration: The machines that run the query. None: AWS's default.
            result_format: The format of the result. None: AWS uses CSV.

        Returns:
            The channel.
        """
        query = ProtectedQuerySQLParameters(analysis_template_arn=analysis_template_arn, parameters=parameters or {})
        return cls._of(query, role_arn, compute_configuration, result_format)

    @classmethod
    def _of(
        cls,
        query: ProtectedQuerySQLParameters,
        role_arn: str,
        compute_configuration: ComputeConfiguration | None,
        result_format: ResultFormat | str | None,
    ) -> Self:
        parameters = ProtectedQueryInputParameters(
            sql_parameters=query, compute_configuration=compute_configuration, result_format=result_format
        )
        return cls(data_source=InputChannelDataSource(protected_query_input_parameters=parameters), role_arn=role_arn)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
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
    """One period that never ends."""


class AutoRefreshMode(OpenEnum):
    """Whether a budget is renewed when its period ends."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@attrs.frozen(kw_only=True)
class AccessBudgetDetails:
    """A budget in one period."""

    budget_type: AccessBudgetType
    budget: int
    """How many uses the period allows."""
    remaining_budget: int
    """How many uses are left in the period."""
    start_time: datetime
    end_time: datetime | None = None
    """None: the period never ends."""
    auto_refresh: AutoRefreshMode | None = None


@attrs.frozen(kw_only=True)
class AccessBudget:
    """How often a table can still be used."""

    resource_arn: str
    """The ARN of the configured table association that the budget belongs to."""
    details: tuple[AccessBudgetDetails, ...]
    aggregate_remaining_budget: int
    """How many uses are left in all periods together."""


@attrs.frozen(kw_only=True)
class PrivacyBudgets(TaggedUnion):
    """The budgets that a channel uses; exactly one member is set."""

    access_budgets: tuple[AccessBudget, ...] | None = None


class SyntheticDataColumnType(OpenEnum):
    """The kind of values that are synthesized for a column."""

    CATEGORICAL = "CATEGORICAL"
    NUMERICAL = "NUMERICAL"


@attrs.frozen(kw_only=True)
class SyntheticDataColumnProperties:
    """How one column is synthesized."""

    column_name: str
    column_type: SyntheticDataColumnType
    is_predictive_value: bool
    """True: models predict this column."""


@attrs.frozen(kw_only=True)
class ColumnClassificationDetails:
    """How each column is synthesized."""

    column_mapping: tuple[SyntheticDataColumnProperties, ...]


@attrs.frozen(kw_only=True)
class MLSyntheticDataParameters:
    """How private synthetic data must be."""

    epsilon: float
    """The epsilon of differential privacy, 0.0001-10. Smaller: more private, and less similar to the original."""
    max_membership_inference_attack_score: float
    """0.5-1. Data with a higher score is not delivered."""
    column_classification: ColumnClassificationDetails | None = None


class MembershipInferenceAttackVersion(OpenEnum):
    """The attack that was tried on the data."""

    DISTANCE_TO_CLOSEST_RECORD_V1 = "DISTANCE_TO_CLOSEST_RECORD_V1"


@attrs.frozen(kw_only=True)
class MembershipInferenceAttackScore:
    """How well an attack finds out whose records the data was made from."""

    attack_version: MembershipInferenceAttackVersion
    score: float
    """0-1; larger is worse."""


@attrs.frozen(kw_only=True)
class DataPrivacyScores:
    """How well the data resists attacks."""

    membership_inference_attack_scores: tuple[MembershipInferenceAttackScore, ...]


@attrs.frozen(kw_only=True)
class SyntheticDataEvaluationScores:
    """How good the synthetic data is."""

    data_privacy_scores: DataPrivacyScores


@attrs.frozen(kw_only=True)
class SyntheticDataConfiguration:
    """How the data of a channel is synthesized, if the analysis template requires it."""

    synthetic_data_parameters: MLSyntheticDataParameters
    synthetic_data_evaluation_scores: SyntheticDataEvaluationScores | None = None
    """None: not evaluated yet."""


@displayed
@attrs.frozen(kw_only=True)
class MLInputChannel:
    """Data for training and inference, as the member that created the channel sees it."""

    ml_input_channel_arn: str
    name: str
    status: MLInputChannelStatus
    membership_identifier: str
    collaboration_identifier: str
    configured_model_algorithm_associations: tuple[str, ...]
    """The ARNs of the associations that may use the data; exactly one, so far."""
    input_channel: InputChannel
    retention_in_days: int
    """1-30."""
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
    """The KMS key that encrypts the data. None: a key that AWS owns."""
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class MLInputChannelSummary:
    """A channel in a list."""

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


async def create_ml_input_channel(
    client: Client,
    membership_identifier: str,
    *,
    configured_model_algorithm_associations: SequenceNotStr[str],
    input_channel: InputChannel,
    name: str,
    retention_in_days: int,
    payer_configuration: PayerConfiguration | None = None,
    kms_key_arn: str | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Create an ML input channel and start filling it with the result of a query.

    `wait_for_ml_input_channel` returns when the data is there.

    AWS: CreateMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        configured_model_algorithm_associations: The ARNs of the associations that may use the data; exactly one, so
            far.
        input_channel: The query, and the IAM role of your own account that AWS assumes to run it.
        name: 1-63 characters. It need not be unique.
        retention_in_days: How long the data is kept: 1-30 days.
        payer_configuration: Which members pay. None: as the collaboration is set up.
        kms_key_arn: The AWS KMS key that encrypts the data of the channel. None: a key that AWS owns.
        tags: Labels of the new channel, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the channel.

    Raises:
        ConflictError: The request conflicts with the state of another resource.
        ResourceNotFoundError: There is no such membership, or no such association.
        ServiceQuotaExceededError: The membership has as many channels as its quota allows.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
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
    """Return an ML input channel of your own membership, also after its data was deleted.

    AWS: GetMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.

    Returns:
        The channel.

    Raises:
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "GetMLInputChannel",
        MLInputChannel,
        membership_identifier=membership_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


def list_ml_input_channels(
    client: Client, membership_identifier: str, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[MLInputChannelSummary]:
    """List the ML input channels of your own membership.

    AWS: ListMLInputChannels.

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
        "ListMLInputChannels",
        MLInputChannelSummary,
        "mlInputChannelsList",
        page_size=page_size,
        starting_token=starting_token,
        membership_identifier=membership_identifier,
    )


async def delete_ml_input_channel_data(client: Client, membership_identifier: str, ml_input_channel_arn: str) -> None:
    """Start deleting the data of an ML input channel. The channel itself stays, with status INACTIVE.

    `wait_for_ml_input_channel_data_deleted` returns when the data is deleted.

    AWS: DeleteMLInputChannelData.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.

    Raises:
        ConflictError: The data is in use, or is not there yet.
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(
        client,
        "DeleteMLInputChannelData",
        None,
        membership_identifier=membership_identifier,
        ml_input_channel_arn=ml_input_channel_arn,
    )


_UNTIL_ACTIVE = active_goal(MLInputChannelStatus)
_UNTIL_DATA_DELETED = end_goal(
    MLInputChannelStatus,
    MLInputChannelStatus.INACTIVE,
    before=MLInputChannelStatus.ACTIVE,
    success_when_not_found=True,
)


def watch_ml_input_channel(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[MLInputChannel]:
    """Yield the channel after the first poll and after every change of its status, until it is ACTIVE.

    AWS: GetMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The channel. The last one is ACTIVE.

    Raises:
        WaitFailedError: The query failed, or the data is deleted or being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_ml_input_channel, client, membership_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_ACTIVE, polling, timeout)


async def wait_for_ml_input_channel(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[MLInputChannel], object] | None = None,
) -> MLInputChannel:
    """Wait until an ML input channel of your own membership is ACTIVE, and return it.

    AWS: GetMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the channel after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Returns:
        The channel.

    Raises:
        WaitFailedError: The query failed, or the data is deleted or being deleted.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        ResourceNotFoundError: There is no such channel.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_ml_input_channel(
        client, membership_identifier, ml_input_channel_arn, polling=polling, timeout=timeout
    )
    return await last(changes, on_change)


def watch_ml_input_channel_data_deleted(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
) -> AsyncIterator[MLInputChannel]:
    """Yield the channel after the first poll and after every change of its status, until its data is deleted.

    AWS: GetMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.

    Yields:
        The channel.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    poll = partial(get_ml_input_channel, client, membership_identifier, ml_input_channel_arn)
    return watch(poll, ml_input_channel_arn, _UNTIL_DATA_DELETED, polling, timeout)


async def wait_for_ml_input_channel_data_deleted(
    client: Client,
    membership_identifier: str,
    ml_input_channel_arn: str,
    *,
    polling: Polling = Polling(),
    timeout: float | timedelta | None = None,
    on_change: Callable[[MLInputChannel], object] | None = None,
) -> None:
    """Wait until the data of an ML input channel is deleted.

    AWS: GetMLInputChannel.

    Args:
        client: The client from `connect`.
        membership_identifier: The UUID of your membership in the collaboration; see `aws cleanrooms list-memberships`.
        ml_input_channel_arn: The ARN that `create_ml_input_channel` returned; `list_ml_input_channels` lists it.
        polling: How often to poll; by default every 5 to 60 seconds, without a time limit.
        timeout: Seconds or a `timedelta` for the whole wait. 0: poll exactly once. None: `polling.timeout`.
        on_change: Called with the channel after the first poll and after every change of its status.
            An `async def` is awaited before the next poll.

    Raises:
        WaitFailedError: Deleting failed, or the status is another failure, such as CREATE_FAILED.
        WaitTimeoutError: The timeout passed first; `last` is what the last poll returned.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    changes = watch_ml_input_channel_data_deleted(
        client, membership_identifier, ml_input_channel_arn, polling=polling, timeout=timeout
    )
    await run_to_end(changes, on_change)
