"""Trained model inference jobs: the output is delivered to a member."""

from .. import quotas, rules, scopes
from ..custom_models import INFERENCE_JOB, image_digest, pick, policy, published, shared_versions
from ..record import Request
from ..service_model import Wire
from ..state import Handler, State
from ..store import Records


def _start_trained_model_inference_job(state: State, request: Request) -> dict[str, Wire]:
    scopes.querying_membership(state, request)
    model = pick(
        shared_versions(state, request, request.params["trainedModelArn"]),
        request.params.get("trainedModelVersionIdentifier"),
    )
    rules.require_active(state.store, model)
    name = "configuredModelAlgorithmAssociationArn"
    association = scopes.find_shared(state, request, request.params.get(name, model.members[name]))
    digest = image_digest(association, "inferenceContainerConfig")
    scopes.require_channel(state, request, request.params["dataSource"]["mlInputChannelArn"], association)
    scopes.require_receiver(state, request, "CAN_RECEIVE_INFERENCE_OUTPUT")
    scopes.require_member(state, request, request.params.get("mlModelInferencePayerAccountId"))
    started = rules.in_progress(state.store, request, INFERENCE_JOB)
    rules.require_quota(request, quotas.INFERENCE, started)
    rules.require_quota(
        request, quotas.INFERENCE_PER_MEMBERSHIP, started.with_members(request.filters("membershipIdentifier"))
    )
    job = scopes.create(
        state,
        request,
        INFERENCE_JOB,
        "trainedModelInferenceJobArn",
        defaults={name: association.arn, "inferenceContainerImageDigest": digest},
    )
    allowed = policy(association, "trainedModelInferenceJobs") or {}
    # No policy can withhold the metrics of inference.
    job.results = published(metrics=True, logs="containerLogs" in allowed)
    state.start_transition(request, job, "CREATE", "ACTIVE")
    return {"trainedModelInferenceJobArn": job.arn}


def _get_trained_model_inference_job(state: State, request: Request) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, request, request.params["trainedModelInferenceJobArn"]))


def _list_trained_model_inference_jobs(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, _wanted(request, scopes.own(state, request, INFERENCE_JOB)), "trainedModelInferenceJobs")


def _list_collaboration_trained_model_inference_jobs(state: State, request: Request) -> dict[str, Wire]:
    jobs = _wanted(request, scopes.shared(state, request, INFERENCE_JOB))
    return state.page(request, jobs, "collaborationTrainedModelInferenceJobs")


def _cancel_trained_model_inference_job(state: State, request: Request) -> None:
    job = scopes.find_own(state, request, request.params["trainedModelInferenceJobArn"])
    rules.require_cancellable(state.store, job)
    state.start_transition(request, job, "CANCEL", "INACTIVE")


def _wanted(request: Request, jobs: Records) -> Records:
    return jobs.with_members(request.filters("trainedModelArn", "trainedModelVersionIdentifier"))


HANDLERS: dict[str, Handler] = {
    "StartTrainedModelInferenceJob": _start_trained_model_inference_job,
    "GetTrainedModelInferenceJob": _get_trained_model_inference_job,
    "ListTrainedModelInferenceJobs": _list_trained_model_inference_jobs,
    "ListCollaborationTrainedModelInferenceJobs": _list_collaboration_trained_model_inference_jobs,
    "CancelTrainedModelInferenceJob": _cancel_trained_model_inference_job,
}
