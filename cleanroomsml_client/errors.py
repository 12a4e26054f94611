"""Every exception of this package, as one tree.

CleanRoomsMLError
├── RequestError                  never sent: the arguments or the configuration cannot be used
├── CredentialsError              never sent: no usable AWS credentials
├── ServiceError                  the service refused the call
│   ├── AccessDeniedError
│   ├── ConflictError
│   ├── InternalServiceError
│   ├── ResourceNotFoundError
│   ├── ServiceQuotaExceededError
│   ├── ThrottlingError
│   └── ValidationError
├── TransportError                no response arrived, or only a part of one
├── HookError                     an event hook of the caller raised an exception
├── ResponseError                 a response arrived that violates the API's contract
├── DeadlineError                 the timeout of the call expired (also a TimeoutError)
└── WaitError                     the resource did not reach the status that was waited for
    ├── WaitFailedError           and can no longer reach it
    └── WaitTimeoutError          and may still reach it (also a TimeoutError)

Every call may raise RequestError, CredentialsError, TransportError, HookError (only if the caller has registered event
hooks), ResponseError, DeadlineError, and of the errors of the service AccessDeniedError, InternalServiceError,
ThrottlingError, ValidationError and a plain ServiceError. The docstring of an operation lists the errors that it may
raise in addition. Nothing else is raised, except `asyncio.CancelledError`. `__cause__` holds the original error.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from .resources.shared import StatusDetails

__all__ = [
    "AccessDeniedError",
    "CleanRoomsMLError",
    "ConflictError",
    "CredentialsError",
    "DeadlineError",
    "HookError",
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
    "refuses_credentials",
    "service_error_class",
]


_TRANSIENT_STATUSES = {500, 502, 503, 504}


# No slots: some subclasses are also a TimeoutError, which is an OSError, whose memory layout excludes them.
@attrs.define(slots=False, eq=False)
class CleanRoomsMLError(Exception):
    """Base of every exception of this package."""

    message: str
    """What went wrong, as text for people."""

    @property
    def may_have_executed(self) -> bool:
        """Whether the service may have executed the call although it failed: list before you repeat a create."""
        return False

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed a little later. After a create, see `may_have_executed` first."""
        return False

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        # OSError's own __reduce__ drops all but two arguments. The state holds the notes.
        return type(self), tuple(getattr(self, field.name) for field in attrs.fields(type(self))), self.__dict__


@attrs.define(slots=False, eq=False)
class RequestError(CleanRoomsMLError):
    """Nothing was sent: an argument is missing or has the wrong type, a profile is unknown, the client is closed."""

    operation: str | None = None
    """The AWS name of the operation. None: the client could not be created."""


@attrs.define(slots=False, eq=False)
class CredentialsError(CleanRoomsMLError):
    """Nothing was sent: AWS credentials are missing or incomplete, or are expired and cannot be refreshed."""

    operation: str | None = None
    """The AWS name of the operation. None: the client could not be created."""


