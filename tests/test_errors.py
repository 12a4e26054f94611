import copy
import pickle
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import attrs
import pytest
from botocore.retries.standard import ThrottledRetryableChecker

from cleanroomsml_client import errors
from cleanroomsml_client.errors import (
    AccessDeniedError,
    CleanRoomsMLError,
    ConflictError,
    CredentialsError,
    DeadlineError,
    HookError,
    InternalServiceError,
    RequestError,
    ResourceNotFoundError,
    ResponseError,
    ServiceError,
    ServiceQuotaExceededError,
    ThrottlingError,
    TransportError,
    ValidationError,
    WaitError,
    WaitFailedError,
    WaitTimeoutError,
    refuses_credentials,
    service_error_class,
)
from cleanroomsml_client.resources.shared import StatusDetails

_DRAWING = (errors.__doc__ or "").split("\n\n")[1]
_COMMON = ("no", "GetAudienceModel", "SomeException", 400, "r-1", 3, 2.5)
LAST = StatusDetails(status_code="C", message="why")


def example(
    class_: type[ServiceError], *, status: int = 400, attempts: int = 3, request_id: str | None = "r-1"
) -> ServiceError:
    """Return an error of this class with all fields."""
    return class_("no", "GetAudienceModel", "SomeException", status, request_id, attempts, 2.5)


# An error of every class, with every field set, and its text.
EXAMPLES: list[tuple[CleanRoomsMLError, str]] = [
    (CleanRoomsMLError("text"), "text"),
    (RequestError("text", "GetAudienceModel"), "text"),
    (CredentialsError("text", "GetAudienceModel"), "text"),
    *(
        (example(class_), "GetAudienceModel: SomeException (400): no [request id r-1, after 3 attempts]")
        for class_ in (
            ServiceError,
            AccessDeniedError,
            ConflictError,
            InternalServiceError,
            ResourceNotFoundError,
            ThrottlingError,
            ValidationError,
        )
    ),
    (
        ServiceQuotaExceededError(*_COMMON, "models", 20.0),
        "GetAudienceModel: SomeException (400): no [request id r-1, after 3 attempts]",
    ),
    (TransportError("text", "GetAudienceModel", 2, request_sent=True, permanent=True), "text"),
    (HookError("text", "GetAudienceModel", 2, request_sent=True), "text"),
    (
        ResponseError("a string expected", "GetAudienceModel", "$.name", "r-1", 2, incomplete=True),
        "GetAudienceModel: a string expected at $.name [request id r-1]",
    ),
    (DeadlineError("text", "GetAudienceModel", 2, 60.0, request_sent=False), "text"),
    (WaitError("text", LAST), "text"),
    (WaitFailedError("text", LAST), "text"),
    (WaitTimeoutError("text", LAST), "text"),
]
EACH = pytest.mark.parametrize(
    "error", [error for error, _ in EXAMPLES], ids=[type(error).__name__ for error, _ in EXAMPLES]
)


def tree() -> list[type[CleanRoomsMLError]]:
    """Return every class of the tree, the base first."""
    found = [CleanRoomsMLError]
    for class_ in found:
        found += [sub for sub in class_.__subclasses__() if sub.__module__ == errors.__name__]
    return found


def fields(error: CleanRoomsMLError) -> dict[str, Any]:
    """Return the fields of an error by name."""
    return {field.name: getattr(error, field.name) for field in attrs.fields(type(error))}


def assert_same(back: CleanRoomsMLError, error: CleanRoomsMLError) -> None:
    """Check that two errors have the same type, fields and text."""
    assert type(back) is type(error)
    assert fields(back) == fields(error)
    assert back.args == error.args
    assert str(back) == str(error)
    assert repr(back) == repr(error)


def test_every_class_has_an_example() -> None:
    """The examples of this file include every class of the tree."""
    assert {type(error) for error, _ in EXAMPLES} == set(tree())


