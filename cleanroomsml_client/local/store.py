"""The resources of all accounts and regions, and who may find them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import uuid4

import attrs

from . import policies
from .clock import Clock
from .error_responses import access_denied, not_found
from .lifecycle import DELETED, Lifecycle, ResourceState, Step
from .record import Record, Request
from .service_model import Wire


@attrs.frozen
class Records:
    """Records in the order of their creation. They are visited lazily, so that a page of a list costs a page."""

    _sorted: Sequence[Record]
    _accepts: Callable[[Record], bool]

    def __iter__(self) -> Iterator[Record]:
        return self.after(0)

    def after(self, sequence: int) -> Iterator[Record]:
        """Yield the records that were created after the one with this number."""
        for position in range(bisect_right(self._sorted, sequence, key=_sequence), len(self._sorted)):
            record = self._sorted[position]
            if self._accepts(record):
                yield record

    def first(self) -> Record | None:
        """Return the oldest record, if there is one."""
        return next(iter(self), None)

    def where(self, accepts: Callable[[Record], bool]) -> "Records":
        """Return those of the records that a function accepts, too."""
        return Records(self._sorted, lambda record: self._accepts(record) and accepts(record))

    def with_members(self, members: Mapping[str, Wire]) -> "Records":
        """Return those of the records that have these members."""
        return self.where(lambda record: all(record.members.get(name) == value for name, value in members.items()))


def _sequence(record: Record) -> int:
    return record.sequence


# Members whose values divide the records of a kind into the lists that requests ask for.
_SCOPES = ("membershipIdentifier", "collaborationIdentifier", "trainedModelArn")


class Store:
    """Creates, finds and removes records."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: dict[str, Record] = {}
        # By region and kind, and each of those by account and scope; in the order of creation.
        self._lists: defaultdict[tuple[str, ...], list[Record]] = defaultdict(list)
        self._last_versions: dict[str, Record] = {}
        self._created = 0

    def create(
        self,
        request: Request,
        resource_type: str,
        *,
        arn_member: str | None = None,
        defaults: Mapping[str, Wire] | None = None,
        tags: Mapping[str, str] | None = None,
        context: Mapping[str, Wire] | None = None,
        version_of: Record | None = None,
    ) -> Record:
        """Create an ACTIVE record with the members and tags of the request.

        `resource_type` is the middle of the ARN (`audience-model`, `membership/<id>/trained-model`), `arn_member` the
        wire name of the member that holds the ARN. Another version of a resource has the same ARN on the wire; its
        record has a key of its own, which no request can name.
        """
        now = self._clock.now()
        identifier = str(uuid4())
        key = arn = f"arn:aws:cleanrooms-ml:{request.region}:{request.account}:{resource_type}/{identifier}"
        if version_of is not None:
            arn, key = version_of.arn, f"{version_of.arn}#{identifier}"
        members = {**(defaults or {}), **request.params}
        own_tags = members.pop("tags", {})
        if arn_member is not None:
            members[arn_member] = arn
        if version_of is not None:
            members["versionIdentifier"] = identifier
        self._created += 1
        record = Record(
            kind=resource_type.rpartition("/")[2],
            arn=key,
            region=request.region,
            sequence=self._created,
            created=now,
            updated=now,
            lifecycle=Lifecycle(self._clock, now, [Step("ACTIVE")]),
            members=members,
            owner=request.account,
            accounts={request.account},
            context=dict(context or {}),
        )
        record.add_tags({**(tags or {}), **own_tags})
        self._records[key] = record
        self._last_versions[arn] = record
        for list_key in _list_keys(record):
            self._lists[list_key].append(record)
        return record

    def remove(self, record: Record) -> None:
        """Delete a record immediately."""
        del self._records[record.arn]
        for list_key in _list_keys(record):
            records = self._lists[list_key]
            del records[bisect_left(records, record.sequence, key=_sequence)]

    def share(self, record: Record, accounts: set[str]) -> None:
        """Let more accounts use the record that was created last."""
        for account in accounts - record.accounts:
            record.accounts.add(account)
            self._lists[record.region, record.kind, "account", account].append(record)

    def is_last_version(self, record: Record) -> bool:
        """Whether no other version of this resource was created later."""
        return self._last_versions[record.arn.partition("#")[0]] is record

    def find(self, request: Request, arn: str) -> Record:
        """Return the record with this ARN; the caller must be allowed to use it."""
        record = self.look_up(request, arn)
        if record is None:
            raise not_found(arn)
        if request.account in record.accounts or policies.allow(record.policy, request.account, request.operation, arn):
            return record
        raise access_denied(request.account, request.operation, arn)

    def look_up(self, request: Request, arn: str) -> Record | None:
        """Return the record with this ARN, if there is one, of any account."""
        record = self._records.get(arn)
        return record if record is not None and self._exists(record, request) else None

    def records(self, request: Request, kind: str) -> Records:
        """Return the records of one kind that the caller may use, oldest first."""
        return self._visible(request.region, kind, "account", request.account)

    def where(self, request: Request, kind: str, member: str, value: Wire) -> Records:
        """Return the records of one kind, of any account, with this value in `member`; oldest first."""
        if member in _SCOPES:
            return self._visible(request.region, kind, member, value)
        return self._visible(request.region, kind).with_members({member: value})

    def _visible(self, *list_key: str) -> Records:
        return Records(self._lists[list_key], lambda record: self.current_state(record).status != DELETED)

    def all(self) -> Iterator[Record]:
        """Yield the records of all accounts and regions that are not deleted, oldest first."""
        for record in self._records.values():
            if self.current_state(record).status != DELETED:
                yield record

    def last_created(self) -> Record:
        """Return the record that was created last."""
        return next(reversed(self._records.values()))

    def _exists(self, record: Record, request: Request) -> bool:
        return record.region == request.region and self.current_state(record).status != DELETED

    def current_state(self, record: Record) -> ResourceState:
        """Return the state that a record is in now."""
        return record.lifecycle.at(self._clock.now())

    def in_transition(self, record: Record) -> bool:
        """Whether a transition has started and not ended."""
        return self.current_state(record).status.endswith(("_PENDING", "_IN_PROGRESS"))

    def now(self) -> datetime:
        """Return the calendar time."""
        return self._clock.now()


def _list_keys(record: Record) -> Iterator[tuple[str, ...]]:
    """Yield the keys of the lists that contain a record."""
    kind = (record.region, record.kind)
    yield kind
    for account in record.accounts:
        yield (*kind, "account", account)
    for member in _SCOPES:
        if member in record.members:
            yield (*kind, member, record.members[member])
