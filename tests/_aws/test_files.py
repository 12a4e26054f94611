"""The event loop reads no file: not while a client is opened, and not in its first calls."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from botocore import loaders

from cleanroomsml_client import RequestError, connect
from cleanroomsml_client._aws import files

_PROGRAM = """
import asyncio, json, os, sys, threading

from cleanroomsml_client import connect, create_audience_model, get_audience_model
from tests.support.wire import FaultServer, response

MODEL = {
    "audienceModelArn": "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/a",
    "name": "a",
    "status": "ACTIVE",
    "trainingDatasetArn": "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/a",
    "createTime": "2026-01-01T00:00:00Z",
    "updateTime": "2026-01-01T00:00:00Z",
}
blocking = []
threads = set()


def record(event, arguments):
    if watched and event in {"open", "os.listdir", "os.scandir", "import"}:
        if threading.current_thread() is threading.main_thread():
            blocking.append(f"{event} {arguments[0]}")
        else:
            threads.add(os.path.basename(str(arguments[0])))


watched = False
sys.addaudithook(record)


async def main():
    global watched
    await asyncio.to_thread(int)  # asyncio imports its executor when it is first used
    session = SESSION
    async with FaultServer(response(200, MODEL), response(200, MODEL)) as server:
        watched = True
        async with connect(endpoint_url=server.url, session=session) as client:
            await get_audience_model(client, MODEL["audienceModelArn"])
            await create_audience_model(client, name="a", training_dataset_arn=MODEL["trainingDatasetArn"])
        async with connect(endpoint_url="https://127.0.0.1:9", session=session):
            pass  # creates a TLS context
        watched = False
        assert len(server.requests) == 2


asyncio.run(main())
print(json.dumps([blocking, sorted(threads)]))
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with the two files of the AWS CLI, and no setting in the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[default]\nregion = eu-west-1\n")
    (folder / "credentials").write_text("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n")
    return tmp_path


def _opened(session: str) -> tuple[list[str], list[str]]:
    program = _PROGRAM.replace("SESSION", session)
    completed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    blocking, threads = json.loads(completed.stdout)
    return blocking, threads


@pytest.mark.usefixtures("home")
def test_the_event_loop_reads_no_file() -> None:
    """Files are read and modules imported in threads only: configuration, credentials, botocore's data, cattrs."""
    blocking, threads = _opened("None")
    assert blocking == []
    assert {"config", "credentials", "endpoints.json", "service-2.json.gz", "endpoint-rule-set-1.json.gz"} <= {*threads}


@pytest.mark.parametrize(
    "name", ["endpoints", "partitions", *(f"cleanroomsml/2023-09-06/{part}" for part in ("service-2", "paginators-1"))]
)
def test_data_files_are_read_as_by_botocore(name: str) -> None:
    """The same content in the same order, in plain dicts."""
    loader: Any = cast("Any", loaders).create_loader()
    expected, path = loader.load_data_with_path(name)
    document = vars(files)["_SharedFiles"]().load_file(path)
    assert type(document) is dict
    assert json.dumps(document) == json.dumps(expected)


async def test_without_the_data_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where botocore's data files are missing, as in a zip archive, `connect` says so."""
    monkeypatch.setattr(files, "_FILES", vars(files)["_SharedFiles"]())
    monkeypatch.setattr(files, "_OPEN", {})
    with pytest.raises(RequestError) as caught:
        await connect(region_name="us-east-1")
    assert caught.value.message == (
        "botocore's data files are missing; a zip archive of the program must be unpacked to run"
    )


@pytest.mark.usefixtures("home")
def test_the_credentials_in_the_config_file(home: Path) -> None:
    """Credentials in `~/.aws/config` are read in a thread, too."""
    (home / ".aws" / "credentials").unlink()
    with (home / ".aws" / "config").open("a") as file:
        file.write("aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n")
    blocking, threads = _opened("None")
    assert blocking == []
    assert "config" in threads


@pytest.mark.usefixtures("home")
def test_a_session_of_the_user() -> None:
    """A session of the user is not modified: of all files, the event loop reads the credentials only."""
    blocking, threads = _opened("__import__('aiobotocore.session').session.get_session()")
    assert [Path(each).name for each in blocking] == ["credentials"]
    assert {"config", "endpoints.json"} <= {*threads}
