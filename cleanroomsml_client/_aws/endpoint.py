"""A call's way to the service and back, in place of aiobotocore's endpoint.

The same events in the same order: signers, hooks and botocore's retries work as ever. But no redirect is followed, and
a success is handed on as it came, since botocore's parser forgets members and takes an empty body for an answer.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import asyncio
import http
import json
import uuid
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.parsers import create_parser
from botocore.awsrequest import create_request_object
from botocore.hooks import first_non_none_response

from .. import _codec

__all__ = ["BODY", "NoRedirectSession", "replace_endpoint"]

BODY = "cleanroomsml_client.body"
"""Where a parsed answer has the body of a success, as it came."""

_Parsed = dict[str, Any]
_Answer = tuple[Any, _Parsed]
"""As aiobotocore has it: its response, and what it says."""


class NoRedirectSession(AIOHTTPSession):  # type: ignore[misc]  # aiobotocore is untyped
    """aiobotocore's transport, but that a redirect is an answer.

    aiohttp would follow it: with the session token to another host, and from a create to a GET.
    """

    async def _get_session(self, proxy_url: str | None) -> Any:
        return _NoRedirects(await super()._get_session(proxy_url))


class _NoRedirects:
    """As much of an aiohttp session as aiobotocore calls."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def request(self, method: str, **arguments: Any) -> Any:
        return await self._session.request(method, **arguments, allow_redirects=False)


def replace_endpoint(aws: Any) -> None:
    """Let this module answer an aiobotocore client's calls, from now on."""
    # After all others that listen to it: a stub, or a hook with an answer of its own, goes first.
    aws.meta.events.register_last("before-call", _Endpoint(aws).call)
    aws.meta.events.register_last("before-sign", _name_host)
    if aws.meta.config.retries.get("total_max_attempts") == 1:
        # They would look at every answer, and never want another.
        aws.meta.events.unregister("needs-retry.cleanroomsml", unique_id="retry-config-cleanroomsml")


def _name_host(request: Any, **_: object) -> None:
    """Name the host in the request, or its signer works it out from the URL, twice."""
    if "Host" not in request.headers:
        request.headers["Host"] = _host("/".join(request.url.split("/", 3)[:3]))


@lru_cache
def _host(origin: str) -> str:
    """As HTTP names it: without a user, and without the port that is the scheme's own."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in {None, _PORTS.get(parts.scheme)} else f"{host}:{parts.port}"


_PORTS = {"http": 80, "https": 443}


class _Endpoint:
    def __init__(self, aws: Any) -> None:
        self._emit = aws.meta.events.emit
        self._http = aws._endpoint.http_session  # noqa: SLF001  # nothing public leads there
        self._parser = create_parser(aws.meta.service_model.resolved_protocol)

    async def call(self, model: Any, params: Any, context: dict[str, Any], **_: object) -> _Answer:
        name = f"cleanroomsml.{model.name}"
        try:
            return await self._retry(name, model, params, context)
        except Exception as error:
            await self._emit(f"after-call-error.{name}", exception=error, context=context)
            raise

    async def _retry(self, name: str, model: Any, params: Any, context: dict[str, Any]) -> _Answer:
        """Once, unless botocore's own retries are turned on, or somebody else listens who wants more."""
        retries = context.setdefault("retries", {})
        retries["invocation-id"] = str(uuid.uuid4())
        number = 0
        while True:
            number += 1
            retries["attempt"] = number
            answer, error = await self._attempt(name, model, params, context)
            delays = await self._emit(
                f"needs-retry.{name}",
                response=answer,
                endpoint=None,
                operation=model,
                attempts=number,
                caught_exception=error,
                request_dict=params,
            )
            delay = first_non_none_response(delays)
            if delay is not None and delay is not False:
                await asyncio.sleep(delay)
            elif answer is None:
                raise cast("Exception", error)
            else:
                answer[1]["ResponseMetadata"]["RetryAttempts"] = number - 1
                return answer

    async def _attempt(
        self, name: str, model: Any, params: Any, context: dict[str, Any]
    ) -> tuple[_Answer | None, Exception | None]:
        """The answer or the error of one request."""
        request = create_request_object(params)
        # It is signed by one who listens to this.
        await self._emit(f"request-created.{name}", request=request, operation_name=model.name)
        request = request.prepare()
        try:
            responses = await self._emit(f"before-send.{name}", request=request)
            response = first_non_none_response(responses) or await self._http.send(request)
        except Exception as error:  # noqa: BLE001  # whatever it is: it is raised, unless another attempt is wanted
            await self._emit(
                f"response-received.{name}", response_dict=None, parsed_response=None, context=context, exception=error
            )
            return None, error
        told = {
            "headers": response.headers,
            "status_code": response.status_code,
            "context": {"operation_name": model.name},
            "body": await response.content,
        }
        parsed = await self._parse(name, model, told)
        await self._emit(
            f"response-received.{name}", response_dict=told, parsed_response=parsed, context=context, exception=None
        )
        return (response, parsed), None

    async def _parse(self, name: str, model: Any, told: dict[str, Any]) -> _Parsed:
        added: dict[str, Any] = {}
        await self._emit(
            f"before-parse.{name}", operation_model=model, response_dict=told, customized_response_dict=added
        )
        if told["status_code"] < http.HTTPStatus.MULTIPLE_CHOICES:
            metadata = {
                "RequestId": told["headers"].get("x-amzn-requestid"),
                "HTTPStatusCode": told["status_code"],
                "HTTPHeaders": told["headers"],
            }
            return {"ResponseMetadata": metadata, BODY: told["body"], **added}
        told["body"] = _well_typed(told["body"])
        parsed: _Parsed = await self._parser.parse(told, model.output_shape)
        shape = model.service_model.shape_for_error_code(parsed["Error"]["Code"])
        if shape is not None:
            parsed |= await self._parser.parse(told, shape)
        return parsed | added


_ERROR_MEMBERS: dict[str, type | tuple[type, ...]] = {
    "__type": str,
    "code": str,
    "Code": str,
    "message": str,
    "Message": str,
    "quotaName": str,
    "quotaValue": (int, float),
}


def _well_typed(body: bytes) -> bytes:
    """The error body with only those members whose type botocore can bear; empty if it is no JSON object."""
    try:
        document = _codec.parse(body)
    except _codec.MalformedError:
        return b""
    kept = {name: document[name] for name, type_ in _ERROR_MEMBERS.items() if isinstance(document.get(name), type_)}
    return json.dumps(kept).encode()
