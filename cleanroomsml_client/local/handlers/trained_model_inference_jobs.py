"""Trained model inference jobs: a trained model's answers, put where a member wants them."""

from .. import scopes
from ..custom_models import INFERENCE_JOB, image_digest, pick, policy, published, shared_versions
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State


def _start_trained_model_inference_job(state: State, call: Call) -> dict[str, Wire]:
    scopes.membership(state, call)
    model = pick(
        shared_versions(state, call, call.params["trainedModelArn"]), call.params.get("trainedModelVersionIdentifier")
    )
    state.require_active(model)
    name = "configuredModelAlgorithmAssociationArn"
    association = scopes.find_shared(state, call, call.params.get(name, model.members[name]))
    digest = image_digest(association, "inferenceContainerConfig")
    scopes.require_channel(state, call, call.params["dataSource"]["mlInputChannelArn"], association)
    scopes.require_receiver(state, call, call.params["outputConfiguration"])
    scopes.require_member(state, call, call.params.get("mlModelInferencePayerAccountId"))
    job = scopes.create(
        state,
        call,
        INFERENCE_JOB,
        "trainedModelInferenceJobArn",
        defaults={name: association.arn, "inferenceContainerImageDigest": digest},
    )
    allowed = policy(association, "trainedModelInferenceJobs") or {}
    # No policy can hold back the metrics of inference.
    job.results = published(metrics=True, logs="containerLogs" in allowed)
    state.begin(call, job, "CREATE", "ACTIVE")
    return {"trainedModelInferenceJobArn": job.arn}


def _get_trained_model_inference_job(state: State, call: Call) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, call, call.params["trainedModelInferenceJobArn"]))


def _list_trained_model_inference_jobs(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, _wanted(call, scopes.own(state, call, INFERENCE_JOB)), "trainedModelInferenceJobs")


def _list_collaboration_trained_model_inference_jobs(state: State, call: Call) -> dict[str, Wire]:
    jobs = _wanted(call, scopes.shared(state, call, INFERENCE_JOB))
    return state.page(call, jobs, "collaborationTrainedModelInferenceJobs")


def _cancel_trained_model_inference_job(state: State, call: Call) -> None:
    job = scopes.find_own(state, call, call.params["trainedModelInferenceJobArn"])
    state.require_cancellable(job)
    state.begin(call, job, "CANCEL", "INACTIVE")


def _wanted(call: Call, jobs: list[Record]) -> list[Record]:
    filters = [name for name in ("trainedModelArn", "trainedModelVersionIdentifier") if name in call.params]
    return [job for job in jobs if all(job.members.get(name) == call.params[name] for name in filters)]


HANDLERS: dict[str, Handler] = {
    "StartTrainedModelInferenceJob": _start_trained_model_inference_job,
    "GetTrainedModelInferenceJob": _get_trained_model_inference_job,
    "ListTrainedModelInferenceJobs": _list_trained_model_inference_jobs,
    "ListCollaborationTrainedModelInferenceJobs": _list_collaboration_trained_model_inference_jobs,
    "CancelTrainedModelInferenceJob": _cancel_trained_model_inference_job,
}
