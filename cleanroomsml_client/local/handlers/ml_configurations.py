"""ML configurations: where the output of a member is stored; one per membership."""

from .. import rules, scopes
from ..error_responses import not_found
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "ml-configuration"


def _put_ml_configuration(state: State, request: Request) -> None:
    rules.require_own_role(request, request.params["defaultOutputLocation"]["roleArn"])
    existing = scopes.own(state, request, KIND).first()
    if existing is None:
        scopes.create(state, request, KIND)
    else:
        existing.members.update(request.params)
        existing.updated = state.store.now()


def _get_ml_configuration(state: State, request: Request) -> dict[str, Wire]:
    return state.view(_find(state, request))


def _delete_ml_configuration(state: State, request: Request) -> None:
    state.store.remove(_find(state, request))


def _find(state: State, request: Request) -> Record:
    existing = scopes.own(state, request, KIND).first()
    if existing is None:
        raise not_found(f"membership/{request.params['membershipIdentifier']}/{KIND}")
    return existing


HANDLERS: dict[str, Handler] = {
    "PutMLConfiguration": _put_ml_configuration,
    "GetMLConfiguration": _get_ml_configuration,
    "DeleteMLConfiguration": _delete_ml_configuration,
}
