"""Training datasets: interactions of users with items, in AWS Glue tables; audience models are trained on them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self, cast

import attrs

from .._client import Client, call
from .._display import displayed
from .._fields import SequenceNotStr, check_inputs, map_field, to_enum, to_tuple
from .._models import OpenEnum, kind_of
from .._paging import Pages

__all__ = [
    "ColumnSchema",
    "ColumnType",
    "DataSource",
    "Dataset",
    "DatasetInputConfig",
    "DatasetType",
    "GlueDataSource",
    "TrainingDataset",
    "TrainingDatasetStatus",
    "TrainingDatasetSummary",
    "create_training_dataset",
    "delete_training_dataset",
    "get_training_dataset",
    "list_training_datasets",
]


class TrainingDatasetStatus(OpenEnum):
    """The only status of a training dataset: creating and deleting one take effect immediately."""

    ACTIVE = "ACTIVE"


class DatasetType(OpenEnum):
    """What each row of a dataset represents."""

    INTERACTIONS = "INTERACTIONS"


def _dataset_type(value: DatasetType | str) -> DatasetType:
    return to_enum(DatasetType, value)


class ColumnType(OpenEnum):
    """How training uses a column."""

    USER_ID = "USER_ID"
    ITEM_ID = "ITEM_ID"
    TIMESTAMP = "TIMESTAMP"
    CATEGORICAL_FEATURE = "CATEGORICAL_FEATURE"
    NUMERICAL_FEATURE = "NUMERICAL_FEATURE"


def _column_types(value: SequenceNotStr[ColumnType | str]) -> tuple[ColumnType, ...]:
    return to_tuple(ColumnType, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class ColumnSchema:
    """A column of a table, and how training uses it."""

    column_name: str
    column_types: tuple[ColumnType, ...] = attrs.field(converter=_column_types)
    """Exactly one, so far."""


def _column_schemas(value: SequenceNotStr[ColumnSchema]) -> tuple[ColumnSchema, ...]:
    return to_tuple(ColumnSchema, value)


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class GlueDataSource:
    """A table in the AWS Glue Data Catalog."""

    table_name: str
    database_name: str
    catalog_id: str | None = None
    """The account that owns the catalog. None: your own account."""


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class DataSource:
    """The table that a dataset is read from."""

    glue_data_source: GlueDataSource


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class DatasetInputConfig:
    """How to read a dataset: its columns and its table."""

    schema: tuple[ColumnSchema, ...] = attrs.field(converter=_column_schemas)
    """1-100 columns."""
    data_source: DataSource


@attrs.frozen(kw_only=True, field_transformer=check_inputs)
class Dataset:
    """One table of training data, and how to read it."""

    type: DatasetType = attrs.field(converter=_dataset_type)
    """What each row represents."""
    input_config: DatasetInputConfig

    @classmethod
    def from_glue(
        cls,
        database_name: str,
        table_name: str,
        columns: Mapping[str, ColumnType | str],
        *,
        catalog_id: str | None = None,
    ) -> Self:
        """Return a dataset of interactions in an AWS Glue table.

        Args:
            database_name: The database in the AWS Glue Data Catalog.
            table_name: The table; each row is an interaction of a user with an item.
            columns: How training uses each column, by its name, such as `{"user": "USER_ID"}`; 1-100 columns.
            catalog_id: The account that owns the catalog, 12 digits. None: your own account.

        Returns:
            The dataset.

        Raises:
            TypeError: `columns` is not a mapping.
        """
        if not isinstance(cast("object", columns), Mapping):
            raise TypeError(
                f"Dataset.from_glue: columns: a mapping of names to types expected, not {kind_of(columns)}; "
                'write {"user": "USER_ID", ...}'
            )
        source = GlueDataSource(table_name=table_name, database_name=database_name, catalog_id=catalog_id)
        schema = [ColumnSchema(column_name=name, column_types=[kind]) for name, kind in columns.items()]
        config = DatasetInputConfig(schema=schema, data_source=DataSource(glue_data_source=source))
        return cls(type=DatasetType.INTERACTIONS, input_config=config)


@displayed
@attrs.frozen(kw_only=True)
class TrainingDataset:
    """A training dataset: a reference to tables, whose data is not copied."""

    training_dataset_arn: str
    name: str
    status: TrainingDatasetStatus
    training_data: tuple[Dataset, ...]
    """Exactly one dataset, so far."""
    role_arn: str
    """The IAM role that AWS assumes to read the tables."""
    create_time: datetime
    update_time: datetime
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainingDatasetSummary:
    """A training dataset in a list."""

    training_dataset_arn: str
    name: str
    status: TrainingDatasetStatus
    create_time: datetime
    update_time: datetime
    description: str | None = None


async def create_training_dataset(
    client: Client,
    *,
    name: str,
    role_arn: str,
    training_data: SequenceNotStr[Dataset],
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Create a training dataset. It can be used immediately.

    AWS: CreateTrainingDataset.

    Args:
        client: The client from `connect`.
        name: 1-63 characters. It need not be unique.
        role_arn: The ARN of the IAM role that AWS assumes to read the tables.
        training_data: The tables to learn from; exactly one dataset, so far.
        tags: Labels of the new dataset, at most 50; keys have 1-128 characters, values 0-256. None: no tags.
        description: Free text, up to 255 characters.

    Returns:
        The ARN of the training dataset.

    Raises:
        ConflictError: Another change is in progress at the same time; AWS documents no exact condition.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(
        client,
        "CreateTrainingDataset",
        str,
        "trainingDatasetArn",
        name=name,
        role_arn=role_arn,
        training_data=training_data,
        tags=tags,
        description=description,
    )


async def get_training_dataset(client: Client, training_dataset_arn: str) -> TrainingDataset:
    """Return a training dataset.

    AWS: GetTrainingDataset.

    Args:
        client: The client from `connect`.
        training_dataset_arn: The ARN that `create_training_dataset` returned; `list_training_datasets` lists it.

    Returns:
        The training dataset.

    Raises:
        ResourceNotFoundError: The dataset does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return await call(client, "GetTrainingDataset", TrainingDataset, training_dataset_arn=training_dataset_arn)


def list_training_datasets(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[TrainingDatasetSummary]:
    """List the training datasets of the account.

    AWS: ListTrainingDatasets.

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
        "ListTrainingDatasets",
        TrainingDatasetSummary,
        "trainingDatasets",
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_training_dataset(client: Client, training_dataset_arn: str) -> None:
    """Delete a training dataset. The data itself stays in its tables.

    AWS: DeleteTrainingDataset.

    Args:
        client: The client from `connect`.
        training_dataset_arn: The ARN that `create_training_dataset` returned; `list_training_datasets` lists it.

    Raises:
        ConflictError: Audience models use the dataset.
        ResourceNotFoundError: The dataset does not exist or was deleted.
        CleanRoomsMLError: Any other failure; `cleanroomsml_client.errors` lists what every call may raise.
    """
    await call(client, "DeleteTrainingDataset", None, training_dataset_arn=training_dataset_arn)
