"""A Celery task: create an audience model once, and poll it without holding a worker for hours."""

from celery import Celery, Task
from celery.signals import worker_process_shutdown

from cleanroomsml_client import (
    AudienceModelStatus,
    Blocking,
    Client,
    blocking,
    connect,
    create_audience_model,
    get_audience_model,
    list_audience_models,
)

app = Celery("audiences")
app.conf.task_acks_late = True

_calls: list[Blocking] = []


def _call() -> Blocking:
    """Return what calls from this worker process. Opened in the process that uses it, not before it is forked."""
    if not _calls:
        _calls.append(blocking(connect()))
    return _calls[0]


@worker_process_shutdown.connect
def _close(**_: object) -> None:
    while _calls:
        _calls.pop().close()


async def _create_once(client: Client, name: str, training_dataset_arn: str) -> str:
    # Celery may deliver a task twice, and a repeated create would train a second model.
    found = await list_audience_models(client).find(name=name)
    if found is not None:
        return found.audience_model_arn
    return await create_audience_model(client, name=name, training_dataset_arn=training_dataset_arn)


@app.task
def create_model(name: str, training_dataset_arn: str) -> str:
    """Create the model, unless it exists, and return its ARN."""
    return _call()(_create_once, name, training_dataset_arn)


@app.task(bind=True, max_retries=None)
def check_model(self: Task, arn: str) -> str:
    """Return the final status of a model. While it is pending, the task is scheduled again, a minute later."""
    model = _call()(get_audience_model, arn)
    if model.status in {AudienceModelStatus.CREATE_PENDING, AudienceModelStatus.CREATE_IN_PROGRESS}:
        raise self.retry(countdown=60)
    return str(model.status)
