"""ML configurations: where a member's output goes, one for each membership."""

from .. import scopes
from ..error_responses import not_found
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

KIND = "ml-configuration"


def _put_ml_configuration(state: State, call: Call) -> None:
    there = scopes.own(state, call, KIND)
    if there:
        there[0].members.update(call.params)
        there[0].updated = state.clock.now()
    else:
        scopes.create(state, call, KIND)


def _get_ml_configuration(state: State, call: Call) -> dict[str, Wire]:
    return state.view(_find(state, call))


def _delete_ml_configuration(state: State, call: Call) -> None:
    state.remove(_find(state, call))


def _find(state: State, call: Call) -> Record:
    there = scopes.own(state, call, KIND)
    if not there:
        raise not_found(f"membership/{call.params['membershipIdentifier']}/{KIND}")
    return there[0]


HANDLERS: dict[str, Handler] = {
    "PutMLConfiguration": _put_ml_configuration,
    "GetMLConfiguration": _get_ml_configuration,
    "DeleteMLConfiguration": _delete_ml_configuration,
}
