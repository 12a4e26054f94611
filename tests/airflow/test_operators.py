"""The operators: create, wait in three ways, resume, retry, clear and kill, on a local service."""
# pyright: reportPrivateUsage=false

import inspect
import re
import threading
import time
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from airflow.sdk.bases.operator import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from cleanroomsml_client import (
    AudienceGenerationJobDataSource,
    CleanRoomsMLError,
    Polling,
    WaitFailedError,
    WaitTimeoutError,
    get_audience_model,
    get_ml_configuration,
    list_audience_models,
)
from cleanroomsml_client.airflow import operators
from cleanroomsml_client.airflow._inputs import parameters_of
from cleanroomsml_client.airflow._targets import Target
from cleanroomsml_client.airflow.hooks import CleanRoomsMLHook
from cleanroomsml_client.airflow.operators import (
    CleanRoomsMLCreateAudienceModelOperator,
    CleanRoomsMLCreateTrainingDatasetOperator,
    CleanRoomsMLDeleteOperator,
    CleanRoomsMLPutMLConfigurationOperator,
    CleanRoomsMLStartAudienceGenerationJobOperator,
    _base,
)
from cleanroomsml_client.local import Durations, ErrorResponse, LocalService, Reset
from tests.airflow.support.tasks import Store, TaskInstance, context_of, fire

_POLLING = Polling(initial=0.01, maximum=0.05)
# At the speed of the service, minutes.
_HOURS = Durations(create=(1e6, 1e6))
_ROLE = "arn:aws:iam::111122223333:role/demo"
_ALL = [getattr(operators, name) for name in operators.__all__]


def _train(dataset: str, **arguments: Any) -> CleanRoomsMLCreateAudienceModelOperator:
    """Return the operator that trains a model."""
    values: dict[str, Any] = {"training_dataset_arn": dataset, "polling": _POLLING, **arguments}
    return CleanRoomsMLCreateAudienceModelOperator(task_id="train", name="spring", **values)


@pytest.fixture
def dataset(service: LocalService) -> str:
    """The ARN of a training dataset."""
    return service.add_training_dataset()


def _models() -> int:
    return len(CleanRoomsMLHook().run(list_audience_models))


def _resume(operator: Any, deferred: Any, instance: TaskInstance) -> Any:
    """Continue a deferred task in the worker when its trigger has fired."""
    return getattr(operator, deferred.method_name)(context_of(instance), fire(deferred))


def _kwargs(deferred: Any) -> dict[str, Any]:
    """Return the arguments of the trigger of a `TaskDeferred`."""
    kwargs: dict[str, Any] = deferred.trigger.serialize()[1]
    return kwargs


# --- the fields


@pytest.mark.parametrize("operator", _ALL, ids=lambda operator: operator.__name__)
def test_the_fields_are_those_of_the_function(operator: type[Any]) -> None:
    """An operator has each parameter of the function that it calls, and renders templates in it."""
    if operator is CleanRoomsMLDeleteOperator:
        parameters: tuple[str, ...] = ("arn", "version_identifier")
    else:
        parameters = parameters_of(operator.function)
        required = [
            each.name for each in inspect.signature(operator.function).parameters.values() if each.default is each.empty
        ]
        own = inspect.signature(operator.__init__).parameters.values()
        assert [each.name for each in own if each.default is each.empty and each.kind is each.KEYWORD_ONLY] == required[
            1:
        ]
    signature = inspect.signature(operator.__init__)
    assert tuple(name for name in signature.parameters if name not in {"self", "kwargs"}) == parameters
    assert set(operator.template_fields) == {*parameters, "aws_conn_id", "region_name", "verify"}
    assert all(f"        {name}: " in (operator.__doc__ or "") for name in (*parameters, "**kwargs"))


def test_a_wrong_choice_is_refused_where_it_is_written() -> None:
    """The DAG does not load with an `if_exists` that does not exist."""
    with pytest.raises(ValueError, match=r"^if_exists must be 'reuse', 'fail', 'create', not 'replace'$"):
        _train("d", if_exists="replace")
    with pytest.raises(
        ValueError, match=r"^Polling\.timeout must be seconds or a timedelta, at least 0, or None, not -1$"
    ):
        _train("d", timeout=-1)


# --- without waiting


