"""Trained model export jobs: started by a member, listed for the collaboration, known by nothing but their names."""

from .. import scopes
from ..custom_models import EXPORT_JOB, pick, policy, shared_versions
from ..error_responses import access_denied
from ..record import Call
from ..service_model import Wire
from ..state import Handler, State


def _start_trained_model_export_job(state: State, call: Call) -> None:
    scopes.membership(state, call)
    model = pick(
        shared_versions(state, call, call.params["trainedModelArn"]), call.params.get("trainedModelVersionIdentifier")
    )
    state.require_active(model)
    association = scopes.find_shared(state, call, model.members["configuredModelAlgorithmAssociationArn"])
    if policy(association, "trainedModelExports") is None:
        raise access_denied(call.account, call.operation, model.arn)
    scopes.require_receiver(state, call, call.params["outputConfiguration"])
    state.begin(call, scopes.create(state, call, EXPORT_JOB), "CREATE", "ACTIVE")


def _list_collaboration_trained_model_export_jobs(state: State, call: Call) -> dict[str, Wire]:
    filters = [name for name in ("trainedModelArn", "trainedModelVersionIdentifier") if name in call.params]
    jobs = [
        job
        for job in scopes.shared(state, call, EXPORT_JOB)
        if all(job.members.get(name) == call.params[name] for name in filters)
    ]
    return state.page(call, jobs, "collaborationTrainedModelExportJobs")


HANDLERS: dict[str, Handler] = {
    "StartTrainedModelExportJob": _start_trained_model_export_job,
    "ListCollaborationTrainedModelExportJobs": _list_collaboration_trained_model_export_jobs,
}
