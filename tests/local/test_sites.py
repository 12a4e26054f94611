"""Web pages of other sites can neither change nor read the service; programs can."""

import json

import pytest

from cleanroomsml_client.local import LocalService

from .conftest import Http

DATASET_BODY = json.dumps({"name": "made by a page"})


async def status_of(http: Http, **headers: str) -> int:
    """Return the status of a list with these headers."""
    return (await http("GET", "/training-dataset", **headers)).status


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8123",
        "cleanroomsml.localhost",
        "127.0.0.1",
        "127.8.9.1:80",
        "[::1]:8123",
        "10.0.0.7:8123",
    ],
)
async def test_addresses_and_localhost_are_accepted(host: str, http: Http) -> None:
    """A page of another site has a name of its own, never an address or the name of the local machine."""
    assert await status_of(http, Host=host) == 200


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8123", "localhost.evil.test", "127.0.0.1.evil.test", "[::1"])
async def test_other_hosts_are_refused(host: str, http: Http, service: LocalService) -> None:
    """A name that leads to this machine is refused (DNS rebinding); the error says what to do; nothing is executed."""
    response = await http("POST", "/training-dataset", DATASET_BODY, Host=host)
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    assert "use its address, or start it with the name as its host" in response.body
    assert (service.requests[-1].status, service.requests[-1].params) == (403, {})


async def test_a_service_accepts_its_own_name(
    monkeypatch: pytest.MonkeyPatch, http: Http, service: LocalService
) -> None:
    """The names that a service was started with are accepted."""
    monkeypatch.setattr(service, "_allowed_hosts", frozenset({"shop.test"}))
    assert await status_of(http, Host="Shop.test:8123") == 200
    assert await status_of(http, Host="other.test:8123") == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_pages_of_other_sites_are_refused(headers: dict[str, str], http: Http, service: LocalService) -> None:
    """A form or script of another site may send a POST of any text: it is refused, and creates nothing."""
    response = await http("POST", "/training-dataset", DATASET_BODY, **headers, **{"Content-Type": "text/plain"})
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    assert "web pages of other sites" in response.body
    assert service.requests[-1].params == {}


async def test_pages_of_the_service_itself_are_accepted(http: Http) -> None:
    """A page that was loaded from the service, or an address that was typed, may send requests."""
    own = http.endpoint_url.removeprefix("http://")
    assert await status_of(http, Origin=http.endpoint_url, Host=own) == 200
    for site in ("same-origin", "none"):
        assert await status_of(http, **{"Sec-Fetch-Site": site}) == 200


async def test_a_program_without_a_host_is_accepted(http: Http) -> None:
    """HTTP/1.0 has no Host; no browser sends that."""
    assert (await http.send_raw("GET /training-dataset HTTP/1.0\r\n\r\n")).startswith("HTTP/1.0 200")
