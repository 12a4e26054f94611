"""Tags of all resources that can have them."""

from ..record import Request
from ..service_model import Wire
from ..state import Handler, State


def _tag_resource(state: State, request: Request) -> dict[str, Wire]:
    state.store.find(request, request.params["resourceArn"]).add_tags(request.params["tags"])
    return {}


def _untag_resource(state: State, request: Request) -> dict[str, Wire]:
    resource = state.store.find(request, request.params["resourceArn"])
    resource.tags = {key: value for key, value in resource.tags.items() if key not in request.params["tagKeys"]}
    return {}


def _list_tags_for_resource(state: State, request: Request) -> dict[str, Wire]:
    return {"tags": state.store.find(request, request.params["resourceArn"]).tags}


HANDLERS: dict[str, Handler] = {
    "TagResource": _tag_resource,
    "UntagResource": _untag_resource,
    "ListTagsForResource": _list_tags_for_resource,
}
