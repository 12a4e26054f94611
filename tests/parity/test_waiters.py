import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, get_args, get_origin

import attrs
import pytest
from botocore.exceptions import ClientError

import cleanroomsml_client
from cleanroomsml_client import (
    NO_RETRY,
    AccessDeniedError,
    Client,
    Polling,
    ResourceNotFoundError,
    WaitFailedError,
)
from tests.parity.support.botocore_model import OPERATIONS, Operation, members
from tests.parity.support.expected_api import function_of
from tests.parity.support.sample_values import Generator
from tests.parity.support.wire_exchange import arguments
from tests.support.public_names import PUBLIC_NAMES

_PENDING, _SUCCESS, _FAILURE, _NOT_FOUND = "keep waiting", "success", "failure", "ResourceNotFoundError"
_DELETE = ("DELETE_PENDING", "DELETE_IN_PROGRESS", "DELETE_FAILED")
_CANCEL = ("CANCEL_PENDING", "CANCEL_IN_PROGRESS", "CANCEL_FAILED")
_UNKNOWN = "A_STATUS_OF_TOMORROW"
_NAME = "export job"


@attrs.frozen
class _Waiter:
    """How each status ends a wait; a status that is not listed does not end it."""

    subject: str
    operation: str
    success: tuple[str, ...]
    failure: tuple[str, ...]
    absent: str = _NOT_FOUND
    """How a wait ends if the resource does not exist."""
    found_by: tuple[str, ...] = ()
    """Further arguments, which are not part of the path."""

    def __str__(self) -> str:
        return self.subject


# botocore's model has no waiters. AWS describes how audience models and generation jobs are deleted; the rest follows
# from the names of the statuses.
_WAITERS = (
    _Waiter("audience_model", "GetAudienceModel", ("ACTIVE",), ("CREATE_FAILED", *_DELETE)),
    _Waiter("audience_model_deleted", "GetAudienceModel", (), ("CREATE_FAILED", "DELETE_FAILED"), _SUCCESS),
    _Waiter("audience_generation_job", "GetAudienceGenerationJob", ("ACTIVE",), ("CREATE_FAILED", *_DELETE)),
    _Waiter(
        "audience_generation_job_deleted", "GetAudienceGenerationJob", (), ("CREATE_FAILED", "DELETE_FAILED"), _SUCCESS
    ),
    _Waiter(
        "audience_export_job",
        "ListAudienceExportJobs",
        ("ACTIVE",),
        ("CREATE_FAILED",),
        _PENDING,
        ("an audience generation job", _NAME),
    ),
    _Waiter("ml_input_channel", "GetMLInputChannel", ("ACTIVE",), ("CREATE_FAILED", *_DELETE, "INACTIVE")),
    _Waiter(
        "collaboration_ml_input_channel",
        "GetCollaborationMLInputChannel",
        ("ACTIVE",),
        ("CREATE_FAILED", *_DELETE, "INACTIVE"),
    ),
    _Waiter(
        "ml_input_channel_data_deleted",
        "GetMLInputChannel",
        ("INACTIVE",),
        ("CREATE_FAILED", "DELETE_FAILED"),
        _SUCCESS,
    ),
    _Waiter("trained_model", "GetTrainedModel", ("ACTIVE",), ("CREATE_FAILED", *_CANCEL, *_DELETE, "INACTIVE")),
    _Waiter(
        "collaboration_trained_model",
        "GetCollaborationTrainedModel",
        ("ACTIVE",),
        ("CREATE_FAILED", *_CANCEL, *_DELETE, "INACTIVE"),
    ),
    _Waiter(
        "trained_model_cancelled",
        "GetTrainedModel",
        ("INACTIVE", "CREATE_FAILED"),
        ("CANCEL_FAILED", "ACTIVE", "DELETE_FAILED"),
    ),
    _Waiter(
        "trained_model_output_deleted",
        "GetTrainedModel",
        ("INACTIVE",),
        ("CREATE_FAILED", "CANCEL_FAILED", "DELETE_FAILED"),
        _SUCCESS,
    ),
    _Waiter(
        "trained_model_inference_job",
        "GetTrainedModelInferenceJob",
        ("ACTIVE",),
        ("CREATE_FAILED", *_CANCEL, "INACTIVE"),
    ),
    _Waiter(
        "trained_model_inference_job_cancelled",
        "GetTrainedModelInferenceJob",
        ("INACTIVE", "CREATE_FAILED"),
        ("CANCEL_FAILED", "ACTIVE"),
    ),
    _Waiter(
        "trained_model_export_job",
        "ListCollaborationTrainedModelExportJobs",
        ("ACTIVE",),
        ("CREATE_FAILED",),
        _PENDING,
        (_NAME,),
    ),
)

_OPERATIONS = {operation.name: operation for operation in OPERATIONS}

every_waiter = pytest.mark.parametrize("waiter", _WAITERS, ids=str)
watch_and_wait = pytest.mark.parametrize("prefix", ["wait_for_", "watch_"])


def _function(name: str) -> Callable[..., Any]:
    assert name in PUBLIC_NAMES, f"there is no public function {name}"
    function: Callable[..., Any] = getattr(cleanroomsml_client, name)
    return function


def _status_of(operation: Operation) -> Any:  # a botocore shape
    """Return the enum of the status in the response of an operation."""
    resource = operation.output if operation.paginator is None else operation.items.shape.member
    return next(member.shape for member in members(resource) if member.wire == "status")