@attrs.define(slots=False, eq=False)
class ServiceError(CleanRoomsMLError):
    """The service refused the call or failed. The subclass follows from `code`, never from `status`."""

    operation: str
    """The AWS name of the operation."""
    code: str
    """The error code on the wire, such as `ConflictException`; the HTTP status if the response has no code."""
    status: int
    """HTTP status."""
    request_id: str | None
    """The id that AWS support asks for. None: the response had none."""
    attempts: int
    """How many requests were sent, this one included."""
    retry_after: float | None = None
    """Seconds that the service asked the client to wait before a retry. None: it did not ask for a pause."""

    @property
    def may_have_executed(self) -> bool:
        """Whether the service failed with a status of 500 or more, for another reason than throttling."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(self, ThrottlingError)

    @property
    def is_transient(self) -> bool:
        """Whether the service throttles, or failed with the status 500, 502, 503 or 504."""
        return isinstance(self, ThrottlingError | InternalServiceError) or self.status in _TRANSIENT_STATUSES

    def __str__(self) -> str:
        tries = "1 attempt" if self.attempts == 1 else f"{self.attempts} attempts"
        what = f"{self.operation}: {self.code} ({self.status}): {self.message}"
        return f"{what} [request id {self.request_id}, after {tries}]"


class AccessDeniedError(ServiceError):
    """The credentials are valid but do not allow the call.

    The page "Give the least permissions" of the documentation (docs/how-to/iam.md) lists what each operation needs.
    """


class ConflictError(ServiceError):
    """The status of the resource does not allow the call, or another resource depends on it."""


class InternalServiceError(ServiceError):
    """The service failed internally."""


class ResourceNotFoundError(ServiceError):
    """The resource does not exist or was deleted."""


@attrs.define(slots=False, eq=False)
class ServiceQuotaExceededError(ServiceError):
    """The account has as many of these resources as its quota allows."""

    quota_name: str | None = None
    """The name of the quota. None: the response does not contain it."""
    quota_value: float | None = None
    """How many resources the quota allows. None: the response does not contain it."""


class ThrottlingError(ServiceError):
    """Too many requests: the service refused the call without executing it."""


class ValidationError(ServiceError):
    """An argument violates a rule of the service; the message names it."""


@attrs.define(slots=False, eq=False)
class TransportError(CleanRoomsMLError):
    """The connection failed: refused, reset, DNS, TLS, proxy, read timeout."""

    operation: str
    """The AWS name of the operation."""
    attempts: int
    """How many requests were tried, this one included."""
    request_sent: bool
    """False: the service cannot have received the request. True: it may have executed it."""
    permanent: bool = False
    """True: the same request would fail again, because of a certificate for example. It is not retried."""

    @property
    def may_have_executed(self) -> bool:
        """The same as `request_sent`."""
        return self.request_sent

    @property
    def is_transient(self) -> bool:
        """The opposite of `permanent`."""
        return not self.permanent


@attrs.define(slots=False, eq=False)
class HookError(CleanRoomsMLError):
    """An event hook that the caller registered raised an exception, which is the `__cause__`."""

    operation: str
    """The AWS name of the operation."""
    attempts: int
    """How many requests were tried, this one included."""
    request_sent: bool
    """False: the service cannot have received the request. True: it may have executed it."""

    @property
    def may_have_executed(self) -> bool:
        """The same as `request_sent`."""
        return self.request_sent


@attrs.define(slots=False, eq=False)
class ResponseError(CleanRoomsMLError):
    """The response reports success, but its body violates the API's contract."""

    operation: str
    """The AWS name of the operation."""
    path: str
    """The place in the body, such as `$.statusDetails.message`; `$` is the whole body."""
    request_id: str | None
    """The id that AWS support asks for. None: the response had none."""
    attempts: int
    """How many requests were sent, this one included."""
    incomplete: bool = False
    """True: the body is truncated JSON, so the same request may succeed."""

    @property
    def may_have_executed(self) -> bool:
        """Always true, because the status is that of a success."""
        return True

    @property
    def is_transient(self) -> bool:
        """The same as `incomplete`."""
        return self.incomplete

    def __str__(self) -> str:
        place = "" if self.path == "$" else f" at {self.path}"
        return f"{self.operation}: {self.message}{place} [request id {self.request_id}]"


@attrs.define(slots=False, eq=False)
class DeadlineError(CleanRoomsMLError, TimeoutError):
    """The call did not end within `RetryPolicy.timeout`."""

    operation: str
    """The AWS name of the operation."""
    attempts: int
    """How many requests were started; the last one was cancelled. 0: the call was queued until the timeout."""
    timeout: float
    """The timeout of the call, in seconds."""
    request_sent: bool = True
    """False: the service cannot have received any of the requests. True: it may have executed one."""
    queued: float = 0.0
    """Seconds of the timeout during which the call was queued by `Pacing`, with no request in progress."""

    @property
    def may_have_executed(self) -> bool:
        """The same as `request_sent`."""
        return self.request_sent

    @property
    def is_transient(self) -> bool:
        """Always true: with more time, the call may succeed."""
        return True

    @property
    def request_id(self) -> str | None:
        """The id of the last response before the timeout. None: there was none."""
        return getattr(self.__cause__, "request_id", None)

    def __str__(self) -> str:
        # OSError's __str__, which shows an errno, would take precedence.
        return self.message


@attrs.define(slots=False, eq=False)
class WaitError(CleanRoomsMLError):
    """A wait ended before the resource reached its goal."""

    last: Any
    """The resource as the last poll returned it. None: no poll found it."""


class WaitFailedError(WaitError):
    """The resource has a status from which it cannot reach the goal."""

    @property
    def status_details(self) -> "StatusDetails | None":
        """The reason that the service gave, or None if it gave none."""
        return getattr(self.last, "status_details", None)


class WaitTimeoutError(WaitError, TimeoutError):
    """`Polling.timeout` passed before the resource reached the goal."""

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
    # ThrottlingException is this service's code. The others come from AWS's gateways; botocore has the same list.
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


_CREDENTIALS_CODES = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "UnrecognizedClientException",
}
"""With these, AWS refuses the credentials themselves, not what they allow."""


def refuses_credentials(error: BaseException) -> bool:
    """Whether an error is about the credentials: missing, expired, or refused by AWS. Other credentials may work."""
    return isinstance(error, CredentialsError) or getattr(error, "code", None) in _CREDENTIALS_CODES


def service_error_class(code: str) -> type[ServiceError]:
    """Return the class for an error code on the wire; `ServiceError` itself for a code without a class of its own."""
    return _CLASS_BY_CODE.get(code, ServiceError)
