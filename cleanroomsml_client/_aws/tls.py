"""Creates the TLS context of a client's connections: authorities, client certificate, host names."""

# botocore is untyped; what it returns stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import os
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
from botocore.httpsession import create_urllib3_context, get_cert_path

from ..errors import RequestError

__all__ = ["Authorities", "Verify", "create_tls_context", "find_authorities", "is_permanent_tls_error"]

Verify = bool | str | os.PathLike[str] | None
"""The `verify` argument of `connect`."""


@attrs.frozen
class Authorities:
    """Which certificates the client trusts."""

    bundle: bool | str
    """The path of a file. True: the file of certifi or botocore. False: any certificate is accepted."""
    source: str
    """The name of the setting, for messages."""


def find_authorities(session: Any, *, verify: Verify) -> Authorities:
    """Return the authorities that `connect`, the profile or the environment names, in botocore's order."""
    if isinstance(verify, bool):
        return Authorities(verify, "verify")
    settings: list[tuple[str | os.PathLike[str] | None, str]] = [
        (verify, "verify"),
        (session.get_config_variable("ca_bundle"), "AWS_CA_BUNDLE, or ca_bundle of the profile"),
        (os.environ.get("REQUESTS_CA_BUNDLE"), "REQUESTS_CA_BUNDLE"),
    ]
    for bundle, source in settings:
        # An empty variable counts as not set. Some releases of botocore take it as "do not verify".
        if bundle:
            return Authorities(os.fspath(bundle), source)
    return Authorities(bundle=True, source="default")


def create_tls_context(authorities: Authorities, client_certificate: str | tuple[str, str] | None) -> ssl.SSLContext:
    """Return a context with the settings that botocore would use. It reads files: call it in a thread.

    Clients with the same files share a context: creating one takes 50 ms, most of a second `connect`.
    Raise RequestError if a file cannot be used.
    """
    files = client_certificate if isinstance(client_certificate, tuple) else (client_certificate,)
    changes = tuple(_last_change(file) for file in (authorities.bundle, *files))
    return _create_tls_context(authorities, client_certificate, changes)


def _last_change(file: object) -> int:
    try:
        return Path(file).stat().st_mtime_ns if isinstance(file, str) else 0
    except OSError:
        # Loading the file reports it.
        return 0


@lru_cache(maxsize=8)
def _create_tls_context(
    authorities: Authorities, client_certificate: str | tuple[str, str] | None, _changes: tuple[int, ...]
) -> ssl.SSLContext:
    context: ssl.SSLContext = create_urllib3_context()
    if authorities.bundle is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        # botocore's context leaves this check to urllib3; aiohttp leaves it to the context.
        context.check_hostname = True
        try:
            context.load_verify_locations(get_cert_path(authorities.bundle))
        except OSError as error:
            raise RequestError(
                f"the CA bundle {authorities.bundle} ({authorities.source}) cannot be used: {_reason(error)}"
            ) from error
    if client_certificate is not None:
        certificate, key = client_certificate if isinstance(client_certificate, tuple) else (client_certificate, None)
        try:
            # Without this password, OpenSSL asks for one on the terminal if the key is encrypted.
            context.load_cert_chain(certificate, key, password="")
        except OSError as error:
            files = certificate if key is None else f"{certificate}, {key}"
            raise RequestError(
                f"the client certificate {files} (client_cert of the config) cannot be used: {_reason(error)}"
            ) from error
    return context


_PERMANENT_REASONS = ("CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE", "PROTOCOL_VERSION", "ACCESS_DENIED")


def is_permanent_tls_error(error: object) -> bool:
    """Whether TLS failed because of the certificates or the settings of one side: another attempt would fail, too."""
    errors = (error, getattr(error, "os_error", None), getattr(error, "__cause__", None))
    return any(
        isinstance(each, ssl.SSLCertVerificationError)
        or (
            isinstance(each, ssl.SSLError)
            and any(name in (getattr(each, "reason", None) or "") for name in _PERMANENT_REASONS)
        )
        for each in errors
    )


def _reason(error: OSError) -> str:
    # ssl's errors for a missing file do not contain its name, and those for an invalid one have a `reason` only.
    return error.strerror or str(error)
