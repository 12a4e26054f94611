"""The control API of the local service: what tests in any language need besides AWS's operations.

    GET    /_cleanroomsml/v1/health        whether it runs, and which version
    GET    /_cleanroomsml/v1/memberships   the accounts, their memberships and collaborations
    POST   /_cleanroomsml/v1/memberships   add one: accountId, collaborationIdentifier, abilities
    GET    /_cleanroomsml/v1/resources     the resources of all accounts, or of one: ?accountId=
    GET    /_cleanroomsml/v1/requests      the last requests; DELETE forgets them
    GET    /_cleanroomsml/v1/faults        the faults that have not happened yet; DELETE removes them
    POST   /_cleanroomsml/v1/faults        inject one: fault, its fields, operation, times
    POST   /_cleanroomsml/v1/fail-next     let a job fail: operation, statusCode, message
    GET    /_cleanroomsml/v1/clock         the time and the speed
    POST   /_cleanroomsml/v1/clock         advance: seconds, speed: seconds per second
    POST   /_cleanroomsml/v1/reset         remove all resources, requests and faults; the memberships stay

Requests and responses are JSON. A mistake is a 400 whose `message` says what to write.
"""

import hmac
import inspect
import json
from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, cast, get_type_hints
from urllib.parse import parse_qsl

import attrs

from .. import _codec
from .._dicts import json_time
from .._models import wire_name
from .._version import __version__
from .clock import Clock
from .faults import Delay, ErrorResponse, Fault, RawResponse, Reset, Throttle, TruncatedBody
from .protocol import HttpResponse

__all__ = ["PREFIX", "Control"]

PREFIX = "/_cleanroomsml/"
_VERSION = "v1"
_FAULTS: Mapping[str, type[Fault]] = {
    class_.__name__: class_ for class_ in (Throttle, ErrorResponse, RawResponse, Delay, TruncatedBody, Reset)
}

_Route = Callable[..., object]


class Controlled(Protocol):
    """What is controlled: a LocalService."""

    clock: Clock
    requests: deque[Any]

    @property
    def endpoint_url(self) -> str: ...
    @property
    def memberships(self) -> tuple[str, ...]: ...
    @property
    def faults(self) -> list[tuple[Fault, str | None, int | None]]: ...
    def account_of(self, membership_identifier: str, /) -> str: ...
    def collaboration_of(self, membership_identifier: str, /) -> str: ...
    def add_membership(
        self, *, account_id: str, collaboration_identifier: str | None, abilities: Collection[str] | None
    ) -> str: ...
    def resources(self) -> list[dict[str, Any]]: ...
    def inject(self, fault: Fault, operation: str | None, times: int | None, /) -> None: ...
    def clear_faults(self) -> None: ...
    def fail_next(self, operation: str, /, *, status_code: str, message: str) -> None: ...
    def reset(self) -> None: ...


@attrs.frozen
class _RefusedError(Exception):
    """A request that the control API does not accept."""

    status: int
    message: str


class Control:
    """Handles the requests below `PREFIX`.

    Args:
        service: The service that is controlled.
        token: What `Authorization: Bearer ...` must have. None: nothing is required.
        needs_token: True: without a token, every request is refused, because other machines may send it.
    """

    def __init__(self, service: Controlled, token: str | None, *, needs_token: bool) -> None:
        self._service = service
        self._token = token
        self._needs_token = needs_token

    def handle(self, method: str, path: str, query: str, body: bytes, authorization: str) -> HttpResponse:
        """Return the response to a request."""
        status = 200
        try:
            self._check_token(authorization)
            result = self._call(_route(method, path.removeprefix(PREFIX)), query, body)
        except _RefusedError as error:
            status, result = error.status, {"message": error.message}
        return HttpResponse(
            status=status,
            headers={"Content-Type": "application/json", "Cache-Control": "no-store"},
            # The parameters of recorded requests may be times.
            body=json.dumps(result, default=json_time).encode(),
        )

    def _check_token(self, authorization: str) -> None:
        if self._token is None and self._needs_token:
            raise _RefusedError(403, "other machines can reach this service: start it with --control-token TOKEN")
        if self._token is not None:
            given = authorization.removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise _RefusedError(401, "send the header `Authorization: Bearer TOKEN` with the --control-token")

    def _call(self, route: _Route, query: str, body: bytes) -> object:
        """Call a function of the table with the parameters of a request."""
        given = {**dict(parse_qsl(query)), **_json_object(body)}
        parameters = list(inspect.signature(route).parameters.values())[1:]
        hints = get_type_hints(route)
        arguments: dict[str, Any] = {}
        for parameter in parameters:
            if parameter.kind is parameter.VAR_KEYWORD:
                arguments.update(given)
                given = {}
                continue
            name = wire_name(parameter.name)
            value = given.pop(name, None)
            if value is not None:
                arguments[parameter.name] = _typed(value, hints[parameter.name], name)
            elif parameter.default is parameter.empty:
                raise _RefusedError(400, f"{name} is missing")
        if given:
            raise _RefusedError(400, _unknown(next(iter(given)), [wire_name(each.name) for each in parameters]))
        try:
            return route(self._service, **arguments)
        except (TypeError, ValueError) as error:
            raise _RefusedError(400, str(error)) from None


