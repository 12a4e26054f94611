"""Our signer signs as botocore's does, and learns the time of the service from its refusals."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import UNSIGNED
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from cleanroomsml_client import (
    NO_RETRY,
    Attempt,
    Client,
    ServiceError,
    connect,
    create_audience_model,
    get_audience_model,
)
from cleanroomsml_client._aws import signing
from cleanroomsml_client._aws.signing import ServiceClock
from tests.support.faults import ARN, DATASET, DOCUMENT
from tests.support.virtual_time import running_loop
from tests.support.wire import FaultServer, Script, error, response

SESSION = AioSession()
GOOD = response(200, DOCUMENT)
NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)

# --- parity with botocore

PATHS = [
    "/",
    "",
    "/a b",
    "/a%20b/c",
    "//x//y",
    "/../a/./b",
    "/%2F%2f",
    "/é/日本",
    "/a;b=c",
    "/audience-model/arn%3Aaws%3Ax",
]
QUERIES = ["", "?", "?a=1&b=2", "?b=2&a=1&a=0", "?a", "?a=", "?=1", "?nextToken=a%2Fb%3D%3D&maxResults=5", "?x=é"]
HOSTS = [
    "https://cleanrooms-ml.us-east-1.amazonaws.com",
    "http://127.0.0.1:8123",
    "https://example.test:443",
    "http://example.test:80",
    "https://[::1]:8443",
    "https://user:word@example.test",
    "https://Example.TEST:80",
    "https://user:p%40@[::1]:443",
]
VALUES = ["", "x", "  two  blanks ", "\ttab\t", '"quoted"', "ä", "a,b"]
NAMES = ["X-Empty", "x-amz-meta", "Content-Type", "User-Agent", "X-Amzn-Trace-Id", "Accept", "x-team"]


def random_request(chance: random.Random) -> AWSRequest:
    """Return a request with unusual paths, queries, headers and bodies."""
    headers = {name: chance.choice(VALUES) for name in chance.sample(NAMES, chance.randrange(len(NAMES)))}
    replaced = {
        "Host": "other.test",
        "Date": "Tue, 03 Mar 2026 00:00:00 GMT",
        "X-Amz-Date": "20200101T000000Z",
        "Authorization": "old",
        "X-Amz-Security-Token": "old",
        "X-Amz-Content-SHA256": chance.choice(["", "abc", "UNSIGNED-PAYLOAD"]),
    }
    headers |= {name: value for name, value in replaced.items() if chance.random() < 0.15}
    request: Any = AWSRequest(
        method=chance.choice(["GET", "POST", "PUT", "DELETE", "get"]),
        url=chance.choice(HOSTS) + chance.choice(PATHS) + chance.choice(QUERIES),
        headers=headers,
        data=chance.choice([None, b"", b"{}", b'{"name": "\xc3\xa9"}', bytes(range(256))]),
        params=chance.choice([None, None, {}, {"b": "2", "a": "1 2"}, [("a", "2"), ("a", "1")]]),
    )
    if chance.random() < 0.1:
        # Like botocore's headers, this adds a value.
        request.headers[chance.choice(["X-Team", "X-AMZ-DATE", "authorization"])] = "second"
    request.context["payload_signing_enabled"] = chance.random() < 0.8
    if chance.random() < 0.1:
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    return request


class FixedClock(ServiceClock):
    """A clock that stands still."""

    time = NOW

    def now(self) -> datetime:
        """Return the same time until another one is set."""
        return self.time


@pytest.mark.slow
def test_signatures_are_those_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 random requests of a client get the same headers from our signer as from botocore's.

    Its key is derived anew for other secrets, days and regions.
    """
    clock, keys = FixedClock(), signing.SigningKeys()
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: clock.time.replace(tzinfo=None))
    chance = random.Random(20260304)  # noqa: S311  # not for secrets
    for _ in range(5_000):
        secret = chance.choice(["secret/key", "secret/key", "other"])
        credentials = ReadOnlyCredentials("AKID", secret, chance.choice([None, "", "token", "t/o+k=en"]))
        clock.time = NOW + timedelta(days=chance.choice([0, 0, 1]))
        region = chance.choice(["us-east-1", "eu-west-1"])
        state = chance.getstate()
        ours: Any = random_request(chance)
        chance.setstate(state)
        theirs: Any = random_request(chance)
        signer: Any = SigV4Auth(credentials, "cleanrooms-ml", region)
        signer.add_auth(theirs)
        signing.Signer(credentials, "cleanrooms-ml", region, clock, keys).add_auth(ours)
        assert ours.context == theirs.context
        assert sorted(ours.headers.items()) == sorted(theirs.headers.items()), (ours.method, ours.url)


@pytest.mark.virtual_time
@pytest.mark.parametrize("version", [UNSIGNED, "v4-query", "s3v4"], ids=["unsigned", "v4-query", "s3v4"])
async def test_other_signers_are_left_alone(version: Any) -> None:
    """Only botocore's v4 signer is replaced."""
    config = AioConfig(signature_version=version)
    async with (
        FaultServer(GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, config=config) as client,
    ):
        assert (await get_audience_model(client, ARN)).name == "a"
    (request,) = server.requests
    assert ("authorization" in request.headers) == (version == "s3v4")


