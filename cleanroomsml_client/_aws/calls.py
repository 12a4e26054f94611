"""Calls of an aiobotocore client, and what it raises, as exceptions of ours."""

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

__all__ = ["call_operation", "translate_setup_error"]


async def call_operation(aws: Any, operation: str, params: Mapping[str, Any], attempts: int) -> dict[str, Any]:
    """What botocore makes of the answer; an exception of ours for whatever it raises."""
    try:
        parsed: dict[str, Any] = await getattr(aws, xform_name(operation))(**params)
    except Exception as error:  # noqa: BLE001  # botocore has no common base for all that it raises
        cause = _without_secrets(error)
    else:
        return parsed
    # Outside the handler, or __context__ would keep what the cause is rid of.
    raise translate_error(cause, operation, attempts) from cause


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
    # Some came with later releases of botocore.
    if hasattr(boto, name)
)


_VALUE = re.compile(
    r"(Invalid type for parameter [^,]*), value: .*?, (type: <class '[^']*'>, valid types: )", re.DOTALL
)


def _without_secrets(error: Any) -> Exception:
    """The same complaint without the values, which may be SQL or its parameters, and without the signed request."""
    if isinstance(error, boto.ParamValidationError):
        report: str = cast("Any", error).kwargs["report"]
        return cast("Exception", boto.ParamValidationError(report=_VALUE.sub(r"\1, \2", report)))
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        told: Any = error
        told.request = None
        if isinstance(told.kwargs.get("error"), ClientResponseError):
            told.kwargs["error"] = str(told.kwargs["error"])
            told.__context__ = None
    return cast("Exception", error)


def translate_setup_error(error: Exception) -> CleanRoomsMLError:
    """Why there is no client."""
    if isinstance(error, _CREDENTIALS_ERRORS):
        return CredentialsError(str(error))
    return RequestError(str(error))


def translate_error(error: Exception, operation: str, attempts: int) -> CleanRoomsMLError:
    """Our exception for what botocore raised during a call."""
    if isinstance(error, boto.ClientError) and error.operation_name == operation:
        return _service_error(error, operation, attempts)
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return _transport_error(error, operation, attempts)
    # A ClientError of another operation is STS or SSO, asked for credentials, saying no. RuntimeError is botocore's
    # only word for credentials that came back expired from their refreshing.
    if isinstance(error, (*_CREDENTIALS_ERRORS, boto.ClientError, RuntimeError)):
        return CredentialsError(f"{operation}: {error}", operation)
    if isinstance(error, boto.BotoCoreError):
        return RequestError(f"{operation}: {error}", operation)
    problem = f"botocore cannot read the answer ({type(error).__name__})"
    return ResponseError(problem, operation, "$", None, attempts)


def _service_error(error: Any, operation: str, attempts: int) -> ServiceError:
    metadata: dict[str, Any] = error.response.get("ResponseMetadata", {})
    headers: dict[str, str] = metadata.get("HTTPHeaders", {})
    status: int = metadata.get("HTTPStatusCode", 0)
    told: dict[str, Any] = error.response.get("Error", {})
    code = told.get("Code") or str(status)
    class_ = service_error_class(code)
    quota = (
        (error.response.get("quotaName"), error.response.get("quotaValue"))
        if class_ is ServiceQuotaExceededError
        else ()
    )
    return class_(
        told.get("Message") or http.client.responses.get(status, "no message"),
        operation,
        code,
        status,
        headers.get("x-amzn-requestid"),
        attempts,
        _retry_after(headers),
        *quota,
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `x-amz-retry-after` (milliseconds) or `Retry-After` (seconds or a date)."""
    with suppress(KeyError, ValueError):
        return max(0.0, float(int(headers["x-amz-retry-after"])) / 1000)
    value = headers.get("retry-after", "")
    with suppress(ValueError):
        return max(0.0, float(int(value)))
    with suppress(ValueError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None


def _transport_error(error: Any, operation: str, attempts: int) -> TransportError:
    reason = error.kwargs.get("error")
    unsent = isinstance(error, boto.ConnectTimeoutError | boto.ProxyConnectionError)
    return TransportError(
        f"{operation}: {error}",
        operation,
        attempts,
        # botocore has one class for a connection that was refused and for one that was reset.
        request_sent=not (unsent or isinstance(reason, ClientConnectorError)),
    )
