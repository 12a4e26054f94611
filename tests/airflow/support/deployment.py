"""A small Airflow: all its processes on this machine, with SQLite, for one test."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

__all__ = ["Deployment"]

_TRIGGERER = "triggerer"
# Seconds. The first requests to a new api-server and the first task are slow on a busy machine.
_MIGRATION = 300
_START = 420
_REQUEST = 120
_GRACEFUL_END = 3


class Deployment:
    """Airflow's processes on SQLite in a folder of their own, for one test.

    Args:
        home: An empty folder for the database, the configuration and the logs.
        dags: The folder of the DAGs. Each module in it defines at least one; modules in its subfolders need not.
        environment: More environment variables for all processes, such as `AIRFLOW_CONN_AWS_DEFAULT`.
    """

    def __init__(self, home: Path, dags: Path, *, environment: Mapping[str, str]) -> None:
        self._home = home.resolve()
        self._dags = dags.resolve()
        self._logs = self._home / "logs"
        self._port = _free_port()
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "COVERAGE_"))
        }
        self._environment = inherited | _settings(self._home, self._dags, self._port) | dict(environment)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True, exist_ok=True)
        try:
            self._migrate()
            self._start("api-server", "api-server")
            self._start("dag-processor", "dag-processor")
            # Both would serve logs on all network interfaces.
            self._start("scheduler", "scheduler", "--skip-serve-logs")
            self.start_triggerer()
            self.wait_until(self._is_ready, "Airflow to start and to parse the DAGs", _START)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, object] | None = None) -> None:
        """Start a run of a DAG."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf or {})}
        self._request("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)

    def task_states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """The state of each task. The key of a mapped one has its index, as in `train[0]`."""
        found = self._request("GET", f"{_run_path(dag_id, run_id)}/taskInstances?limit=100")
        return {
            task["task_id"] if task["map_index"] < 0 else f"{task['task_id']}[{task['map_index']}]": task["state"]
            for task in found["task_instances"]
        }

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value", *, map_index: int = -1) -> object:
        """What a task has pushed to XCom: by default, what it returned."""
        entry = f"{_run_path(dag_id, run_id)}/taskInstances/{task_id}/xcomEntries/{quote(key, safe='')}"
        found: object = self._request("GET", f"{entry}?map_index={map_index}&stringify=false")["value"]
        return found

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Let a finished task and the tasks after it run again, as a user does in the UI."""
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [task_id],
            "only_failed": False,
            "include_downstream": True,
        }
        self._request("POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", body)

    def set_failed(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Mark a task as failed, as a user does in the UI. If it is deferred, its trigger's `on_kill` runs."""
        self._request("PATCH", f"{_run_path(dag_id, run_id)}/taskInstances/{task_id}", {"new_state": "failed"})

    def kill_triggerer(self) -> None:
        """End the triggerer and its children at once, as a machine that fails does."""
        _kill(self._processes.pop(_TRIGGERER))

    def start_triggerer(self) -> None:
        """Start a triggerer. It adopts the triggers of a killed one, as soon as that one counts as dead."""
        self._start(_TRIGGERER, "triggerer", "--skip-serve-logs")

    def task_log(self, dag_id: str, run_id: str, task_id: str) -> str:
        """The logs of all tries of a task, with those of its triggers: a line of JSON for each message."""
        folder = self._logs / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task_id}"
        # `attempt=1.log` is the task's, `attempt=1.log.trigger.5.log` is its trigger's.
        return "".join(_read(path) for path in sorted(folder.rglob("attempt=*.log")))

    def failures(self) -> str:
        """The ends of the logs of all processes, and of each task and trigger that logged an error."""
        tasks = [path for path in sorted(self._logs.rglob("attempt=*.log")) if '"level":"error"' in _read(path)]
        paths = [*sorted(self._home.glob("*.log")), *tasks]
        return "\n".join(f"--- {path.relative_to(self._home)}\n{_tail(path)}" for path in paths)

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        """Poll until the condition holds.

        Raises:
            TimeoutError: It did not hold in time. The message ends with the ends of the logs.
            RuntimeError: A process of Airflow has ended. The message ends with the ends of the logs.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended while waiting for {what}; see the logs.\n{self.failures()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"Waited {seconds:.0f} s for {what}; see the logs.\n{self.failures()}")
            time.sleep(0.5)

    def _start(self, name: str, *arguments: str) -> None:
        # A session of its own, so that its children can be found even if it has ended.
        with (self._home / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                cwd=self._home,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _migrate(self) -> None:
        self._start("migration", "db", "migrate")
        if self._processes["migration"].wait(_MIGRATION):
            raise RuntimeError(f"`airflow db migrate` failed; see its log.\n{self.failures()}")
        del self._processes["migration"]

    def _stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + _GRACEFUL_END
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
        for process in self._processes.values():
            _kill(process)
        self._processes.clear()

    def _is_ready(self) -> bool:
        """Whether all processes work and all DAGs are known.

        Its requests also warm up the api-server: a task fails if its first request gets no response in time.
        """
        try:
            self._request("GET", "/execution/health")
            health = self._request("GET", "/api/v2/monitor/health")
            errors = self._request("GET", "/api/v2/importErrors")["import_errors"]
            found = self._request("GET", "/api/v2/dags")["dags"]
            for dag in found:
                self._request("GET", f"/api/v2/dags/{dag['dag_id']}/details")
        except (OSError, HTTPException, RuntimeError):
            return False  # no server yet, or one that starts
        if errors:
            raise RuntimeError(f"Airflow cannot import {errors[0]['filename']}:\n{errors[0]['stack_trace']}")
        parsed = {Path(dag["fileloc"]).name for dag in found}
        return all(part["status"] == "healthy" for part in health.values()) and all(
            path.name in parsed for path in self._dags.glob("*.py")
        )

    def _request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Send a request to the api-server, which takes everybody as an administrator."""
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=_REQUEST)) as connection:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read().decode()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path} returned {response.status}: {text[:2000]}")
        return json.loads(text)


