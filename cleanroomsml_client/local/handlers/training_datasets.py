"""Training datasets: creating and deleting take effect immediately."""

from .. import rules
from ..record import Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "training-dataset"


def _create_training_dataset(state: State, request: Request) -> dict[str, Wire]:
    rules.require_own_role(request, request.params["roleArn"])
    return {"trainingDatasetArn": state.store.create(request, KIND, arn_member="trainingDatasetArn").arn}


def _get_training_dataset(state: State, request: Request) -> dict[str, Wire]:
    return state.view(state.store.find(request, request.params["trainingDatasetArn"]))


def _list_training_datasets(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, state.store.records(request, KIND), "trainingDatasets")


def _delete_training_dataset(state: State, request: Request) -> None:
    dataset = state.store.find(request, request.params["trainingDatasetArn"])
    rules.require_unused(state.store, request, dataset, "audience-model", "trainingDatasetArn")
    state.store.remove(dataset)


HANDLERS: dict[str, Handler] = {
    "CreateTrainingDataset": _create_training_dataset,
    "GetTrainingDataset": _get_training_dataset,
    "ListTrainingDatasets": _list_training_datasets,
    "DeleteTrainingDataset": _delete_training_dataset,
}