def _route(method: str, path: str) -> _Route:
    version, _, name = path.partition("/")
    if version != _VERSION or name not in _ROUTES:
        names = ", ".join(f"{PREFIX}{_VERSION}/{each}" for each in _ROUTES)
        raise _RefusedError(404, f"there is no {PREFIX}{path}; there are {names}")
    routes = _ROUTES[name]
    if method not in routes:
        raise _RefusedError(405, f"{name} takes {' and '.join(routes)}, not {method}")
    return routes[method]


def _json_object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value: object = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _RefusedError(400, "the body must be a JSON object")
    return cast("dict[str, Any]", value)


def _typed(value: object, hint: Any, name: str) -> Any:  # noqa: ANN401  # any type of a parameter
    try:
        return _codec.structure(value, _codec.without_none(hint), name)
    except _codec.MalformedError as error:
        raise _RefusedError(400, f"{error.path}: {error.problem}") from None


def _unknown(name: str, known: list[str]) -> str:
    return f"there is no parameter {name}; there {'are' if len(known) != 1 else 'is'} {', '.join(known) or 'none'}"


# --- the functions, each with the service and the members of the request


def _health(service: Controlled) -> object:
    return {"status": "ok", "version": __version__, "endpoint": service.endpoint_url}


def _memberships(service: Controlled) -> object:
    return {"memberships": [_membership(service, identifier) for identifier in service.memberships]}


def _membership(service: Controlled, identifier: str) -> dict[str, object]:
    return {
        "accountId": service.account_of(identifier),
        "membershipIdentifier": identifier,
        "collaborationIdentifier": service.collaboration_of(identifier),
    }


def _add_membership(
    service: Controlled,
    account_id: str,
    collaboration_identifier: str | None = None,
    abilities: tuple[str, ...] | None = None,
) -> object:
    identifier = service.add_membership(
        account_id=account_id, collaboration_identifier=collaboration_identifier, abilities=abilities
    )
    return _membership(service, identifier)


def _resources(service: Controlled, account_id: str | None = None) -> object:
    found = service.resources()
    return {"resources": [each for each in found if account_id in {None, each["accountId"]}]}


def _requests(service: Controlled) -> object:
    return {"requests": [_request(each) for each in service.requests]}


def _request(request: Any) -> dict[str, object]:  # noqa: ANN401  # a RecordedRequest, whose module imports this one
    return {wire_name(name): value for name, value in attrs.asdict(request, recurse=False).items()}


def _forget_requests(service: Controlled) -> object:
    service.requests.clear()
    return {}


def _faults(service: Controlled) -> object:
    return {"faults": [_fault(fault, operation, times) for fault, operation, times in service.faults]}


def _fault(fault: Fault, operation: str | None, times: int | None) -> dict[str, object]:
    fields = {wire_name(name): value for name, value in attrs.asdict(fault).items()}
    return {"fault": type(fault).__name__, **fields, "operation": operation, "times": times}


def _inject(
    service: Controlled, fault: str, operation: str | None = None, times: int | None = 1, **fields: object
) -> object:
    if fault not in _FAULTS:
        raise _RefusedError(400, f"there is no fault {fault}; there are {', '.join(_FAULTS)}")
    class_ = _FAULTS[fault]
    known = [wire_name(field.name) for field in attrs.fields(class_)]
    for name in fields:
        if name not in known:
            raise _RefusedError(400, _unknown(name, ["fault", *known, "operation", "times"]))
    # 0: every time, because JSON clients like numbers; None in Python.
    service.inject(_typed(fields, class_, fault), operation, times or None)
    return {}


def _clear_faults(service: Controlled) -> object:
    service.clear_faults()
    return {}


def _fail_next(
    service: Controlled,
    operation: str,
    status_code: str = "INTERNAL_ERROR",
    message: str = "An injected failure.",
) -> object:
    service.fail_next(operation, status_code=status_code, message=message)
    return {}


def _clock(service: Controlled) -> object:
    return {"now": json_time(service.clock.now()), "speed": service.clock.speed}


def _set_clock(service: Controlled, advance: float | None = None, speed: float | None = None) -> object:
    if speed is not None:
        service.clock.speed = speed
    if advance is not None:
        service.clock.advance(advance)
    return _clock(service)


def _reset(service: Controlled) -> object:
    service.reset()
    return {}


_ROUTES: Mapping[str, Mapping[str, _Route]] = {
    "health": {"GET": _health},
    "memberships": {"GET": _memberships, "POST": _add_membership},
    "resources": {"GET": _resources},
    "requests": {"GET": _requests, "DELETE": _forget_requests},
    "faults": {"GET": _faults, "POST": _inject, "DELETE": _clear_faults},
    "fail-next": {"POST": _fail_next},
    "clock": {"GET": _clock, "POST": _set_clock},
    "reset": {"POST": _reset},
}
