"""The sensor: waits in the triggerer or by poking, for what somebody else has started."""

import time
from typing import Any

import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)

from cleanroomsml_client import AccessDeniedError, AudienceSize, AudienceSizeType, Polling, start_audience_export_job
from cleanroomsml_client.airflow.hooks import CleanRoomsMLHook
from cleanroomsml_client.airflow.sensors import CleanRoomsMLSensor
from cleanroomsml_client.local import Durations, ErrorResponse, LocalService
from tests.airflow.conftest import connection
from tests.airflow.support.tasks import TaskInstance, context_of, fire


def _sensor(**arguments: Any) -> CleanRoomsMLSensor:
    return CleanRoomsMLSensor(task_id="wait", poke_interval=0.02, **arguments)


def _resource(sensor: CleanRoomsMLSensor) -> Any:
    """Run a sensor in the triggerer, and continue in the worker."""
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute(context_of(TaskInstance()))
    return _resumed(sensor, deferred.value)


def _resumed(sensor: CleanRoomsMLSensor, deferred: Any) -> Any:
    return sensor.resume_execution(deferred.method_name, {"event": fire(deferred)}, context_of(TaskInstance()))


def _poke(sensor: CleanRoomsMLSensor) -> Any:
    """Run a sensor in a worker."""
    return sensor.execute(context_of(TaskInstance()))


def test_poking(service: LocalService) -> None:
    """A worker polls until the goal; XCom has the resource."""
    arn = service.add_audience_model(name="spring", status="CREATE_PENDING")
    resource = _sensor(arn=arn).execute(context_of(TaskInstance()))
    assert (resource["audienceModelArn"], resource["status"]) == (arn, "ACTIVE")


def test_the_triggerer(service: LocalService) -> None:
    """The sensor's timeout is that of the wait; nothing is cancelled on a kill."""
    arn = service.add_audience_model(name="spring", status="CREATE_PENDING")
    sensor = _sensor(arn=arn, deferrable=True, timeout=60, polling=Polling(initial=0.02, maximum=0.05))
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute(context_of(TaskInstance()))
    kwargs: Any = vars(deferred.value)["trigger"].serialize()[1]
    assert 50 < kwargs["end"] - time.time() <= 60
    assert (kwargs["cancel_on_kill"], kwargs["polling"]["maximum"]) == (False, 0.05)
    assert _resource(sensor)["status"] == "ACTIVE"


def test_what_has_no_arn(service: LocalService) -> None:
    """An export is found by the generation job and its name."""
    job = service.add_audience_generation_job()
    size = AudienceSize(type=AudienceSizeType.PERCENTAGE, value=20)
    CleanRoomsMLHook().run(start_audience_export_job, name="e", audience_generation_job_arn=job, audience_size=size)
    sensor = _sensor(family="audience-export-jobs", identity=[job, "e"])
    assert sensor.execute(context_of(TaskInstance()))["status"] == "ACTIVE"


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_failure(service: LocalService, *, deferrable: bool) -> None:
    """The error has AWS's status details; with `soft_fail` the task is skipped."""
    arn = service.add_audience_model(name="spring", status="CREATE_FAILED")
    act = _resource if deferrable else _poke
    with pytest.raises(AirflowFailException, match=r"is CREATE_FAILED: "):
        act(_sensor(arn=arn, deferrable=deferrable))
    with pytest.raises(AirflowSkipException):
        act(_sensor(arn=arn, deferrable=deferrable, soft_fail=True))


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_timeout(service: LocalService, *, deferrable: bool) -> None:
    """A sensor that has waited long enough fails as sensors do."""
    service.durations = Durations(create=(1e6, 1e6))
    arn = service.add_audience_model(name="spring", status="CREATE_PENDING")
    act = _resource if deferrable else _poke
    with pytest.raises(AirflowSensorTimeout):
        act(_sensor(arn=arn, deferrable=deferrable, timeout=0.05))


def test_a_deletion(service: LocalService) -> None:
    """What is not there any more is deleted: there is no resource to return."""
    arn = service.add_audience_model(name="spring").replace("audience-model/", "audience-model/0")
    assert _sensor(arn=arn, wait_for="deleted").execute(context_of(TaskInstance())) is None


def test_a_refusal(service: LocalService) -> None:
    """An error of AWS ends the poke; Airflow's `retries` and `silent_fail` decide about the next one."""
    service.inject(ErrorResponse("AccessDeniedException"), times=2)
    arn = service.add_audience_model(name="spring")
    with pytest.raises(AccessDeniedError):
        _sensor(arn=arn).poke(context_of(TaskInstance()))
    with pytest.raises(AirflowException, match=r"^AccessDeniedError: "):
        _resource(_sensor(arn=arn, deferrable=True))


def test_mistakes(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake is no failure of the resource: no retry can heal it."""
    with pytest.raises(ValueError, match=r"^give either arn, or family and identity$"):
        _sensor()
    with pytest.raises(ValueError, match=r"^give either arn, or family and identity$"):
        _sensor(arn="a", family="b", identity=["c"])
    with pytest.raises(ValueError, match="'gone' is not a valid WaitFor"):
        _sensor(arn="a", wait_for="gone")
    context = context_of(TaskInstance())
    with pytest.raises(AirflowFailException, match=r"^not an ARN of a Clean Rooms ML resource: spring$"):
        _sensor(arn="spring").execute(context)
    with pytest.raises(
        AirflowFailException, match=r"^no kind of resources is named 'models'; there are training-datasets, "
    ):
        _sensor(family="models", identity=["a"]).execute(context)
    with pytest.raises(AirflowFailException, match=r"^training dataset: there is nothing to wait for$"):
        _sensor(arn=service.add_training_dataset()).execute(context)
    with pytest.raises(
        AirflowFailException, match=r"^audience model: cannot wait for cancelled, only for ready or deleted$"
    ):
        _sensor(arn=service.add_audience_model(name="spring"), wait_for="cancelled").execute(context)
    monkeypatch.setenv("AIRFLOW_CONN_BROKEN", connection("not a url"))
    with pytest.raises(AirflowFailException, match=r"not a url"):
        _sensor(arn=service.add_audience_model(name="spring"), aws_conn_id="broken").poke(context)
