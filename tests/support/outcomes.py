"""The outcomes of one request, for tests of `_retry.py` and `_waiting.py`."""

import asyncio
from collections.abc import Mapping

from cleanroomsml_client._client import Response
from cleanroomsml_client._retry import AttemptState
from cleanroomsml_client.errors import ResponseError, ServiceError, TransportError, service_error_class

__all__ = ["SUCCESS", "ScriptedSend", "not_json", "not_sent", "sent", "service_error", "truncated"]

_OPERATION = "GetAudienceModel"
_DOCUMENT: Mapping[str, object] = {}

SUCCESS = Response(operation=_OPERATION, status=200, request_id="request-2", attempts=1, document=_DOCUMENT)


def service_error(code: str, status: int, retry_after: float | None = None) -> ServiceError:
    """Return an error of the service."""
    return service_error_class(code)("no", _OPERATION, code, status, "request-1", 1, retry_after)


def sent() -> TransportError:
    """Return the error of a connection that failed after the request was sent."""
    return TransportError("reset", _OPERATION, 1, request_sent=True)


def not_sent() -> TransportError:
    """Return the error of a connection that failed before the request was sent."""
    return TransportError("not_sent", _OPERATION, 1, request_sent=False)


def truncated() -> ResponseError:
    """Return the error for truncated JSON."""
    return ResponseError("the body is truncated", _OPERATION, "$", "request-1", 1, incomplete=True)


def not_json() -> ResponseError:
    """Return the error for a body that is not JSON."""
    return ResponseError("the body is not JSON", _OPERATION, "$", "request-1", 1)


class ScriptedSend:
    """A `send` for `_retry.run` with given outcomes; the last one is repeated."""

    def __init__(self, *outcomes: Exception | Response, takes: float = 0.0) -> None:
        self.started: list[float] = []
        """When each attempt started."""
        self._outcomes = outcomes
        self._takes = takes

    async def __call__(self, attempt: AttemptState) -> Response:  # noqa: D102
        self.started.append(asyncio.get_running_loop().time())
        assert attempt.number == len(self.started)
        outcome = self._outcomes[min(attempt.number, len(self._outcomes)) - 1]
        attempt.request_sent = getattr(outcome, "request_sent", True)
        await asyncio.sleep(self._takes)
        if isinstance(outcome, Exception):
            raise outcome
        attempt.status, attempt.request_id = outcome.status, outcome.request_id
        return outcome

    @property
    def pauses(self) -> list[float]:
        """Seconds between the end of one attempt and the start of the next."""
        return [later - earlier - self._takes for earlier, later in zip(self.started, self.started[1:], strict=False)]
