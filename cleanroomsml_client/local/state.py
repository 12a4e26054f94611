"""The state of the service: its records, and how they change with time."""

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime

import attrs

from .._dicts import json_time
from .clock import Clock
from .lifecycle import Durations, Failure, Step, transition
from .memberships import Memberships
from .pagination import Pager
from .record import Record, Request
from .service_model import Wire
from .store import Records, Store


class State:
    """Everything that the service remembers; handlers receive it with each request."""

    def __init__(self, clock: Clock, durations: Durations) -> None:
        self.durations = durations
        self.audience_model_metrics: list[dict[str, Wire]] = []
        self.memberships: Memberships = Memberships()
        self.store: Store = Store(clock)
        self._failures: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self._pager = Pager()

    def start_transition(self, request: Request, record: Record, verb: str, goal: str) -> None:
        """Start the transition to `goal`; it fails if `fail_next` has said so for this operation."""
        failures = self._failures[request.operation]
        failure = failures.popleft() if failures else None
        self._schedule(record, self.store.now(), transition(verb, goal, self.durations, failure))

    def fail_next(self, operation: str, failure: Failure) -> None:
        """Let the next transition that this operation starts fail."""
        self._failures[operation].append(failure)

    def force_status(self, record: Record, status: str) -> None:
        """Put a resource into a status; from one that passes, it continues as usual."""
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
            kept = attrs.evolve(steps[-1], seconds=record.retention, in_calendar_time=True)
            steps = [*steps[:-1], kept, Step("INACTIVE")]
        record.lifecycle.schedule(now, steps)

    def view(self, record: Record) -> dict[str, Wire]:
        """Return the members of a resource now; the operation's output shape selects those that a response has."""
        now = self.store.now()
        state = record.lifecycle.at(now)
        view = {
            **record.members,
            "createTime": record.created,
            "updateTime": max(record.updated, state.starts),
            "status": state.status,
        }
        if state.failure is not None:
            view["statusDetails"] = {"statusCode": state.failure.status_code, "message": state.failure.message}
        if record.lifecycle.has_been("ACTIVE", now):
            view.update(record.results)
        if record.tags:
            view["tags"] = record.tags
        return view

    def describe(self, record: Record) -> dict[str, Wire]:
        """Return what all kinds of resources have, for people and programs that read the whole service."""
        now = self.store.now()
        state = record.lifecycle.at(now)
        # The key of an export job and of a further version is no ARN.
        arn = record.arn.partition("#")[0]
        return {
            "arn": arn if arn in record.members.values() else None,
            "kind": record.kind,
            "accountId": record.owner,
            "region": record.region,
            "name": record.members.get("name"),
            "status": state.status,
            "createTime": json_time(record.created),
            "updateTime": json_time(max(record.updated, state.starts)),
            "progress": record.lifecycle.progress(now),
            "versionIdentifier": record.members.get("versionIdentifier"),
            "membershipIdentifier": record.members.get("membershipIdentifier"),
        }

    def page(self, request: Request, records: Records, member: str, *, default_size: int = 100) -> dict[str, Wire]:
        """Return the requested page of a list, under the wire name of the list."""
        chosen, next_token = self._pager.page(request, records, default_size)
        return {member: [self.view(record) for record in chosen], "nextToken": next_token}


Handler = Callable[[State, Request], dict[str, Wire] | None]
"""Executes an operation: from a request to the members of its output, if it has any."""