def test_the_drawing_is_the_tree() -> None:
    """The drawing in the docstring of the module shows every class below its base, and no other class."""
    drawn: set[tuple[str, str | None]] = set()
    above: list[str] = []
    for prefix, name in re.findall(r"^([│├└─ ]*)(\w+Error)\b", _DRAWING, re.MULTILINE):
        depth = len(prefix) // 4
        above[depth:] = [name]
        drawn.add((name, above[depth - 1] if depth else None))
    real = {
        (class_.__name__, next((base.__name__ for base in class_.__bases__ if base in tree()), None))
        for class_ in tree()
    }
    assert drawn == real


def test_the_drawing_is_sorted() -> None:
    """The classes of service errors are drawn in alphabetical order."""
    drawn = re.findall(r"^│   [├└]── (\w+)", _DRAWING, re.MULTILINE)
    assert len(drawn) == 7
    assert all(one < other for one, other in pairwise(drawn))


def test_the_drawing_shows_which_errors_are_timeouts() -> None:
    """The classes that the drawing calls timeouts are exactly the subclasses of TimeoutError."""
    drawn = set(re.findall(r"(\w+Error)\b.*\(also a TimeoutError\)", _DRAWING))
    assert drawn == {"DeadlineError", "WaitTimeoutError"}
    assert drawn == {class_.__name__ for class_ in tree() if issubclass(class_, TimeoutError)}


def test_only_timeouts_are_os_errors() -> None:
    """Only the timeouts have another built-in base than Exception; so `except OSError` catches nothing else."""
    for class_ in tree():
        builtin = {base for base in class_.__mro__ if base.__module__ == "builtins"}
        timeout = {TimeoutError, OSError} if class_ in {DeadlineError, WaitTimeoutError} else set[type]()
        assert builtin == {object, BaseException, Exception} | timeout


def test_every_class_is_exported() -> None:
    """Each class is exported, and `__all__` is sorted."""
    assert set(errors.__all__) == {class_.__name__ for class_ in tree()} | {
        "refuses_credentials",
        "service_error_class",
    }
    assert errors.__all__ == sorted(errors.__all__)


@pytest.mark.parametrize(("error", "text"), EXAMPLES, ids=[type(error).__name__ for error, _ in EXAMPLES])
def test_text_of_an_error(error: CleanRoomsMLError, text: str) -> None:
    """`str()` returns exactly this text, not a tuple of fields or an errno."""
    assert str(error) == text
    assert f"{error}" == text


def test_one_attempt_is_singular() -> None:
    """The text of an error after one attempt says `attempt`, not `attempts`."""
    assert str(example(ServiceError, attempts=1)).endswith("after 1 attempt]")
    assert str(example(ServiceError, attempts=2)).endswith("after 2 attempts]")


def test_text_without_request_id() -> None:
    """The text of an error without a request id says so."""
    assert str(example(ServiceError, request_id=None)).endswith("[request id None, after 3 attempts]")
    assert str(ResponseError("cut", "GetAudienceModel", "$", None, 1)) == "GetAudienceModel: cut [request id None]"
    at_name = ResponseError("missing", "GetAudienceModel", "$.name", "r-1", 1)
    assert str(at_name) == "GetAudienceModel: missing at $.name [request id r-1]"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RequestError("r"), False),
        (CredentialsError("c"), False),
        (example(ServiceError, status=400), False),
        (example(ConflictError, status=409), False),
        (example(ServiceError, status=499), False),
        (example(ServiceError, status=500), True),
        (example(InternalServiceError, status=500), True),
        (example(ServiceError, status=503), True),
        (example(ThrottlingError, status=503), False),
        (TransportError("t", "CreateAudienceModel", 1, request_sent=True), True),
        (TransportError("t", "CreateAudienceModel", 1, request_sent=False), False),
        (HookError("h", "CreateAudienceModel", 1, request_sent=True), True),
        (HookError("h", "CreateAudienceModel", 1, request_sent=False), False),
        (DeadlineError("d", "CreateAudienceModel", 1, 60.0, request_sent=True), True),
        (DeadlineError("d", "CreateAudienceModel", 0, 60.0, request_sent=False), False),
        (ResponseError("cut", "CreateAudienceModel", "$", None, 1), True),
        (WaitFailedError("w", LAST), False),
    ],
    ids=repr,
)
def test_whether_a_call_may_have_been_executed(error: CleanRoomsMLError, *, expected: bool) -> None:
    """`may_have_executed` says after each error whether the service may have executed the call."""
    assert error.may_have_executed is expected


