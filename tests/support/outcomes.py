"""How one request may end, as the engine's rooms see it."""

import asyncio
from collections.abc import Mapping

from cleanroomsml_client._client import Response
from cleanroomsml_client.errors import ResponseError, ServiceError, TransportError, service_error_class

__all__ = ["SUCCESS", "ScriptedSend", "cut_short", "lost", "refused", "said", "unreadable"]

_OPERATION = "GetAudienceModel"
_DOCUMENT: Mapping[str, object] = {}

SUCCESS = Response(operation=_OPERATION, status=200, request_id="request-2", attempts=1, document=_DOCUMENT)


def said(code: str, status: int, retry_after: float | None = None) -> ServiceError:
    """The service's own error."""
    return service_error_class(code)("no", _OPERATION, code, status, "request-1", 1, retry_after)


def lost() -> TransportError:
    """The answer to a request that may have been carried out."""
    return TransportError("reset", _OPERATION, 1, request_sent=True)


def refused() -> TransportError:
    """A request that was never sent."""
    return TransportError("refused", _OPERATION, 1, request_sent=False)


def cut_short() -> ResponseError:
    """JSON that ends too early."""
    return ResponseError("the body is truncated", _OPERATION, "$", "request-1", 1, incomplete=True)


def unreadable() -> ResponseError:
    """No JSON at all."""
    return ResponseError("the body is not JSON", _OPERATION, "$", "request-1", 1)


class ScriptedSend:
    """A `send` for `retry.run` whose outcomes are given; the last one is repeated."""

    def __init__(self, *outcomes: Exception | Response, takes: float = 0.0) -> None:
        self.begun: list[float] = []
        """When each attempt began."""
        self._outcomes = outcomes
        self._takes = takes

    async def __call__(self, number: int) -> Response:  # noqa: D102
        self.begun.append(asyncio.get_running_loop().time())
        assert number == len(self.begun)
        await asyncio.sleep(self._takes)
        outcome = self._outcomes[min(number, len(self._outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def pauses(self) -> list[float]:
        """Seconds between one attempt's end and the next one's beginning."""
        return [later - earlier - self._takes for earlier, later in zip(self.begun, self.begun[1:], strict=False)]
