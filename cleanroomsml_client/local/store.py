"""The resources of all accounts and regions, and who may find them."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from . import policies
from .clock import Clock
from .error_responses import access_denied, not_found
from .lifecycle import DELETED, Lifecycle, ResourceState, Step
from .record import Record, Request
from .service_model import Wire


class Store:
    """Creates, finds and removes records."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: dict[str, Record] = {}
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
            lifecycle=Lifecycle(now, [Step("ACTIVE")]),
            members=members,
            owner=request.account,
            accounts={request.account},
            context=dict(context or {}),
        )
        record.add_tags({**(tags or {}), **own_tags})
        self._records[key] = record
        return record

    def remove(self, record: Record) -> None:
        """Delete a record immediately."""
        del self._records[record.arn]

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

    def records(self, request: Request, kind: str) -> list[Record]:
        """Return the records of one kind that the caller may use, oldest first."""
        return [
            record
            for record in self._records.values()
            if record.kind == kind and request.account in record.accounts and self._exists(record, request)
        ]

    def where(self, request: Request, kind: str, member: str, value: Wire) -> list[Record]:
        """Return the records of one kind, of any account, with this value in `member`; oldest first."""
        return [
            record
            for record in self._records.values()
            if record.kind == kind and record.members.get(member) == value and self._exists(record, request)
        ]

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
        """Return the simulated time."""
        return self._clock.now()