class _FakeAws:
    """An aiobotocore client that returns these responses in order, for any operation."""

    def __init__(self, *responses: dict[str, Any] | ClientError) -> None:
        self._responses = iter(responses)

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[dict[str, Any]]]:
        async def respond(**_: object) -> dict[str, Any]:
            following = next(self._responses)
            if isinstance(following, dict):
                return following | {"ResponseMetadata": {"HTTPStatusCode": 200}}
            raise following

        return respond


def _refusal(waiter: _Waiter, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, waiter.operation)


def _responses(waiter: _Waiter, name: str) -> dict[str, dict[str, Any]]:
    """Return a response for each status, known or not."""
    operation = _OPERATIONS[waiter.operation]
    responses: dict[str, dict[str, Any]] = {}
    for status in (*_status_of(operation).enum, _UNKNOWN):
        document = Generator(is_full=False).values(members(operation.output), operation.name)
        resource = document if operation.paginator is None else document[operation.items.wire][0]
        resource |= {"name": name, "status": status}
        responses[status] = document
    return responses


async def _end(waiter: _Waiter, prefix: str, first: dict[str, Any] | ClientError) -> str:
    """Return how a wait ends whose first poll gets this response; the second poll ends it with AccessDeniedError."""
    operation = _OPERATIONS[waiter.operation]
    required = [parameter for parameter in operation.parameters if parameter.is_required]
    positional, _ = arguments(operation, Generator(is_full=False).values(required, operation.name))
    client = Client(_FakeAws(first, _refusal(waiter, "AccessDeniedException")), NO_RETRY)
    polling = Polling(initial=0.001, maximum=0.001)
    result = _function(prefix + waiter.subject)(client, *positional, *waiter.found_by, polling=polling)
    try:
        if prefix == "watch_":
            async for _ in result:
                pass
        else:
            await result
    except WaitFailedError:
        return _FAILURE
    except ResourceNotFoundError:
        return _NOT_FOUND
    except AccessDeniedError:
        return _PENDING
    return _SUCCESS


@watch_and_wait
@every_waiter
async def test_each_status_ends_a_wait_as_in_the_table(waiter: _Waiter, prefix: str) -> None:
    """A wait succeeds, fails or continues for each status as the table says."""
    ends = {status: await _end(waiter, prefix, first) for status, first in _responses(waiter, _NAME).items()}
    expected = dict.fromkeys(ends, _PENDING)
    expected |= dict.fromkeys(waiter.success, _SUCCESS) | dict.fromkeys(waiter.failure, _FAILURE)
    differing = [
        f"{status}: {ends.get(status)}, not {end}" for status, end in expected.items() if ends.get(status) != end
    ]
    assert not differing, f"{prefix}{waiter.subject}: " + "; ".join(differing)


@watch_and_wait
@every_waiter
async def test_a_missing_resource_ends_a_wait_as_in_the_table(waiter: _Waiter, prefix: str) -> None:
    """A missing resource is an error or the goal of a deletion; a job that is found by its name may still appear."""
    if _OPERATIONS[waiter.operation].paginator is None:
        end = await _end(waiter, prefix, _refusal(waiter, "ResourceNotFoundException"))
    else:
        end = await _end(waiter, prefix, _responses(waiter, "another export job")["ACTIVE"])
    assert end == waiter.absent


@pytest.mark.parametrize("name", [name for name in PUBLIC_NAMES if name.startswith(("wait_for_", "watch_"))])
def test_every_waiter_is_in_the_table(name: str) -> None:
    """Each public function that waits is in the table."""
    assert name.removeprefix("wait_for_").removeprefix("watch_") in {waiter.subject for waiter in _WAITERS}


@watch_and_wait
@pytest.mark.parametrize("waiter", [waiter for waiter in _WAITERS if waiter.operation.startswith("Get")], ids=str)
def test_a_wait_has_the_parameters_of_get(waiter: _Waiter, prefix: str) -> None:
    """A wait has the parameters of the get function, and `polling`, `timeout` and `on_change` as keywords."""
    get = inspect.signature(function_of(_OPERATIONS[waiter.operation])).parameters
    waits = dict(inspect.signature(_function(prefix + waiter.subject)).parameters)
    own = [waits.pop(name) for name in ("polling", "timeout", "on_change") if name in waits]
    assert waits == dict(get)
    assert [parameter.name for parameter in own] == ["polling", "timeout", "on_change"][
        : 3 if prefix == "wait_for_" else 2
    ]
    assert {parameter.kind for parameter in own} == {inspect.Parameter.KEYWORD_ONLY}


@every_waiter
def test_a_wait_returns_the_resource(waiter: _Waiter) -> None:
    """A wait returns the resource that its watch yields, or None if the resource may be deleted by then."""
    operation = _OPERATIONS[waiter.operation]
    watched = inspect.signature(_function(f"watch_{waiter.subject}")).return_annotation
    returned = inspect.signature(_function(f"wait_for_{waiter.subject}")).return_annotation
    got = inspect.signature(function_of(operation)).return_annotation
    resource = got if operation.paginator is None else got.__args__[0]
    assert get_origin(watched) is AsyncIterator
    assert get_args(watched) == (resource,)
    assert returned == (None if waiter.absent == _SUCCESS else resource)
