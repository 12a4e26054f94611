"""All operations of the API, each with the functions that belong to it. This module needs no Sphinx."""

import inspect
from collections.abc import Iterator

import attrs

import cleanroomsml_client
from docs._extensions.iam_actions import CALLERS

__all__ = ["Row", "rows"]

_RESULT = {
    "create": "wait_for_{}",
    "start": "wait_for_{}",
    "get": "wait_for_{}",
    "cancel": "wait_for_{}_cancelled",
    "delete": "wait_for_{}_deleted",
}
"""By verb, the name of the function that waits for what an operation starts."""

_PARTS = ("_data", "_output")
"""What is left out of the name of an operation to get that of its resource."""


@attrs.frozen
class Row:
    """An operation."""

    path: str
    """lookalike, custom, or common for both."""
    operation: str
    """AWS's name."""
    function: str
    wait: str | None
    """What waits until the result of the operation is ready, or the resource has been deleted or cancelled."""
    list: str | None
    """What lists the resources of this kind."""


def rows() -> Iterator[Row]:
    """Yield all operations, by page and then in the order of the source."""
    functions = {
        operation: function
        for operation, callers in CALLERS.items()
        for function in callers
        if not function.startswith(("wait_for_", "watch_"))
    }
    for operation, function in sorted(functions.items(), key=lambda item: _place(item[1])):
        verb, _, noun = function.partition("_")
        resource = noun
        for part in _PARTS:
            resource = resource.removesuffix(part)
        yield Row(
            _path(_place(function)[0].rpartition(".")[2]),
            operation,
            function,
            _existing(_RESULT.get(verb, "").format(noun)),
            None if verb == "list" else _existing(f"list_{resource}s", f"list_collaboration_{resource}s"),
        )


def _existing(*names: str) -> str | None:
    return next((name for name in names if hasattr(cleanroomsml_client, name)), None)


def _path(family: str) -> str:
    if family == "tags":
        return "common"
    return "lookalike" if "audience" in family or family == "training_datasets" else "custom"


def _place(function: str) -> tuple[str, int]:
    """Return where a function is defined: its module and the line."""
    value = inspect.unwrap(getattr(cleanroomsml_client, function))
    return value.__module__, inspect.getsourcelines(value)[1]
