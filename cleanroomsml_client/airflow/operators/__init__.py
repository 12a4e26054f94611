"""The operators: each calls one operation, and most wait for what it has started."""

from .custom_models import (
    CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator,
    CleanRoomsMLCreateConfiguredModelAlgorithmOperator,
    CleanRoomsMLCreateMLInputChannelOperator,
    CleanRoomsMLCreateTrainedModelOperator,
    CleanRoomsMLPutMLConfigurationOperator,
    CleanRoomsMLStartTrainedModelExportJobOperator,
    CleanRoomsMLStartTrainedModelInferenceJobOperator,
)
from .deletion import CleanRoomsMLDeleteOperator
from .lookalike import (
    CleanRoomsMLCreateAudienceModelOperator,
    CleanRoomsMLCreateConfiguredAudienceModelOperator,
    CleanRoomsMLCreateTrainingDatasetOperator,
    CleanRoomsMLStartAudienceExportJobOperator,
    CleanRoomsMLStartAudienceGenerationJobOperator,
)

__all__ = [
    "CleanRoomsMLCreateAudienceModelOperator",
    "CleanRoomsMLCreateConfiguredAudienceModelOperator",
    "CleanRoomsMLCreateConfiguredModelAlgorithmAssociationOperator",
    "CleanRoomsMLCreateConfiguredModelAlgorithmOperator",
    "CleanRoomsMLCreateMLInputChannelOperator",
    "CleanRoomsMLCreateTrainedModelOperator",
    "CleanRoomsMLCreateTrainingDatasetOperator",
    "CleanRoomsMLDeleteOperator",
    "CleanRoomsMLPutMLConfigurationOperator",
    "CleanRoomsMLStartAudienceExportJobOperator",
    "CleanRoomsMLStartAudienceGenerationJobOperator",
    "CleanRoomsMLStartTrainedModelExportJobOperator",
    "CleanRoomsMLStartTrainedModelInferenceJobOperator",
]
