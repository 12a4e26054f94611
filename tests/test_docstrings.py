"""The docstrings of public functions, methods and constructors, compared with signatures and botocore's model."""

import builtins
import inspect
import re
from enum import Enum
from typing import Any

import attrs
import pytest

import cleanroomsml_client
from cleanroomsml_client import local
from cleanroomsml_client.errors import service_error_class
from cleanroomsml_client.local import Clock, LocalService
from cleanroomsml_client.testing import factories
from tests.parity.support.botocore_model import OPERATIONS, Operation
from tests.support.docstrings import documented_fields, parameters, read_docstring
from tests.support.public_names import PUBLIC_NAMES

_COMMON = {"AccessDeniedException", "InternalServiceException", "ThrottlingException", "ValidationException"}
_FUNCTIONS: dict[str, Any] = {
    name: value for name in PUBLIC_NAMES if inspect.isfunction(value := getattr(cleanroomsml_client, name))
}
_METHODS: dict[str, Any] = {
    f"{class_.__name__}.{name}": function
    for class_ in (
        cleanroomsml_client.Client,
        cleanroomsml_client.Pages,
        cleanroomsml_client.Response,
        Clock,
        LocalService,
    )
    for name, function in inspect.getmembers(class_, inspect.isfunction)
    if not name.startswith("_")
}
_CLASS_METHODS: dict[str, Any] = {
    f"{value.__name__}.{name}": method
    for value in (getattr(cleanroomsml_client, each) for each in PUBLIC_NAMES)
    if attrs.has(value)
    for name, method in inspect.getmembers(value, inspect.ismethod)
    if not name.startswith("_")
}
_DOCUMENTED = _FUNCTIONS | _METHODS | _CLASS_METHODS | {"make": factories.make}
_OFFERED = [
    *(getattr(cleanroomsml_client, name) for name in PUBLIC_NAMES),
    *(getattr(local, name) for name in local.__all__),
]
# `resources` has classes of data, whose fields need a docstring only if the name does not say it all. Only functions
# create a `Blocking`, `Connection` or `Pages`, a `FrozenDict` is created as a dict is, and a protocol is not created.
_NOT_CONSTRUCTED = (
    cleanroomsml_client.Blocking,
    cleanroomsml_client.Connection,
    cleanroomsml_client.FrozenDict,
    cleanroomsml_client.Pages,
)
_CONSTRUCTORS: dict[str, Any] = {
    value.__name__: value
    for value in _OFFERED
    if inspect.isclass(value)
    and not value.__module__.startswith("cleanroomsml_client.resources.")
    and not issubclass(value, (Enum, *_NOT_CONSTRUCTED))
    and value is not cleanroomsml_client.SequenceNotStr
}


@pytest.mark.parametrize("name", _DOCUMENTED)
def test_every_parameter_is_explained(name: str) -> None:
    """`Args:` explains the parameters of the signature, in their order, and no other."""
    function = _DOCUMENTED[name]
    assert read_docstring(function).names("Args") == parameters(function)


@pytest.mark.parametrize("name", _CONSTRUCTORS)
def test_every_parameter_of_a_constructor_is_explained(name: str) -> None:
    """`Args:` of the class explains all parameters in their order, or each has a docstring below its field."""
    class_ = _CONSTRUCTORS[name]
    expected = parameters(class_)
    if read_docstring(class_).names("Args") != expected:
        assert set(expected) <= documented_fields(class_)


@pytest.mark.parametrize("name", _DOCUMENTED)
def test_every_result_is_explained(name: str) -> None:
    """`Returns:` or `Yields:` is there exactly if something is returned."""
    function = _DOCUMENTED[name]
    sections = read_docstring(function).sections
    returns_nothing = inspect.signature(function, eval_str=True).return_annotation is None
    assert ("Returns" in sections or "Yields" in sections) is not returns_nothing


@pytest.mark.parametrize("name", _DOCUMENTED)
def test_the_summary_is_one_sentence_on_one_line(name: str) -> None:
    """The first line is a complete summary, and a blank line or the end follows."""
    doc = read_docstring(_DOCUMENTED[name])
    assert doc.summary.endswith(".")
    assert doc.text.splitlines()[1:2] in ([], [""])


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_declared_errors_are_listed(operation: Operation) -> None:
    """`Raises:` lists what botocore declares for this operation beyond the common errors, then the base class."""
    doc = read_docstring(_FUNCTIONS[operation.function])
    declared = [service_error_class(name).__name__ for name in operation.errors if name not in _COMMON]
    *specific, last = doc.names("Raises")
    assert sorted(specific) == sorted(declared)
    assert last == "CleanRoomsMLError"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_the_aws_operation_is_named(operation: Operation) -> None:
    """A paragraph of its own names the operation as AWS does."""
    assert f"AWS: {operation.name}." in read_docstring(_FUNCTIONS[operation.function]).text.splitlines()


@pytest.mark.parametrize("name", [name for name in _FUNCTIONS if name.startswith(("wait_for_", "watch_"))])
def test_waits_stand_alone(name: str) -> None:
    """A wait and a watch each explain their errors and name the operation that they poll."""
    doc = read_docstring(_FUNCTIONS[name])
    assert {"WaitFailedError", "WaitTimeoutError", "CleanRoomsMLError"} <= set(doc.names("Raises"))
    assert re.search(r"^AWS: (Get|List)\w+\.$", doc.text, re.MULTILINE)
    assert "as when waiting" not in doc.text


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_raised_names_exist(name: str) -> None:
    """Every name in `Raises:` is a public exception, or one of Python's."""
    for error in read_docstring(_FUNCTIONS[name]).names("Raises"):
        assert issubclass(getattr(cleanroomsml_client, error, None) or getattr(builtins, error), Exception)