def test_a_deadline_error_has_the_request_id_of_the_last_response() -> None:
    """The id is that of the error that was retried; without a response there is none."""
    late = DeadlineError("late", "GetAudienceModel", 2, 60.0)
    assert late.request_id is None
    late.__cause__ = example(ThrottlingError, request_id="r-7")
    assert late.request_id == "r-7"
    late.__cause__ = TransportError("lost", "GetAudienceModel", 1, request_sent=True)
    assert late.request_id is None


@EACH
def test_repr_names_class_and_fields(error: CleanRoomsMLError) -> None:
    """A repr is the call that creates the error."""
    inside = ", ".join(f"{name}={value!r}" for name, value in fields(error).items())
    assert repr(error) == f"{type(error).__name__}({inside})"


@EACH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_can_be_pickled(error: CleanRoomsMLError, protocol: int) -> None:
    """An unpickled error has every field and the same text."""
    assert_same(pickle.loads(pickle.dumps(error, protocol)), error)  # noqa: S301  # pickled in this test


@EACH
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_errors_can_be_copied(error: CleanRoomsMLError, duplicate: Callable[[Any], Any]) -> None:
    """A copied error has every field and the same text."""
    back = duplicate(error)
    assert back is not error
    assert_same(back, error)


@EACH
def test_fields_can_be_keyword_arguments(error: CleanRoomsMLError) -> None:
    """An error created with keyword arguments is the same, and can be pickled and copied."""
    named = type(error)(**fields(error))
    assert_same(named, error)
    assert_same(pickle.loads(pickle.dumps(named)), error)  # noqa: S301  # pickled in this test
    assert_same(copy.deepcopy(named), error)


