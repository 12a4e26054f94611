"""Trained model inference jobs as every member of their collaboration sees them."""

from datetime import datetime

import attrs

from .._client import Client
from .._display import displayed
from .._paging import Pages
from .shared import LogsStatus, MetricsStatus, none_if_base
from .trained_model_inference_jobs import InferenceOutputConfiguration, TrainedModelInferenceJobStatus

__all__ = [
    "CollaborationTrainedModelInferenceJobSummary",
    "list_collaboration_trained_model_inference_jobs",
]


@displayed
@attrs.frozen(kw_only=True)
class CollaborationTrainedModelInferenceJobSummary:
    """An inference job in a list of its collaboration."""

    trained_model_inference_job_arn: str
    name: str
    status: TrainedModelInferenceJobStatus
    membership_identifier: str
    collaboration_identifier: str
    creator_account_id: str
    trained_model_arn: str
    output_configuration: InferenceOutputConfiguration
    create_time: datetime
    update_time: datetime
    trained_model_version_identifier: str | None = attrs.field(default=None, converter=none_if_base)
    configured_model_algorithm_association_arn: str | None = None
    metrics_status: MetricsStatus | None = None
    metrics_status_details: str | None = None
    logs_status: LogsStatus | None = None
    logs_status_details: str | None = None
    ml_model_inference_payer_account_id: str | None = None
    description: str | None = None


def list_collaboration_trained_model_inference_jobs(
    client: Client,
    collaboration_identifier: str,
    *,
    trained_model_arn: str | None = None,
    trained_model_version_identifier: str | None = None,
    page_size: int | None = None,
    starting_token: str | None = None,
) -> Pages[CollaborationTrainedModelInferenceJobSummary]:
    """List the inference jobs of a collaboration: all, or those of one trained model or one version of it.

    AWS: ListCollaborationTrainedModelInferenceJobs.

    Args:
        client: The client from `connect`.
        collaboration_identifier: The UUID of the collaboration; see `aws cleanrooms list-collaborations`.
        trained_model_arn: Only jobs of this model. None: of all.
        trained_model_version_identifier: Only jobs of this version; goes with `trained_model_arn`. None: of all
            versions.
        page_size: How many items each request asks for, 1-100. None: AWS decides.
        starting_token: Where to start: the `next_token` of a `Page` of an earlier iteration. None: at the beginning.

    Returns:
        Pages of summaries: iterate with `async for`.

    Raises:
        CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
    """
    return Pages(
        client,
        "ListCollaborationTrainedModelInferenceJobs",
        CollaborationTrainedModelInferenceJobSummary,
        "collaborationTrainedModelInferenceJobs",
        collaboration_identifier=collaboration_identifier,
        trained_model_arn=trained_model_arn,
        trained_model_version_identifier=trained_model_version_identifier,
        page_size=page_size,
        starting_token=starting_token,
    )
