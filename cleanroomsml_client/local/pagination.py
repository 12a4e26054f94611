"""Pages of a list, and the opaque tokens that lead from one to the next."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from .error_responses import validation
from .record import Call, Record

_PAGE_KEYS = frozenset({"nextToken", "maxResults"})
_SEQUENCE_BYTES = 8


class Pager:
    """Cuts lists into pages.

    A token holds the place of the last item given and a seal over everything that it is bound to, so it stays right
    while items come and go, and fits no other list.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def page(self, call: Call, items: Sequence[Record], default_size: int) -> tuple[list[Record], str | None]:
        """The items asked for, and the token of the next page where there is one."""
        token = call.params.get("nextToken")
        after = 0 if token is None else self._open(call, token)
        size = call.params.get("maxResults", default_size)
        rest = [item for item in items if item.sequence > after]
        chosen = rest[:size]
        return chosen, self._token(call, chosen[-1].sequence) if len(rest) > size else None

    def _token(self, call: Call, sequence: int) -> str:
        place = sequence.to_bytes(_SEQUENCE_BYTES)
        return base64.urlsafe_b64encode(place + self._seal(call, place)).decode()

    def _open(self, call: Call, token: str) -> int:
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        place, seal = raw[:_SEQUENCE_BYTES], raw[_SEQUENCE_BYTES:]
        if not hmac.compare_digest(seal, self._seal(call, place)):
            raise validation("The nextToken is not one that this request was given.")
        return int.from_bytes(place)

    def _seal(self, call: Call, place: bytes) -> bytes:
        filters = {name: value for name, value in call.params.items() if name not in _PAGE_KEYS}
        bound = json.dumps([call.operation, call.account, call.region, filters], sort_keys=True)
        return hmac.digest(self._secret, place + bound.encode(), hashlib.sha256)
