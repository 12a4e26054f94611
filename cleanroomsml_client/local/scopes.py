"""What a request may reach: its own membership's resources, or those of the whole collaboration.

A membership or collaboration that does not exist is refused like one that the caller has no part in: the service does
not tell the two apart, and its lists declare no other error.
"""

from collections.abc import Mapping

from .error_responses import access_denied, not_found, validation
from .memberships import Membership
from .record import Call, Record
from .service_model import Wire
from .state import State


def membership(state: State, call: Call) -> Membership:
    """The caller's own membership, which the request names."""
    identifier = call.params["membershipIdentifier"]
    found = state.memberships.get(identifier)
    if found is None or found.account != call.account:
        raise access_denied(call.account, call.operation, f"membership/{identifier}")
    return found


def collaboration(state: State, call: Call) -> str:
    """The collaboration that the request names, itself or by a membership in it; the caller is a member."""
    identifier: str | None = call.params.get("collaborationIdentifier")
    if identifier is None:
        return membership(state, call).collaboration
    if call.account not in state.memberships.accounts(identifier):
        raise access_denied(call.account, call.operation, f"collaboration/{identifier}")
    return identifier


def create(
    state: State,
    call: Call,
    kind: str,
    arn_member: str | None = None,
    *,
    defaults: Mapping[str, Wire] | None = None,
    version_of: Record | None = None,
) -> Record:
    """A new resource of the caller's membership."""
    owner = membership(state, call)
    known = {"collaborationIdentifier": owner.collaboration, "creatorAccountId": owner.account}
    return state.create(
        call,
        f"membership/{owner.identifier}/{kind}",
        arn_member=arn_member,
        defaults={**(defaults or {}), **known},
        version_of=version_of,
    )


def own(state: State, call: Call, kind: str) -> list[Record]:
    """The membership's own resources of one kind, oldest first."""
    return state.having(call, kind, "membershipIdentifier", membership(state, call).identifier)


def find_own(state: State, call: Call, arn: str) -> Record:
    """A resource of the membership's own."""
    owner = membership(state, call)
    record = state.look_up(call, arn)
    if record is None or record.members["membershipIdentifier"] != owner.identifier:
        raise not_found(arn)
    return record


def shared(state: State, call: Call, kind: str) -> list[Record]:
    """All members' resources of one kind, oldest first."""
    return state.having(call, kind, "collaborationIdentifier", collaboration(state, call))


def find_shared(state: State, call: Call, arn: str) -> Record:
    """A resource of any member's."""
    room = collaboration(state, call)
    record = state.look_up(call, arn)
    if record is None or record.members["collaborationIdentifier"] != room:
        raise not_found(arn)
    return record


def require_channel(state: State, call: Call, arn: str, association: Record) -> None:
    """ErrorResponse a channel that has no data, or has it for another algorithm."""
    channel = find_shared(state, call, arn)
    if association.arn not in channel.members["configuredModelAlgorithmAssociations"]:
        raise validation(f"Channel {arn} is not meant for {association.arn}.")
    state.require_active(channel)


def require_member(state: State, call: Call, account: str | None) -> None:
    """ErrorResponse an account, where there is one, that has no part in the collaboration."""
    if account is not None and account not in state.memberships.accounts(collaboration(state, call)):
        raise validation(f"Account {account} is not a member of the collaboration.")


def require_receiver(state: State, call: Call, output: dict[str, Wire]) -> None:
    """ErrorResponse a receiver of output that is no member, or has not said where its output goes."""
    for receiver in output["members"]:
        account = receiver["accountId"]
        require_member(state, call, account)
        if not any(config.owner == account for config in shared(state, call, "ml-configuration")):
            raise validation(f"Account {account} has no ML configuration for its membership in the collaboration.")
