"""ML input channels: the result of a query, kept for a number of days."""

import hashlib
from collections.abc import Iterator
from uuid import uuid4

from .. import quotas, rules, scopes
from ..error_responses import validation
from ..record import Record, Request
from ..service_model import Wire
from ..state import Handler, State

KIND = "ml-input-channel"
_SECONDS_PER_DAY = 86_400.0
_RECORDS_PER_FILE = 1_000_000
_BYTES_PER_RECORD = 200


def _create_ml_input_channel(state: State, request: Request) -> dict[str, Wire]:
    scopes.querying_membership(state, request)
    for association in request.params["configuredModelAlgorithmAssociations"]:
        scopes.find_shared(state, request, association)
    _check_query(request)
    for payer in request.params.get("payerConfiguration", {}).values():
        scopes.require_member(state, request, payer)
    filled = scopes.own(state, request, KIND).where(lambda channel: rules.has_data(state.store, channel))
    rules.require_quota(request, quotas.CHANNELS, filled)
    query = {"protectedQueryIdentifier": str(uuid4())}
    channel = scopes.create(state, request, KIND, "mlInputChannelArn", defaults=query)
    channel.members["inputChannel"] = _with_format(request.params["inputChannel"])
    channel.results = _size(channel)
    channel.after_deletion = "INACTIVE"
    channel.retention = channel.members["retentionInDays"] * _SECONDS_PER_DAY
    state.start_transition(request, channel, "CREATE", "ACTIVE")
    return {"mlInputChannelArn": channel.arn}


def _get_ml_input_channel(state: State, request: Request) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, request, request.params["mlInputChannelArn"]))


def _get_collaboration_ml_input_channel(state: State, request: Request) -> dict[str, Wire]:
    return state.view(scopes.find_shared(state, request, request.params["mlInputChannelArn"]))


def _list_ml_input_channels(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, scopes.own(state, request, KIND), "mlInputChannelsList")


def _list_collaboration_ml_input_channels(state: State, request: Request) -> dict[str, Wire]:
    return state.page(request, scopes.shared(state, request, KIND), "collaborationMLInputChannelsList")


def _delete_ml_input_channel_data(state: State, request: Request) -> None:
    # Any member of the collaboration can delete the data.
    channel = scopes.find_shared(state, request, request.params["mlInputChannelArn"])
    rules.require_data(state.store, channel)
    rules.require_no_users(channel, _users(state, request, channel))
    state.start_transition(request, channel, "DELETE", "INACTIVE")


def _check_query(request: Request) -> None:
    channel = request.params["inputChannel"]
    sql = channel["dataSource"]["protectedQueryInputParameters"]["sqlParameters"]
    if ("queryString" in sql) == ("analysisTemplateArn" in sql):
        raise validation("The SQL parameters need one of queryString and analysisTemplateArn.")
    rules.require_own_role(request, channel["roleArn"])


def _with_format(channel: dict[str, Wire]) -> dict[str, Wire]:
    """Return an input channel with the format of its data, which has a default."""
    query = {"resultFormat": "CSV", **channel["dataSource"]["protectedQueryInputParameters"]}
    return {**channel, "dataSource": {"protectedQueryInputParameters": query}}


def _size(channel: Record) -> dict[str, Wire]:
    """Return plausible figures, always the same for one channel."""
    digest = hashlib.sha256(channel.arn.encode()).digest()
    records = 100_000 + int.from_bytes(digest[:3])
    return {
        "numberOfRecords": records,
        "numberOfFiles": float(-(-records // _RECORDS_PER_FILE)),
        "sizeInGb": records * _BYTES_PER_RECORD / 1e9,
    }


def _users(state: State, request: Request, channel: Record) -> Iterator[Record]:
    """Yield the models and jobs in progress that use the data of the channel."""
    for model in scopes.shared(state, request, "trained-model"):
        is_trained_on = any(data["mlInputChannelArn"] == channel.arn for data in model.members["dataChannels"])
        if is_trained_on and rules.is_being_made(state.store, model):
            yield model
    source = {"mlInputChannelArn": channel.arn}
    jobs = state.store.where(request, "trained-model-inference-job", "dataSource", source)
    yield from jobs.where(lambda job: rules.is_being_made(state.store, job))


HANDLERS: dict[str, Handler] = {
    "CreateMLInputChannel": _create_ml_input_channel,
    "GetMLInputChannel": _get_ml_input_channel,
    "GetCollaborationMLInputChannel": _get_collaboration_ml_input_channel,
    "ListMLInputChannels": _list_ml_input_channels,
    "ListCollaborationMLInputChannels": _list_collaboration_ml_input_channels,
    "DeleteMLInputChannelData": _delete_ml_input_channel_data,
}
