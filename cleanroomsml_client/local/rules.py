"""The rules that a request must satisfy; each raises the error response of the service."""

from collections.abc import Iterable

from .error_responses import conflict, quota_exceeded
from .record import Record, Request
from .store import Store


def require_active(store: Store, record: Record) -> None:
    """Require that a resource is ACTIVE."""
    status = store.current_state(record).status
    if status != "ACTIVE":
        raise conflict(f"Resource {record.arn} is {status}, not ACTIVE.")


def require_settled(store: Store, record: Record) -> None:
    """Require that a resource is not in a transition."""
    if store.in_transition(record):
        raise conflict(f"Resource {record.arn} is {store.current_state(record).status}.")


def require_data(store: Store, record: Record) -> None:
    """Require that a resource has data: complete, and not deleted."""
    require_settled(store, record)
    if store.current_state(record).status == "INACTIVE":
        raise conflict(f"Resource {record.arn} is INACTIVE.")


def require_cancellable(store: Store, record: Record) -> None:
    """Require that there is something to cancel."""
    status = store.current_state(record).status
    if status not in {"CREATE_PENDING", "CREATE_IN_PROGRESS", "CANCEL_FAILED"}:
        raise conflict(f"Resource {record.arn} is {status}.")


def require_unused(store: Store, request: Request, record: Record, kind: str, member: str) -> None:
    """Require that no resource of this kind, of any account, names the record in `member`."""
    require_no_users(record, store.where(request, kind, member, record.arn))


def require_no_users(record: Record, users: Iterable[Record]) -> None:
    """Require that there are no users of a resource."""
    names = ", ".join(user.arn for user in users)
    if names:
        raise conflict(f"Resource {record.arn} is still in use by {names}.")


def require_quota(store: Store, request: Request, kind: str, limit: int, *, membership: str | None = None) -> None:
    """Require that an account, or one membership, has less than `limit` pending and in progress."""
    in_progress = [
        record
        for record in store.records(request, kind)
        if record.owner == request.account
        and membership in {None, record.members.get("membershipIdentifier")}
        and store.current_state(record).status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}
    ]
    if len(in_progress) >= limit and not request.unmetered:
        within = "" if membership is None else " in a membership"
        raise quota_exceeded(f"Pending and in progress {kind.replace('-', ' ')}s{within}", limit)
