"""Two parties go through a collaboration with three AWS clients: each on a local service of its own, from outside.

python tests/interop/run.py [--only CLIENT] [--show]

The clients are the AWS CLI (scene.sh), the AWS SDK for JavaScript (scene.mjs) and boto3 (scene.py). Each goes through
the same scene, checks what it gets, and ends with a line of JSON. All must have seen the same, and the service must
have understood the same requests. The environments of the clients are made in a temporary folder, with pinned versions.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import ProxyHandler, build_opener

HERE = Path(__file__).parent
CLIENTS = ("cli", "javascript", "boto3")
OWNER, PARTNER, STRANGER = "111122223333", "444455556666", "777788889999"
LIFETIME = 300
"""Seconds after which a service ends by itself, whatever happens to this program."""
# States pass only when a scene says so, but for the seconds that it takes itself.
_SERVE = f"""
import signal, sys
signal.alarm({LIFETIME})
from cleanroomsml_client.cli import main
sys.exit(main())
"""
_MODEL = "python/lib/python*/site-packages/botocore/data/cleanroomsml/*/service-2.json.gz"
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Json = dict[str, Any]
Result = TypeVar("Result")


class FailedError(Exception):
    """The clients do not work, or they differ."""


def main() -> int:
    """Run the clients; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the two-party scene with three AWS clients.")
    parser.add_argument("--only", choices=CLIENTS, help="run one of the clients")
    parser.add_argument("--show", action="store_true", help="show what the clients print")
    options = parser.parse_args()
    # Without this, a signal would leave the service running.
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory(prefix="interop-") as folder:
        try:
            _run(Path(folder), CLIENTS if options.only is None else [options.only], show=options.show)
        except FailedError as error:
            sys.stdout.write(f"FAILED: {error}\n")
            return 1
    return 0


def _end(_signal: int, _frame: object) -> None:
    sys.exit(1)


def _run(folder: Path, clients: Sequence[str], *, show: bool) -> None:
    python = _timed("environment of the AWS CLI and boto3", partial(_python_environment, folder))
    commands = {
        "cli": ["bash", str(HERE / "scene.sh")],
        "boto3": [str(python), str(HERE / "scene.py")],
    }
    if "javascript" in clients:
        if shutil.which("npm") is None:
            _print("", "javascript skipped: no npm")
        else:
            _timed("environment of the AWS SDK for JavaScript", partial(_node_environment, folder))
            commands["javascript"] = ["node", str(folder / "scene.mjs")]
    seen: dict[str, tuple[Json, list[Json]]] = {}
    for client in clients:
        if client in commands:
            scene = partial(_scene, folder, client, commands[client], python.parent, show=show)
            seen[client] = _timed(client, scene)
    if seen:
        facts, requests = _compare(seen)
        _print("", f"{', '.join(seen)}: {len(requests)} requests each, and all saw:")
        for name, value in facts.items():
            _print("", f"  {name}: {value}")


def _print(time_taken: str, text: str) -> None:
    sys.stdout.write(f"{time_taken:>7}  {text}\n")
    sys.stdout.flush()


def _timed(name: str, run: Callable[[], Result]) -> Result:
    start = time.monotonic()
    result = run()
    _print(f"{time.monotonic() - start:.1f} s", name)
    return result


def _check_run(command: Sequence[str], **arguments: Any) -> None:
    try:
        subprocess.run(command, check=True, timeout=LIFETIME, **arguments)
    except (OSError, subprocess.SubprocessError) as error:
        raise FailedError(str(error)) from None


def _python_environment(folder: Path) -> Path:
    """Make an environment with the AWS CLI and boto3; return its interpreter."""
    _check_run([sys.executable, "-m", "venv", "--without-pip", str(folder / "python")])
    python = folder / "python" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    _check_run([*pip, "install", "--quiet", "--quiet", "--requirement", str(HERE / "requirements.txt")])
    return python


def _node_environment(folder: Path) -> None:
    """Make an environment for scene.mjs, beside a copy of it."""
    for name in ("package.json", "client.mjs", "scene.mjs"):
        shutil.copy(HERE / name, folder)
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
    _check_run(install, cwd=folder)


