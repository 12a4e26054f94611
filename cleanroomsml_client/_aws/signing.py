"""Signs the requests of our clients with a clock that is corrected by the service.

AWS refuses a signature whose time differs from its own by more than five minutes. botocore signs with the time of the
machine; here a refusal corrects the clock of the client, so that the next attempt is accepted.

An event handler of `before-sign` replaces the public method `get_auth_instance` of the client's own request signer. It
returns our signer where botocore would return exactly its `SigV4Auth`; every other signer (SigV4A, bearer tokens,
awscrt's) is left alone. Nothing global changes. The signer differs from `SigV4Auth` in its clock, and in that it does
not log the request, with the session token, at DEBUG level. tests/_aws/test_signing.py compares both for thousands of
requests; tests/_aws/test_digests.py fails when `SigV4Auth` changes.
"""

# aiobotocore and botocore are untyped; what they return is given its type here, or stays Any here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import hmac
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SIGNED_HEADERS_BLACKLIST, UNSIGNED_PAYLOAD, SigV4Auth
from botocore.exceptions import NoCredentialsError

from ..errors import CleanRoomsMLError, ServiceError

__all__ = ["ServiceClock", "Signer", "SigningKeys", "sign_with"]

_REFUSED_CODES = {"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# A path without empty segments and dots as segments, in which SigV4 quotes nothing but the percent signs.
_PLAIN_PATH = re.compile(r"(/(?!\.\.?(/|\Z))[A-Za-z0-9_.~%-]+)+")
_REFUSED_TIME = re.compile(r"signature (expired|not yet current)", re.IGNORECASE)


class ServiceClock:
    """The time of the service, as far as its refusals have shown it. Each client has one."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the time to sign with, in UTC."""
        return datetime.now(UTC) + self._offset

    def correct_after(self, failure: CleanRoomsMLError, error: Any) -> bool:
        """Return whether the service refused a request for the time of its signature; correct the clock then.

        Add a note with both times to the failure, for the case that the next attempt is refused, too.
        """
        if not isinstance(failure, ServiceError) or not _is_refused_for_its_time(failure):
            return False
        machine = datetime.now(UTC)
        date: str = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        with suppress(ValueError, TypeError, OverflowError):
            service = parsedate_to_datetime(date).astimezone(UTC)
            self._offset = service - machine
        failure.add_note(
            f"The request was refused for the time of its signature. The clock of this machine: "
            f"{machine:%Y-%m-%d %H:%M:%S} UTC; the Date of the response: {ascii(date)[1:-1][:40] or 'none'}."
        )
        return True


def _is_refused_for_its_time(failure: ServiceError) -> bool:
    return failure.code in _REFUSED_CODES or (
        failure.code == "InvalidSignatureException" and _REFUSED_TIME.search(failure.message) is not None
    )


def sign_with(aws: Any, clock: ServiceClock, load_credentials: Callable[[], Awaitable[Any]]) -> None:
    """Make an aiobotocore client sign with this clock.

    If it was created without credentials, because the metadata service could not be reached for example, it looks for
    them again at each call, with `load_credentials`.
    """
    keys = SigningKeys()

    def replace_signer(request_signer: Any, **_: object) -> None:
        if "get_auth_instance" in vars(request_signer):
            return
        original = request_signer.get_auth_instance

        async def get_auth_instance(signing_name: str, region_name: str, *arguments: Any, **options: Any) -> Any:
            auth = await original(signing_name, region_name, *arguments, **options)
            if type(auth) is not SigV4Auth:
                return auth
            credentials: Any = auth.credentials
            if credentials is None and (late := await load_credentials()) is not None:
                credentials = await late.get_frozen_credentials()
            return Signer(credentials, signing_name, region_name, clock, keys)

        request_signer.get_auth_instance = get_auth_instance

    aws.meta.events.register_last("before-sign.cleanroomsml", replace_signer)


class Signer(SigV4Auth):  # type: ignore[misc]  # botocore is untyped
    """Signs as botocore does, at the time of a `ServiceClock`.

    It reads the headers once where botocore reads them three times, keeps the key of the day, which botocore derives
    for each request, quotes a usual path in one step, and does not prepare the request to get its body. This saves 23 %
    of the instructions of a get.
    """

    def __init__(
        self, credentials: Any, service_name: str, region_name: str, clock: ServiceClock, keys: "SigningKeys"
    ) -> None:
        super().__init__(credentials, service_name, region_name)
        self._clock = clock
        self._keys = keys

    def add_auth(self, request: Any) -> None:
        credentials: Any = self.credentials
        if credentials is None:
            raise NoCredentialsError
        now = self._clock.now()
        # Half the cost of strftime.
        timestamp = request.context["timestamp"] = f"{now.isoformat()[:19].replace('-', '').replace(':', '')}Z"
        scope = f"{timestamp[:8]}/{self._region_name}/{self._service_name}/aws4_request"
        headers = request.headers
        added = {"X-Amz-Date": timestamp}
        if "Date" in headers:
            added = {"Date": format_datetime(now.replace(microsecond=0, tzinfo=None)).replace("+0000", "-0000")}
        if credentials.token:
            added["X-Amz-Security-Token"] = credentials.token
        if not request.context.get("payload_signing_enabled", True):
            added["X-Amz-Content-SHA256"] = UNSIGNED_PAYLOAD
        replaced = {"authorization", "x-amz-date", *map(str.lower, added)}
        signed: dict[str, list[str]] = {}
        for name, value in headers.items():
            if (lower := name.lower()) in replaced:
                # botocore's headers keep all values of a name: setting one does not replace it.
                del headers[name]
            elif lower not in SIGNED_HEADERS_BLACKLIST:
                signed.setdefault(lower, []).append(value)
        for name, value in added.items():
            headers[name] = value
            signed[name.lower()] = [value]
        url = urlsplit(str(request.url))
        if "host" not in signed:
            host = url.netloc.rpartition("@")[2].lower()
            signed["host"] = [host.removesuffix(_DEFAULT_PORTS.get(url.scheme, ""))]
        ordered = sorted(signed)
        names = ";".join(ordered)
        canonical_request = "\n".join(
            (
                request.method.upper(),
                url.path.replace("%", "%25") if _PLAIN_PATH.fullmatch(url.path) else self._normalize_url_path(url.path),
                self.canonical_query_string(request) if url.query or request.params else "",
                *[f"{name}:{','.join([' '.join(value.split()) for value in signed[name]])}" for name in ordered],
                "",
                names,
                signed["x-amz-content-sha256"][0] if "x-amz-content-sha256" in signed else self.payload(request),
            )
        )
        digest = sha256(canonical_request.encode()).hexdigest()
        signature = self._keys.get(credentials.secret_key, scope)
        signature.update(f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}".encode())
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
            f"SignedHeaders={names}, Signature={signature.hexdigest()}"
        )

    def payload(self, request: Any) -> str:
        if (
            not isinstance(request.data, bytes)
            or self._is_streaming_checksum_payload(request)
            or not self._should_sha256_sign_payload(request)
        ):
            return str(super().payload(request))
        # botocore prepares the whole request to get its body.
        return sha256(request.data).hexdigest()


class SigningKeys:
    """The key that a client signs with: it is derived anew for other credentials and for another day."""

    def __init__(self) -> None:
        self._derived_from: tuple[str, str] | None = None
        self._keyed = hmac.new(b"", digestmod="sha256")

    def get(self, secret: str, scope: str) -> hmac.HMAC:
        """Return an HMAC with the key that SigV4 derives from the secret key and the scope of a signature."""
        if self._derived_from != (secret, scope):
            key = f"AWS4{secret}".encode()
            for part in scope.split("/"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._keyed, self._derived_from = hmac.new(key, digestmod="sha256"), (secret, scope)
        return self._keyed.copy()
