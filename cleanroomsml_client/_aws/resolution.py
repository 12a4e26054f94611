"""Remembers the URL to which an operation is sent: botocore evaluates the endpoint rules of the service in each call.

The rules of this service depend on what is fixed when the client is created, and on the handlers of the event
`before-endpoint-resolution`. So the first result of an operation stays in use as long as there are no such handlers.
The method `construct_endpoint` of the client's own resolver is replaced; nothing global changes. This saves 8 % of the
instructions of a get.

This is the only module that uses private names of botocore. Without them, the rules are evaluated in each call.
tests/_aws/test_digests.py fails when botocore's part of it changes.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from typing import Any

__all__ = ["remember_endpoints"]


def remember_endpoints(aws: Any) -> None:
    """Make an aiobotocore client evaluate the endpoint rules once for each operation."""
    resolver: Any = getattr(aws, "_ruleset_resolver", None)
    if resolver is None:
        return
    emitter: Any = getattr(aws.meta.events, "_emitter", None)
    event = f"before-endpoint-resolution.{aws.meta.service_model.service_id.hyphenize()}"
    construct = resolver.construct_endpoint
    remembered: dict[str, Any] = {}

    def may_have_handlers() -> bool:
        # The emitter keeps the handlers of each event that it has emitted since handlers were last changed.
        return bool(getattr(emitter, "_lookup_cache", {}).get(event, True))

    async def construct_endpoint(operation_model: Any, call_args: Any, request_context: Any) -> Any:
        result = None if may_have_handlers() else remembered.get(operation_model.name)
        if result is None:
            result = await construct(operation_model, call_args, request_context)
            if not may_have_handlers() and not _depends_on_arguments(operation_model):
                remembered[operation_model.name] = result
        return result

    resolver.construct_endpoint = construct_endpoint


def _depends_on_arguments(operation_model: Any) -> bool:
    """Whether the model says that the rules use arguments of the call, or something of the operation."""
    return bool(
        operation_model.static_context_parameters
        or operation_model.context_parameters
        or operation_model.operation_context_parameters
    )
