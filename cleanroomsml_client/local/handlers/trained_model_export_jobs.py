"""Trained model export jobs: started by a member, listed for the collaboration; only their names identify them."""

from .. import rules, scopes
from ..custom_models import EXPORT_JOB, pick, policy, shared_versions
from ..error_responses import access_denied
from ..record import Request
from ..service_model import Wire
from ..state import Handler, State


def _start_trained_model_export_job(state: State, request: Request) -> None:
    scopes.membership(state, request)
    model = pick(
        shared_versions(state, request, request.params["trainedModelArn"]),
        request.params.get("trainedModelVersionIdentifier"),
    )
    rules.require_active(state.store, model)
    association = scopes.find_shared(state, request, model.members["configuredModelAlgorithmAssociationArn"])
    if policy(association, "trainedModelExports") is None:
        raise access_denied(request.account, request.operation, request.params["trainedModelArn"])
    scopes.require_receiver(state, request, "CAN_RECEIVE_MODEL_OUTPUT")
    state.start_transition(request, scopes.create(state, request, EXPORT_JOB), "CREATE", "ACTIVE")


def _list_collaboration_trained_model_export_jobs(state: State, request: Request) -> dict[str, Wire]:
    jobs = scopes.shared(state, request, EXPORT_JOB).with_members(
        request.filters("trainedModelArn", "trainedModelVersionIdentifier")
    )
    return state.page(request, jobs, "collaborationTrainedModelExportJobs")


HANDLERS: dict[str, Handler] = {
    "StartTrainedModelExportJob": _start_trained_model_export_job,
    "ListCollaborationTrainedModelExportJobs": _list_collaboration_trained_model_export_jobs,
}