# --- the clock


def refusal(code: str, message: str, date: str | None) -> bytes:
    """Return the refusal of a signature."""
    return error(403, code, message, None if date is None else {"Date": date})


def http_date(offset: timedelta) -> str:
    """Return the present, moved by this much, as a Date header."""
    return (datetime.now(UTC) + offset).strftime("%a, %d %b %Y %H:%M:%S GMT")


REFUSALS = [
    ("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z"),
    ("InvalidSignatureException", "Signature not yet current: 20260101T001000Z is still later than ..."),
    ("RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
    ("RequestExpired", "Request has expired."),
    ("RequestInTheFuture", "no"),
]
HOUR = timedelta(hours=1)


async def create(client: Client) -> str:
    """Make a call whose repetition would not be safe."""
    return await create_audience_model(client, name="a", training_dataset_arn=DATASET)


@pytest.mark.virtual_time
@pytest.mark.parametrize(("code", "message"), REFUSALS)
async def test_a_refused_signature_is_replaced_once(code: str, message: str) -> None:
    """A create is signed anew without a pause, with the time of the response; later calls use that time."""
    recorded: list[Attempt] = []
    async with (
        FaultServer(refusal(code, message, http_date(HOUR)), GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, observer=recorded.append) as client,
    ):
        start = running_loop().time()
        assert await create(client) == ARN
        assert running_loop().time() == start
        assert await create(client) == ARN
    signed = [datetime.strptime(r.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) for r in server.requests]
    assert len(signed) == 3
    assert signed[1] - signed[0] == pytest.approx(HOUR, abs=timedelta(seconds=5))
    assert signed[2] - signed[0] == pytest.approx(HOUR, abs=timedelta(seconds=5))
    assert [(attempt.number, attempt.next_delay) for attempt in recorded] == [(1, 0), (2, None), (1, None)]


@pytest.mark.virtual_time
@pytest.mark.parametrize("date", [None, "", "soon", "Tue, 99 Foo 2026 00:00:00 GMT", "Fri, 31 Dec 99999 00:00:00 GMT"])
async def test_an_invalid_date_does_not_change_the_clock(date: str | None) -> None:
    """Without a usable Date the call is signed anew with the clock as it is."""
    async with (
        FaultServer(refusal("RequestExpired", "no", date), GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        assert await create(client) == ARN
    days = {request.headers["x-amz-date"][:8] for request in server.requests}
    assert days <= {f"{datetime.now(UTC) - day:%Y%m%d}" for day in (timedelta(), timedelta(minutes=1))}


@pytest.mark.virtual_time
async def test_a_second_refusal_is_raised_with_both_clocks() -> None:
    """A call is signed anew only once; the note of the error has the time of the machine and that of the service."""
    date = http_date(HOUR)
    async with (
        FaultServer(refusal("RequestTimeTooSkewed", "no", date)) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        with pytest.raises(ServiceError) as caught:
            await create(client)
    assert (caught.value.code, caught.value.attempts, len(server.requests)) == ("RequestTimeTooSkewed", 2, 2)
    (note,) = caught.value.__notes__
    assert date in note
    assert f"{datetime.now(UTC):%Y-%m-%d}" in note


@pytest.mark.virtual_time
async def test_a_single_attempt_stays_single() -> None:
    """With `NO_RETRY` a refused call is not repeated, but the next one is signed with the corrected time."""
    async with (
        FaultServer(refusal("RequestExpired", "no", http_date(HOUR)), GOOD) as server,
        connect(endpoint_url=server.url, session=SESSION, retry=NO_RETRY) as client,
    ):
        with pytest.raises(ServiceError, match="RequestExpired"):
            await create(client)
        assert await create(client) == ARN
    assert len(server.requests) == 2


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidSignatureException", "The request signature does not match"),
        ("SignatureDoesNotMatch", "no"),
    ],
)
async def test_a_wrong_signature_is_not_repeated(code: str, message: str) -> None:
    """A signature that is refused for another reason is refused again."""
    async with (
        FaultServer(refusal(code, message, http_date(HOUR))) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        with pytest.raises(ServiceError):
            await create(client)
    assert len(server.requests) == 1


@pytest.mark.virtual_time
async def test_a_wrapped_client_signs_by_itself() -> None:
    """A wrapped client is not changed: its refusal is raised."""
    script: Script = refusal("RequestExpired", "no", http_date(HOUR))
    session: Any = SESSION
    config = AioConfig(retries={"total_max_attempts": 1})
    async with (
        FaultServer(script) as server,
        session.create_client("cleanroomsml", endpoint_url=server.url, config=config) as aws,
    ):
        with pytest.raises(ServiceError, match="RequestExpired"):
            await create(Client(aws))
    assert len(server.requests) == 1
