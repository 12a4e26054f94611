"""ML input channels: the result of a query, kept for some days."""

import hashlib
from collections.abc import Iterator
from uuid import uuid4

from .. import scopes
from ..error_responses import access_denied, validation
from ..record import Call, Record
from ..service_model import Wire
from ..state import Handler, State

KIND = "ml-input-channel"
_SECONDS_A_DAY = 86_400.0
_RECORDS_A_FILE = 1_000_000
_BYTES_A_RECORD = 200


def _create_ml_input_channel(state: State, call: Call) -> dict[str, Wire]:
    scopes.membership(state, call)
    for association in call.params["configuredModelAlgorithmAssociations"]:
        scopes.find_shared(state, call, association)
    _check_query(call)
    for payer in call.params.get("payerConfiguration", {}).values():
        scopes.require_member(state, call, payer)
    query = {"protectedQueryIdentifier": str(uuid4())}
    channel = scopes.create(state, call, KIND, "mlInputChannelArn", defaults=query)
    channel.results = _size(channel)
    channel.after_deletion = "INACTIVE"
    channel.retention = channel.members["retentionInDays"] * _SECONDS_A_DAY
    state.begin(call, channel, "CREATE", "ACTIVE")
    return {"mlInputChannelArn": channel.arn}


def _get_ml_input_channel(state: State, call: Call) -> dict[str, Wire]:
    return state.view(scopes.find_own(state, call, call.params["mlInputChannelArn"]))


def _get_collaboration_ml_input_channel(state: State, call: Call) -> dict[str, Wire]:
    return state.view(scopes.find_shared(state, call, call.params["mlInputChannelArn"]))


def _list_ml_input_channels(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, scopes.own(state, call, KIND), "mlInputChannelsList")


def _list_collaboration_ml_input_channels(state: State, call: Call) -> dict[str, Wire]:
    return state.page(call, scopes.shared(state, call, KIND), "collaborationMLInputChannelsList")


def _delete_ml_input_channel_data(state: State, call: Call) -> None:
    channel = scopes.find_own(state, call, call.params["mlInputChannelArn"])
    state.require_data(channel)
    state.require_no_users(channel, _users(state, call, channel))
    state.begin(call, channel, "DELETE", "INACTIVE")


def _check_query(call: Call) -> None:
    channel = call.params["inputChannel"]
    sql = channel["dataSource"]["protectedQueryInputParameters"]["sqlParameters"]
    if ("queryString" in sql) == ("analysisTemplateArn" in sql):
        raise validation("The SQL parameters need one of queryString and analysisTemplateArn.")
    if channel["roleArn"].split(":")[4] != call.account:
        raise access_denied(call.account, "iam:PassRole", channel["roleArn"])


def _size(channel: Record) -> dict[str, Wire]:
    """Plausible figures that are always the same for one channel."""
    digest = hashlib.sha256(channel.arn.encode()).digest()
    records = 100_000 + int.from_bytes(digest[:3])
    return {
        "numberOfRecords": records,
        "numberOfFiles": float(-(-records // _RECORDS_A_FILE)),
        "sizeInGb": records * _BYTES_A_RECORD / 1e9,
    }


def _users(state: State, call: Call, channel: Record) -> Iterator[Record]:
    """What is being made from the channel's data."""
    for model in filter(state.is_moving, scopes.shared(state, call, "trained-model")):
        if any(data["mlInputChannelArn"] == channel.arn for data in model.members["dataChannels"]):
            yield model
    source = {"mlInputChannelArn": channel.arn}
    yield from filter(state.is_moving, state.having(call, "trained-model-inference-job", "dataSource", source))


HANDLERS: dict[str, Handler] = {
    "CreateMLInputChannel": _create_ml_input_channel,
    "GetMLInputChannel": _get_ml_input_channel,
    "GetCollaborationMLInputChannel": _get_collaboration_ml_input_channel,
    "ListMLInputChannels": _list_ml_input_channels,
    "ListCollaborationMLInputChannels": _list_collaboration_ml_input_channels,
    "DeleteMLInputChannelData": _delete_ml_input_channel_data,
}
