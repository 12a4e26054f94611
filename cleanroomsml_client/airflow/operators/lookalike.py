"""The operators of the lookalike path, from training data to an exported audience."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from ...resources.audience_export_jobs import start_audience_export_job
from ...resources.audience_generation_jobs import AudienceGenerationJobDataSource, start_audience_generation_job
from ...resources.audience_models import create_audience_model
from ...resources.configured_audience_models import (
    AudienceSizeConfig,
    ConfiguredAudienceModelOutputConfig,
    SharedAudienceMetrics,
    TagOnCreatePolicy,
    create_configured_audience_model,
)
from ...resources.shared import AudienceSize
from ...resources.training_datasets import Dataset, create_training_dataset
from .._creation import AudienceExportCreation, Creation
from .._targets import kind_of_family
from ._base import CreateAndWaitOperator, CreateOperator, Json, Text

__all__ = [
    "CleanRoomsMLCreateAudienceModelOperator",
    "CleanRoomsMLCreateConfiguredAudienceModelOperator",
    "CleanRoomsMLCreateTrainingDatasetOperator",
    "CleanRoomsMLStartAudienceExportJobOperator",
    "CleanRoomsMLStartAudienceGenerationJobOperator",
]


class CleanRoomsMLCreateTrainingDatasetOperator(CreateOperator):
    """Creates a training dataset, or finds the one that an earlier try has created.

    AWS: CreateTrainingDataset.

    Args:
        name: 1-63 characters. The hashes that identify this task become tags.
        role_arn: The ARN of the IAM role that may read the table.
        training_data: One `Dataset`, or its dict.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_training_dataset, kind_of_family("training-datasets"), "training_dataset_arn"
    )

    def __init__(
        self,
        *,
        name: Text,
        role_arn: Text,
        training_data: Sequence[Dataset | Json],
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.role_arn = role_arn
        self.training_data = training_data
        self.tags = tags
        self.description = description


class CleanRoomsMLCreateAudienceModelOperator(CreateAndWaitOperator):
    """Trains an audience model, which takes hours, or continues with the one that an earlier try has created.

    AWS: CreateAudienceModel.

    Args:
        name: 1-63 characters.
        training_dataset_arn: The ARN of the training dataset.
        training_data_start_time: Train on data from this time on; a datetime, or text such as
            `{{ data_interval_start }}`. None: from the dataset's beginning.
        training_data_end_time: Train on data up to this time. None: up to the dataset's end.
        kms_key_arn: The ARN of the KMS key that encrypts the data of the model. None: a key that AWS owns.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_audience_model, kind_of_family("audience-models"), "audience_model_arn"
    )

    def __init__(
        self,
        *,
        name: Text,
        training_dataset_arn: Text,
        training_data_start_time: datetime | Text | None = None,
        training_data_end_time: datetime | Text | None = None,
        kms_key_arn: Text | None = None,
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.training_dataset_arn = training_dataset_arn
        self.training_data_start_time = training_data_start_time
        self.training_data_end_time = training_data_end_time
        self.kms_key_arn = kms_key_arn
        self.tags = tags
        self.description = description


class CleanRoomsMLCreateConfiguredAudienceModelOperator(CreateOperator):
    """Configures which audiences may be generated with an audience model, or finds what an earlier try has created.

    AWS: CreateConfiguredAudienceModel.

    Args:
        name: 1-63 characters.
        audience_model_arn: The ARN of the audience model.
        output_config: Where audiences are stored; a `ConfiguredAudienceModelOutputConfig`, or its dict.
        shared_audience_metrics: Which metrics others see.
        min_matching_seed_size: How many users of a seed must be in the training data, 25-500000. None: 500.
        audience_size_config: The sizes that can be exported; an `AudienceSizeConfig`, or its dict. None: any.
        tags: At most 48 labels.
        child_resource_tag_on_create_policy: Whether generation jobs get these tags. None: AWS decides.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_configured_audience_model,
        kind_of_family("configured-audience-models"),
        "configured_audience_model_arn",
    )

    def __init__(
        self,
        *,
        name: Text,
        audience_model_arn: Text,
        output_config: ConfiguredAudienceModelOutputConfig | Json,
        shared_audience_metrics: Sequence[SharedAudienceMetrics | str],
        min_matching_seed_size: int | Text | None = None,
        audience_size_config: AudienceSizeConfig | Json | None = None,
        tags: Json | None = None,
        child_resource_tag_on_create_policy: TagOnCreatePolicy | Text | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.audience_model_arn = audience_model_arn
        self.output_config = output_config
        self.shared_audience_metrics = shared_audience_metrics
        self.min_matching_seed_size = min_matching_seed_size
        self.audience_size_config = audience_size_config
        self.tags = tags
        self.child_resource_tag_on_create_policy = child_resource_tag_on_create_policy
        self.description = description


class CleanRoomsMLStartAudienceGenerationJobOperator(CreateAndWaitOperator):
    """Generates an audience from a seed, or continues with the job that an earlier try has started.

    AWS: StartAudienceGenerationJob.

    Args:
        name: 1-63 characters.
        configured_audience_model_arn: The ARN of the configured audience model.
        seed_audience: The users to find lookalikes of; an `AudienceGenerationJobDataSource`, or its dict.
        include_seed_in_output: Whether exports have the seed's users. None: they have not.
        collaboration_id: The collaboration whose member the job is for. None: none.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        start_audience_generation_job, kind_of_family("audience-generation-jobs"), "audience_generation_job_arn"
    )

    def __init__(
        self,
        *,
        name: Text,
        configured_audience_model_arn: Text,
        seed_audience: AudienceGenerationJobDataSource | Json,
        include_seed_in_output: bool | None = None,
        collaboration_id: Text | None = None,
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.configured_audience_model_arn = configured_audience_model_arn
        self.seed_audience = seed_audience
        self.include_seed_in_output = include_seed_in_output
        self.collaboration_id = collaboration_id
        self.tags = tags
        self.description = description


class CleanRoomsMLStartAudienceExportJobOperator(CreateAndWaitOperator):
    """Exports an audience of one size, or continues with the export that an earlier try has started.

    An export has neither an ARN nor tags: the operator adds 12 characters to its name, which identify the task and the
    inputs, and returns the whole name.

    AWS: StartAudienceExportJob.

    Args:
        name: The beginning of the name, best at most 40 characters.
        audience_generation_job_arn: The ARN of the generation job.
        audience_size: The size, one of those that the configured audience model has; an `AudienceSize`, or its dict.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = AudienceExportCreation(
        start_audience_export_job, kind_of_family("audience-export-jobs")
    )

    def __init__(
        self,
        *,
        name: Text,
        audience_generation_job_arn: Text,
        audience_size: AudienceSize | Json,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.audience_generation_job_arn = audience_generation_job_arn
        self.audience_size = audience_size
        self.description = description
