"""Configured model algorithm associations: an algorithm that a collaboration may use, on its owner's terms."""

from collections.abc import Iterator

from .. import quotas, rules, scopes
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "configured-model-algorithm-association"


def _create_configured_model_algorithm_association(state: State, request: Request) -> dict[str, Wire]:
    scopes.membership(state, request)
    algorithm = state.store.find(request, request.params["configuredModelAlgorithmArn"])
    for account in _log_readers(request.params.get("privacyConfiguration", {"policies": {}})):
        scopes.require_member(state, request, account)
    rules.require_quota(request, quotas.ASSOCIATIONS, scopes.own(state, request, KIND))
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
    member = "configuredModelAlgorithmAssociationArn"
    channels = state.store.where(request, "ml-input-channel", "configuredModelAlgorithmAssociations", [association.arn])
    yield from channels.where(lambda channel: rules.has_data(state.store, channel))
    models = state.store.where(request, "trained-model", member, association.arn)
    yield from models.where(lambda model: rules.has_data(state.store, model))
    jobs = state.store.where(request, "trained-model-inference-job", member, association.arn)
    yield from jobs.where(lambda job: rules.is_being_made(state.store, job))


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
