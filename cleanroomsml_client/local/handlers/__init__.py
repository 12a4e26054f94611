"""The handlers of all operations, one module per resource family."""

from collections.abc import Mapping

from ..state import Handler
from . import (
    audience_export_jobs,
    audience_generation_jobs,
    audience_models,
    configured_audience_models,
    configured_model_algorithm_associations,
    configured_model_algorithms,
    ml_configurations,
    ml_input_channels,
    tags,
    trained_model_export_jobs,
    trained_model_inference_jobs,
    trained_models,
    training_datasets,
)

HANDLERS: Mapping[str, Handler] = {
    **training_datasets.HANDLERS,
    **audience_models.HANDLERS,
    **configured_audience_models.HANDLERS,
    **audience_generation_jobs.HANDLERS,
    **audience_export_jobs.HANDLERS,
    **ml_configurations.HANDLERS,
    **configured_model_algorithms.HANDLERS,
    **configured_model_algorithm_associations.HANDLERS,
    **ml_input_channels.HANDLERS,
    **trained_models.HANDLERS,
    **trained_model_inference_jobs.HANDLERS,
    **trained_model_export_jobs.HANDLERS,
    **tags.HANDLERS,
}

ASYNCHRONOUS = frozenset(
    {
        "CreateAudienceModel",
        "DeleteAudienceModel",
        "StartAudienceGenerationJob",
        "DeleteAudienceGenerationJob",
        "StartAudienceExportJob",
        "CreateMLInputChannel",
        "DeleteMLInputChannelData",
        "CreateTrainedModel",
        "CancelTrainedModel",
        "DeleteTrainedModelOutput",
        "StartTrainedModelInferenceJob",
        "CancelTrainedModelInferenceJob",
        "StartTrainedModelExportJob",
    }
)
"""The operations that start a transition, which `fail_next` can make fail."""
