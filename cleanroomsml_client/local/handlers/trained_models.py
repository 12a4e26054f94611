"""Trained models and their versions.

Training from scratch creates a model, whose base version has no identifier. Incremental training that continues from
a model of the membership creates the next version of that model, under the same ARN; from a model of another member
it creates a new model. AWS does not document this: it follows from its parameters, responses and lists.
"""

from collections.abc import Iterator

from .. import quotas, rules, scopes
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
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State
from ..store import Records

_MAX_CHANNELS = 20


def _create_trained_model(state: State, request: Request) -> dict[str, Wire]:
    membership = scopes.querying_membership(state, request)
    association = scopes.find_shared(state, request, request.params["configuredModelAlgorithmAssociationArn"])
    digest = {"trainingContainerImageDigest": image_digest(association, "trainingContainerConfig")}
    _check_channels(state, request, association)
    scopes.require_member(state, request, request.params.get("mlModelTrainingPayerAccountId"))
    start = _start(state, request)
    started = rules.in_progress(state.store, request, TRAINED_MODEL)
    rules.require_quota(request, quotas.TRAINING, started)
    rules.require_quota(
        request, quotas.TRAINING_PER_MEMBERSHIP, started.with_members(request.filters("membershipIdentifier"))
    )
    base = None
    if start is not None and start.members["membershipIdentifier"] == membership.identifier:
        base = next(iter(own_versions(state, request, start.members["trainedModelArn"])))
        base.add_tags(request.params.get("tags", {}))
    model = scopes.create(state, request, TRAINED_MODEL, "trainedModelArn", defaults=digest, version_of=base)
    if start is not None:
        model.context["start"] = start.arn
        # The version that was the latest one when training started.
        source = {"modelName": start.members["name"], "versionIdentifier": start.members.get("versionIdentifier")}
        model.members["incrementalTrainingDataChannels"] = [
            {**channel, **source} for channel in request.params["incrementalTrainingDataChannels"]
        ]
    allowed = policy(association, "trainedModels") or {}
    model.results = published(metrics="containerMetrics" in allowed, logs="containerLogs" in allowed)
    model.after_deletion = "INACTIVE"
    state.start_transition(request, model, "CREATE", "ACTIVE")
    return {name: model.members.get(name) for name in ("trainedModelArn", "versionIdentifier")}


def _get_trained_model(state: State, request: Request) -> dict[str, Wire]:
    return _view(state, request, own_versions(state, request, request.params["trainedModelArn"]))


def _get_collaboration_trained_model(state: State, request: Request) -> dict[str, Wire]:
    return _view(state, request, shared_versions(state, request, request.params["trainedModelArn"]))


def _list_trained_models(state: State, request: Request) -> dict[str, Wire]:
    models = scopes.own(state, request, TRAINED_MODEL).where(state.store.is_last_version)
    return state.page(request, models, "trainedModels")


def _list_collaboration_trained_models(state: State, request: Request) -> dict[str, Wire]:
    models = scopes.shared(state, request, TRAINED_MODEL).where(state.store.is_last_version)
    return state.page(request, models, "collaborationTrainedModels")


def _list_trained_model_versions(state: State, request: Request) -> dict[str, Wire]:
    wanted = request.params.get("status")
    versions = own_versions(state, request, request.params["trainedModelArn"])
    shown = versions.where(lambda version: wanted in {None, state.store.current_state(version).status})
    return state.page(request, shown, "trainedModels", default_size=10)


def _cancel_trained_model(state: State, request: Request) -> None:
    version = _find(request, own_versions(state, request, request.params["trainedModelArn"]))
    rules.require_cancellable(state.store, version)
    state.start_transition(request, version, "CANCEL", "INACTIVE")


def _delete_trained_model_output(state: State, request: Request) -> None:
    # Any member of the collaboration can delete the output.
    version = _find(request, shared_versions(state, request, request.params["trainedModelArn"]))
    rules.require_data(state.store, version)
    rules.require_no_users(version, _users(state, request, version))
    state.start_transition(request, version, "DELETE", "INACTIVE")


def _find(request: Request, versions: Records) -> Record:
    """Return the version to change: without an identifier, the base version."""
    return pick(versions, request.params.get("versionIdentifier"))


def _view(state: State, request: Request, versions: Records) -> dict[str, Wire]:
    view = state.view(pick_or_latest(versions, request.params.get("versionIdentifier")))
    # Tags belong to the ARN, so all versions have the same tags.
    return {**view, "tags": next(iter(versions)).tags or None}


def _check_channels(state: State, request: Request, association: Record) -> None:
    data = request.params["dataChannels"]
    names = [channel["channelName"] for channel in [*data, *request.params.get("incrementalTrainingDataChannels", [])]]
    if len(names) > _MAX_CHANNELS:
        raise validation(f"A model is trained on at most {_MAX_CHANNELS} channels.")
    if len(set(names)) < len(names):
        raise validation("Channel names must be unique.")
    for channel in data:
        scopes.require_channel(state, request, channel["mlInputChannelArn"], association)


def _start(state: State, request: Request) -> Record | None:
    """Return the version that incremental training continues from."""
    if "incrementalTrainingDataChannels" not in request.params:
        return None
    [channel] = request.params["incrementalTrainingDataChannels"]
    start = pick_or_latest(
        shared_versions(state, request, channel["trainedModelArn"]), channel.get("versionIdentifier")
    )
    rules.require_active(state.store, start)
    return start


def _users(state: State, request: Request, version: Record) -> Iterator[Record]:
    """Yield the jobs and models in progress that use the output of the version."""
    for kind in (INFERENCE_JOB, EXPORT_JOB):
        jobs = state.store.where(request, kind, "trainedModelArn", version.members["trainedModelArn"])
        for job in jobs.where(lambda job: rules.is_being_made(state.store, job)):
            if job.members.get("trainedModelVersionIdentifier") == version.members.get("versionIdentifier"):
                yield job
    for model in scopes.shared(state, request, TRAINED_MODEL):
        if model.context.get("start") == version.arn and rules.is_being_made(state.store, model):
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
