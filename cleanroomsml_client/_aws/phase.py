"""The phase that the current attempt of a call has reached, from which follows what its failure means.

`call_operation` starts a record for each attempt; the endpoint, the connector and the transport advance it. Only
clients that `connect` opened have phases: a wrapped client sends its requests through aiobotocore alone.
"""

from contextvars import ContextVar, Token
from enum import IntEnum

import attrs

__all__ = [
    "AttemptRecord",
    "Phase",
    "current_record",
    "end_record",
    "is_within_attempt",
    "join_record",
    "start_record",
]


class Phase(IntEnum):
    """What an attempt is doing."""

    PREPARE = 1
    """Validating and serializing the parameters, and resolving the endpoint."""
    SIGN = 2
    """Loading credentials and signing."""
    CONNECT = 3
    """Waiting for a connection: DNS, TCP, the proxy, TLS."""
    SEND = 4
    """The connector has handed out a connection; parts of the request may have been sent."""
    READ = 5
    """The headers of a response have arrived."""


@attrs.define
class AttemptRecord:
    """The phase of one attempt, and whether any part of a request may have been sent during it."""

    phase: Phase = Phase.PREPARE
    request_sent: bool = False
    """True from the first `SEND` on, even if botocore or aiohttp sends the request again and does not get as far."""
    permanent: bool = False
    """True: the same request would fail again, because of a certificate for example."""

    def enter(self, phase: Phase) -> None:
        """Record that the attempt has reached a phase."""
        self.phase = phase
        if phase >= Phase.SEND:
            self.request_sent = True


_current: ContextVar[AttemptRecord | None] = ContextVar("cleanroomsml_client.attempt", default=None)


def start_record() -> tuple[AttemptRecord, Token[AttemptRecord | None]]:
    """Start the record of an attempt; pass the token to `end_record`."""
    record = AttemptRecord()
    return record, _current.set(record)


def end_record(token: Token[AttemptRecord | None] | None) -> None:
    """End the record that was started with this token; the attempt whose event hook made the call goes on."""
    if token is not None:
        _current.reset(token)


def join_record() -> tuple[AttemptRecord, Token[AttemptRecord | None] | None]:
    """Return the record of the current attempt, and no token.

    If the call did not come through `call_operation`, but through `client.aws`, start a record; pass its token to
    `end_record`.
    """
    record = _current.get()
    if record is not None and record.phase is Phase.PREPARE:
        return record, None
    return start_record()


def is_within_attempt() -> bool:
    """Whether an event hook of an attempt makes the current call."""
    return _current.get() is not None


def current_record() -> AttemptRecord:
    """Return the record of the current attempt; outside of one, a record that nobody reads."""
    return _current.get() or AttemptRecord()
