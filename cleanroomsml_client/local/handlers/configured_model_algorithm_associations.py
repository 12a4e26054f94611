"""Configured model algorithm associations: an algorithm put at a collaboration's disposal, on its owner's terms."""

from collections.abc import Iterator

from .. import scopes
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-model-algorithm-association"
_OVER = frozenset({"CREATE_FAILED", "INACTIVE"})


def _create_configured_model_algorithm_association(state: State, call: Call) -> dict[str, Wire]:
    scopes.membership(state, call)
    algorithm = state.find(call, call.params["configuredModelAlgorithmArn"])
    for account in _log_readers(call.params.get("privacyConfiguration", {"policies": {}})):
        scopes.require_member(state, call, account)
    association = scopes.create(state, call, KIND, "configuredModelAlgorithmAssociationArn")
    association.context = {
        container: algorithm.members.get(container)
        for container in ("trainingContainerConfig", "inferenceContainerConfig")
    }
    return {"configuredModelAlgorithmAssociationArn": association.arn}


def _get_configured_model_algorithm_association(state: State, call: Call) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, call, call.params["configuredModelAlgorithmAssociationArn"]))


def _get_collaboration_configured_model_algorithm_association(state: State, call: Call) -> dict[str, Wire]:
    return state.view(scopes.find_shared(state, call, call.params["configuredModelAlgorithmAssociationArn"]))


def _list_configured_model_algorithm_associations(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, scopes.own(state, call, KIND), "configuredModelAlgorithmAssociations")


def _list_collaboration_configured_model_algorithm_associations(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, scopes.shared(state, call, KIND), "collaborationConfiguredModelAlgorithmAssociations")


def _delete_configured_model_algorithm_association(state: State, call: Call) -> None:
    association = scopes.find_own(state, call, call.params["configuredModelAlgorithmAssociationArn"])
    state.require_no_users(association, _users(state, call, association))
    state.remove(association)


def _log_readers(privacy: dict[str, Wire]) -> Iterator[str]:
    for policy in privacy["policies"].values():
        for logs in policy.get("containerLogs", []):
            yield from logs["allowedAccountIds"]


def _users(state: State, call: Call, association: Record) -> Iterator[Record]:
    """Whatever holds data on the association's terms, or is still being made."""
    for channel in state.having(call, "ml-input-channel", "configuredModelAlgorithmAssociations", [association.arn]):
        if state.phase(channel).status not in _OVER:
            yield channel
    for model in state.dependants(call, association, "trained-model", "configuredModelAlgorithmAssociationArn"):
        if state.phase(model).status not in _OVER:
            yield model
    jobs = state.dependants(call, association, "trained-model-inference-job", "configuredModelAlgorithmAssociationArn")
    yield from filter(state.is_moving, jobs)


HANDLERS: dict[str, Handler] = {
    "CreateConfiguredModelAlgorithmAssociation": _create_configured_model_algorithm_association,
    "GetConfiguredModelAlgorithmAssociation": _get_configured_model_algorithm_association,
    "GetCollaborationConfiguredModelAlgorithmAssociation": _get_collaboration_configured_model_algorithm_association,
    "ListConfiguredModelAlgorithmAssociations": _list_configured_model_algorithm_associations,
    "ListCollaborationConfiguredModelAlgorithmAssociations": (
        _list_collaboration_configured_model_algorithm_associations
    ),
    "DeleteConfiguredModelAlgorithmAssociation": _delete_configured_model_algorithm_association,
}
