"""Everything that can go wrong, as one tree.

CleanRoomsMLError
├── RequestError                  never sent: the arguments or the configuration cannot be used
├── CredentialsError              never sent: no usable AWS credentials
├── ServiceError                  the service said no
│   ├── AccessDeniedError
│   ├── ConflictError
│   ├── InternalServiceError
│   ├── ResourceNotFoundError
│   ├── ServiceQuotaExceededError
│   ├── ThrottlingError
│   └── ValidationError
├── TransportError                no answer came, or only a part of one
├── ResponseError                 an answer came, but not the one that the API promises
├── DeadlineError                 the call's total time ran out (also a TimeoutError)
└── WaitError                     the resource is not where it was waited for
    ├── WaitFailedError           and will not get there
    └── WaitTimeoutError          it may still get there (also a TimeoutError)

Nothing else is raised by an operation, but for `asyncio.CancelledError`. `__cause__` holds what lay beneath.
"""

from collections.abc import Mapping
from typing import Any

import attrs

__all__ = [
    "AccessDeniedError",
    "CleanRoomsMLError",
    "ConflictError",
    "CredentialsError",
    "DeadlineError",
    "InternalServiceError",
    "RequestError",
    "ResourceNotFoundError",
    "ResponseError",
    "ServiceError",
    "ServiceQuotaExceededError",
    "ThrottlingError",
    "TransportError",
    "ValidationError",
    "WaitError",
    "WaitFailedError",
    "WaitTimeoutError",
    "service_error_class",
]


# TimeoutError is an OSError, whose memory layout admits no slots beside it.
@attrs.define(slots=False, eq=False)
class CleanRoomsMLError(Exception):
    """Base of every exception of this package."""

    message: str

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # OSError's own __reduce__ forgets all but two arguments. The state brings the notes along.
        return type(self), tuple(getattr(self, field.name) for field in attrs.fields(type(self))), self.__dict__


@attrs.define(slots=False, eq=False)
class RequestError(CleanRoomsMLError):
    """Nothing was sent: an argument is missing or of the wrong type, a profile is unknown, the client is closed."""

    operation: str | None = None
    """None: the client could not be made at all."""


@attrs.define(slots=False, eq=False)
class CredentialsError(CleanRoomsMLError):
    """Nothing was sent: AWS credentials are absent, incomplete, or expired beyond refreshing."""

    operation: str | None = None
    """None: the client could not be made at all."""


@attrs.define(slots=False, eq=False)
class ServiceError(CleanRoomsMLError):
    """The service refused the call or failed at it. The subclass follows from `code`, never from `status`."""

    operation: str
    code: str
    """The error code on the wire, such as `ConflictException`; the HTTP status where the answer bears no code."""
    status: int
    """HTTP status."""
    request_id: str | None
    """What AWS support asks for."""
    attempts: int
    """How many requests were made, this one included."""
    retry_after: float | None = None
    """Seconds that the service asked to leave it alone; None: it did not ask."""

    def __str__(self) -> str:
        tries = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        what = f"{self.operation}: {self.code} ({self.status}): {self.message}"
        return f"{what} [request id {self.request_id}, after {tries}]"


class AccessDeniedError(ServiceError):
    """The credentials are good, but not for this."""


class ConflictError(ServiceError):
    """The resource is in a state that forbids the call, or something still depends on it."""


class InternalServiceError(ServiceError):
    """The service failed at its own work."""


class ResourceNotFoundError(ServiceError):
    """There is no such resource, or none any longer."""


@attrs.define(slots=False, eq=False)
class ServiceQuotaExceededError(ServiceError):
    """The account has as many of these as its quota allows."""

    quota_name: str | None = None
    quota_value: float | None = None


class ThrottlingError(ServiceError):
    """Too many requests: the call was refused before anything was done."""


class ValidationError(ServiceError):
    """An argument breaks one of the service's rules; the message names it."""


@attrs.define(slots=False, eq=False)
class TransportError(CleanRoomsMLError):
    """The connection could not be made or broke: refused, reset, DNS, TLS, proxy, read timeout."""

    operation: str
    attempts: int
    """How many requests were tried, this one included."""
    request_sent: bool
    """False: the service cannot have seen the request. True: it may have carried it out."""


@attrs.define(slots=False, eq=False)
class ResponseError(CleanRoomsMLError):
    """A success was answered, but its body does not keep the API's promise: nothing is made up in its place."""

    operation: str
    path: str
    """Where in the body, such as `$.statusDetails.message`; `$` is the whole body."""
    request_id: str | None
    attempts: int
    """How many requests were made, this one included."""
    incomplete: bool = False
    """True: the body is JSON that ends too early."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.message} at {self.path} [request id {self.request_id}]"


@attrs.define(slots=False, eq=False)
class DeadlineError(CleanRoomsMLError, TimeoutError):
    """The call did not end within `RetryPolicy.timeout`; what the last attempt did is not known."""

    operation: str
    attempts: int
    """How many requests were begun; the last one was cut off."""
    timeout: float
    """Seconds."""

    def __str__(self) -> str:
        # OSError's, which talks of errno, would be found first.
        return self.message


@attrs.define(slots=False, eq=False)
class WaitError(CleanRoomsMLError):
    """A wait ended away from its goal."""

    last: Any
    """The resource as last seen; None: it was never seen."""


class WaitFailedError(WaitError):
    """The resource settled in a state from which the goal is out of reach."""

    @property
    def status_details(self) -> Any:
        """The service's reason, a `StatusDetails`; None: it gave none."""
        return getattr(self.last, "status_details", None)


class WaitTimeoutError(WaitError, TimeoutError):
    """The resource was still on its way when `Polling.timeout` had passed."""

    def __str__(self) -> str:
        return self.message


_CLASS_BY_CODE: Mapping[str, type[ServiceError]] = {
    "AccessDeniedException": AccessDeniedError,
    "ConflictException": ConflictError,
    "InternalServiceException": InternalServiceError,
    "ResourceNotFoundException": ResourceNotFoundError,
    "ServiceQuotaExceededException": ServiceQuotaExceededError,
    "ValidationException": ValidationError,
} | dict.fromkeys(
    # ThrottlingException is this service's; the others are what AWS's front doors say, as botocore lists them.
    (
        "ThrottlingException",
        "Throttling",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    ),
    ThrottlingError,
)


def service_error_class(code: str) -> type[ServiceError]:
    """The class for an error code on the wire; `ServiceError` itself for a code that has none of its own."""
    return _CLASS_BY_CODE.get(code, ServiceError)
