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
    service_error_class,
)
from cleanroomsml_client.resources.shared import StatusDetails

REFUSED = ("no", "GetAudienceModel", "SomeException", 400, "r-1", 3, 2.5)
LAST = StatusDetails(status_code="C", message="why")


def refusal(class_: type[ServiceError], *, attempts: int = 3, request_id: str | None = "r-1") -> ServiceError:
    """A service error of a class, with all fields."""
    return class_("no", "GetAudienceModel", "SomeException", 400, request_id, attempts, 2.5)


# One of every class, with every field set, and what it says.
EXAMPLES: list[tuple[CleanRoomsMLError, str]] = [
    (CleanRoomsMLError("text"), "text"),
    (RequestError("text", "GetAudienceModel"), "text"),
    (CredentialsError("text", "GetAudienceModel"), "text"),
    *(
        (refusal(class_), "GetAudienceModel: SomeException (400): no [request id r-1, after 3 attempts]")
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
        ServiceQuotaExceededError(*REFUSED, "models", 20.0),
        "GetAudienceModel: SomeException (400): no [request id r-1, after 3 attempts]",
    ),
    (TransportError("text", "GetAudienceModel", 2, request_sent=True), "text"),
    (
        ResponseError("a string expected", "GetAudienceModel", "$.name", "r-1", 2, incomplete=True),
        "GetAudienceModel: a string expected at $.name [request id r-1]",
    ),
    (DeadlineError("text", "GetAudienceModel", 2, 60.0), "text"),
    (WaitError("text", LAST), "text"),
    (WaitFailedError("text", LAST), "text"),
    (WaitTimeoutError("text", LAST), "text"),
]
EACH = pytest.mark.parametrize(
    "error", [error for error, _ in EXAMPLES], ids=[type(error).__name__ for error, _ in EXAMPLES]
)


def tree() -> list[type[CleanRoomsMLError]]:
    """Every class of the tree, the base first."""
    found = [CleanRoomsMLError]
    for class_ in found:
        found += [sub for sub in class_.__subclasses__() if sub.__module__ == errors.__name__]
    return found


def fields(error: CleanRoomsMLError) -> dict[str, Any]:
    """Return the fields of an error by name."""
    return {field.name: getattr(error, field.name) for field in attrs.fields(type(error))}


def assert_same(back: CleanRoomsMLError, error: CleanRoomsMLError) -> None:
    """Two errors have the same type, fields and text."""
    assert type(back) is type(error)
    assert fields(back) == fields(error)
    assert back.args == error.args
    assert str(back) == str(error)
    assert repr(back) == repr(error)


def test_every_class_has_its_example() -> None:
    """The tests of this file cover every class of the tree."""
    assert {type(error) for error, _ in EXAMPLES} == set(tree())


def test_drawing_is_the_tree() -> None:
    """The tree in the module's docstring shows every class below its base, and no other."""
    drawn: set[tuple[str, str | None]] = set()
    above: list[str] = []
    for prefix, name in re.findall(r"^([│├└─ ]*)(\w+Error)\b", errors.__doc__ or "", re.MULTILINE):
        depth = len(prefix) // 4
        above[depth:] = [name]
        drawn.add((name, above[depth - 1] if depth else None))
    real = {
        (class_.__name__, next((base.__name__ for base in class_.__bases__ if base in tree()), None))
        for class_ in tree()
    }
    assert drawn == real


def test_drawing_is_in_order() -> None:
    """The classes of service errors are drawn in the order of the alphabet."""
    drawn = re.findall(r"^│   [├└]── (\w+)", errors.__doc__ or "", re.MULTILINE)
    assert len(drawn) == 7
    assert all(one < other for one, other in pairwise(drawn))


def test_drawing_says_which_are_timeouts() -> None:
    """Exactly the classes that the drawing calls timeouts are caught by `except TimeoutError`."""
    drawn = set(re.findall(r"(\w+Error)\b.*\(also a TimeoutError\)", errors.__doc__ or ""))
    assert drawn == {"DeadlineError", "WaitTimeoutError"}
    assert drawn == {class_.__name__ for class_ in tree() if issubclass(class_, TimeoutError)}


def test_only_timeouts_are_os_errors() -> None:
    """`except OSError`, and any other built-in but Exception, catches none of these but the timeouts."""
    for class_ in tree():
        builtin = {base for base in class_.__mro__ if base.__module__ == "builtins"}
        timeout = {TimeoutError, OSError} if class_ in {DeadlineError, WaitTimeoutError} else set[type]()
        assert builtin == {object, BaseException, Exception} | timeout


def test_all_names_every_class() -> None:
    """Each class is exported, and the list is sorted."""
    assert set(errors.__all__) == {class_.__name__ for class_ in tree()} | {"service_error_class"}
    assert errors.__all__ == sorted(errors.__all__)


@pytest.mark.parametrize(("error", "text"), EXAMPLES, ids=[type(error).__name__ for error, _ in EXAMPLES])
def test_text(error: CleanRoomsMLError, text: str) -> None:
    """`str()` is exactly this, never a tuple of fields nor an errno."""
    assert str(error) == text
    assert f"{error}" == text


