"""The endpoint of our clients: sends a call's request and receives its response, in place of aiobotocore's endpoint.

It emits the same events in the same order, so that signers, hooks and botocore's retries work unchanged. It differs in
two ways. A redirect is not followed: it is a response like any other. The body of a successful response is handed on
unparsed: botocore's parser drops members that its model does not know, and takes an empty body for a valid response.

aiobotocore and botocore                 here                         left out, because no operation of this service
                                                                      or no caller of ours needs it
---------------------------------------  ---------------------------  ----------------------------------------------
AioEndpoint.make_request, _send_request  Endpoint.handle, _retry      rewinding a streamed request body
AioEndpoint.create_request               Endpoint._attempt            marking streamed output
AioEndpoint._get_response                Endpoint._attempt
AioEndpoint._do_get_response             Endpoint._attempt, _parse    checksums of responses, the AWS CLI's history,
                                                                      two DEBUG lines of `botocore.endpoint`
convert_to_response_dict                 Endpoint._attempt            streamed output, event streams
AioEndpoint._add_modeled_error_fields    Endpoint._parse
AioEndpoint._needs_retry                 Endpoint._retry              one DEBUG line
Endpoint._update_retries_context         Endpoint._retry
Endpoint._set_ttl, _calculate_ttl        _ttl                         one DEBUG line
AioRestJSONParser.parse of a success     _codec.parse, later          two DEBUG lines of `botocore.parsers`

tests/_aws/test_digests.py fails when one of these functions changes, and tests/_aws/test_endpoint.py
compares the events of both endpoints.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import http
import json
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

from aiobotocore.parsers import create_parser
from botocore.awsrequest import create_request_object
from botocore.hooks import first_non_none_response

from .. import _codec
from .phase import AttemptRecord, Phase, end_record, join_record
from .signing import ServiceClock
from .transport import Transport

__all__ = ["BODY", "Endpoint", "find_endpoint", "replace_endpoint"]

BODY = "cleanroomsml_client.body"
"""The key under which a parsed success carries the bytes of its body."""

_Parsed = dict[str, Any]


_endpoints: WeakKeyDictionary[Any, "Endpoint"] = WeakKeyDictionary()


def find_endpoint(aws: Any) -> "Endpoint | None":
    """Return the endpoint of a client that `connect` opened; None for a wrapped client."""
    with suppress(TypeError):
        return _endpoints.get(aws)
    # A test double that cannot be referenced weakly.
    return None


def replace_endpoint(aws: Any, transport: Transport, credential_source: str | None) -> "Endpoint":
    """Make an aiobotocore client send its requests through this module and this transport from now on."""
    endpoint = _endpoints[aws] = Endpoint(aws, transport, credential_source)
    # A handler of `before-call` that returns a response replaces the endpoint. Registered last, so that a Stubber or a
    # user's hook that returns a response of its own takes precedence.
    aws.meta.events.register_last("before-call", endpoint.handle)
    if aws.meta.config.retries.get("total_max_attempts") == 1:
        # botocore's retry handler would inspect every response and, with one attempt allowed, never ask for a retry.
        # Saves 19 of the 776 Python calls of a get.
        aws.meta.events.unregister("needs-retry.cleanroomsml", unique_id="retry-config-cleanroomsml")
    return endpoint


class Endpoint:
    """The endpoint of one client."""

    def __init__(self, aws: Any, transport: Transport, credential_source: str | None) -> None:
        self.clock = ServiceClock()
        self.credential_source = credential_source
        """botocore's name of the source of the client's credentials. None: it has none, or they were passed."""
        self._emit = aws.meta.events.emit
        self._transport = transport
        self._parser = create_parser(aws.meta.service_model.resolved_protocol)
        self._read_timeout: float = aws.meta.config.read_timeout

    async def handle(self, model: Any, params: Any, context: dict[str, Any], **_: object) -> tuple[Any, _Parsed]:
        """Handle `before-call`: return the HTTP response and what was parsed of it.

        Send again only if a handler of `needs-retry` (botocore's, when enabled, or a user's) asks for it.
        """
        name = f"cleanroomsml.{model.name}"
        retries = context.setdefault("retries", {})
        retries["invocation-id"] = str(uuid.uuid4())
        number = 0
        record, token = join_record()
        try:
            while True:
                number += 1
                retries["attempt"] = number
                response, error = await self._attempt(name, model, params, context, record)
                delays = await self._emit(
                    f"needs-retry.{name}",
                    response=response,
                    endpoint=None,
                    operation=model,
                    attempts=number,
                    caught_exception=error,
                    request_dict=params,
                )
                delay = first_non_none_response(delays)
                if delay is not None and delay is not False:
                    await asyncio.sleep(delay)
                    if response is not None and (ttl := _ttl(response[0].headers, self._read_timeout)):
                        retries["ttl"] = ttl
                elif response is None:
                    raise cast("Exception", error)  # noqa: TRY301  # it has an event, like every exception
                else:
                    response[1]["ResponseMetadata"]["RetryAttempts"] = number - 1
                    return response
        except Exception as failure:
            await self._emit(f"after-call-error.{name}", exception=failure, context=context)
            raise
        finally:
            # Its traceback refers to this frame, which would be a reference cycle.
            error = None
            end_record(token)

    async def _attempt(
        self, name: str, model: Any, params: Any, context: dict[str, Any], record: AttemptRecord
    ) -> tuple[tuple[Any, _Parsed] | None, Exception | None]:
        """Send one request; return its response or the error."""
        record.enter(Phase.SIGN)
        request = create_request_object(params)
        # The handler of `request-created` signs the request.
        await self._emit(f"request-created.{name}", request=request, operation_name=model.name)
        request = request.prepare()
        try:
            responses = await self._emit(f"before-send.{name}", request=request)
            response = first_non_none_response(responses) or await self._transport.send(request)
        except Exception as error:  # noqa: BLE001  # every kind: `handle` raises it unless a handler wants a retry
            await self._emit(
                f"response-received.{name}",
                response_dict=None,
                parsed_response=None,
                context=context,
                exception=error,
            )
            return None, error
        response_dict = {
            "headers": response.headers,
            "status_code": response.status_code,
            "context": {"operation_name": model.name},
            "body": await response.content,
        }
        parsed = await self._parse(name, model, response_dict)
        await self._emit(
            f"response-received.{name}",
            response_dict=response_dict,
            parsed_response=parsed,
            context=context,
            exception=None,
        )
        return (response, parsed), None

    async def _parse(self, name: str, model: Any, response_dict: dict[str, Any]) -> _Parsed:
        """Parse an error with botocore's parser; keep the body of a success as it is."""
        customized: dict[str, Any] = {}
        await self._emit(
            f"before-parse.{name}",
            operation_model=model,
            response_dict=response_dict,
            customized_response_dict=customized,
        )
        status: int = response_dict["status_code"]
        if http.HTTPStatus.OK <= status < http.HTTPStatus.MULTIPLE_CHOICES:
            metadata = {
                "RequestId": response_dict["headers"].get("x-amzn-requestid"),
                "HTTPStatusCode": response_dict["status_code"],
                "HTTPHeaders": response_dict["headers"],
            }
            return {"ResponseMetadata": metadata, BODY: response_dict["body"], **customized}
        members = _error_members(response_dict["body"])
        response_dict["body"] = b"" if members is None else json.dumps(members).encode()
        # botocore's parser takes every status below 301 for a success. It also uses the status where there is no code.
        as_error = response_dict | {
            "status_code": status if status > http.HTTPStatus.MULTIPLE_CHOICES else 1000 + status
        }
        parsed: _Parsed = await self._parser.parse(as_error, model.output_shape)
        shape = model.service_model.shape_for_error_code(parsed["Error"]["Code"])
        if shape is not None and shape.members.keys() != {"message"}:
            parsed |= await self._parser.parse(as_error, shape)
        elif shape is not None and members and "message" in members:
            # The same without reading the body once more, which is 3 % of the instructions of an error.
            parsed["message"] = members["message"]
        parsed["ResponseMetadata"]["HTTPStatusCode"] = status
        if parsed["Error"]["Code"] == str(1000 + status):
            parsed["Error"]["Code"] = str(status)
        return parsed | customized


def _ttl(headers: Any, read_timeout: float) -> str | None:
    """Return until when the next attempt is of use, by the service's clock; None: the response has no usable Date."""
    now = datetime.now(UTC)
    with suppress(KeyError, ValueError, OverflowError, TypeError):
        skew = parsedate_to_datetime(headers["date"]) - now
        return (now + timedelta(seconds=read_timeout) + skew).strftime("%Y%m%dT%H%M%SZ")
    return None


_ERROR_MEMBERS: dict[str, type | tuple[type, ...]] = {
    "__type": str,
    "code": str,
    "Code": str,
    "message": str,
    "Message": str,
    "quotaName": str,
    "quotaValue": (int, float),
}


def _error_members(body: bytes) -> dict[str, Any] | None:
    """Return the members whose type botocore's error parser accepts: it raises on others. None: not a JSON object."""
    try:
        document = _codec.parse(body)
    except _codec.MalformedError:
        return None
    return {name: document[name] for name, type_ in _ERROR_MEMBERS.items() if isinstance(document.get(name), type_)}
