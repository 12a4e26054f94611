"""Training datasets: they exist at once, and go at once."""

from ..record import Call
from ..service_model import Wire
from ..state import Handler, State

KIND = "training-dataset"


def _create_training_dataset(state: State, call: Call) -> dict[str, Wire]:
    return {"trainingDatasetArn": state.create(call, KIND, arn_member="trainingDatasetArn").arn}


def _get_training_dataset(state: State, call: Call) -> dict[str, Wire]:
    return state.view(state.find(call, call.params["trainingDatasetArn"]))


def _list_training_datasets(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, state.records(call, KIND), "trainingDatasets")


def _delete_training_dataset(state: State, call: Call) -> None:
    dataset = state.find(call, call.params["trainingDatasetArn"])
    state.require_unused(call, dataset, "audience-model", "trainingDatasetArn")
    state.remove(dataset)


HANDLERS: dict[str, Handler] = {
    "CreateTrainingDataset": _create_training_dataset,
    "GetTrainingDataset": _get_training_dataset,
    "ListTrainingDatasets": _list_training_datasets,
    "DeleteTrainingDataset": _delete_training_dataset,
}
