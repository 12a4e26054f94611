"""The proxies of a client, and URLs without passwords."""

import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress

import attrs
from yarl import URL

__all__ = ["Proxies", "Proxy", "masked", "parse_url"]

_USER_INFORMATION = re.compile(r"//.*@")


def masked(text: str) -> str:
    """Return a text in which the user name and password of each URL are replaced."""
    return _USER_INFORMATION.sub("//***@", text)


@attrs.frozen
class Proxy:
    """A proxy whose URL has no user information: that is in the headers."""

    url: URL | None
    """None: the configured URL cannot be used."""
    headers: Mapping[str, str]


class Proxies:
    """The proxies of a client, by the scheme of the request."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._proxies: dict[str, Proxy | None] = {}

    def find(self, url: str) -> Proxy | None:
        """Return the proxy for a request to this URL."""
        scheme = url.partition(":")[0]
        if scheme not in self._proxies:
            proxy_url = self._urls.get(scheme)
            self._proxies[scheme] = _parse_proxy(proxy_url) if proxy_url else None
        return self._proxies[scheme]


def _parse_proxy(text: str) -> Proxy:
    # Like botocore, take a proxy without a scheme for an HTTP proxy.
    url = parse_url(text if "://" in text else f"http://{text.removeprefix('//')}")
    if url is None:
        return Proxy(None, {})
    headers: dict[str, str] = {}
    if url.user is not None:
        credentials = f"{url.user}:{url.password or ''}".encode()
        headers["Proxy-Authorization"] = f"Basic {b64encode(credentials).decode()}"
    return Proxy(url.with_user(None), headers)


def parse_url(text: str) -> URL | None:
    """Return a URL for HTTP; None if it is none. The exceptions of yarl may repeat a password."""
    with suppress(ValueError):
        url = URL(text)
        if url.scheme in {"http", "https"} and url.host:
            return url
    return None