def _settings(home: Path, dags: Path, port: int) -> dict[str, str]:
    """Airflow's configuration, as environment variables."""
    url = f"http://127.0.0.1:{port}"
    options: dict[str, object] = {
        "core__dags_folder": dags,
        "core__load_examples": False,
        "core__dags_are_paused_at_creation": False,
        "core__executor": "LocalExecutor",
        "core__parallelism": 3,
        # The default asks the name servers, which takes long if there are none.
        "core__hostname_callable": "socket.gethostname",
        "core__auth_manager": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "core__simple_auth_manager_all_admins": True,
        "core__execution_api_server_url": f"{url}/execution/",
        # Processes wait for each other's writes for this long, in seconds, before SQLite reports a locked database.
        "database__sql_alchemy_conn": f"sqlite:///{home / 'airflow.db'}?timeout=60",
        "api__base_url": url,
        "api__host": "127.0.0.1",
        "api__port": port,
        "api_auth__jwt_secret": "an invented secret, which is long enough for HS512: at least sixty-four bytes",
        # One audience for both APIs: an administrator also asks the execution API for its health.
        "api_auth__jwt_audience": "urn:airflow.apache.org:task",
        "logging__base_log_folder": home / "logs",
        # Else the log of the api-server is full of its requests.
        "logging__namespace_levels": "http.access=WARNING",
        "scheduler__scheduler_heartbeat_sec": 1,
        "scheduler__scheduler_idle_sleep_time": 0.5,
        # Tasks end if they have to wait for the api-server for longer; the default is 5 s.
        "workers__execution_api_timeout": _REQUEST,
        # A triggerer without a heartbeat for 10 s is dead, and another one adopts its triggers.
        "triggerer__job_heartbeat_sec": 1,
        "triggerer__triggerer_health_check_threshold": 10,
        "dag_processor__dag_bundle_storage_path": home / "bundles",
        "dag_processor__parsing_processes": 1,
        # Parse each DAG once: parsing again would take processor time from the tasks.
        "dag_processor__min_file_process_interval": 3600,
        "dag_processor__dag_file_processor_timeout": _REQUEST,
        "core__dagbag_import_timeout": _REQUEST,
    }
    settings = {f"AIRFLOW__{name.upper()}": str(value) for name, value in options.items()}
    # Tasks reach the api-server directly, even where programs use a proxy.
    return settings | {"AIRFLOW_HOME": str(home), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def _run_path(dag_id: str, run_id: str) -> str:
    return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _kill(leader: subprocess.Popen[bytes]) -> None:
    """Kill the processes of a session. A process group is not enough: Airflow gives one to each task."""
    for _ in range(2):  # the second time, those that the first were just starting
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(ProcessLookupError):
                if os.getsid(int(path.name)) == leader.pid:
                    os.kill(int(path.name), signal.SIGKILL)
    leader.wait()


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _tail(path: Path) -> str:
    return "\n".join(line[:1500] for line in _read(path).splitlines()[-20:])