@pytest.mark.parametrize(
    ("error", "default"),
    [
        (RequestError("text"), {"operation": None}),
        (CredentialsError("text"), {"operation": None}),
        (ServiceError("no", "Op", "X", 400, None, 1), {"retry_after": None}),
        (
            ServiceQuotaExceededError("no", "Op", "X", 400, None, 1),
            {"retry_after": None, "quota_name": None, "quota_value": None},
        ),
        (ResponseError("bad", "Op", "$", None, 1), {"incomplete": False}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_default_of_optional_fields(error: CleanRoomsMLError, default: dict[str, Any]) -> None:
    """Optional fields that are left out have their default, also after pickling."""
    assert {name: getattr(error, name) for name in default} == default
    optional = {field.name for field in attrs.fields(type(error)) if field.default is not attrs.NOTHING}
    assert optional == set(default)
    assert_same(pickle.loads(pickle.dumps(error)), error)  # noqa: S301  # pickled in this test


@EACH
def test_notes_are_kept(error: CleanRoomsMLError) -> None:
    """Notes that a caller adds are kept when an error is pickled or copied."""
    error = type(error)(**fields(error))
    error.add_note("while training")
    for back in (
        pickle.loads(pickle.dumps(error)),  # noqa: S301  # pickled in this test
        copy.copy(error),
        copy.deepcopy(error),
    ):
        assert_same(back, error)
        assert back.__notes__ == ["while training"]


@EACH
def test_errors_behave_like_exceptions(error: CleanRoomsMLError) -> None:
    """An error can be raised with a cause, hashed, compared by identity, and caught by its base class."""
    error = type(error)(**fields(error))
    cause = ValueError("cause")
    with pytest.raises(CleanRoomsMLError) as caught:
        raise error from cause
    assert caught.value is error
    assert caught.value.__cause__ is cause
    assert caught.value.__traceback__ is not None
    assert error == error  # noqa: PLR0124  # the test compares an error with itself
    assert error != type(error)(**fields(error))
    key: Any = error
    assert {key: 1}[key] == 1


@EACH
def test_except_star_selects_errors(error: CleanRoomsMLError) -> None:
    """`except*` separates errors of this package from the other exceptions of a group."""
    group = ExceptionGroup("tasks", [error, KeyError("x")])
    matched, rest = group.split(CleanRoomsMLError)
    assert matched is not None
    assert matched.exceptions == (error,)
    assert rest is not None


@pytest.mark.parametrize("error", [DeadlineError("text", "Op", 2, 60.0), WaitTimeoutError("text", LAST)])
def test_timeouts_are_timeout_errors(error: CleanRoomsMLError) -> None:
    """`except TimeoutError` catches them, and OSError does not take an errno from their fields."""
    with pytest.raises(TimeoutError):
        raise error
    assert isinstance(error, OSError)
    assert error.errno is None
    assert error.strerror is None
    assert error.filename is None


def test_wait_failed_error_has_status_details() -> None:
    """`status_details` are those of the resource; None if the resource has none or is missing."""

    @attrs.frozen
    class Resource:
        status_details: StatusDetails | None

    assert WaitFailedError("failed", Resource(LAST)).status_details is LAST
    assert WaitFailedError("failed", Resource(None)).status_details is None
    assert WaitFailedError("failed", None).status_details is None
    assert WaitFailedError("failed", object()).status_details is None


# --- codes

THROTTLING_CODES = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
CLASS_BY_CODE = {
    "AccessDeniedException": AccessDeniedError,
    "ConflictException": ConflictError,
    "InternalServiceException": InternalServiceError,
    "ResourceNotFoundException": ResourceNotFoundError,
    "ServiceQuotaExceededException": ServiceQuotaExceededError,
    "ValidationException": ValidationError,
} | dict.fromkeys(sorted(THROTTLING_CODES), ThrottlingError)


def test_the_table_of_codes() -> None:
    """Each of these codes has this class, and no other code has a class of its own."""
    assert vars(errors)["_CLASS_BY_CODE"] == CLASS_BY_CODE


@pytest.mark.parametrize(("code", "class_"), CLASS_BY_CODE.items())
def test_the_code_decides_the_class(code: str, class_: type[ServiceError]) -> None:
    """The class of a service error depends on its code only."""
    assert service_error_class(code) is class_


def test_every_subclass_has_a_code() -> None:
    """Each class of service errors has a code."""
    assert set(CLASS_BY_CODE.values()) == set(ServiceError.__subclasses__())


def test_throttling_codes_of_botocore() -> None:
    """Every code that botocore treats as throttling is a ThrottlingError."""
    assert set(vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]) <= THROTTLING_CODES


@pytest.mark.parametrize(
    "code", ["", "500", "ExpiredTokenException", "ServiceUnavailable", "throttlingexception", "ConflictException "]
)
def test_other_codes_are_plain_service_errors(code: str) -> None:
    """A code without a class, or one that only resembles such a code, is a plain ServiceError."""
    assert service_error_class(code) is ServiceError


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_errors_about_credentials(code: str) -> None:
    """Credentials that are missing, expired or refused are distinguished from those that do not allow a call."""
    assert refuses_credentials(ServiceError("no", "GetAudienceModel", code, 403, "1", 1))
    assert refuses_credentials(CredentialsError("no"))
    assert not refuses_credentials(AccessDeniedError("no", "GetAudienceModel", "AccessDeniedException", 403, "1", 1))
    assert not refuses_credentials(RequestError("no"))
