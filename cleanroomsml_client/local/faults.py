"""Faults that can be injected into the service.

>>> service.inject(Throttle(retry_after=3))
>>> service.inject(RawResponse(status=503, body="<html>Sorry</html>"), operation="GetAudienceModel", times=2)
"""

import asyncio
import math

import attrs


@attrs.frozen(kw_only=True)
class Throttle:
    """Refuse the request with a ThrottlingException."""

    status: int = 429
    """HTTP status: 429, or the 400 that AWS also uses."""
    retry_after: float | None = None
    """Seconds in a Retry-After header. None: no such header."""


@attrs.frozen
class ErrorResponse:
    """Refuse the request with any error code."""

    code: str
    """The code on the wire, such as `ConflictException`."""
    message: str = "An injected failure."
    """The message in the response."""
    status: int | None = None
    """HTTP status. None: the one that AWS uses for the code."""


@attrs.frozen(kw_only=True)
class RawResponse:
    """Respond with this body and do nothing else, for example with HTML as a proxy does."""

    status: int = 200
    """HTTP status."""
    body: str = ""
    """Sent as UTF-8."""
    content_type: str = "text/html"
    """The Content-Type header."""


@attrs.frozen
class Delay:
    """Respond correctly, but late."""

    seconds: float
    """Real seconds, or those of the event loop in a test with virtual time."""


@attrs.frozen
class TruncatedBody:
    """Execute the request, send half of the response body, and close the connection."""


@attrs.frozen(kw_only=True)
class Reset:
    """Reset the connection."""

    after: bool = False
    """False: before the request is executed. True: after it, so that only the response is lost."""


Fault = Throttle | ErrorResponse | RawResponse | Delay | TruncatedBody | Reset


@attrs.define
class _Planned:
    fault: Fault
    operation: str | None
    times: int | None


class Faults:
    """The injected faults that have not happened yet, in the order of injection."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def inject(self, fault: Fault, operation: str | None, times: int | None) -> None:
        """Add a fault for the next `times` requests (None: all) of an operation (None: any)."""
        self._planned.append(_Planned(fault, operation, times))

    def planned(self) -> list[tuple[Fault, str | None, int | None]]:
        """Return each fault with its operation and the number of requests that it still affects."""
        return [(each.fault, each.operation, each.times) for each in self._planned]

    def clear(self) -> None:
        """Remove all faults."""
        self._planned.clear()

    def take(self, operation: str | None) -> Fault | None:
        """Return the fault for this request, if there is one, and count it."""
        for planned in self._planned:
            if planned.operation in {None, operation}:
                if planned.times is not None:
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned.remove(planned)
                return planned.fault
        return None


class RateLimit:
    """A token bucket that is refilled at `per_second` tokens per second and holds at most one second of them.

    Seconds of the event loop, so that a limit holds in virtual time, too.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._tokens = self._capacity = max(per_second, 1.0)
        self._counted = -math.inf

    def admit(self) -> bool:
        """Take a token; return False if there is none."""
        now = asyncio.get_running_loop().time()
        self._tokens = min(self._capacity, self._tokens + (now - self._counted) * self._per_second)
        self._counted = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