def test_an_immediate_resource(service: LocalService) -> None:
    """XCom has the ARN, and the resource under a key; the inputs may be dicts with AWS's member names."""
    data = {
        "type": "INTERACTIONS",
        "inputConfig": {
            "schema": [
                {"columnName": "user", "columnTypes": ["USER_ID"]},
                {"columnName": "item", "columnTypes": ["ITEM_ID"]},
                {"columnName": "seen", "columnTypes": ["TIMESTAMP"]},
            ],
            "dataSource": {"glueDataSource": {"tableName": "t", "databaseName": "d"}},
        },
    }
    operator = CleanRoomsMLCreateTrainingDatasetOperator(
        task_id="dataset", name="visits", role_arn=_ROLE, training_data=[data]
    )
    instance = TaskInstance(task_id="dataset")
    arn = operator.execute(context_of(instance))
    assert instance.xcom["resource"]["trainingDatasetArn"] == arn
    assert operator.execute(context_of(TaskInstance(task_id="dataset", try_number=2))) == arn
    assert len([each for each in service.requests if each.operation == "CreateTrainingDataset"]) == 1


def test_a_setting(service: LocalService) -> None:
    """The ML configuration is set, as often as the task runs."""
    membership = service.add_membership()
    location = {"destination": {"s3Destination": {"s3Uri": "s3://out/{{ ds }}"}}, "roleArn": _ROLE}
    operator = CleanRoomsMLPutMLConfigurationOperator(
        task_id="output", membership_identifier=membership, default_output_location=location
    )
    operator.execute(context_of(TaskInstance()))
    operator.execute(context_of(TaskInstance(try_number=2)))
    assert CleanRoomsMLHook().run(get_ml_configuration, membership).default_output_location.role_arn == _ROLE


def test_no_wait(service: LocalService, dataset: str) -> None:
    """Without `wait_for_completion`, the task ends when training has begun; `deferrable` alone changes nothing."""
    service.durations = _HOURS
    instance = TaskInstance()
    arn = _train(dataset, wait_for_completion=False, deferrable=True).execute(context_of(instance))
    assert instance.xcom["resource"]["status"].startswith("CREATE_")
    assert arn == instance.xcom["resource"]["audienceModelArn"]


def test_no_xcom(dataset: str) -> None:
    """`do_xcom_push=False` holds for the resource, too."""
    instance = TaskInstance()
    _train(dataset, wait_for_completion=False, do_xcom_push=False).execute(context_of(instance))
    assert instance.xcom == {}


# --- in the triggerer


def test_deferral(dataset: str) -> None:
    """The task leaves the worker, and continues with the event of the trigger."""
    instance = TaskInstance()
    operator = _train(dataset, deferrable=True, timeout=3600)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context_of(instance))
    kwargs = _kwargs(deferred.value)
    assert kwargs["cancel_on_kill"] is True
    assert 3590 < kwargs["end"] - time.time() <= 3600
    assert kwargs["polling"] == attrs.asdict(_POLLING)
    assert (kwargs["aws_conn_id"], kwargs["region_name"], kwargs["verify"]) == ("aws_default", None, None)
    arn = _resume(operator, deferred.value, instance)
    assert instance.xcom["resource"]["status"] == "ACTIVE"
    assert arn == instance.xcom["resource"]["audienceModelArn"]
    assert _models() == 1