def _scene(folder: Path, client: str, command: Sequence[str], programs: Path, *, show: bool) -> tuple[Json, list[Json]]:
    """Run a scene on a service of its own; return what the client saw, and the requests that the service got."""
    with _service() as facts:
        endpoint: str = facts["endpoint"]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **_profiles(folder, endpoint, facts["region"]),
            **_identifiers(facts),
            "ENDPOINT": endpoint,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
            "PYTHONUTF8": "1",
            "SERVICE_MODEL": str(next(folder.glob(_MODEL))),
        }
        log = folder / f"{client}.log"
        with log.open("wb") as errors:
            try:
                done = subprocess.run(
                    command,
                    check=False,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=None if show else errors,
                    timeout=LIFETIME,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise FailedError(str(error)) from None
        if done.returncode:
            raise FailedError(f"{client} ended with exit code {done.returncode}.\n{_end_of(log)}")
        requests = _requests(endpoint)
    last = done.stdout.decode().splitlines()[-1]
    return json.loads(last), _comparable(requests)


def _requests(endpoint: str) -> list[Json]:
    """Return the requests that a service got."""
    try:
        with build_opener(ProxyHandler({})).open(f"{endpoint}/_cleanroomsml/v1/requests") as response:
            requests: list[Json] = json.load(response)["requests"]
    except OSError as error:
        raise FailedError(f"the control API of the service: {error}") from None
    return requests


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


@contextmanager
def _service() -> Generator[Json, None, None]:
    """Start a local service for two parties; yield what it prints about itself."""
    accounts = ["--account", OWNER, "--account", PARTNER]
    command = [sys.executable, "-c", _SERVE, "local", "--port", "0", "--json", "--speed", "1", *accounts]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise FailedError("the local service did not start")
            yield json.loads(line)
        finally:
            process.terminate()


def _profiles(folder: Path, endpoint: str, region: str) -> dict[str, str]:
    """Write the profiles of the three accounts, as people have them; return the variables that name the files."""
    profiles = {"owner": OWNER, "partner": PARTNER, "stranger": STRANGER}
    config = [f"[services local]\ncleanroomsml =\n  endpoint_url = {endpoint}\n"]
    config += [f"[profile {name}]\nregion = {region}\noutput = text\nservices = local\n" for name in profiles]
    credentials = [
        f"[{name}]\naws_access_key_id = {account}\naws_secret_access_key = local\n"
        for name, account in profiles.items()
    ]
    files = {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": credentials}
    variables = {variable: str(folder / variable.lower()) for variable in files}
    for variable, sections in files.items():
        Path(variables[variable]).write_text("\n".join(sections), encoding="utf-8")
    return {**variables, "AWS_EC2_METADATA_DISABLED": "true"}


def _identifiers(facts: Json) -> dict[str, str]:
    memberships = {each["accountId"]: each["membershipIdentifier"] for each in facts["accounts"]}
    return {
        "OWNER_MEMBERSHIP": memberships[OWNER],
        "PARTNER_MEMBERSHIP": memberships[PARTNER],
        "COLLABORATION": facts["accounts"][0]["collaborationIdentifier"],
    }


def _comparable(requests: Sequence[Json]) -> list[Json]:
    """Return what must be the same for all clients, with identifiers numbered in the order of their appearance."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], f"#{len(numbers)}")

    compared: list[Json] = []
    for request in requests:
        params = dict(request["params"])
        if "nextToken" in params:
            params["nextToken"] = "a token"
        line = {name: request[name] for name in ("operation", "method", "status")}
        text = json.dumps({**line, **{f"params.{name}": value for name, value in params.items()}})
        compared.append(json.loads(_IDENTIFIER.sub(number, text)))
    return compared


def _compare(seen: Mapping[str, tuple[Json, list[Json]]]) -> tuple[Json, list[Json]]:
    """Return what all clients saw and sent."""
    [(first, (facts, requests)), *others] = seen.items()
    for client, (its_facts, its_requests) in others:
        for position, (one, other) in enumerate(zip(requests, its_requests, strict=False)):
            if one != other:
                names = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
                both = [
                    f"{each}: { {name: its.get(name) for name in names} }"
                    for each, its in ((first, one), (client, other))
                ]
                raise FailedError("\n".join([f"request {position}, {one['operation']}, differs", *both]))
        if len(requests) != len(its_requests):
            raise FailedError(f"{first} sent {len(requests)} requests, and {client} sent {len(its_requests)}")
        for name in facts.keys() | its_facts.keys():
            if facts.get(name) != its_facts.get(name):
                raise FailedError(f"{name}: {first} saw {facts.get(name)!r}, and {client} saw {its_facts.get(name)!r}")
    return facts, requests


if __name__ == "__main__":
    sys.exit(main())
