"""Training datasets: who did what with which item, read from AWS Glue tables; audience models learn from them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from .._client import Client, call
from .._display import displayed
from .._models import OpenEnum, map_field
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
    """A training dataset has one status: it is there at once, and at once gone."""

    ACTIVE = "ACTIVE"


class DatasetType(OpenEnum):
    """What the rows of a dataset are."""

    INTERACTIONS = "INTERACTIONS"


class ColumnType(OpenEnum):
    """What a column means to the training."""

    USER_ID = "USER_ID"
    ITEM_ID = "ITEM_ID"
    TIMESTAMP = "TIMESTAMP"
    CATEGORICAL_FEATURE = "CATEGORICAL_FEATURE"
    NUMERICAL_FEATURE = "NUMERICAL_FEATURE"


@attrs.frozen(kw_only=True)
class ColumnSchema:
    """A column and its meaning."""

    column_name: str
    column_types: tuple[ColumnType, ...]
    """Exactly one, so far."""


@attrs.frozen(kw_only=True)
class GlueDataSource:
    """A table in the AWS Glue Data Catalog."""

    table_name: str
    database_name: str
    catalog_id: str | None = None
    """The account whose catalog it is; None: your own."""


@attrs.frozen(kw_only=True)
class DataSource:
    """Where the rows come from."""

    glue_data_source: GlueDataSource


@attrs.frozen(kw_only=True)
class DatasetInputConfig:
    """How to read the rows."""

    schema: tuple[ColumnSchema, ...]
    """1-100 columns."""
    data_source: DataSource


@attrs.frozen(kw_only=True)
class Dataset:
    """One table of training data."""

    type: DatasetType
    input_config: DatasetInputConfig


@displayed
@attrs.frozen(kw_only=True)
class TrainingDataset:
    """A training dataset: it points to the data, which stays where it is."""

    training_dataset_arn: str
    name: str
    status: TrainingDatasetStatus
    training_data: tuple[Dataset, ...]
    role_arn: str
    """The IAM role that may read the data."""
    create_time: datetime
    update_time: datetime
    tags: Mapping[str, str] = map_field()
    description: str | None = None


@displayed
@attrs.frozen(kw_only=True)
class TrainingDatasetSummary:
    """A training dataset as lists show it."""

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
    training_data: Sequence[Dataset],
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
) -> str:
    """Create a training dataset, ready for use at once, and return its ARN.

    `training_data` holds exactly one dataset, so far. `role_arn` is the IAM role that may read it.

    Raises ConflictError, AccessDeniedError and ValidationError. AWS: CreateTrainingDataset.
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
    """Return a training dataset. Raises ResourceNotFoundError once it is deleted. AWS: GetTrainingDataset."""
    return await call(client, "GetTrainingDataset", TrainingDataset, training_dataset_arn=training_dataset_arn)


def list_training_datasets(
    client: Client, *, page_size: int | None = None, starting_token: str | None = None
) -> Pages[TrainingDatasetSummary]:
    """Return the account's training datasets, `page_size` (1-100) to a request. AWS: ListTrainingDatasets."""
    return Pages(
        client,
        "ListTrainingDatasets",
        TrainingDatasetSummary,
        "trainingDatasets",
        page_size=page_size,
        starting_token=starting_token,
    )


async def delete_training_dataset(client: Client, training_dataset_arn: str) -> None:
    """Delete a training dataset; the data itself stays in its tables.

    Raises ConflictError while audience models use it, and ResourceNotFoundError. AWS: DeleteTrainingDataset.
    """
    await call(client, "DeleteTrainingDataset", None, training_dataset_arn=training_dataset_arn)
