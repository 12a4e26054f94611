"""The example DAGs for real: Airflow's processes, the local service as another one, and a triggerer that is killed."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from cleanroomsml_client import (
    AudienceGenerationJobDataSource,
    Blocking,
    blocking,
    connect,
    list_audience_export_jobs,
    list_audience_generation_jobs,
    list_audience_models,
    list_collaboration_trained_model_export_jobs,
    list_configured_audience_models,
    list_ml_input_channels,
    list_trained_model_inference_jobs,
    list_trained_models,
    list_training_datasets,
    start_audience_generation_job,
)
from tests.airflow.conftest import connection
from tests.airflow.support.deployment import Deployment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "airflow"
# A job of the service takes 24 s, so that a triggerer can be killed, and missed, in the middle of it.
_SPEED = 25
_RUN = 240.0


@attrs.frozen
class Scene:
    """A deployment of Airflow, the local service, and a client of it."""

    airflow: Deployment
    call: Blocking
    membership: str
    collaboration: str

    def run(self, dag_id: str) -> None:
        """Start a run of a DAG, whose id is that of the DAG."""
        self.airflow.trigger(dag_id, dag_id)

    def states(self, dag_id: str) -> dict[str, str | None]:
        """The states of the tasks of the run."""
        return self.airflow.task_states(dag_id, dag_id)

    def wait_for_success(self, dag_id: str) -> None:
        """Wait until all tasks of the run have succeeded."""

        def is_over() -> bool:
            states = set(self.states(dag_id).values())
            if states & {"failed", "up_for_retry"}:
                raise RuntimeError(self.airflow.failures())
            return states == {"success"}

        self.airflow.wait_until(is_over, f"all tasks of {dag_id} to succeed", _RUN)

    def kill_triggerer_in_mid_wait(self, dag_id: str, task_id: str) -> None:
        """Kill the triggerer as soon as it has seen the resource of a task, and start another one."""
        self.wait_until_seen(dag_id, dag_id, task_id)
        self.airflow.kill_triggerer()
        self.airflow.start_triggerer()

    def wait_until_seen(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Wait until the trigger of a task has polled."""
        what = f"the triggerer to poll for {task_id} of {dag_id}"
        self.airflow.wait_until(lambda: "is CREATE_" in self.airflow.task_log(dag_id, run_id, task_id), what, _RUN)

    def starts(self, dag_id: str, task_id: str) -> int:
        """Return how often the trigger of a task has started."""
        return self.airflow.task_log(dag_id, dag_id, task_id).count(' starting"')

    def log(self, dag_id: str, task_id: str) -> list[str]:
        """Return what a task and its triggers have logged about their resource."""
        return re.findall(
            r'"event":"([a-zA-Z ]+ (?:arn:|[-a-z]+ )[^"]*)"', self.airflow.task_log(dag_id, dag_id, task_id)
        )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Airflow with the example DAGs, and a local service to which its AWS connection leads."""
    dags = tmp_path_factory.mktemp("dags")
    for example in _EXAMPLES.glob("*.py"):
        shutil.copy(example, dags)
    command = [sys.executable, "-m", "cleanroomsml_client", "local", "--port", "0", "--speed", f"{_SPEED}", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        try:
            assert service.stdout is not None
            facts = json.loads(service.stdout.readline())
            [member] = facts["accounts"]
            environment = {
                "AIRFLOW_CONN_AWS_DEFAULT": connection(facts["endpoint"], login=member["accountId"]),
                "AIRFLOW_VAR_MEMBERSHIP": member["membershipIdentifier"],
                "POLL_SECONDS": "2",
            }
            client = connect(
                endpoint_url=facts["endpoint"],
                region_name=facts["region"],
                aws_access_key_id=member["accountId"],
                aws_secret_access_key="local",
            )
            home = tmp_path_factory.mktemp("airflow")
            with Deployment(home, dags, environment=environment) as airflow, blocking(client) as call:
                yield Scene(airflow, call, member["membershipIdentifier"], member["collaborationIdentifier"])
        finally:
            service.send_signal(signal.SIGINT)


def _statuses(resources: Any) -> list[str]:
    return [resource.status.value for resource in resources]


def test_the_lookalike_path(scene: Scene) -> None:
    """The triggerer is killed in the middle of the training: the wait goes on, and nothing is created twice."""
    scene.run("lookalike")
    scene.kill_triggerer_in_mid_wait("lookalike", "train")
    assert _statuses(scene.call(list_audience_models)) != ["ACTIVE"]
    scene.wait_for_success("lookalike")
    assert scene.starts("lookalike", "train") == 2
    assert _statuses(scene.call(list_audience_models)) == ["ACTIVE"]
    assert len(list(scene.call(list_training_datasets))) == 1
    assert len(list(scene.call(list_configured_audience_models))) == 1
    assert list(scene.call(list_audience_generation_jobs)) == []
    # They go with their generation job.
    assert list(scene.call(list_audience_export_jobs)) == []
    [model] = scene.call(list_audience_models)
    assert scene.airflow.xcom("lookalike", "lookalike", "train") == model.audience_model_arn
    resource: Any = scene.airflow.xcom("lookalike", "lookalike", "train", "resource")
    assert resource["status"] == "ACTIVE"


def test_a_task_of_ones_own(scene: Scene) -> None:
    """A sensor waits for a job that somebody else has started, and a task with the hook chooses what is exported."""
    [configured] = scene.call(list_configured_audience_models)
    job = scene.call(
        start_audience_generation_job,
        name="somebody else's",
        configured_audience_model_arn=configured.configured_audience_model_arn,
        seed_audience=AudienceGenerationJobDataSource.from_s3(
            "s3://seeds/customers.jsonl", role_arn="arn:aws:iam::111122223333:role/demo"
        ),
    )
    scene.airflow.trigger("choose_a_size", "choose_a_size", {"job_arn": job})
    scene.wait_for_success("choose_a_size")
    [export] = scene.call(list_audience_export_jobs, audience_generation_job_arn=job)
    assert export.status == "ACTIVE"
    assert scene.airflow.xcom("choose_a_size", "choose_a_size", "export") == export.name
    waited_for: Any = scene.airflow.xcom("choose_a_size", "choose_a_size", "wait")
    assert waited_for["audienceGenerationJobArn"] == job


def test_a_clear_of_the_training(scene: Scene) -> None:
    """A task that is cleared after its success finds its model, and trains no other one."""
    scene.airflow.clear("lookalike", "lookalike", "train")
    scene.airflow.wait_until(lambda: None in scene.states("lookalike").values(), "the clear", 60)
    scene.wait_for_success("lookalike")
    assert len(list(scene.call(list_audience_models))) == 1
    assert any("was created by an earlier try" in line for line in scene.log("lookalike", "train"))


def test_the_custom_model_path(scene: Scene) -> None:
    """All tasks succeed; a kill of the triggerer in the middle of the training creates nothing twice."""
    scene.run("custom_model")
    scene.kill_triggerer_in_mid_wait("custom_model", "train")
    scene.wait_for_success("custom_model")
    assert scene.starts("custom_model", "train") == 2
    models = list(scene.call(list_trained_models, scene.membership))
    assert _statuses(models) == ["ACTIVE"]
    assert _statuses(scene.call(list_ml_input_channels, scene.membership)) == ["ACTIVE", "ACTIVE"]
    assert _statuses(scene.call(list_trained_model_inference_jobs, scene.membership)) == ["ACTIVE"]
    exports = scene.call(list_collaboration_trained_model_export_jobs, scene.collaboration, models[0].trained_model_arn)
    assert _statuses(exports) == ["ACTIVE"]


def test_a_kill_by_a_user(scene: Scene) -> None:
    """A user who marks a deferred task as failed cancels its training."""
    scene.airflow.trigger("custom_model", "killed")

    def is_cancelled() -> bool:
        return "INACTIVE" in _statuses(scene.call(list_trained_models, scene.membership))

    # Airflow calls `on_kill` only of a trigger that is running already.
    scene.wait_until_seen("custom_model", "killed", "train")
    scene.airflow.set_failed("custom_model", "killed", "train")
    scene.airflow.wait_until(is_cancelled, "the training to be cancelled", 120)
    assert "is being cancelled" in scene.airflow.task_log("custom_model", "killed", "train")
