"""Configured model algorithm associations: an algorithm that a collaboration may use, on its owner's terms."""

from collections.abc import Iterator

from .. import rules, scopes
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-model-algorithm-association"
_ENDED = frozenset({"CREATE_FAILED", "INACTIVE"})


def _create_configured_model_algorithm_association(state: State, request: Request) -> dict[str, Wire]:
    scopes.membership(state, request)
    algorithm = state.store.find(request, request.params["configuredModelAlgorithmArn"])
    for account in _log_readers(request.params.get("privacyConfiguration", {"policies": {}})):
        scopes.require_member(state, request, account)
    association = scopes.create(state, request, KIND, "configuredModelAlgorithmAssociationArn")
    association.context = {
        container: algorithm.members.get(container)
        for container in ("trainingContainerConfig", "inferenceContainerConfig")
    }
    return {"configuredModelAlgorithmAssociationArn": association.arn}


def _get_configured_model_algorithm_association(state: State, request: Request) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, request, request.params["configuredModelAlgorithmAssociationArn"]))


def _get_collaboration_configured_model_algorithm_association(state: State, request: Request) -> dict[str, Wire]:
    return state.view(scopes.find_shared(state, request, request.params["configuredModelAlgorithmAssociationArn"]))


def _list_configured_model_algorithm_associations(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, scopes.own(state, request, KIND), "configuredModelAlgorithmAssociations")


def _list_collaboration_configured_model_algorithm_associations(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, scopes.shared(state, request, KIND), "collaborationConfiguredModelAlgorithmAssociations")


def _delete_configured_model_algorithm_association(state: State, request: Request) -> None:
    association = scopes.find_own(state, request, request.params["configuredModelAlgorithmAssociationArn"])
    rules.require_no_users(association, _users(state, request, association))
    state.store.remove(association)


def _log_readers(privacy: dict[str, Wire]) -> Iterator[str]:
    for policy in privacy["policies"].values():
        for logs in policy.get("containerLogs", []):
            yield from logs["allowedAccountIds"]


def _users(state: State, request: Request, association: Record) -> Iterator[Record]:
    """Yield the channels and models with data, and the jobs in progress, that use the association."""
    for channel in state.store.where(
        request, "ml-input-channel", "configuredModelAlgorithmAssociations", [association.arn]
    ):
        if state.store.current_state(channel).status not in _ENDED:
            yield channel
    for model in state.store.where(request, "trained-model", "configuredModelAlgorithmAssociationArn", association.arn):
        if state.store.current_state(model).status not in _ENDED:
            yield model
    jobs = state.store.where(
        request, "trained-model-inference-job", "configuredModelAlgorithmAssociationArn", association.arn
    )
    yield from filter(state.store.in_transition, jobs)


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
