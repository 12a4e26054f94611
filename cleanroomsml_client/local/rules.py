"""The rules that a request must satisfy; each raises the error response of the service."""

from collections.abc import Iterable

from .error_responses import access_denied, conflict, quota_exceeded
from .quotas import Quota
from .record import Record, Request
from .store import Records, Store

_BEING_MADE = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_BEING_REMOVED = frozenset({"DELETE_PENDING", "DELETE_IN_PROGRESS", "CANCEL_PENDING", "CANCEL_IN_PROGRESS"})
_WITHOUT_DATA = _BEING_REMOVED | {"CREATE_FAILED", "INACTIVE"}


def is_being_made(store: Store, record: Record) -> bool:
    """Whether a resource is pending or in progress, and so uses what it is made from."""
    return store.current_state(record).status in _BEING_MADE


def has_data(store: Store, record: Record) -> bool:
    """Whether a resource has data or will have it; data that is being deleted does not count."""
    return store.current_state(record).status not in _WITHOUT_DATA


def require_active(store: Store, record: Record) -> None:
    """Require that a resource is ACTIVE."""
    status = store.current_state(record).status
    if status != "ACTIVE":
        raise conflict(f"{_subject(record)} is {status}, not ACTIVE.")


def require_settled(store: Store, record: Record) -> None:
    """Require that a resource is not in a transition."""
    if store.in_transition(record):
        raise conflict(f"{_subject(record)} is {store.current_state(record).status}.")


def require_data(store: Store, record: Record) -> None:
    """Require that a resource has data: complete, and not deleted."""
    require_settled(store, record)
    if store.current_state(record).status == "INACTIVE":
        raise conflict(f"{_subject(record)} is INACTIVE.")


def require_cancellable(store: Store, record: Record) -> None:
    """Require that there is something to cancel."""
    status = store.current_state(record).status
    if status not in {"CREATE_PENDING", "CREATE_IN_PROGRESS", "CANCEL_FAILED"}:
        raise conflict(f"{_subject(record)} is {status}.")


def require_unused(store: Store, request: Request, record: Record, kind: str, member: str) -> None:
    """Require that no resource of this kind, of any account, names the record in `member`.

    One that is being deleted uses it no more.
    """
    users = store.where(request, kind, member, record.arn)
    require_no_users(record, users.where(lambda user: store.current_state(user).status not in _BEING_REMOVED))


def require_no_users(record: Record, users: Iterable[Record]) -> None:
    """Require that there are no users of a resource."""
    names = ", ".join(_name(user) for user in users)
    if names:
        raise conflict(f"{_subject(record)} is still in use by {names}.")


def require_own_role(request: Request, role: str) -> None:
    """Require that a role can be passed: it is one of the caller's account."""
    if role.split(":")[4] != request.account:
        raise access_denied(request.account, "iam:PassRole", role)


def require_quota(request: Request, quota: Quota, counted: Iterable[Record]) -> None:
    """Require that one more than those that are counted is within a quota."""
    if not request.unmetered and sum(1 for _ in counted) >= quota.limit:
        raise quota_exceeded(quota.name, quota.limit)


def in_progress(store: Store, request: Request, kind: str) -> Records:
    """Return those of one kind that the caller's account has pending and in progress."""
    return store.records(request, kind).where(
        lambda record: record.owner == request.account and is_being_made(store, record)
    )


def _subject(record: Record) -> str:
    """Return the name of a resource as the subject of a sentence."""
    name = _name(record)
    return f"Resource {name}" if name == record.arn else name[0].upper() + name[1:]


def _name(record: Record) -> str:
    """Return what messages call a resource: its ARN, if it has one of its own."""
    version = record.members.get("versionIdentifier")
    if version is not None:
        return f"trained model {record.members['trainedModelArn']}, version {version}"
    if record.kind.endswith("-export-job"):
        return f"export job {record.members['name']}"
    return record.arn
