"""Tags, on whatever can be tagged."""

from ..record import Call
from ..service_model import Wire
from ..state import Handler, State


def _tag_resource(state: State, call: Call) -> dict[str, Wire]:
    state.tag(state.find(call, call.params["resourceArn"]), call.params["tags"])
    return {}


def _untag_resource(state: State, call: Call) -> dict[str, Wire]:
    resource = state.find(call, call.params["resourceArn"])
    resource.tags = {key: value for key, value in resource.tags.items() if key not in call.params["tagKeys"]}
    return {}


def _list_tags_for_resource(state: State, call: Call) -> dict[str, Wire]:
    return {"tags": state.find(call, call.params["resourceArn"]).tags}


HANDLERS: dict[str, Handler] = {
    "TagResource": _tag_resource,
    "UntagResource": _untag_resource,
    "ListTagsForResource": _list_tags_for_resource,
}