def test_one_attempt_is_singular() -> None:
    """A first attempt is not called attempts."""
    assert str(refusal(ServiceError, attempts=1)).endswith("after 1 attempt]")
    assert str(refusal(ServiceError, attempts=2)).endswith("after 2 attempts]")


def test_text_without_request_id() -> None:
    """The text of an error without a request id says so."""
    assert str(refusal(ServiceError, request_id=None)).endswith("[request id None, after 3 attempts]")
    assert str(ResponseError("cut", "GetAudienceModel", "$", None, 1)) == "GetAudienceModel: cut at $ [request id None]"


@EACH
def test_repr_names_class_and_fields(error: CleanRoomsMLError) -> None:
    """A repr is the call that would make the error."""
    inside = ", ".join(f"{name}={value!r}" for name, value in fields(error).items())
    assert repr(error) == f"{type(error).__name__}({inside})"


@EACH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(error: CleanRoomsMLError, protocol: int) -> None:
    """An error crosses processes with every field and the same text."""
    assert_same(pickle.loads(pickle.dumps(error, protocol)), error)  # noqa: S301  # made here


@EACH
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies(error: CleanRoomsMLError, duplicate: Callable[[Any], Any]) -> None:
    """A copied error has every field and the same text."""
    back = duplicate(error)
    assert back is not error
    assert_same(back, error)


@EACH
def test_made_by_keyword_is_the_same(error: CleanRoomsMLError) -> None:
    """Fields may be given by name, and the result pickles and copies as well."""
    named = type(error)(**fields(error))
    assert_same(named, error)
    assert_same(pickle.loads(pickle.dumps(named)), error)  # noqa: S301  # made here
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
def test_defaults(error: CleanRoomsMLError, default: dict[str, Any]) -> None:
    """Optional fields that are left out are None, after a pickle, too."""
    assert {name: getattr(error, name) for name in default} == default
    optional = {field.name for field in attrs.fields(type(error)) if field.default is not attrs.NOTHING}
    assert optional == set(default)
    assert_same(pickle.loads(pickle.dumps(error)), error)  # noqa: S301  # made here


@EACH
def test_notes_survive(error: CleanRoomsMLError) -> None:
    """Notes that a caller added go with the error through pickle and copies."""
    error = type(error)(**fields(error))
    error.add_note("while training")
    for back in (
        pickle.loads(pickle.dumps(error)),  # noqa: S301  # made here
        copy.copy(error),
        copy.deepcopy(error),
    ):
        assert_same(back, error)
        assert back.__notes__ == ["while training"]


@EACH
def test_behaves_as_an_exception(error: CleanRoomsMLError) -> None:
    """An error can be raised with a cause, hashed, compared by identity, and caught by the base class."""
    error = type(error)(**fields(error))
    cause = ValueError("beneath")
    with pytest.raises(CleanRoomsMLError) as caught:
        raise error from cause
    assert caught.value is error
    assert caught.value.__cause__ is cause
    assert caught.value.__traceback__ is not None
    assert error == error  # noqa: PLR0124  # equality is under test
    assert error != type(error)(**fields(error))
    key: Any = error
    assert {key: 1}[key] == 1


@EACH
def test_a_group_can_hold_it(error: CleanRoomsMLError) -> None:
    """`except*` sorts errors of this package out of a TaskGroup's failures."""
    group = ExceptionGroup("tasks", [error, KeyError("x")])
    matched, rest = group.split(CleanRoomsMLError)
    assert matched is not None
    assert matched.exceptions == (error,)
    assert rest is not None


@pytest.mark.parametrize("error", [DeadlineError("text", "Op", 2, 60.0), WaitTimeoutError("text", LAST)])
def test_timeouts_are_caught_as_such(error: CleanRoomsMLError) -> None:
    """`except TimeoutError` catches it, and OSError's machinery has made no errno of its fields."""
    with pytest.raises(TimeoutError):
        raise error
    assert isinstance(error, OSError)
    assert error.errno is None
    assert error.strerror is None
    assert error.filename is None


def test_wait_failed_tells_the_reason() -> None:
    """`status_details` is the resource's own; None if it has none or was never found."""

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


def test_code_table_is_exact() -> None:
    """Each code has this class, and no other code has one of its own."""
    assert vars(errors)["_CLASS_BY_CODE"] == CLASS_BY_CODE


@pytest.mark.parametrize(("code", "class_"), CLASS_BY_CODE.items())
def test_class_follows_from_code(code: str, class_: type[ServiceError]) -> None:
    """The code on the wire alone decides the class."""
    assert service_error_class(code) is class_


def test_every_subclass_has_a_code() -> None:
    """No class of service error is out of reach."""
    assert set(CLASS_BY_CODE.values()) == set(ServiceError.__subclasses__())


def test_throttling_codes_are_those_of_botocore() -> None:
    """What botocore takes for throttling is ThrottlingError here."""
    assert set(vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"]) <= THROTTLING_CODES


@pytest.mark.parametrize(
    "code", ["", "500", "ExpiredTokenException", "ServiceUnavailable", "throttlingexception", "ConflictException "]
)
def test_other_codes_are_plain(code: str) -> None:
    """A code without a class of its own, or one that only resembles one, is a plain ServiceError."""
    assert service_error_class(code) is ServiceError
