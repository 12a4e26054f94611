"""The operators of the custom-model path, from a container image to trained models and their inferences."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from airflow.sdk import Context

from ...resources.configured_model_algorithm_associations import (
    PrivacyConfiguration,
    create_configured_model_algorithm_association,
)
from ...resources.configured_model_algorithms import (
    ContainerConfig,
    InferenceContainerConfig,
    create_configured_model_algorithm,
)
from ...resources.ml_configurations import MLOutputConfiguration, put_ml_configuration
from ...resources.ml_input_channels import InputChannel, PayerConfiguration, create_ml_input_channel
from ...resources.trained_model_export_jobs import (
    TrainedModelExportOutputConfiguration,
    start_trained_model_export_job,
)
from ...resources.trained_model_inference_jobs import (
    InferenceContainerExecutionParameters,
    InferenceOutputConfiguration,
    InferenceResourceConfig,
    ModelInferenceDataSource,
    start_trained_model_inference_job,
)
from ...resources.trained_models import create_trained_model
from ...resources.training_settings import (
    IncrementalTrainingDataChannel,
    ModelTrainingDataChannel,
    ResourceConfig,
    StoppingCondition,
    TrainingInputMode,
)
from .._creation import Creation, TrainedModelCreation, TrainedModelExportCreation
from .._targets import kind_of_family
from ._base import CreateAndWaitOperator, CreateOperator, Json, OperationOperator, Text

__all__ = [
    "CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator",
    "CleanRoomsMLCreateConfiguredModelAlgorithmOperator",
    "CleanRoomsMLCreateMLInputChannelOperator",
    "CleanRoomsMLCreateTrainedModelOperator",
    "CleanRoomsMLPutMLConfigurationOperator",
    "CleanRoomsMLStartTrainedModelExportJobOperator",
    "CleanRoomsMLStartTrainedModelInferenceJobOperator",
]


class CleanRoomsMLPutMLConfigurationOperator(OperationOperator):
    """Sets where the output of a membership goes. Setting the same again changes nothing.

    AWS: PutMLConfiguration.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        default_output_location: The S3 location and the role that may write there; an `MLOutputConfiguration`, or its
            dict.
        **kwargs: The connection, and the arguments of every operator of Airflow.
    """

    function: ClassVar[Callable[..., Any]] = staticmethod(put_ml_configuration)

    def __init__(
        self, *, membership_identifier: Text, default_output_location: MLOutputConfiguration | Json, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)  # pyright: ignore[reportUnknownMemberType]
        self.membership_identifier = membership_identifier
        self.default_output_location = default_output_location

    def execute(self, context: Context) -> None:
        """Set it.

        Args:
            context: Airflow's context of the task.
        """
        self.run_async(put_ml_configuration, **self.arguments(context))


class CleanRoomsMLCreateConfiguredModelAlgorithmOperator(CreateOperator):
    """Registers an algorithm, the container images of a model, or finds what an earlier try has created.

    AWS: CreateConfiguredModelAlgorithm.

    Args:
        name: 1-63 characters.
        role_arn: The ARN of the IAM role that may read the images.
        training_container_config: The container that trains; a `ContainerConfig`, or its dict. None: the algorithm
            cannot train.
        inference_container_config: The container that runs inference; an `InferenceContainerConfig`, or its dict. None:
            the algorithm cannot run inference jobs.
        kms_key_arn: The ARN of the KMS key that encrypts the data. None: a key that AWS owns.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_configured_model_algorithm,
        kind_of_family("configured-model-algorithms"),
        "configured_model_algorithm_arn",
    )

    def __init__(
        self,
        *,
        name: Text,
        role_arn: Text,
        training_container_config: ContainerConfig | Json | None = None,
        inference_container_config: InferenceContainerConfig | Json | None = None,
        kms_key_arn: Text | None = None,
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.name = name
        self.role_arn = role_arn
        self.training_container_config = training_container_config
        self.inference_container_config = inference_container_config
        self.kms_key_arn = kms_key_arn
        self.tags = tags
        self.description = description


class CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator(CreateOperator):
    """Associates an algorithm with a collaboration, or finds what an earlier try has created.

    AWS: CreateConfiguredModelAlgorithmAssociation.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        configured_model_algorithm_arn: The ARN of the algorithm.
        name: 1-63 characters.
        privacy_configuration: What may leave the collaboration; a `PrivacyConfiguration`, or its dict. None: AWS's
            default.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_configured_model_algorithm_association,
        kind_of_family("configured-model-algorithm-associations"),
        "configured_model_algorithm_association_arn",
    )

    def __init__(
        self,
        *,
        membership_identifier: Text,
        configured_model_algorithm_arn: Text,
        name: Text,
        privacy_configuration: PrivacyConfiguration | Json | None = None,
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.membership_identifier = membership_identifier
        self.configured_model_algorithm_arn = configured_model_algorithm_arn
        self.name = name
        self.privacy_configuration = privacy_configuration
        self.tags = tags
        self.description = description


class CleanRoomsMLCreateMLInputChannelOperator(CreateAndWaitOperator):
    """Fills an ML input channel with the result of a query, or continues with that of an earlier try.

    AWS: CreateMLInputChannel.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        configured_model_algorithm_associations: The ARNs of the associations that may use the data; exactly one, so
            far.
        input_channel: The query and the role that runs it; an `InputChannel`, or its dict. Its SQL may hold templates.
        name: 1-63 characters.
        retention_in_days: How long the data is kept: 1-30 days.
        payer_configuration: Which members pay. None: as the collaboration is set up.
        kms_key_arn: The ARN of the KMS key that encrypts the data. None: a key that AWS owns.
        tags: At most 48 labels.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        create_ml_input_channel, kind_of_family("ml-input-channels"), "ml_input_channel_arn"
    )

    def __init__(
        self,
        *,
        membership_identifier: Text,
        configured_model_algorithm_associations: Sequence[Text],
        input_channel: InputChannel | Json,
        name: Text,
        retention_in_days: int | Text,
        payer_configuration: PayerConfiguration | Json | None = None,
        kms_key_arn: Text | None = None,
        tags: Json | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.membership_identifier = membership_identifier
        self.configured_model_algorithm_associations = configured_model_algorithm_associations
        self.input_channel = input_channel
        self.name = name
        self.retention_in_days = retention_in_days
        self.payer_configuration = payer_configuration
        self.kms_key_arn = kms_key_arn
        self.tags = tags
        self.description = description


class CleanRoomsMLCreateTrainedModelOperator(CreateAndWaitOperator):
    """Trains a model, which takes hours, or continues with the one that an earlier try has created.

    AWS: CreateTrainedModel.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        name: 1-63 characters. Incremental training adds 12 characters, which identify the task and the inputs, because
            all versions of a model share their tags.
        configured_model_algorithm_association_arn: The ARN of the association of the algorithm.
        resource_config: The machines to train on; a `ResourceConfig`, or its dict.
        data_channels: The ML input channels to train on, 1-20; each a `ModelTrainingDataChannel`, or its dict.
        hyperparameters: Settings for the training container, at most 100.
        environment: Environment variables of the training container, at most 100.
        stopping_condition: When to stop training that takes too long. None: AWS's default.
        incremental_training_data_channels: The earlier model to continue from, of which this one becomes a version; at
            most one. None: from scratch.
        training_input_mode: How the container gets its data. None: AWS's default.
        description: Free text, up to 255 characters.
        kms_key_arn: The ARN of the KMS key that encrypts the data. None: a key that AWS owns.
        tags: At most 48 labels.
        ml_model_training_payer_account_id: The 12-digit ID of the account that pays. None: the default payer.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = TrainedModelCreation(
        create_trained_model, kind_of_family("trained-models"), "trained_model_arn"
    )

    def __init__(
        self,
        *,
        membership_identifier: Text,
        name: Text,
        configured_model_algorithm_association_arn: Text,
        resource_config: ResourceConfig | Json,
        data_channels: Sequence[ModelTrainingDataChannel | Json],
        hyperparameters: Json | None = None,
        environment: Json | None = None,
        stopping_condition: StoppingCondition | Json | None = None,
        incremental_training_data_channels: Sequence[IncrementalTrainingDataChannel | Json] | None = None,
        training_input_mode: TrainingInputMode | Text | None = None,
        description: Text | None = None,
        kms_key_arn: Text | None = None,
        tags: Json | None = None,
        ml_model_training_payer_account_id: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.membership_identifier = membership_identifier
        self.name = name
        self.configured_model_algorithm_association_arn = configured_model_algorithm_association_arn
        self.resource_config = resource_config
        self.data_channels = data_channels
        self.hyperparameters = hyperparameters
        self.environment = environment
        self.stopping_condition = stopping_condition
        self.incremental_training_data_channels = incremental_training_data_channels
        self.training_input_mode = training_input_mode
        self.description = description
        self.kms_key_arn = kms_key_arn
        self.tags = tags
        self.ml_model_training_payer_account_id = ml_model_training_payer_account_id


class CleanRoomsMLStartTrainedModelExportJobOperator(CreateAndWaitOperator):
    """Gives the output of a trained model to a member, or continues with the export of an earlier try.

    An export has neither an ARN nor tags: the operator adds 12 characters to its name, which identify the task and the
    inputs, and returns the whole name.

    AWS: StartTrainedModelExportJob.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        trained_model_arn: The ARN of the trained model.
        name: The beginning of the name, best at most 40 characters.
        output_configuration: Which member receives the output; a `TrainedModelExportOutputConfiguration`, or its dict.
        trained_model_version_identifier: The version. None: name it when the model has several.
        description: Free text, up to 255 characters.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = TrainedModelExportCreation(
        start_trained_model_export_job, kind_of_family("collaboration-trained-model-export-jobs")
    )

    def __init__(
        self,
        *,
        membership_identifier: Text,
        trained_model_arn: Text,
        name: Text,
        output_configuration: TrainedModelExportOutputConfiguration | Json,
        trained_model_version_identifier: Text | None = None,
        description: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.membership_identifier = membership_identifier
        self.trained_model_arn = trained_model_arn
        self.name = name
        self.output_configuration = output_configuration
        self.trained_model_version_identifier = trained_model_version_identifier
        self.description = description


class CleanRoomsMLStartTrainedModelInferenceJobOperator(CreateAndWaitOperator):
    """Runs inference with a trained model, or continues with the job that an earlier try has started.

    AWS: StartTrainedModelInferenceJob.

    Args:
        membership_identifier: The UUID of your membership in the collaboration.
        name: 1-63 characters.
        trained_model_arn: The ARN of the trained model.
        resource_config: The machines to run on; an `InferenceResourceConfig`, or its dict.
        output_configuration: Which member receives the output; an `InferenceOutputConfiguration`, or its dict.
        data_source: The ML input channel; a `ModelInferenceDataSource`, or its dict.
        trained_model_version_identifier: The version. None: name it when the model has several.
        configured_model_algorithm_association_arn: The association whose inference container is used. None: the one
            that the model was trained with.
        description: Free text, up to 255 characters.
        container_execution_parameters: Limits for the requests to the container. None: AWS's defaults.
        environment: Environment variables of the inference container, at most 16.
        kms_key_arn: The ARN of the KMS key that encrypts the data. None: a key that AWS owns.
        tags: At most 48 labels.
        ml_model_inference_payer_account_id: The 12-digit ID of the account that pays. None: the default payer.
        **kwargs: `if_exists`, how to wait, the connection, and the arguments of every operator of Airflow.
    """

    creation: ClassVar[Creation] = Creation(
        start_trained_model_inference_job,
        kind_of_family("trained-model-inference-jobs"),
        "trained_model_inference_job_arn",
    )

    def __init__(
        self,
        *,
        membership_identifier: Text,
        name: Text,
        trained_model_arn: Text,
        resource_config: InferenceResourceConfig | Json,
        output_configuration: InferenceOutputConfiguration | Json,
        data_source: ModelInferenceDataSource | Json,
        trained_model_version_identifier: Text | None = None,
        configured_model_algorithm_association_arn: Text | None = None,
        description: Text | None = None,
        container_execution_parameters: InferenceContainerExecutionParameters | Json | None = None,
        environment: Json | None = None,
        kms_key_arn: Text | None = None,
        tags: Json | None = None,
        ml_model_inference_payer_account_id: Text | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.membership_identifier = membership_identifier
        self.name = name
        self.trained_model_arn = trained_model_arn
        self.resource_config = resource_config
        self.output_configuration = output_configuration
        self.data_source = data_source
        self.trained_model_version_identifier = trained_model_version_identifier
        self.configured_model_algorithm_association_arn = configured_model_algorithm_association_arn
        self.description = description
        self.container_execution_parameters = container_execution_parameters
        self.environment = environment
        self.kms_key_arn = kms_key_arn
        self.tags = tags
        self.ml_model_inference_payer_account_id = ml_model_inference_payer_account_id
