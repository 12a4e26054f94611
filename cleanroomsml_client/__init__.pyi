# What type checkers and editors see of __init__.py, which loads it all at need.

from ._enums import (
    OpenEnum as OpenEnum,
)
from ._version import (
    __version__ as __version__,
)
from .client import (
    Client as Client,
)
from .client import (
    connect as connect,
)
from .errors import (
    AccessDeniedError as AccessDeniedError,
)
from .errors import (
    CleanRoomsMLError as CleanRoomsMLError,
)
from .errors import (
    ConflictError as ConflictError,
)
from .errors import (
    CredentialsError as CredentialsError,
)
from .errors import (
    DeadlineError as DeadlineError,
)
from .errors import (
    InternalServiceError as InternalServiceError,
)
from .errors import (
    RequestError as RequestError,
)
from .errors import (
    ResourceNotFoundError as ResourceNotFoundError,
)
from .errors import (
    ResponseError as ResponseError,
)
from .errors import (
    ServiceError as ServiceError,
)
from .errors import (
    ServiceQuotaExceededError as ServiceQuotaExceededError,
)
from .errors import (
    ThrottlingError as ThrottlingError,
)
from .errors import (
    TransportError as TransportError,
)
from .errors import (
    ValidationError as ValidationError,
)
from .errors import (
    WaitError as WaitError,
)
from .errors import (
    WaitFailedError as WaitFailedError,
)
from .errors import (
    WaitTimeoutError as WaitTimeoutError,
)
from .paging import (
    Page as Page,
)
from .paging import (
    Pages as Pages,
)
from .resources.audience_export_jobs import (
    AudienceExportJobStatus as AudienceExportJobStatus,
)
from .resources.audience_export_jobs import (
    AudienceExportJobSummary as AudienceExportJobSummary,
)
from .resources.audience_export_jobs import (
    list_audience_export_jobs as list_audience_export_jobs,
)
from .resources.audience_export_jobs import (
    start_audience_export_job as start_audience_export_job,
)
from .resources.audience_export_jobs import (
    wait_for_audience_export_job as wait_for_audience_export_job,
)
from .resources.audience_export_jobs import (
    watch_audience_export_job as watch_audience_export_job,
)
from .resources.audience_generation_jobs import (
    AudienceGenerationJob as AudienceGenerationJob,
)
from .resources.audience_generation_jobs import (
    AudienceGenerationJobDataSource as AudienceGenerationJobDataSource,
)
from .resources.audience_generation_jobs import (
    AudienceGenerationJobStatus as AudienceGenerationJobStatus,
)
from .resources.audience_generation_jobs import (
    AudienceGenerationJobSummary as AudienceGenerationJobSummary,
)
from .resources.audience_generation_jobs import (
    Metrics as Metrics,
)
from .resources.audience_generation_jobs import (
    RelevanceMetric as RelevanceMetric,
)
from .resources.audience_generation_jobs import (
    delete_audience_generation_job as delete_audience_generation_job,
)
from .resources.audience_generation_jobs import (
    get_audience_generation_job as get_audience_generation_job,
)
from .resources.audience_generation_jobs import (
    list_audience_generation_jobs as list_audience_generation_jobs,
)
from .resources.audience_generation_jobs import (
    start_audience_generation_job as start_audience_generation_job,
)
from .resources.audience_generation_jobs import (
    wait_for_audience_generation_job as wait_for_audience_generation_job,
)
from .resources.audience_generation_jobs import (
    wait_for_audience_generation_job_deleted as wait_for_audience_generation_job_deleted,
)
from .resources.audience_generation_jobs import (
    watch_audience_generation_job as watch_audience_generation_job,
)
from .resources.audience_generation_jobs import (
    watch_audience_generation_job_deleted as watch_audience_generation_job_deleted,
)
from .resources.audience_models import (
    AudienceModel as AudienceModel,
)
from .resources.audience_models import (
    AudienceModelMetric as AudienceModelMetric,
)
from .resources.audience_models import (
    AudienceModelMetricType as AudienceModelMetricType,
)
from .resources.audience_models import (
    AudienceModelStatus as AudienceModelStatus,
)
from .resources.audience_models import (
    AudienceModelSummary as AudienceModelSummary,
)
from .resources.audience_models import (
    create_audience_model as create_audience_model,
)
from .resources.audience_models import (
    delete_audience_model as delete_audience_model,
)
from .resources.audience_models import (
    get_audience_model as get_audience_model,
)
from .resources.audience_models import (
    list_audience_models as list_audience_models,
)
from .resources.audience_models import (
    wait_for_audience_model as wait_for_audience_model,
)
from .resources.audience_models import (
    wait_for_audience_model_deleted as wait_for_audience_model_deleted,
)
from .resources.audience_models import (
    watch_audience_model as watch_audience_model,
)
from .resources.audience_models import (
    watch_audience_model_deleted as watch_audience_model_deleted,
)
from .resources.collaboration_trained_models import (
    CollaborationTrainedModel as CollaborationTrainedModel,
)
from .resources.collaboration_trained_models import (
    CollaborationTrainedModelSummary as CollaborationTrainedModelSummary,
)
from .resources.collaboration_trained_models import (
    get_collaboration_trained_model as get_collaboration_trained_model,
)
from .resources.collaboration_trained_models import (
    list_collaboration_trained_models as list_collaboration_trained_models,
)
from .resources.collaboration_trained_models import (
    wait_for_collaboration_trained_model as wait_for_collaboration_trained_model,
)
from .resources.collaboration_trained_models import (
    watch_collaboration_trained_model as watch_collaboration_trained_model,
)
from .resources.configured_audience_models import (
    AudienceDestination as AudienceDestination,
)
from .resources.configured_audience_models import (
    AudienceSizeConfig as AudienceSizeConfig,
)
from .resources.configured_audience_models import (
    ConfiguredAudienceModel as ConfiguredAudienceModel,
)
from .resources.configured_audience_models import (
    ConfiguredAudienceModelOutputConfig as ConfiguredAudienceModelOutputConfig,
)
from .resources.configured_audience_models import (
    ConfiguredAudienceModelPolicy as ConfiguredAudienceModelPolicy,
)
from .resources.configured_audience_models import (
    ConfiguredAudienceModelStatus as ConfiguredAudienceModelStatus,
)
from .resources.configured_audience_models import (
    ConfiguredAudienceModelSummary as ConfiguredAudienceModelSummary,
)
from .resources.configured_audience_models import (
    PolicyExistenceCondition as PolicyExistenceCondition,
)
from .resources.configured_audience_models import (
    SharedAudienceMetrics as SharedAudienceMetrics,
)
from .resources.configured_audience_models import (
    TagOnCreatePolicy as TagOnCreatePolicy,
)
from .resources.configured_audience_models import (
    create_configured_audience_model as create_configured_audience_model,
)
from .resources.configured_audience_models import (
    delete_configured_audience_model as delete_configured_audience_model,
)
from .resources.configured_audience_models import (
    delete_configured_audience_model_policy as delete_configured_audience_model_policy,
)
from .resources.configured_audience_models import (
    get_configured_audience_model as get_configured_audience_model,
)
from .resources.configured_audience_models import (
    get_configured_audience_model_policy as get_configured_audience_model_policy,
)
from .resources.configured_audience_models import (
    list_configured_audience_models as list_configured_audience_models,
)
from .resources.configured_audience_models import (
    put_configured_audience_model_policy as put_configured_audience_model_policy,
)
from .resources.configured_audience_models import (
    update_configured_audience_model as update_configured_audience_model,
)
from .resources.configured_model_algorithm_associations import (
    CollaborationConfiguredModelAlgorithmAssociation as CollaborationConfiguredModelAlgorithmAssociation,
)
from .resources.configured_model_algorithm_associations import (
    CollaborationConfiguredModelAlgorithmAssociationSummary as CollaborationConfiguredModelAlgorithmAssociationSummary,
)
from .resources.configured_model_algorithm_associations import (
    ConfiguredModelAlgorithmAssociation as ConfiguredModelAlgorithmAssociation,
)
from .resources.configured_model_algorithm_associations import (
    ConfiguredModelAlgorithmAssociationSummary as ConfiguredModelAlgorithmAssociationSummary,
)
from .resources.configured_model_algorithm_associations import (
    CustomEntityConfig as CustomEntityConfig,
)
from .resources.configured_model_algorithm_associations import (
    EntityType as EntityType,
)
from .resources.configured_model_algorithm_associations import (
    LogRedactionConfiguration as LogRedactionConfiguration,
)
from .resources.configured_model_algorithm_associations import (
    LogsConfigurationPolicy as LogsConfigurationPolicy,
)
from .resources.configured_model_algorithm_associations import (
    LogType as LogType,
)
from .resources.configured_model_algorithm_associations import (
    MetricsConfigurationPolicy as MetricsConfigurationPolicy,
)
from .resources.configured_model_algorithm_associations import (
    NoiseLevelType as NoiseLevelType,
)
from .resources.configured_model_algorithm_associations import (
    PrivacyConfiguration as PrivacyConfiguration,
)
from .resources.configured_model_algorithm_associations import (
    PrivacyConfigurationPolicies as PrivacyConfigurationPolicies,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelArtifactMaxSize as TrainedModelArtifactMaxSize,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelArtifactMaxSizeUnitType as TrainedModelArtifactMaxSizeUnitType,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelExportFileType as TrainedModelExportFileType,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelExportsConfigurationPolicy as TrainedModelExportsConfigurationPolicy,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelExportsMaxSize as TrainedModelExportsMaxSize,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelExportsMaxSizeUnitType as TrainedModelExportsMaxSizeUnitType,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelInferenceJobsConfigurationPolicy as TrainedModelInferenceJobsConfigurationPolicy,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelInferenceMaxOutputSize as TrainedModelInferenceMaxOutputSize,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelInferenceMaxOutputSizeUnitType as TrainedModelInferenceMaxOutputSizeUnitType,
)
from .resources.configured_model_algorithm_associations import (
    TrainedModelsConfigurationPolicy as TrainedModelsConfigurationPolicy,
)
from .resources.configured_model_algorithm_associations import (
    create_configured_model_algorithm_association as create_configured_model_algorithm_association,
)
from .resources.configured_model_algorithm_associations import (
    delete_configured_model_algorithm_association as delete_configured_model_algorithm_association,
)
from .resources.configured_model_algorithm_associations import (
    get_collaboration_configured_model_algorithm_association as get_collaboration_configured_model_algorithm_association,
)
from .resources.configured_model_algorithm_associations import (
    get_configured_model_algorithm_association as get_configured_model_algorithm_association,
)
from .resources.configured_model_algorithm_associations import (
    list_collaboration_configured_model_algorithm_associations as list_collaboration_configured_model_algorithm_associations,
)
from .resources.configured_model_algorithm_associations import (
    list_configured_model_algorithm_associations as list_configured_model_algorithm_associations,
)
from .resources.configured_model_algorithms import (
    ConfiguredModelAlgorithm as ConfiguredModelAlgorithm,
)
from .resources.configured_model_algorithms import (
    ConfiguredModelAlgorithmSummary as ConfiguredModelAlgorithmSummary,
)
from .resources.configured_model_algorithms import (
    ContainerConfig as ContainerConfig,
)
from .resources.configured_model_algorithms import (
    InferenceContainerConfig as InferenceContainerConfig,
)
from .resources.configured_model_algorithms import (
    MetricDefinition as MetricDefinition,
)
from .resources.configured_model_algorithms import (
    create_configured_model_algorithm as create_configured_model_algorithm,
)
from .resources.configured_model_algorithms import (
    delete_configured_model_algorithm as delete_configured_model_algorithm,
)
from .resources.configured_model_algorithms import (
    get_configured_model_algorithm as get_configured_model_algorithm,
)
from .resources.configured_model_algorithms import (
    list_configured_model_algorithms as list_configured_model_algorithms,
)
from .resources.instance_types import (
    InferenceInstanceType as InferenceInstanceType,
)
from .resources.instance_types import (
    InstanceType as InstanceType,
)
from .resources.ml_configurations import (
    Destination as Destination,
)
from .resources.ml_configurations import (
    MLConfiguration as MLConfiguration,
)
from .resources.ml_configurations import (
    MLOutputConfiguration as MLOutputConfiguration,
)
from .resources.ml_configurations import (
    delete_ml_configuration as delete_ml_configuration,
)
from .resources.ml_configurations import (
    get_ml_configuration as get_ml_configuration,
)
from .resources.ml_configurations import (
    put_ml_configuration as put_ml_configuration,
)
from .resources.ml_input_channels import (
    AccessBudget as AccessBudget,
)
from .resources.ml_input_channels import (
    AccessBudgetDetails as AccessBudgetDetails,
)
from .resources.ml_input_channels import (
    AccessBudgetType as AccessBudgetType,
)
from .resources.ml_input_channels import (
    AutoRefreshMode as AutoRefreshMode,
)
from .resources.ml_input_channels import (
    CollaborationMLInputChannel as CollaborationMLInputChannel,
)
from .resources.ml_input_channels import (
    CollaborationMLInputChannelSummary as CollaborationMLInputChannelSummary,
)
from .resources.ml_input_channels import (
    ColumnClassificationDetails as ColumnClassificationDetails,
)
from .resources.ml_input_channels import (
    DataPrivacyScores as DataPrivacyScores,
)
from .resources.ml_input_channels import (
    InputChannel as InputChannel,
)
from .resources.ml_input_channels import (
    InputChannelDataSource as InputChannelDataSource,
)
from .resources.ml_input_channels import (
    MembershipInferenceAttackScore as MembershipInferenceAttackScore,
)
from .resources.ml_input_channels import (
    MembershipInferenceAttackVersion as MembershipInferenceAttackVersion,
)
from .resources.ml_input_channels import (
    MLInputChannel as MLInputChannel,
)
from .resources.ml_input_channels import (
    MLInputChannelStatus as MLInputChannelStatus,
)
from .resources.ml_input_channels import (
    MLInputChannelSummary as MLInputChannelSummary,
)
from .resources.ml_input_channels import (
    MLSyntheticDataParameters as MLSyntheticDataParameters,
)
from .resources.ml_input_channels import (
    PayerConfiguration as PayerConfiguration,
)
from .resources.ml_input_channels import (
    PrivacyBudgets as PrivacyBudgets,
)
from .resources.ml_input_channels import (
    ProtectedQueryInputParameters as ProtectedQueryInputParameters,
)
from .resources.ml_input_channels import (
    ResultFormat as ResultFormat,
)
from .resources.ml_input_channels import (
    SyntheticDataColumnProperties as SyntheticDataColumnProperties,
)
from .resources.ml_input_channels import (
    SyntheticDataColumnType as SyntheticDataColumnType,
)
from .resources.ml_input_channels import (
    SyntheticDataConfiguration as SyntheticDataConfiguration,
)
from .resources.ml_input_channels import (
    SyntheticDataEvaluationScores as SyntheticDataEvaluationScores,
)
from .resources.ml_input_channels import (
    create_ml_input_channel as create_ml_input_channel,
)
from .resources.ml_input_channels import (
    delete_ml_input_channel_data as delete_ml_input_channel_data,
)
from .resources.ml_input_channels import (
    get_collaboration_ml_input_channel as get_collaboration_ml_input_channel,
)
from .resources.ml_input_channels import (
    get_ml_input_channel as get_ml_input_channel,
)
from .resources.ml_input_channels import (
    list_collaboration_ml_input_channels as list_collaboration_ml_input_channels,
)
from .resources.ml_input_channels import (
    list_ml_input_channels as list_ml_input_channels,
)
from .resources.ml_input_channels import (
    wait_for_collaboration_ml_input_channel as wait_for_collaboration_ml_input_channel,
)
from .resources.ml_input_channels import (
    wait_for_ml_input_channel as wait_for_ml_input_channel,
)
from .resources.ml_input_channels import (
    wait_for_ml_input_channel_data_deleted as wait_for_ml_input_channel_data_deleted,
)
from .resources.ml_input_channels import (
    watch_collaboration_ml_input_channel as watch_collaboration_ml_input_channel,
)
from .resources.ml_input_channels import (
    watch_ml_input_channel as watch_ml_input_channel,
)
from .resources.ml_input_channels import (
    watch_ml_input_channel_data_deleted as watch_ml_input_channel_data_deleted,
)
from .resources.shared import (
    AudienceSize as AudienceSize,
)
from .resources.shared import (
    AudienceSizeType as AudienceSizeType,
)
from .resources.shared import (
    ComputeConfiguration as ComputeConfiguration,
)
from .resources.shared import (
    LogsStatus as LogsStatus,
)
from .resources.shared import (
    MetricsStatus as MetricsStatus,
)
from .resources.shared import (
    ProtectedQuerySQLParameters as ProtectedQuerySQLParameters,
)
from .resources.shared import (
    S3ConfigMap as S3ConfigMap,
)
from .resources.shared import (
    StatusDetails as StatusDetails,
)
from .resources.shared import (
    WorkerComputeConfiguration as WorkerComputeConfiguration,
)
from .resources.shared import (
    WorkerComputeConfigurationProperties as WorkerComputeConfigurationProperties,
)
from .resources.shared import (
    WorkerComputeType as WorkerComputeType,
)
from .resources.tags import (
    list_tags_for_resource as list_tags_for_resource,
)
from .resources.tags import (
    tag_resource as tag_resource,
)
from .resources.tags import (
    untag_resource as untag_resource,
)
from .resources.trained_model_export_jobs import (
    CollaborationTrainedModelExportJobSummary as CollaborationTrainedModelExportJobSummary,
)
from .resources.trained_model_export_jobs import (
    TrainedModelExportJobStatus as TrainedModelExportJobStatus,
)
from .resources.trained_model_export_jobs import (
    TrainedModelExportOutputConfiguration as TrainedModelExportOutputConfiguration,
)
from .resources.trained_model_export_jobs import (
    TrainedModelExportReceiverMember as TrainedModelExportReceiverMember,
)
from .resources.trained_model_export_jobs import (
    list_collaboration_trained_model_export_jobs as list_collaboration_trained_model_export_jobs,
)
from .resources.trained_model_export_jobs import (
    start_trained_model_export_job as start_trained_model_export_job,
)
from .resources.trained_model_export_jobs import (
    wait_for_trained_model_export_job as wait_for_trained_model_export_job,
)
from .resources.trained_model_export_jobs import (
    watch_trained_model_export_job as watch_trained_model_export_job,
)
from .resources.trained_model_inference_jobs import (
    CollaborationTrainedModelInferenceJobSummary as CollaborationTrainedModelInferenceJobSummary,
)
from .resources.trained_model_inference_jobs import (
    InferenceContainerExecutionParameters as InferenceContainerExecutionParameters,
)
from .resources.trained_model_inference_jobs import (
    InferenceOutputConfiguration as InferenceOutputConfiguration,
)
from .resources.trained_model_inference_jobs import (
    InferenceReceiverMember as InferenceReceiverMember,
)
from .resources.trained_model_inference_jobs import (
    InferenceResourceConfig as InferenceResourceConfig,
)
from .resources.trained_model_inference_jobs import (
    ModelInferenceDataSource as ModelInferenceDataSource,
)
from .resources.trained_model_inference_jobs import (
    TrainedModelInferenceJob as TrainedModelInferenceJob,
)
from .resources.trained_model_inference_jobs import (
    TrainedModelInferenceJobStatus as TrainedModelInferenceJobStatus,
)
from .resources.trained_model_inference_jobs import (
    TrainedModelInferenceJobSummary as TrainedModelInferenceJobSummary,
)
from .resources.trained_model_inference_jobs import (
    cancel_trained_model_inference_job as cancel_trained_model_inference_job,
)
from .resources.trained_model_inference_jobs import (
    get_trained_model_inference_job as get_trained_model_inference_job,
)
from .resources.trained_model_inference_jobs import (
    list_collaboration_trained_model_inference_jobs as list_collaboration_trained_model_inference_jobs,
)
from .resources.trained_model_inference_jobs import (
    list_trained_model_inference_jobs as list_trained_model_inference_jobs,
)
from .resources.trained_model_inference_jobs import (
    start_trained_model_inference_job as start_trained_model_inference_job,
)
from .resources.trained_model_inference_jobs import (
    wait_for_trained_model_inference_job as wait_for_trained_model_inference_job,
)
from .resources.trained_model_inference_jobs import (
    wait_for_trained_model_inference_job_cancelled as wait_for_trained_model_inference_job_cancelled,
)
from .resources.trained_model_inference_jobs import (
    watch_trained_model_inference_job as watch_trained_model_inference_job,
)
from .resources.trained_model_inference_jobs import (
    watch_trained_model_inference_job_cancelled as watch_trained_model_inference_job_cancelled,
)
from .resources.trained_models import (
    CreatedTrainedModel as CreatedTrainedModel,
)
from .resources.trained_models import (
    IncrementalTrainingDataChannel as IncrementalTrainingDataChannel,
)
from .resources.trained_models import (
    IncrementalTrainingDataChannelOutput as IncrementalTrainingDataChannelOutput,
)
from .resources.trained_models import (
    ModelTrainingDataChannel as ModelTrainingDataChannel,
)
from .resources.trained_models import (
    ResourceConfig as ResourceConfig,
)
from .resources.trained_models import (
    S3DataDistributionType as S3DataDistributionType,
)
from .resources.trained_models import (
    StoppingCondition as StoppingCondition,
)
from .resources.trained_models import (
    TrainedModel as TrainedModel,
)
from .resources.trained_models import (
    TrainedModelStatus as TrainedModelStatus,
)
from .resources.trained_models import (
    TrainedModelSummary as TrainedModelSummary,
)
from .resources.trained_models import (
    TrainingInputMode as TrainingInputMode,
)
from .resources.trained_models import (
    cancel_trained_model as cancel_trained_model,
)
from .resources.trained_models import (
    create_trained_model as create_trained_model,
)
from .resources.trained_models import (
    delete_trained_model_output as delete_trained_model_output,
)
from .resources.trained_models import (
    get_trained_model as get_trained_model,
)
from .resources.trained_models import (
    list_trained_model_versions as list_trained_model_versions,
)
from .resources.trained_models import (
    list_trained_models as list_trained_models,
)
from .resources.trained_models import (
    wait_for_trained_model as wait_for_trained_model,
)
from .resources.trained_models import (
    wait_for_trained_model_cancelled as wait_for_trained_model_cancelled,
)
from .resources.trained_models import (
    wait_for_trained_model_output_deleted as wait_for_trained_model_output_deleted,
)
from .resources.trained_models import (
    watch_trained_model as watch_trained_model,
)
from .resources.trained_models import (
    watch_trained_model_cancelled as watch_trained_model_cancelled,
)
from .resources.trained_models import (
    watch_trained_model_output_deleted as watch_trained_model_output_deleted,
)
from .resources.training_datasets import (
    ColumnSchema as ColumnSchema,
)
from .resources.training_datasets import (
    ColumnType as ColumnType,
)
from .resources.training_datasets import (
    Dataset as Dataset,
)
from .resources.training_datasets import (
    DatasetInputConfig as DatasetInputConfig,
)
from .resources.training_datasets import (
    DatasetType as DatasetType,
)
from .resources.training_datasets import (
    DataSource as DataSource,
)
from .resources.training_datasets import (
    GlueDataSource as GlueDataSource,
)
from .resources.training_datasets import (
    TrainingDataset as TrainingDataset,
)
from .resources.training_datasets import (
    TrainingDatasetStatus as TrainingDatasetStatus,
)
from .resources.training_datasets import (
    TrainingDatasetSummary as TrainingDatasetSummary,
)
from .resources.training_datasets import (
    create_training_dataset as create_training_dataset,
)
from .resources.training_datasets import (
    delete_training_dataset as delete_training_dataset,
)
from .resources.training_datasets import (
    get_training_dataset as get_training_dataset,
)
from .resources.training_datasets import (
    list_training_datasets as list_training_datasets,
)
from .retry import (
    NO_RETRY as NO_RETRY,
)
from .retry import (
    Attempt as Attempt,
)
from .retry import (
    RetryPolicy as RetryPolicy,
)
from .waiting import (
    Polling as Polling,
)
