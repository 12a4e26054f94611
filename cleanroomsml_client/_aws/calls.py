"""Calls an operation of an aiobotocore client."""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ParamValidationError

from .._retry import AttemptState
from ..errors import AccessDeniedError, RequestError, ResourceNotFoundError, ValidationError
from .connection import is_aiobotocore_client
from .endpoint import find_endpoint
from .failures import translate_error, without_secrets
from .phase import end_record, start_record
from .validation import explain_arns, explain_invalid_parameters

__all__ = ["call_operation"]


async def call_operation(aws: Any, operation: str, params: Mapping[str, Any], attempt: AttemptState) -> dict[str, Any]:
    """Return the parsed response; raise one of our exceptions for every exception of botocore."""
    if is_aiobotocore_client(aws) and operation not in aws.meta.service_model.operation_names:
        advice = f"; write {name}" if (name := aws.meta.method_to_api_mapping.get(xform_name(operation))) else ""
        raise RequestError(f"{operation}: the installed botocore has no operation of this name{advice}", operation)
    endpoint = find_endpoint(aws)
    record, token = start_record()
    try:
        parsed: dict[str, Any] = await getattr(aws, xform_name(operation))(**params)
    except Exception as error:  # noqa: BLE001  # botocore's exceptions have no common base class
        known, source = (None, None) if endpoint is None else (record, endpoint.credential_source)
        failure = translate_error(error, operation, attempt.number, known, source)
        if endpoint is not None:
            attempt.signature_refused = endpoint.clock.correct_after(failure, error)
        cause: Exception | None = without_secrets(error)
        is_invalid = isinstance(error, ParamValidationError) and isinstance(failure, RequestError)
        if is_invalid and (problem := explain_invalid_parameters(aws, operation, params)) is not None:
            # Without a cause: botocore's text has other names and says nothing more.
            failure, cause = RequestError(f"{operation}: {problem}", operation), None
        if isinstance(failure, AccessDeniedError | ResourceNotFoundError | ValidationError):
            for note in explain_arns(aws, operation, params):
                failure.add_note(note)
    else:
        return parsed
    finally:
        end_record(token)
        attempt.request_sent = endpoint is None or record.request_sent
    # Raised outside the `except` block: inside it, __context__ would still hold the original, with its secrets.
    try:
        raise failure from cause
    finally:
        # The traceback of each refers to this frame: without this, they would be reference cycles.
        del failure, cause
