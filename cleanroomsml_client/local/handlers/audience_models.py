"""Audience models: trained for minutes, deleted in the background."""

from ..error_responses import validation
from ..lifecycle import GONE
from ..record import Call
from ..service_model import Wire
from ..state import Handler, State

KIND = "audience-model"
UNDER_WAY = 2
"""How many an account may have pending and in progress."""


def _create_audience_model(state: State, call: Call) -> dict[str, Wire]:
    start, end = call.params.get("trainingDataStartTime"), call.params.get("trainingDataEndTime")
    if start is not None and end is not None and start >= end:
        raise validation("trainingDataEndTime must be after trainingDataStartTime.")
    state.find(call, call.params["trainingDatasetArn"])
    state.require_quota(call, KIND, UNDER_WAY)
    model = state.create(call, KIND, arn_member="audienceModelArn")
    state.begin(call, model, "CREATE", "ACTIVE")
    return {"audienceModelArn": model.arn}


def _get_audience_model(state: State, call: Call) -> dict[str, Wire]:
    model = state.view(state.find(call, call.params["audienceModelArn"]))
    if state.audience_model_metrics and model["status"] == "ACTIVE":
        model["metrics"] = state.audience_model_metrics
    return model


def _list_audience_models(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, state.records(call, KIND), "audienceModels")


def _delete_audience_model(state: State, call: Call) -> None:
    model = state.find(call, call.params["audienceModelArn"])
    state.require_settled(model)
    state.require_unused(call, model, "configured-audience-model", "audienceModelArn")
    state.begin(call, model, "DELETE", GONE)


HANDLERS: dict[str, Handler] = {
    "CreateAudienceModel": _create_audience_model,
    "GetAudienceModel": _get_audience_model,
    "ListAudienceModels": _list_audience_models,
    "DeleteAudienceModel": _delete_audience_model,
}
