"""Translates what botocore, credential sources and event hooks raise into our exceptions.

For a client that `connect` opened, the phase of the attempt decides: before `SIGN` a RequestError; in `SIGN` a
CredentialsError, or a TransportError if the server of the credential source could not be reached; from `CONNECT` on a
TransportError. A wrapped client has no phases: where the exception came from shows how far the call had come, and if
that is not certain, the request may have been sent.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import http.client
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from types import FrameType
from typing import Any, cast

import aiohttp
from botocore import exceptions as boto

from ..errors import (
    CleanRoomsMLError,
    CredentialsError,
    HookError,
    RequestError,
    ResponseError,
    ServiceError,
    ServiceQuotaExceededError,
    TransportError,
    service_error_class,
)
from .phase import AttemptRecord, Phase
from .proxies import masked
from .tls import is_permanent_tls_error
from .transport import BodyTooLargeError, ClosedError

__all__ = ["translate_credentials_error", "translate_error", "translate_setup_error", "without_secrets"]

_CREDENTIALS_ERRORS = tuple(
    getattr(boto, name)
    for name in (
        "CredentialRetrievalError",
        "InvalidConfigError",
        "LoginError",
        "MetadataRetrievalError",
        "MissingDependencyException",
        "NoAuthTokenError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "RefreshWithMFAUnsupportedError",
        "SSOError",
        "TokenRetrievalError",
        "UnknownCredentialError",
        "UnknownTokenProviderError",
    )
    # Some of them exist only in later releases of botocore.
    if hasattr(boto, name)
)
_CONFIGURATION_ERRORS = (boto.DataNotFoundError, boto.ConfigNotFound, boto.ConfigParseError, boto.ProfileNotFound)
_HTTP_ERRORS = (boto.HTTPClientError, boto.ConnectionError)
_FILE_ERRORS = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


# --- calls


def translate_error(
    error: Exception, operation: str, attempts: int, record: AttemptRecord | None, source: str | None
) -> CleanRoomsMLError:
    """Return our exception for what a call raised.

    `record` is None for a wrapped client. `source` is botocore's name of the credential source, if it is known.
    """
    phase = _phase_of(error) if record is None else record.phase
    request_sent = phase >= Phase.SEND if record is None else record.request_sent
    if _is_from_hook(error):
        reason = f"{type(error).__name__}: {masked(str(error))}"
        return HookError(f"{operation}: an event hook failed: {reason}", operation, attempts, request_sent)
    text = f"{operation}: {_text(error)}"
    if (failure := _of_response(error, operation, attempts)) is not None:
        return failure
    if not request_sent and phase is Phase.SIGN and not isinstance(error, UnicodeEncodeError):
        return _credentials_error(error, operation, attempts, source)
    if not request_sent and (phase <= Phase.SIGN or isinstance(error, ClosedError)):
        return RequestError(text, operation)
    if record is not None:
        return TransportError(text, operation, attempts, request_sent, record.permanent)
    return _by_class(error, operation, attempts) or TransportError(
        text, operation, attempts, _may_be_sent(error), _is_permanent(error)
    )


def _of_response(error: Exception, operation: str, attempts: int) -> CleanRoomsMLError | None:
    """Return our exception if the service has responded, and the response is the failure."""
    if isinstance(error, boto.ClientError) and error.operation_name == operation:
        return _service_error(error, operation, attempts)
    if isinstance(error, BodyTooLargeError):
        return ResponseError("the body exceeds max_response_bytes", operation, "$", None, attempts)
    return None


def _service_error(error: Any, operation: str, attempts: int) -> ServiceError:
    metadata: dict[str, Any] = error.response.get("ResponseMetadata", {})
    headers: dict[str, str] = metadata.get("HTTPHeaders", {})
    status: int = metadata.get("HTTPStatusCode", 0)
    error_body: dict[str, Any] = error.response.get("Error", {})
    code = _UNSAFE.sub("?", str(error_body.get("Code") or status))[:200]
    class_ = service_error_class(code)
    quota = (
        (error.response.get("quotaName"), error.response.get("quotaValue"))
        if class_ is ServiceQuotaExceededError
        else ()
    )
    message = str(error_body.get("Message") or http.client.responses.get(status, "no message"))
    return class_(
        # A surrogate could not be printed.
        message.encode(errors="replace").decode(),
        operation,
        code,
        status,
        headers.get("x-amzn-requestid"),
        attempts,
        _retry_after(headers),
        *quota,
    )


# An error code is written to logs: it has no line breaks or other characters with an effect.
_UNSAFE = re.compile(r"[^\w.:#/@+-]", re.ASCII)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, from `x-amz-retry-after` (milliseconds) or `Retry-After` (seconds or a date)."""
    with suppress(KeyError, ValueError, OverflowError):
        return max(0.0, float(int(headers["x-amz-retry-after"])) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError, OverflowError):
        return max(0.0, float(int(value)))
    with suppress(ValueError, OverflowError, TypeError, OSError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None


# --- wrapped clients


def _phase_of(error: Exception) -> Phase:
    """Return how far a call of a wrapped client had come; `SEND` if that is not certain."""
    if _passed_through(error, "credentials", "tokens", "signers", "auth"):
        return Phase.SIGN
    if _passed_through(error, "serialize", "validate", "regions", "endpoint_provider"):
        return Phase.PREPARE
    return Phase.SEND


def _passed_through(error: Exception, *names: str) -> bool:
    """Whether the exception was raised in, or by a function called from, one of these modules of botocore."""
    return any(frame.f_globals.get("__name__") in _modules(*names) for frame in _frames(error))


def _modules(*names: str) -> set[str]:
    return {f"{package}.{name}" for package in ("botocore", "aiobotocore") for name in names}


def _by_class(error: Exception, operation: str, attempts: int) -> CleanRoomsMLError | None:
    """Return our exception where the class of botocore's exception is unambiguous."""
    if isinstance(error, boto.HTTPClientError) and isinstance(_reason_of(error), AttributeError):
        # aiobotocore's HTTP session has no connection pool before it is entered, and after it was closed.
        return RequestError(f"{operation}: the aiobotocore client is closed, or was not entered", operation)
    if isinstance(error, _HTTP_ERRORS):
        return None
    if isinstance(error, (*_CREDENTIALS_ERRORS, boto.ClientError)):
        # A ClientError of another operation comes from STS or SSO, which refused to give credentials.
        return CredentialsError(f"{operation}: {_text(error)}", operation)
    if _passed_through(error, "parsers"):
        return ResponseError(f"botocore cannot parse the body ({type(error).__name__})", operation, "$", None, attempts)
    if isinstance(error, (boto.BotoCoreError, UnicodeEncodeError)):
        return RequestError(f"{operation}: {_text(error)}", operation)
    return None


def _may_be_sent(error: Exception) -> bool:
    """Whether an exception of a wrapped client leaves it possible that the request was sent."""
    if isinstance(error, boto.ConnectTimeoutError | boto.ProxyConnectionError | boto.SSLError):
        return False
    reason = _reason_of(error)
    # botocore uses one class both for a refused connection and for one that was reset.
    return not (isinstance(reason, aiohttp.ClientConnectorError) or _is_configuration(reason))


def _is_configuration(reason: object) -> bool:
    """Whether aiobotocore's HTTP session failed because of its configuration: a file, a URL, `connector_args`."""
    if isinstance(reason, (aiohttp.InvalidURL, boto.InvalidProxiesConfigError, *_FILE_ERRORS)):
        return True
    # aiobotocore creates its connector with the first request.
    return isinstance(reason, TypeError | ValueError) and any("connector" in f.f_code.co_name for f in _frames(reason))


# --- credentials


def _credentials_error(
    error: Exception, operation: str | None, attempts: int, source: str | None
) -> CredentialsError | TransportError:
    name = _source_of(error) or source
    of = f" of the source {name}" if name else ""
    call = operation or "connect"
    if any(isinstance(link, (*_HTTP_ERRORS, aiohttp.ClientConnectionError)) for link in _chain(error)):
        text = f"{call}: the server for the credentials{of} cannot be reached: {_text(error)}"
        return TransportError(text, call, attempts, request_sent=False, permanent=_is_permanent(error))
    return CredentialsError(f"{call}: no credentials{of}: {_text(error)}", operation)


def _source_of(error: Exception) -> str | None:
    """Return botocore's name of the credential provider in which an exception was raised."""
    for link in _chain(error):
        for frame in _frames(link):
            if frame.f_globals.get("__name__") in _modules("credentials", "tokens"):
                provider: object = frame.f_locals.get("self")
                method = getattr(provider, "METHOD", None)
                if isinstance(method, str):
                    return method
    return None


# --- opening a client


def translate_setup_error(error: Exception) -> CleanRoomsMLError:
    """Return our exception for a failure to create the client; its credentials have been loaded already."""
    return RequestError(_text(error))


def translate_credentials_error(error: Exception) -> CleanRoomsMLError:
    """Return our exception for a failure to load the credentials when the client is created."""
    if isinstance(error, _CONFIGURATION_ERRORS):
        return RequestError(_text(error))
    return _credentials_error(error, None, 1, None)


# --- exceptions and their tracebacks


def _text(error: Exception) -> str:
    """Return the text of an exception without secrets, with its class where the text alone does not say much."""
    if (advice := _ADVICE.get(type(error))) is not None:
        return advice
    text = str(error)
    if isinstance(error, boto.ParamValidationError):
        text = _VALUE.sub(r"\1, \2", text)
    if isinstance(error, boto.ProfileNotFound):
        text = f"{text}; `aws configure list-profiles` shows those that exist"
    if isinstance(error, (boto.BotoCoreError, boto.ClientError, ClosedError, OSError)):
        reason = _reason_of(error)
        if reason is not None and str(reason) not in text:
            text = f"{text} ({reason})"
        if isinstance(reason, _FILE_ERRORS):
            # ssl does not say which one.
            text = f"{text}: a file of client_cert, or the CA bundle"
        if _UNKNOWN_AUTHORITY.search(text):
            text = f"{text}; name the file of the authority with verify=... or AWS_CA_BUNDLE"
    else:
        text = f"{type(error).__name__}: {text}"
    return masked(text).encode(errors="replace").decode()


# What OpenSSL says if no authority that the client trusts has signed the certificate of the server.
_UNKNOWN_AUTHORITY = re.compile("certificate verify failed: (unable to (get|verify)|self.signed)")

_ADVICE: dict[type[Exception], str] = {
    boto.NoRegionError: (
        "no region is configured; pass region_name, set AWS_DEFAULT_REGION or AWS_REGION, or run `aws configure`"
    ),
    boto.NoCredentialsError: (
        "none are configured; pass profile_name, set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
        "or run `aws configure` or `aws sso login`"
    ),
    boto.DataNotFoundError: "botocore's data files are missing; a zip archive of the program must be unpacked to run",
}
"""What to do about an exception of botocore whose text does not say it."""


def _reason_of(error: Exception) -> object:
    """Return what aiobotocore's HTTP session or our transport puts into the exceptions of botocore that it raises."""
    return cast("Any", error).kwargs.get("error") if isinstance(error, _HTTP_ERRORS) else None


def _is_permanent(error: Exception) -> bool:
    reasons = (_reason_of(link) for link in _chain(error) if isinstance(link, Exception))
    return any(_is_configuration(reason) or is_permanent_tls_error(reason) for reason in reasons)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, then its causes and contexts."""
    link: BaseException | None = error
    known: set[int] = set()
    while link is not None and id(link) not in known:
        known.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _frames(error: BaseException) -> Iterator[FrameType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


_EMITTERS = _modules("hooks") | {"aiobotocore._helpers"}
_OWN_PACKAGES = {"aiobotocore", "botocore", __name__.partition(".")[0]}


def _is_from_hook(error: Exception) -> bool:
    """Whether an event hook raised the exception, and not a handler of botocore, aiobotocore or this package."""
    emitting = False
    for frame in _frames(error):
        module = frame.f_globals.get("__name__", "")
        if module in _EMITTERS:
            emitting = True
        elif emitting:
            if module.partition(".")[0] not in _OWN_PACKAGES:
                return True
            emitting = False
    # A hook that cannot be called with the arguments of its event has no frame.
    return emitting


_VALUE = re.compile(
    r"(Invalid type for parameter [^,]*), value: .*?, (type: <class '[^']*'>, valid types: )", re.DOTALL
)


def without_secrets(error: Exception) -> Exception:
    """Return the exception, or one that replaces it, without what may be a secret.

    That is argument values, which may be SQL or its parameters; the signed request; and what a credential source sent.
    """
    if isinstance(error, boto.ParamValidationError):
        report: str = cast("Any", error).kwargs["report"]
        return cast("Exception", boto.ParamValidationError(report=_VALUE.sub(r"\1, \2", report)))
    if isinstance(error, JSONDecodeError):
        return JSONDecodeError(error.msg, "", 0)
    if isinstance(error, UnicodeError):
        return ValueError(_text(error))
    if isinstance(error, boto.BotoCoreError):
        original: Any = error
        original.request = original.response = None
        # aiohttp's exceptions contain the request with its signature and the credentials of a proxy.
        original.kwargs = {name: masked(str(value)) for name, value in original.kwargs.items()}
    error.args = tuple(masked(value) if isinstance(value, str) else value for value in error.args)
    # The contexts are those of botocore's own `except` blocks: aiohttp's exceptions, and what could not be parsed.
    error.__cause__ = error.__context__ = None
    return error
