"""A request as handlers receive it, and a resource as the service stores it."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .error_responses import validation
from .lifecycle import DELETED, Lifecycle
from .service_model import Wire

_MAX_TAGS = 50


@attrs.frozen(kw_only=True)
class Request:
    """One request: the operation, the caller, the parameters."""

    operation: str
    account: str
    region: str
    params: Mapping[str, Wire]
    unmetered: bool = False
    """True: quotas do not apply, because a test prepares its resources."""

    def filters(self, *names: str) -> dict[str, Wire]:
        """Return those of these parameters that the request has."""
        return {name: self.params[name] for name in names if name in self.params}


@attrs.define(kw_only=True, eq=False)
class Record:
    """A resource."""

    kind: str
    """The resource type of its ARN, such as `audience-model`."""
    arn: str
    """The key in the store. Export jobs have one, too, although no response contains it."""
    region: str
    sequence: int
    """The position in lists."""
    created: datetime
    updated: datetime
    """When a caller last changed it."""
    lifecycle: Lifecycle
    members: dict[str, Wire]
    """The members of responses by wire name, except times, status and tags."""
    tags: dict[str, str] = attrs.field(factory=dict[str, str], init=False)
    owner: str
    accounts: set[str]
    """The accounts that may use it: its owner, and others that have a part in it."""
    policy: str | None = None
    """A resource policy that shares it with more accounts."""
    context: dict[str, Wire]
    """What no response contains."""
    results: dict[str, Wire] = attrs.field(factory=dict[str, Wire])
    """Further members of responses once it has been ACTIVE."""
    after_deletion: str = DELETED
    """INACTIVE: deleting removes only the data."""
    retention: float | None = None
    """Calendar seconds that the data is kept while ACTIVE. None: without limit."""

    def add_tags(self, tags: Mapping[str, str]) -> None:
        """Add tags, as far as the rules for tags allow."""
        if any(key.lower().startswith("aws:") for key in tags):
            raise validation("Tag keys that start with 'aws:' are reserved.")
        merged = {**self.tags, **tags}
        if len(merged) > _MAX_TAGS:
            raise validation(f"A resource can have at most {_MAX_TAGS} tags.")
        self.tags = merged
