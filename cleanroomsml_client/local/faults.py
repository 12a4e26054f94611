"""Ways in which the service can be made to misbehave.

>>> service.inject(Throttle(retry_after=3))
>>> service.inject(RawResponse(status=503, body="<html>Sorry</html>"), operation="GetAudienceModel", times=2)
"""

import time
from collections.abc import Callable

import attrs


@attrs.frozen(kw_only=True)
class Throttle:
    """ErrorResponse as too frequent: with 429, or with the 400 that AWS also uses."""

    status: int = 429
    retry_after: float | None = None
    """Seconds, told in a Retry-After header."""


@attrs.frozen
class ErrorResponse:
    """Answer with any error code; `status` is the code's own unless told."""

    code: str
    message: str = "The service was told to fail."
    status: int | None = None


@attrs.frozen(kw_only=True)
class RawResponse:
    """Answer with these very bytes, without doing anything: HTML from a proxy, nothing at all."""

    status: int = 200
    body: str = ""
    content_type: str = "text/html"


@attrs.frozen
class Delay:
    """Answer rightly, but so many real seconds late."""

    seconds: float


@attrs.frozen
class TruncatedBody:
    """Do what is asked, then send half of the answer's body and close."""


@attrs.frozen(kw_only=True)
class Reset:
    """Reset the connection: before anything is done, or after it, when only the answer is lost."""

    after: bool = False


Fault = Throttle | ErrorResponse | RawResponse | Delay | TruncatedBody | Reset


@attrs.define
class _Planned:
    fault: Fault
    operation: str | None
    times: int | None


class Faults:
    """The faults that are still to come, in the order in which they were injected."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def inject(self, fault: Fault, operation: str | None, times: int | None) -> None:
        """Plan a fault for the next `times` requests (None: all) of an operation (None: any)."""
        self._planned.append(_Planned(fault, operation, times))

    def clear(self) -> None:
        """Behave again."""
        self._planned.clear()

    def take(self, operation: str | None) -> Fault | None:
        """The fault for this request, if there is one."""
        for planned in self._planned:
            if planned.operation in {None, operation}:
                if planned.times is not None:
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned.remove(planned)
                return planned.fault
        return None


class RateLimit:
    """A token bucket: so many requests a second, and no more than that at once."""

    def __init__(self, per_second: float, now: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._now = now
        self._tokens = self._capacity = max(per_second, 1.0)
        self._counted = now()

    def admit(self) -> bool:
        """Whether there is room for one more request."""
        now = self._now()
        self._tokens = min(self._capacity, self._tokens + (now - self._counted) * self._per_second)
        self._counted = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
