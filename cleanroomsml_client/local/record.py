"""A request as handlers see it, and a resource as the service remembers it."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from .lifecycle import GONE, Lifecycle
from .service_model import Wire


@attrs.frozen(kw_only=True)
class Call:
    """One request as a handler sees it: who asks, where, for what."""

    operation: str
    account: str
    region: str
    params: Mapping[str, Wire]
    unmetered: bool = False
    """Quotas do not count: a test sets the scene."""


@attrs.define(kw_only=True, eq=False)
class Record:
    """A resource."""

    kind: str
    """The resource type of its ARN: `audience-model`."""
    arn: str
    """Its key here; export jobs have one too, though the service never tells it."""
    region: str
    sequence: int
    """Its place in lists."""
    created: datetime
    updated: datetime
    """When a caller last changed it."""
    lifecycle: Lifecycle
    members: dict[str, Wire]
    """What it answers, by wire name, but for times, status and tags."""
    tags: dict[str, str]
    owner: str
    accounts: set[str]
    """Who may use it: its owner, and who else has a part in it."""
    policy: str | None = None
    """Shares it with further accounts."""
    context: dict[str, Wire]
    """What the service keeps to itself."""
    results: dict[str, Wire] = attrs.field(factory=dict[str, Wire])
    """What it answers, too, once it has been ACTIVE."""
    after_deletion: str = GONE
    """INACTIVE where only the data goes, and the rest stays."""
    retention: float | None = None
    """Seconds that it keeps its data while ACTIVE; None: for ever."""
