"""The functions that `_codec.py` generates, and their source in debuggers and tracebacks."""

import linecache
import traceback
from typing import Any

import attrs
import pytest

from cleanroomsml_client import StatusDetails
from cleanroomsml_client._codec import structure

_STATUS_DETAILS = """\
def read(document, _):
    if type(document) is not dict:
        raise TypeError
    get = document.get
    status_code_value = get('statusCode')
    if status_code_value is not None:
        if type(status_code_value) is not str:
            raise TypeError
    message_value = get('message')
    if message_value is not None:
        if type(message_value) is not str:
            raise TypeError
    instance = new(StatusDetails)
    set_status_code(instance, status_code_value)
    set_message(instance, message_value)
    return instance
"""


def test_the_generated_function_for_a_small_class() -> None:
    """The function reads each member, checks its type, and sets the slots of a new instance."""
    structure({}, StatusDetails)
    lines = linecache.getlines("<cleanroomsml_client: structure StatusDetails>")
    assert "".join(lines) == _STATUS_DETAILS


def test_a_traceback_shows_the_generated_line() -> None:
    """A traceback shows the name and the source line of a generated function."""

    def fail() -> tuple[str, ...]:
        raise MemoryError

    @attrs.frozen(kw_only=True)
    class Fragile:
        sizes: tuple[str, ...] = attrs.field(factory=fail)

    with pytest.raises(MemoryError) as caught:
        structure({}, Fragile)
    generated = [frame for frame in traceback.extract_tb(caught.tb) if frame.filename.startswith("<cleanroomsml")]
    assert [(frame.filename.rpartition(".")[2], frame.line) for frame in generated] == [
        ("Fragile>", "sizes_value = default_sizes()")
    ]


def test_generated_variables_do_not_clash() -> None:
    """Members with the names of variables in the generated function are read correctly."""

    @attrs.frozen(kw_only=True)
    class Clashing:
        type: str
        get: str
        document: str
        new: str
        instance: str | None = None

    members: dict[str, Any] = {"type": "a", "get": "b", "document": "c", "new": "d", "instance": "e"}
    assert attrs.asdict(structure(members, Clashing)) == members
