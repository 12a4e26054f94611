"""Configured model algorithms: creating and deleting take effect immediately."""

from .. import quotas, rules
from ..record import Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-model-algorithm"


def _create_configured_model_algorithm(state: State, request: Request) -> dict[str, Wire]:
    rules.require_own_role(request, request.params["roleArn"])
    rules.require_quota(request, quotas.ALGORITHMS, state.store.records(request, KIND))
    algorithm = state.store.create(request, KIND, arn_member="configuredModelAlgorithmArn")
    return {"configuredModelAlgorithmArn": algorithm.arn}


def _get_configured_model_algorithm(state: State, request: Request) -> dict[str, Wire]:
    return state.view(state.store.find(request, request.params["configuredModelAlgorithmArn"]))


def _list_configured_model_algorithms(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, state.store.records(request, KIND), "configuredModelAlgorithms")


def _delete_configured_model_algorithm(state: State, request: Request) -> None:
    algorithm = state.store.find(request, request.params["configuredModelAlgorithmArn"])
    rules.require_unused(
        state.store, request, algorithm, "configured-model-algorithm-association", "configuredModelAlgorithmArn"
    )
    state.store.remove(algorithm)


HANDLERS: dict[str, Handler] = {
    "CreateConfiguredModelAlgorithm": _create_configured_model_algorithm,
    "GetConfiguredModelAlgorithm": _get_configured_model_algorithm,
    "ListConfiguredModelAlgorithms": _list_configured_model_algorithms,
    "DeleteConfiguredModelAlgorithm": _delete_configured_model_algorithm,
}
