"""Which resources a request can reach: those of its own membership, or those of the whole collaboration.

A membership or collaboration that does not exist gets the same error as one that the caller does not belong to: the
lists of the service declare no other error.
"""

from collections.abc import Mapping

from . import rules
from .error_responses import WireError, access_denied, not_found, validation
from .memberships import Membership
from .record import Record, Request
from .service_model import Wire
from .state import State
from .store import Records


def membership(state: State, request: Request) -> Membership:
    """Return the membership that the request names; it must be the caller's."""
    identifier = request.params["membershipIdentifier"]
    found = state.memberships.get(identifier)
    if found is None or found.account != request.account:
        raise access_denied(request.account, request.operation, f"membership/{identifier}")
    return found


def querying_membership(state: State, request: Request) -> Membership:
    """Return the membership that the request names; it must be the caller's, and able to query."""
    found = membership(state, request)
    if "CAN_QUERY" not in found.abilities:
        raise WireError(
            "AccessDeniedException",
            f"Account {request.account} is not authorized to perform {request.operation}: "
            f"its membership {found.identifier} lacks CAN_QUERY",
        )
    return found


def collaboration(state: State, request: Request) -> str:
    """Return the collaboration that the request names, directly or by a membership; the caller must be a member."""
    identifier: str | None = request.params.get("collaborationIdentifier")
    if identifier is None:
        return membership(state, request).collaboration
    if request.account not in state.memberships.accounts(identifier):
        raise access_denied(request.account, request.operation, f"collaboration/{identifier}")
    return identifier


def create(
    state: State,
    request: Request,
    kind: str,
    arn_member: str | None = None,
    *,
    defaults: Mapping[str, Wire] | None = None,
    version_of: Record | None = None,
) -> Record:
    """Create a resource of the caller's membership."""
    owner = membership(state, request)
    known = {"collaborationIdentifier": owner.collaboration, "creatorAccountId": owner.account}
    return state.store.create(
        request,
        f"membership/{owner.identifier}/{kind}",
        arn_member=arn_member,
        defaults={**(defaults or {}), **known},
        version_of=version_of,
    )


def own(state: State, request: Request, kind: str) -> Records:
    """Return the resources of the membership of one kind, oldest first."""
    return state.store.where(request, kind, "membershipIdentifier", membership(state, request).identifier)


def find_own(state: State, request: Request, arn: str) -> Record:
    """Return a resource of the membership."""
    owner = membership(state, request)
    record = state.store.look_up(request, arn)
    if record is None or record.members["membershipIdentifier"] != owner.identifier:
        raise not_found(arn)
    return record


def shared(state: State, request: Request, kind: str) -> Records:
    """Return the resources of all members of one kind, oldest first."""
    return state.store.where(request, kind, "collaborationIdentifier", collaboration(state, request))


def find_shared(state: State, request: Request, arn: str) -> Record:
    """Return a resource of any member."""
    identifier = collaboration(state, request)
    record = state.store.look_up(request, arn)
    if record is None or record.members["collaborationIdentifier"] != identifier:
        raise not_found(arn)
    return record


def require_channel(state: State, request: Request, arn: str, association: Record) -> None:
    """Require that a channel has data, and for this algorithm."""
    channel = find_shared(state, request, arn)
    if association.arn not in channel.members["configuredModelAlgorithmAssociations"]:
        raise validation(f"Channel {arn} is not for {association.arn}.")
    rules.require_active(state.store, channel)


def require_member(state: State, request: Request, account: str | None) -> None:
    """Require that an account, if one is given, is a member of the collaboration."""
    if account is not None and account not in state.memberships.accounts(collaboration(state, request)):
        raise validation(f"Account {account} is not a member of the collaboration.")


def require_receiver(state: State, request: Request, ability: str) -> None:
    """Require that each receiver of output is a member with this ability and an ML configuration."""
    identifier = collaboration(state, request)
    for receiver in request.params["outputConfiguration"]["members"]:
        account = receiver["accountId"]
        require_member(state, request, account)
        found = state.memberships.find(identifier, account)
        if found is not None and ability not in found.abilities:
            raise validation(f"Account {account} lacks {ability}.")
        if not any(config.owner == account for config in shared(state, request, "ml-configuration")):
            raise validation(f"Account {account} has no ML configuration for its membership in the collaboration.")
