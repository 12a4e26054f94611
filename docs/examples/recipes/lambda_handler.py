"""A handler of AWS Lambda: an audience model, or the error, as JSON."""

from typing import Any, Protocol

import attrs

import cleanroomsml_client as ml

RESERVE = 0.5  # seconds of Lambda's limit that remain to return an error

# Opened by the first call, for all invocations of this execution environment. Lambda ends the process, so nothing
# closes it.
call = ml.blocking(ml.connect())


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the time until Lambda ends the invocation."""
        ...


async def get_model(client: ml.Client, arn: str, context: Context) -> ml.AudienceModel:
    """Return the model, or raise an error before Lambda ends the invocation."""
    seconds = context.get_remaining_time_in_millis() / 1000 - RESERVE
    retry = attrs.evolve(client.retry, timeout=max(seconds, 0.1))
    return await ml.get_audience_model(attrs.evolve(client, retry=retry), arn)


def handler(event: dict[str, str], context: Context) -> dict[str, Any]:
    """Return the model whose ARN is in the event."""
    try:
        return {"model": ml.to_dict(call(get_model, event["arn"], context))}
    except ml.CleanRoomsMLError as error:
        document = {
            "code": getattr(error, "code", type(error).__name__),
            "message": error.message,
            "requestId": getattr(error, "request_id", None),
            "notes": getattr(error, "__notes__", []),
            "retryable": error.is_transient,
        }
        return {"error": document}
