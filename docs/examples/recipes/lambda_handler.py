"""A handler of AWS Lambda: the status of an audience model, as JSON."""

from typing import Any

from cleanroomsml_client import ResourceNotFoundError, RetryPolicy, blocking, connect, get_audience_model, to_dict

# Opened by the first call, and used by all invocations of this sandbox. Nothing closes it: Lambda ends the process.
call = blocking(connect(retry=RetryPolicy(timeout=5)))


def handler(event: dict[str, str], context: object) -> dict[str, Any]:
    """Return the model whose ARN is in the event."""
    del context
    try:
        return {"found": True, "model": to_dict(call(get_audience_model, event["arn"]))}
    except ResourceNotFoundError:
        return {"found": False}
