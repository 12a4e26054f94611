"""ML configurations: where the output of a member is stored; one per membership."""

from .. import scopes
from ..error_responses import not_found
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "ml-configuration"


def _put_ml_configuration(state: State, request: Request) -> None:
    existing = scopes.own(state, request, KIND)
    if existing:
        existing[0].members.update(request.params)
        existing[0].updated = state.store.now()
    else:
        scopes.create(state, request, KIND)


def _get_ml_configuration(state: State, request: Request) -> dict[str, Wire]:
    return state.view(_find(state, request))


def _delete_ml_configuration(state: State, request: Request) -> None:
    state.store.remove(_find(state, request))


def _find(state: State, request: Request) -> Record:
    existing = scopes.own(state, request, KIND)
    if not existing:
        raise not_found(f"membership/{request.params['membershipIdentifier']}/{KIND}")
    return existing[0]


HANDLERS: dict[str, Handler] = {
    "PutMLConfiguration": _put_ml_configuration,
    "GetMLConfiguration": _get_ml_configuration,
    "DeleteMLConfiguration": _delete_ml_configuration,
}
