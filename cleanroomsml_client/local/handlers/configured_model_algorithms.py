"""Configured model algorithms: they exist at once, and go at once."""

from ..record import Call
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-model-algorithm"


def _create_configured_model_algorithm(state: State, call: Call) -> dict[str, Wire]:
    algorithm = state.create(call, KIND, arn_member="configuredModelAlgorithmArn")
    return {"configuredModelAlgorithmArn": algorithm.arn}


def _get_configured_model_algorithm(state: State, call: Call) -> dict[str, Wire]:
    return state.view(state.find(call, call.params["configuredModelAlgorithmArn"]))


def _list_configured_model_algorithms(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, state.records(call, KIND), "configuredModelAlgorithms")


def _delete_configured_model_algorithm(state: State, call: Call) -> None:
    algorithm = state.find(call, call.params["configuredModelAlgorithmArn"])
    state.require_unused(call, algorithm, "configured-model-algorithm-association", "configuredModelAlgorithmArn")
    state.remove(algorithm)


HANDLERS: dict[str, Handler] = {
    "CreateConfiguredModelAlgorithm": _create_configured_model_algorithm,
    "GetConfiguredModelAlgorithm": _get_configured_model_algorithm,
    "ListConfiguredModelAlgorithms": _list_configured_model_algorithms,
    "DeleteConfiguredModelAlgorithm": _delete_configured_model_algorithm,
}
