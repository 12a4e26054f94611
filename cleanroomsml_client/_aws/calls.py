"""Calls an operation of an aiobotocore client, and translates the exceptions of botocore into ours."""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import http.client
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, cast

from aiohttp import ClientConnectorError, ClientResponseError
from botocore import exceptions as boto
from botocore import xform_name

from ..errors import (
    CleanRoomsMLError,
    CredentialsError,
    RequestError,
    ResponseError,
    ServiceError,
    ServiceQuotaExceededError,
    TransportError,
    service_error_class,
)
from .phase import AttemptRecord, Phase, end_record, start_record
from .transport import BodyTooLargeError

__all__ = ["call_operation", "translate_setup_error"]


async def call_operation(aws: Any, operation: str, params: Mapping[str, Any], attempts: int) -> dict[str, Any]:
    """Return the parsed response; raise one of our exceptions for every exception of botocore."""
    record, token = start_record()
    try:
        parsed: dict[str, Any] = await getattr(aws, xform_name(operation))(**params)
    except Exception as error:  # noqa: BLE001  # botocore's exceptions have no common base class
        cause = _without_secrets(error)
    else:
        return parsed
    finally:
        end_record(token)
    # Raised outside the `except` block: inside it, __context__ would still hold the original, with its secrets.
    raise translate_error(cause, operation, attempts, record) from cause


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


_VALUE = re.compile(
    r"(Invalid type for parameter [^,]*), value: .*?, (type: <class '[^']*'>, valid types: )", re.DOTALL
)


def _without_secrets(error: Any) -> Exception:
    """Return the error without argument values, which may be SQL or its parameters, and without the signed request."""
    if isinstance(error, boto.ParamValidationError):
        report: str = cast("Any", error).kwargs["report"]
        return cast("Exception", boto.ParamValidationError(report=_VALUE.sub(r"\1, \2", report)))
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        http_error: Any = error
        http_error.request = None
        if isinstance(http_error.kwargs.get("error"), ClientResponseError):
            # It holds the request with its signature and the credentials of a proxy.
            http_error.kwargs["error"] = str(http_error.kwargs["error"])
            http_error.__context__ = None
    return cast("Exception", error)


def translate_setup_error(error: Exception) -> CleanRoomsMLError:
    """Return our exception for a failure to create the client."""
    if isinstance(error, _CREDENTIALS_ERRORS):
        return CredentialsError(str(error))
    return RequestError(str(error))


def translate_error(error: Exception, operation: str, attempts: int, record: AttemptRecord) -> CleanRoomsMLError:
    """Return our exception for an error that botocore raised during a call."""
    if isinstance(error, BodyTooLargeError):
        return ResponseError("the body exceeds max_response_bytes", operation, "$", None, attempts)
    if isinstance(error, boto.ClientError) and error.operation_name == operation:
        return _service_error(error, operation, attempts)
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return _transport_error(error, operation, attempts, record)
    # A ClientError of another operation comes from STS or SSO, which refused to give credentials. botocore raises a
    # bare RuntimeError for credentials that are still expired after a refresh.
    if isinstance(error, (*_CREDENTIALS_ERRORS, boto.ClientError, RuntimeError)):
        return CredentialsError(f"{operation}: {error}", operation)
    if isinstance(error, boto.BotoCoreError):
        return RequestError(f"{operation}: {error}", operation)
    problem = f"botocore cannot read the response ({type(error).__name__})"
    return ResponseError(problem, operation, "$", None, attempts)


def _service_error(error: Any, operation: str, attempts: int) -> ServiceError:
    metadata: dict[str, Any] = error.response.get("ResponseMetadata", {})
    headers: dict[str, str] = metadata.get("HTTPHeaders", {})
    status: int = metadata.get("HTTPStatusCode", 0)
    error_body: dict[str, Any] = error.response.get("Error", {})
    code = error_body.get("Code") or str(status)
    class_ = service_error_class(code)
    quota = (
        (error.response.get("quotaName"), error.response.get("quotaValue"))
        if class_ is ServiceQuotaExceededError
        else ()
    )
    return class_(
        error_body.get("Message") or http.client.responses.get(status, "no message"),
        operation,
        code,
        status,
        headers.get("x-amzn-requestid"),
        attempts,
        _retry_after(headers),
        *quota,
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, from `x-amz-retry-after` (milliseconds) or `Retry-After` (seconds or a date)."""
    with suppress(KeyError, ValueError):
        return max(0.0, float(int(headers["x-amz-retry-after"])) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(int(value)))
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None


def _transport_error(error: Any, operation: str, attempts: int, record: AttemptRecord) -> TransportError:
    reason = error.kwargs.get("error")
    if record.phase > Phase.PREPARE:
        request_sent = record.request_sent
    else:
        # A wrapped client, which has no phases. botocore uses one class both for a refused connection and for one
        # that was reset.
        unsent = isinstance(error, boto.ConnectTimeoutError | boto.ProxyConnectionError)
        request_sent = not (unsent or isinstance(reason, ClientConnectorError))
    message = str(error)
    if reason is not None and str(reason) not in message:
        message = f"{message} ({reason})"
    return TransportError(f"{operation}: {message}", operation, attempts, request_sent=request_sent)
