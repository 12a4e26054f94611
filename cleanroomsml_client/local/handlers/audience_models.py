"""Audience models: training and deleting take time."""

from .. import quotas, rules
from ..error_responses import validation
from ..lifecycle import DELETED
from ..record import Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-model"


def _create_audience_model(state: State, request: Request) -> dict[str, Wire]:
    start, end = request.params.get("trainingDataStartTime"), request.params.get("trainingDataEndTime")
    if start is not None and end is not None and start >= end:
        raise validation("trainingDataEndTime must be after trainingDataStartTime.")
    state.store.find(request, request.params["trainingDatasetArn"])
    rules.require_quota(request, quotas.AUDIENCE_MODELS, rules.in_progress(state.store, request, KIND))
    model = state.store.create(request, KIND, arn_member="audienceModelArn")
    state.start_transition(request, model, "CREATE", "ACTIVE")
    return {"audienceModelArn": model.arn}


def _get_audience_model(state: State, request: Request) -> dict[str, Wire]:
    model = state.view(state.store.find(request, request.params["audienceModelArn"]))
    if state.audience_model_metrics and model["status"] == "ACTIVE":
        model["metrics"] = state.audience_model_metrics
    return model


def _list_audience_models(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, state.store.records(request, KIND), "audienceModels")


def _delete_audience_model(state: State, request: Request) -> None:
    model = state.store.find(request, request.params["audienceModelArn"])
    rules.require_settled(state.store, model)
    rules.require_unused(state.store, request, model, "configured-audience-model", "audienceModelArn")
    state.start_transition(request, model, "DELETE", DELETED)


HANDLERS: dict[str, Handler] = {
    "CreateAudienceModel": _create_audience_model,
    "GetAudienceModel": _get_audience_model,
    "ListAudienceModels": _list_audience_models,
    "DeleteAudienceModel": _delete_audience_model,
}