def test_deferral_by_default(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's option decides where the operator does not."""
    monkeypatch.setenv("AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE", "true")
    with pytest.raises(TaskDeferred):
        _train(dataset).execute(context_of(TaskInstance()))
    assert _train(dataset, deferrable=False, wait_for_completion=False).execute(context_of(TaskInstance()))


def test_a_clear_while_deferred(dataset: str) -> None:
    """A task that is cleared in the middle of its wait waits for the same model, again."""
    with pytest.raises(TaskDeferred):
        _train(dataset, deferrable=True).execute(context_of(TaskInstance()))
    instance = TaskInstance(try_number=2)
    operator = _train(dataset, deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context_of(instance))
    _resume(operator, deferred.value, instance)
    assert _models() == 1


def test_a_failure_in_the_triggerer(service: LocalService, dataset: str) -> None:
    """The error has AWS's status details, XCom has the resource; the next try creates another model."""
    service.fail_next("CreateAudienceModel", status_code="DATA", message="No rows.")
    instance = TaskInstance()
    operator = _train(dataset, deferrable=True)
    with pytest.raises(TaskDeferred) as deferred:
        operator.execute(context_of(instance))
    with pytest.raises(WaitFailedError, match=r"is CREATE_FAILED: DATA: No rows\.$"):
        _resume(operator, deferred.value, instance)
    assert instance.xcom["resource"]["statusDetails"] == {"statusCode": "DATA", "message": "No rows."}
    again = TaskInstance(try_number=2)
    arn = _train(dataset).execute(context_of(again))
    assert CleanRoomsMLHook().run(get_audience_model, arn).name == "spring-2"
    silent = _train(dataset, deferrable=True, do_xcom_push=False)
    event: dict[str, Any] = {
        "status": "error",
        "error": "TransportError",
        "message": "reset",
        "resource": None,
        "target": {},
    }
    with pytest.raises(CleanRoomsMLError, match=r"^TransportError: reset$"):
        silent.execute_complete(context_of(TaskInstance()), event)
    with pytest.raises(AirflowFailException, match=r"^no region$"):
        silent.execute_complete(context_of(TaskInstance()), {**event, "error": "RequestError", "message": "no region"})


# --- in the worker


def test_a_wait_in_the_worker(dataset: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each status is logged; XCom has the resource."""
    instance = TaskInstance()
    arn = _train(dataset).execute(context_of(instance, Store()))
    assert instance.xcom["resource"]["status"] == "ACTIVE"
    assert arn == instance.xcom["resource"]["audienceModelArn"]
    output = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert f"audience model {arn} was created" in output
    assert f"audience model {arn} is ACTIVE" in output


def test_a_worker_that_dies(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later try continues the wait with what Airflow has kept, even with `if_exists='create'`."""
    store, instance = Store(), TaskInstance()
    first = _train(dataset, if_exists="create")
    monkeypatch.setattr(first, "poll_until_complete", _die)
    with pytest.raises(KeyboardInterrupt):
        first.execute(context_of(instance, store))
    assert len(store) == 1
    arn = _train(dataset, if_exists="create").execute(context_of(TaskInstance(try_number=2), store))
    assert arn is not None
    # One that has ended meanwhile is not waited for.
    third = TaskInstance(try_number=3)
    assert _train(dataset, if_exists="create").execute(context_of(third, store)) == arn
    assert third.xcom["resource"]["status"] == "ACTIVE"
    assert _models() == 1


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_wait_with_other_inputs_is_not_continued(dataset: str) -> None:
    """A task that was changed and cleared creates another model."""
    store = Store()
    first = _train(dataset).execute(context_of(TaskInstance(), store))
    second = _train(dataset, description="new").execute(context_of(TaskInstance(try_number=2), store))
    assert first != second
    assert len(store) == 2


def test_a_lost_model_is_not_waited_for(service: LocalService, dataset: str) -> None:
    """What failed, or was deleted by somebody, is created again."""
    store = Store()
    service.fail_next("CreateAudienceModel", status_code="DATA", message="No rows.")
    instance = TaskInstance()
    with pytest.raises(WaitFailedError, match=r": DATA: No rows\.$"):
        _train(dataset).execute(context_of(instance, store))
    assert instance.xcom["resource"]["statusDetails"]["statusCode"] == "DATA"
    arn = _train(dataset).execute(context_of(TaskInstance(try_number=2), store))
    CleanRoomsMLDeleteOperator(task_id="delete", arn=arn, polling=_POLLING).execute(context_of(TaskInstance()))
    assert _train(dataset).execute(context_of(TaskInstance(try_number=3), store)) != arn


def test_without_durability(dataset: str) -> None:
    """With `durable=False` nothing is kept; the tags still show what an earlier try has created."""
    store = Store()
    arn = _train(dataset, durable=False).execute(context_of(TaskInstance(), store))
    assert _train(dataset, durable=False).execute(context_of(TaskInstance(try_number=2), store)) == arn
    assert len(store) == 0


def test_a_timeout_in_the_worker(service: LocalService, dataset: str) -> None:
    """The wait ends after `timeout` seconds, or those of the polling."""
    service.durations = _HOURS
    with pytest.raises(WaitTimeoutError, match=r"is still CREATE_.* after 0 s"):
        _train(dataset, timeout=0).execute(context_of(TaskInstance(), Store()))
    with pytest.raises(WaitTimeoutError, match="after 0 s"):
        _train(dataset, polling=Polling(timeout=0)).execute(context_of(TaskInstance(try_number=2), Store()))


def test_a_response_that_is_lost(service: LocalService, dataset: str) -> None:
    """The library never sends a create twice; the next try finds what the lost response was about."""
    service.inject(Reset(after=True), operation="CreateAudienceModel")
    with pytest.raises(CleanRoomsMLError):
        _train(dataset).execute(context_of(TaskInstance()))
    _train(dataset).execute(context_of(TaskInstance(try_number=2)))
    assert _models() == 1


# --- mistakes, which no retry can heal


def test_a_name_that_exists(service: LocalService, dataset: str) -> None:
    """Airflow does not try again; the error says what to change."""
    service.add_audience_model(name="spring")
    with pytest.raises(AirflowFailException, match=r"choose another name, such as one with \{\{ run_id \}\}"):
        _train(dataset).execute(context_of(TaskInstance()))


def test_a_wrong_input(service: LocalService, dataset: str) -> None:
    """The error names the field; nothing is sent."""
    requests = len(service.requests)
    with pytest.raises(
        AirflowFailException, match=r"^training_data_start_time: Invalid isoformat string: 'yesterday'$"
    ):
        _train(dataset, training_data_start_time="yesterday").execute(context_of(TaskInstance()))
    operator = CleanRoomsMLStartAudienceGenerationJobOperator(
        task_id="job", name="j", configured_audience_model_arn="a", seed_audience={"roleArn": 7}
    )
    with pytest.raises(AirflowFailException, match=r"^seed_audience: AudienceGenerationJobDataSource: \$\.roleArn: "):
        operator.execute(context_of(TaskInstance()))
    assert len(service.requests) == requests


# --- templates


def test_templates_in_a_model_class(dataset: str, service: LocalService) -> None:
    """Airflow renders text and dicts; in an instance of a model class, the operator renders each text."""
    del dataset
    config = service.add_configured_audience_model()
    seed = AudienceGenerationJobDataSource.from_s3("s3://seeds/{{ ds }}.jsonl", role_arn=_ROLE)
    operator = CleanRoomsMLStartAudienceGenerationJobOperator(
        task_id="job",
        name="j",
        configured_audience_model_arn=config,
        seed_audience=seed,
        polling=_POLLING,
    )
    instance = TaskInstance(task_id="job")
    context = context_of(instance)
    context["ds"] = "2026-11-27"
    operator.execute(context)
    [request] = [each for each in service.requests if each.operation == "StartAudienceGenerationJob"]
    assert request.params["seedAudience"]["dataSource"] == {"s3Uri": "s3://seeds/2026-11-27.jsonl"}


def test_times_and_numbers_from_templates(dataset: str, service: LocalService) -> None:
    """Templates return text; the operator makes it a time."""
    operator = _train(dataset, training_data_start_time="2026-11-01 00:00:00+00:00", wait_for_completion=False)
    operator.execute(context_of(TaskInstance()))
    [request] = [each for each in service.requests if each.operation == "CreateAudienceModel"]
    start = datetime.fromisoformat(str(request.params["trainingDataStartTime"]))
    assert start == datetime(2026, 11, 1, tzinfo=UTC)


# --- deletion


@pytest.mark.parametrize("deferrable", [False, True])
def test_a_deletion(service: LocalService, deferrable: bool) -> None:  # noqa: FBT001
    """A resource is deleted once; a second try, and one that comes late, succeed."""
    arn = service.add_audience_model(name="spring")

    def delete(try_number: int, **arguments: Any) -> Any:
        operator = CleanRoomsMLDeleteOperator(task_id="delete", arn=arn, polling=_POLLING, **arguments)
        instance = TaskInstance(task_id="delete", try_number=try_number)
        if not arguments.get("deferrable"):
            return operator.execute(context_of(instance, Store()))
        with pytest.raises(TaskDeferred) as deferred:
            operator.execute(context_of(instance))
        assert _kwargs(deferred.value)["cancel_on_kill"] is False
        return _resume(operator, deferred.value, instance)

    assert delete(1, wait_for_completion=False) == arn
    assert delete(2, deferrable=deferrable) == arn
    assert _models() == 0
    assert delete(3, deferrable=deferrable) == arn


def test_an_immediate_deletion(service: LocalService) -> None:
    """What is deleted at once is not waited for."""
    arn = service.add_training_dataset()
    kept = Store()
    for deferrable, store in [(True, None), (False, kept), (False, kept)]:
        operator = CleanRoomsMLDeleteOperator(task_id="delete", arn=arn, deferrable=deferrable)
        assert operator.execute(context_of(TaskInstance(), store)) == arn


def test_the_data_of_a_model_is_deleted(service: LocalService) -> None:
    """A model whose output is deleted already is a success."""
    arn = service.add_trained_model(name="m")
    for try_number in (1, 2):
        operator = CleanRoomsMLDeleteOperator(task_id="delete", arn=arn, polling=_POLLING)
        instance = TaskInstance(try_number=try_number)
        operator.execute(context_of(instance))
        assert instance.xcom["resource"]["status"] == "INACTIVE"


def test_a_deletion_that_is_refused(service: LocalService) -> None:
    """A resource that is in use is not deleted: the error is that of AWS. Some kinds cannot be deleted at all."""
    model = service.add_audience_model(name="spring")
    service.add_configured_audience_model(audience_model_arn=model)
    with pytest.raises(CleanRoomsMLError, match="ConflictException"):
        CleanRoomsMLDeleteOperator(task_id="delete", arn=model).execute(context_of(TaskInstance()))
    job = service.add_trained_model_inference_job(name="j")
    with pytest.raises(AirflowFailException, match=r"^inference job: the API cannot delete it$"):
        CleanRoomsMLDeleteOperator(task_id="delete", arn=job).execute(context_of(TaskInstance()))
    with pytest.raises(AirflowFailException, match=r"^not an ARN of a Clean Rooms ML resource: spring$"):
        CleanRoomsMLDeleteOperator(task_id="delete", arn="spring").execute(context_of(TaskInstance()))


# --- on_kill in the worker


def test_a_kill_in_the_worker(service: LocalService, capsys: pytest.CaptureFixture[str]) -> None:
    """A signal handler cancels what is waited for, while the wait is in progress in the same thread."""
    service.durations = _HOURS
    arn = service.add_trained_model(name="m", status="CREATE_IN_PROGRESS")
    operator = operators.CleanRoomsMLCreateTrainedModelOperator(
        task_id="train",
        membership_identifier="m",
        name="m",
        configured_model_algorithm_association_arn="a",
        resource_config={},
        data_channels=[],
        durable=False,
    )
    operator.on_kill()
    operator._target = Target.from_arn(arn)

    async def kill(_: Any) -> None:
        operator.on_kill()

    CleanRoomsMLHook().run(kill)
    assert [each.operation for each in service.requests] == ["CancelTrainedModel"]
    assert f"trained model {arn} is being cancelled" in capsys.readouterr().out
    service.inject(ErrorResponse("AccessDeniedException"), operation="CancelTrainedModel")
    operator.on_kill()
    assert (
        f"trained model {arn} goes on: cancelling failed: CancelTrainedModel: AccessDenied" in capsys.readouterr().out
    )
    operator.durable = True
    operator.on_kill()
    assert f"trained model {arn} goes on, so that a later try can continue the wait" in capsys.readouterr().out
    operator.cancel_on_kill = False
    operator.on_kill()
    assert len(service.requests) == 2


def test_the_wait_of_a_kill_is_bounded(monkeypatch: pytest.MonkeyPatch, service: LocalService) -> None:
    """A cancellation that gets no response does not hold up the worker."""
    operator = _train(service.add_training_dataset(), durable=False)
    operator._target = Target.from_arn(service.add_audience_model(name="spring"))
    monkeypatch.setattr(_base, "_KILL_TIMEOUT", 0.01)
    hanging = threading.Event()

    def hang(_: object) -> None:
        hanging.wait(30)

    monkeypatch.setattr(operator, "_cancel", hang)
    operator.on_kill()
    hanging.set()


def test_operators_are_airflows() -> None:
    """Each operator is one of Airflow's, with a name of its own."""
    assert all(issubclass(operator, BaseOperator) for operator in _ALL)
    assert all(operator.__name__.startswith("CleanRoomsML") for operator in _ALL)
