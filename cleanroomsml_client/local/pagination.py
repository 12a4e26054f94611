"""Pages of a list, and the opaque tokens that identify the next page."""

import base64
import hashlib
import hmac
import json
import secrets
from itertools import islice

from .error_responses import validation
from .record import Record, Request
from .store import Records

_PAGE_KEYS = frozenset({"nextToken", "maxResults"})
_SEQUENCE_BYTES = 8


class Pager:
    """Divides lists into pages.

    A token holds the position of the last item and a signature of the request that it belongs to. So it stays valid
    while items are added and removed, and no other list accepts it.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def page(self, request: Request, items: Records, default_size: int) -> tuple[list[Record], str | None]:
        """Return the requested items, and the token of the next page if there is one."""
        token = request.params.get("nextToken")
        after = 0 if token is None else self._open(request, token)
        size = request.params.get("maxResults", default_size)
        rest = items.after(after)
        chosen = list(islice(rest, size))
        has_more = next(rest, None) is not None
        return chosen, self._token(request, chosen[-1].sequence) if has_more else None

    def _token(self, request: Request, sequence: int) -> str:
        position = sequence.to_bytes(_SEQUENCE_BYTES)
        return base64.urlsafe_b64encode(position + self._signature(request, position)).decode()

    def _open(self, request: Request, token: str) -> int:
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        position, signature = raw[:_SEQUENCE_BYTES], raw[_SEQUENCE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(request, position)):
            raise validation("The nextToken does not belong to this request.")
        return int.from_bytes(position)

    def _signature(self, request: Request, position: bytes) -> bytes:
        filters = {name: value for name, value in request.params.items() if name not in _PAGE_KEYS}
        bound = json.dumps([request.operation, request.account, request.region, filters], sort_keys=True)
        return hmac.digest(self._secret, position + bound.encode(), hashlib.sha256)
