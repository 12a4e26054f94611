"""The page for people, at the root of the local service: what there is, and what was requested."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from .protocol import HttpResponse

__all__ = ["response"]

_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@cache
def response() -> HttpResponse:
    """Return the page. It runs no code but its own, and loads nothing: names of resources come from anybody."""
    text = Path(__file__).with_suffix(".html").read_bytes()
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(text)]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    return HttpResponse(status=200, headers=headers, body=text)
