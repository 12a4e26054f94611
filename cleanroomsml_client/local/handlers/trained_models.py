"""Trained models and their versions.

Training from scratch makes a model, whose base version has no identifier. Incremental training that goes on from one
of the membership's own models makes that model's next version, under the same ARN; from another member's model it
makes a model of its own. AWS does not say so outright: it is how its parameters, answers and lists fit together.
"""

from collections.abc import Iterator

from .. import scopes
from ..custom_models import (
    EXPORT_JOB,
    INFERENCE_JOB,
    TRAINED_MODEL,
    image_digest,
    own_versions,
    pick,
    pick_or_latest,
    policy,
    published,
    shared_versions,
)
from ..error_responses import validation
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

UNDER_WAY = 10
"""How many an account may have pending and in progress."""
UNDER_WAY_IN_MEMBERSHIP = 5
_MAX_CHANNELS = 20


def _create_trained_model(state: State, call: Call) -> dict[str, Wire]:
    membership = scopes.membership(state, call)
    association = scopes.find_shared(state, call, call.params["configuredModelAlgorithmAssociationArn"])
    digest = {"trainingContainerImageDigest": image_digest(association, "trainingContainerConfig")}
    _check_channels(state, call, association)
    scopes.require_member(state, call, call.params.get("mlModelTrainingPayerAccountId"))
    start = _start(state, call)
    state.require_quota(call, TRAINED_MODEL, UNDER_WAY)
    state.require_quota(call, TRAINED_MODEL, UNDER_WAY_IN_MEMBERSHIP, membership=membership.identifier)
    base = None
    if start is not None and start.members["membershipIdentifier"] == membership.identifier:
        base = own_versions(state, call, start.members["trainedModelArn"])[0]
        state.tag(base, call.params.get("tags", {}))
    model = scopes.create(state, call, TRAINED_MODEL, "trainedModelArn", defaults=digest, version_of=base)
    if start is not None:
        model.context["start"] = start.arn
        # The version that "the latest" meant then.
        told = {"modelName": start.members["name"], "versionIdentifier": start.members.get("versionIdentifier")}
        model.members["incrementalTrainingDataChannels"] = [
            {**channel, **told} for channel in call.params["incrementalTrainingDataChannels"]
        ]
    allowed = policy(association, "trainedModels") or {}
    model.results = published(metrics="containerMetrics" in allowed, logs="containerLogs" in allowed)
    model.after_deletion = "INACTIVE"
    state.begin(call, model, "CREATE", "ACTIVE")
    return {name: model.members.get(name) for name in ("trainedModelArn", "versionIdentifier")}


def _get_trained_model(state: State, call: Call) -> dict[str, Wire]:
    return _view(state, call, own_versions(state, call, call.params["trainedModelArn"]))


def _get_collaboration_trained_model(state: State, call: Call) -> dict[str, Wire]:
    return _view(state, call, shared_versions(state, call, call.params["trainedModelArn"]))


def _list_trained_models(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, _latest(scopes.own(state, call, TRAINED_MODEL)), "trainedModels")


def _list_collaboration_trained_models(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, _latest(scopes.shared(state, call, TRAINED_MODEL)), "collaborationTrainedModels")


def _list_trained_model_versions(state: State, call: Call) -> dict[str, Wire]:
    versions = own_versions(state, call, call.params["trainedModelArn"])
    wanted = call.params.get("status")
    shown = [version for version in versions if wanted in {None, state.phase(version).status}]
    return state.page(call, shown, "trainedModels", default_size=10)


def _cancel_trained_model(state: State, call: Call) -> None:
    version = _find(state, call)
    state.require_cancellable(version)
    state.begin(call, version, "CANCEL", "INACTIVE")


def _delete_trained_model_output(state: State, call: Call) -> None:
    version = _find(state, call)
    state.require_data(version)
    state.require_no_users(version, _users(state, call, version))
    state.begin(call, version, "DELETE", "INACTIVE")


def _find(state: State, call: Call) -> Record:
    """The version that is to change: without an identifier the base version."""
    return pick(own_versions(state, call, call.params["trainedModelArn"]), call.params.get("versionIdentifier"))


def _view(state: State, call: Call, versions: list[Record]) -> dict[str, Wire]:
    view = state.view(pick_or_latest(versions, call.params.get("versionIdentifier")))
    # Tags belong to an ARN, so all versions have the same.
    return {**view, "tags": versions[0].tags or None}


def _latest(models: list[Record]) -> list[Record]:
    """Each model once, in its latest version."""
    latest = {model.members["trainedModelArn"]: model for model in models}
    return sorted(latest.values(), key=lambda model: model.sequence)


def _check_channels(state: State, call: Call, association: Record) -> None:
    data = call.params["dataChannels"]
    names = [channel["channelName"] for channel in [*data, *call.params.get("incrementalTrainingDataChannels", [])]]
    if len(names) > _MAX_CHANNELS:
        raise validation(f"A model is trained from at most {_MAX_CHANNELS} channels.")
    if len(set(names)) < len(names):
        raise validation("Channel names must be unique.")
    for channel in data:
        scopes.require_channel(state, call, channel["mlInputChannelArn"], association)


def _start(state: State, call: Call) -> Record | None:
    """The version from which incremental training goes on."""
    if "incrementalTrainingDataChannels" not in call.params:
        return None
    [channel] = call.params["incrementalTrainingDataChannels"]
    start = pick_or_latest(shared_versions(state, call, channel["trainedModelArn"]), channel.get("versionIdentifier"))
    state.require_active(start)
    return start


def _users(state: State, call: Call, version: Record) -> Iterator[Record]:
    """What is being made from the version's output."""
    for kind in (INFERENCE_JOB, EXPORT_JOB):
        jobs = state.having(call, kind, "trainedModelArn", version.members["trainedModelArn"])
        for job in filter(state.is_moving, jobs):
            if job.members.get("trainedModelVersionIdentifier") == version.members.get("versionIdentifier"):
                yield job
    for model in filter(state.is_moving, scopes.shared(state, call, TRAINED_MODEL)):
        if model.context.get("start") == version.arn:
            yield model


HANDLERS: dict[str, Handler] = {
    "CreateTrainedModel": _create_trained_model,
    "GetTrainedModel": _get_trained_model,
    "GetCollaborationTrainedModel": _get_collaboration_trained_model,
    "ListTrainedModels": _list_trained_models,
    "ListCollaborationTrainedModels": _list_collaboration_trained_models,
    "ListTrainedModelVersions": _list_trained_model_versions,
    "CancelTrainedModel": _cancel_trained_model,
    "DeleteTrainedModelOutput": _delete_trained_model_output,
}
