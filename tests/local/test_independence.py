"""The client of a local service does not depend on the AWS configuration of the machine."""

from pathlib import Path

import pytest

from cleanroomsml_client import RetryPolicy, get_audience_model
from cleanroomsml_client.local import LocalService

_VARIABLES = {
    "AWS_PROFILE": "unknown",
    "AWS_ACCESS_KEY_ID": "AKIAOFTHEDEVELOPER",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token-of-the-developer",
    "AWS_REGION": "not a region",
    "AWS_DEFAULT_REGION": "not a region",
    "AWS_ENDPOINT_URL": "http://192.0.2.1:9",
    "AWS_ENDPOINT_URL_CLEANROOMSML": "not a URL",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_MAX_ATTEMPTS": "many",
    "AWS_RETRY_MODE": "none",
    "AWS_CA_BUNDLE": "/missing.pem",
    "AWS_DATA_PATH": "/missing",
    "AWS_DEFAULTS_MODE": "unknown",
    "AWS_STS_REGIONAL_ENDPOINTS": "unknown",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "unknown",
    "AWS_SIGV4A_SIGNING_REGION_SET": "x",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES": "many",
    "HTTP_PROXY": "http://192.0.2.1:9",
    "http_proxy": "http://192.0.2.1:9",
}


async def _works() -> None:
    async with LocalService() as service, service.connect() as client:
        model = await get_audience_model(client, service.add_audience_model(name="spring"))
        assert model.name == "spring"
        assert client.retry == RetryPolicy()
        assert "x-amz-security-token" not in service.requests[0].headers


@pytest.mark.parametrize("variable", _VARIABLES)
async def test_a_variable_is_not_used(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of the machine, however wrong, changes nothing."""
    monkeypatch.setenv(variable, _VARIABLES[variable])
    await _works()


@pytest.mark.parametrize(
    "content",
    [
        b"this is no configuration",
        b"\xff\xfe\x00",
        b"[default]\nregion\n",
        b"[default]\nmax_attempts = many\nuse_fips_endpoint = true\nproxy = x\n",
    ],
    ids=["no section", "binary", "no value", "unusable values"],
)
async def test_files_are_not_used(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken files in `~/.aws` change nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE", raising=False)
    (tmp_path / ".aws").mkdir()
    for name in ("config", "credentials"):
        (tmp_path / ".aws" / name).write_bytes(content)
    await _works()
