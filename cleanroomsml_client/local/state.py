"""What the service remembers: every resource, who may see it, and the state that the clock gives it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import uuid4

import attrs

from . import policies
from .clock import Clock
from .error_responses import access_denied, conflict, not_found, quota_exceeded, validation
from .lifecycle import GONE, Durations, Failure, Lifecycle, Phase, Step, transition
from .memberships import Memberships
from .pagination import Pager
from .record import Call, Record
from .service_model import Wire

_MAX_TAGS = 50


class State:
    """All resources of all accounts and regions."""

    def __init__(self, clock: Clock, durations: Durations) -> None:
        self.clock = clock
        self.durations = durations
        self.audience_model_metrics: list[dict[str, Wire]] = []
        self.memberships: Memberships = Memberships()
        self._records: dict[str, Record] = {}
        self._failures: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self._created = 0
        self._pager = Pager()

    def create(
        self,
        call: Call,
        resource_type: str,
        *,
        arn_member: str | None = None,
        defaults: Mapping[str, Wire] | None = None,
        tags: Mapping[str, str] | None = None,
        context: Mapping[str, Wire] | None = None,
        version_of: Record | None = None,
    ) -> Record:
        """A new ACTIVE resource with the members of the request, under a new ARN.

        `resource_type` is the ARN's middle (`audience-model`, `membership/<id>/trained-model`) and
        `arn_member` the wire name under which the resource tells its ARN. A further version of a resource goes by
        that one's ARN on the wire; here it has a key of its own, which no ARN in a request can be.
        """
        now = self.clock.now()
        identifier = str(uuid4())
        arn = f"arn:aws:cleanrooms-ml:{call.region}:{call.account}:{resource_type}/{identifier}"
        told = arn
        if version_of is not None:
            told, arn = version_of.arn, f"{version_of.arn}#{identifier}"
        members = {**(defaults or {}), **call.params}
        own_tags = members.pop("tags", {})
        if arn_member is not None:
            members[arn_member] = told
        if version_of is not None:
            members["versionIdentifier"] = identifier
        self._created += 1
        record = Record(
            kind=resource_type.rpartition("/")[2],
            arn=arn,
            region=call.region,
            sequence=self._created,
            created=now,
            updated=now,
            lifecycle=Lifecycle(now, [Step("ACTIVE")]),
            members=members,
            tags={},
            owner=call.account,
            accounts={call.account},
            context=dict(context or {}),
        )
        self.tag(record, {**(tags or {}), **own_tags})
        self._records[arn] = record
        return record

    def begin(self, call: Call, record: Record, verb: str, goal: str) -> None:
        """Set out for `goal`, unless this operation was told to fail."""
        failures = self._failures[call.operation]
        failure = failures.popleft() if failures else None
        self._schedule(record, self.clock.now(), transition(verb, goal, self.durations, failure))

    def fail_next(self, operation: str, failure: Failure) -> None:
        """Let what the next `operation` begins end in failure."""
        self._failures[operation].append(failure)

    def place(self, record: Record, status: str) -> None:
        """Put a resource into a state; from a passing one it moves on as usual."""
        verb, _, stage = status.partition("_")
        steps = [Step(status)]
        if stage == "FAILED":
            steps = [Step(status, failure=Failure("INTERNAL_ERROR", "Something went wrong on the service's side."))]
        elif stage:
            goal = {"CREATE": "ACTIVE", "DELETE": record.after_deletion, "CANCEL": "INACTIVE"}[verb]
            steps = transition(verb, goal, self.durations)[stage == "IN_PROGRESS" :]
        self._schedule(record, record.created, steps)

    def _schedule(self, record: Record, now: datetime, steps: list[Step]) -> None:
        if record.retention is not None and steps[-1].status in {"ACTIVE", "DELETE_FAILED"}:
            steps = [*steps[:-1], attrs.evolve(steps[-1], seconds=record.retention), Step("INACTIVE")]
        record.lifecycle.schedule(now, steps)

    def remove(self, record: Record) -> None:
        """Forget a resource at once."""
        del self._records[record.arn]

    def find(self, call: Call, arn: str) -> Record:
        """The resource with this ARN, which the caller must be allowed to use."""
        record = self.look_up(call, arn)
        if record is None:
            raise not_found(arn)
        if call.account in record.accounts or policies.allow(record.policy, call.account, call.operation, arn):
            return record
        raise access_denied(call.account, call.operation, arn)

    def look_up(self, call: Call, arn: str) -> Record | None:
        """The resource with this ARN, if there is one, whoever asks."""
        record = self._records.get(arn)
        return record if record is not None and self._is_here(record, call) else None

    def records(self, call: Call, kind: str) -> list[Record]:
        """The caller's resources of one kind, oldest first."""
        return [
            record
            for record in self._records.values()
            if record.kind == kind and call.account in record.accounts and self._is_here(record, call)
        ]

    def dependants(self, call: Call, record: Record, kind: str, member: str) -> list[Record]:
        """The resources of one kind, of any account, that name this one in `member`."""
        return self.having(call, kind, member, record.arn)

    def having(self, call: Call, kind: str, member: str, value: Wire) -> list[Record]:
        """The resources of one kind, of any account, with this value in `member`; oldest first."""
        return [
            record
            for record in self._records.values()
            if record.kind == kind and record.members.get(member) == value and self._is_here(record, call)
        ]

    def newest(self) -> Record:
        """What was created last."""
        return next(reversed(self._records.values()))

    def _is_here(self, record: Record, call: Call) -> bool:
        return record.region == call.region and self.phase(record).status != GONE

    def phase(self, record: Record) -> Phase:
        """Where the clock has brought it."""
        return record.lifecycle.at(self.clock.now())

    def is_moving(self, record: Record) -> bool:
        """Whether a transition is under way."""
        return self.phase(record).status.endswith(("_PENDING", "_IN_PROGRESS"))

    def require_active(self, record: Record) -> None:
        """ErrorResponse to build on a resource that is not ACTIVE."""
        status = self.phase(record).status
        if status != "ACTIVE":
            raise conflict(f"Resource {record.arn} is {status}, not ACTIVE.")

    def require_settled(self, record: Record) -> None:
        """ErrorResponse to change a resource in the middle of a transition."""
        if self.is_moving(record):
            raise conflict(f"Resource {record.arn} is {self.phase(record).status}.")

    def require_data(self, record: Record) -> None:
        """ErrorResponse to delete data that is still being made, or is gone."""
        self.require_settled(record)
        if self.phase(record).status == "INACTIVE":
            raise conflict(f"Resource {record.arn} is INACTIVE.")

    def require_cancellable(self, record: Record) -> None:
        """ErrorResponse to cancel what has come to its end."""
        status = self.phase(record).status
        if status not in {"CREATE_PENDING", "CREATE_IN_PROGRESS", "CANCEL_FAILED"}:
            raise conflict(f"Resource {record.arn} is {status}.")

    def require_unused(self, call: Call, record: Record, kind: str, member: str) -> None:
        """ErrorResponse to delete a resource on which others depend."""
        self.require_no_users(record, self.dependants(call, record, kind, member))

    def require_no_users(self, record: Record, users: Iterable[Record]) -> None:
        """ErrorResponse to take away what others use."""
        names = ", ".join(user.arn for user in users)
        if names:
            raise conflict(f"Resource {record.arn} is still in use by {names}.")

    def require_quota(self, call: Call, kind: str, limit: int, *, membership: str | None = None) -> None:
        """ErrorResponse one more resource than may be under way in an account, or in one membership."""
        under_way = [
            record
            for record in self.records(call, kind)
            if record.owner == call.account
            and membership in {None, record.members.get("membershipIdentifier")}
            and self.phase(record).status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}
        ]
        if len(under_way) >= limit and not call.unmetered:
            within = "" if membership is None else " in a membership"
            raise quota_exceeded(f"Pending and in progress {kind.replace('-', ' ')}s{within}", limit)

    def tag(self, record: Record, tags: Mapping[str, str]) -> None:
        """Add tags to a resource, within the rules for tags."""
        if any(key.lower().startswith("aws:") for key in tags):
            raise validation("Tag keys that start with 'aws:' are reserved.")
        merged = {**record.tags, **tags}
        if len(merged) > _MAX_TAGS:
            raise validation(f"A resource can have at most {_MAX_TAGS} tags.")
        record.tags = merged

    def view(self, record: Record) -> dict[str, Wire]:
        """A resource as it is answered; the operation's output picks what it shows."""
        now = self.clock.now()
        phase = record.lifecycle.at(now)
        view = {
            **record.members,
            "createTime": record.created,
            "updateTime": max(record.updated, phase.starts),
            "status": phase.status,
        }
        if phase.failure is not None:
            view["statusDetails"] = {"statusCode": phase.failure.status_code, "message": phase.failure.message}
        if record.lifecycle.has_been("ACTIVE", now):
            view.update(record.results)
        if record.tags:
            view["tags"] = record.tags
        return view

    def page(self, call: Call, records: list[Record], member: str, *, default_size: int = 100) -> dict[str, Wire]:
        """The page of a list that the caller asks for, under the list's wire name."""
        chosen, next_token = self._pager.page(call, records, default_size)
        return {member: [self.view(record) for record in chosen], "nextToken": next_token}


Handler = Callable[[State, Call], dict[str, Wire] | None]
"""Performs an operation: from a request to the members of its answer, if there are any."""
