"""Calls from synchronous code: results, iterators, Ctrl-C, and use in the wrong place."""

import asyncio
import contextvars
import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from cleanroomsml_client import (
    NO_RETRY,
    AudienceModelStatus,
    Blocking,
    Client,
    Polling,
    RequestError,
    ResourceNotFoundError,
    RetryPolicy,
    TransportError,
    blocking,
    connect,
    get_audience_model,
    list_audience_models,
    to_dict,
    wait_for_audience_model,
    watch_audience_model,
)
from tests.support.blocking_server import BlockingServer, http_response
from tests.support.serving import ARN, MODEL

_SUMMARY = {name: MODEL[name] for name in MODEL if name != "tags"}
_ROOT = Path(__file__).parent.parent


def _respond(*bodies: dict[str, Any]) -> Any:
    """Return what serves these bodies, the last one again and again."""

    def serve(connection: socket, number: int) -> None:
        connection.sendall(http_response(bodies[min(number, len(bodies)) - 1]))

    return serve


@pytest.fixture
def server() -> Iterator[BlockingServer]:
    """A server of one audience model."""
    with BlockingServer(_respond(MODEL)) as serving:
        yield serving


def _blocking(server: BlockingServer, **arguments: Any) -> Blocking:
    return blocking(connect(endpoint_url=server.url, **arguments))


# --- results


def test_a_result(server: BlockingServer) -> None:
    """A call returns what the function returns, over one connection."""
    with _blocking(server) as call:
        assert call(get_audience_model, ARN).status is AudienceModelStatus.ACTIVE
        assert call(get_audience_model, audience_model_arn=ARN).name == "a"
        assert call(wait_for_audience_model, ARN, timeout=5).name == "a"
    assert (len(server.requests), server.connections) == (3, 1)


def test_an_error() -> None:
    """A call raises what the function raises, and further calls work."""
    body = {"message": "There is no such model."}
    headers = "x-amzn-ErrorType: ResourceNotFoundException\r\n"

    def serve(connection: socket, number: int) -> None:
        connection.sendall(http_response(body, 404, headers) if number == 1 else http_response(MODEL))

    with BlockingServer(serve) as failing, _blocking(failing) as call:
        with pytest.raises(ResourceNotFoundError, match=r"There is no such model\."):
            call(get_audience_model, ARN)
        assert call(get_audience_model, ARN).name == "a"


def test_a_list_is_an_iterator() -> None:
    """A list is iterated with `for`; each page is requested when it is needed."""
    pages: list[dict[str, Any]] = [
        {"audienceModels": [_SUMMARY, _SUMMARY], "nextToken": "2"},
        {"audienceModels": [_SUMMARY]},
    ]
    with BlockingServer(_respond(*pages)) as server, _blocking(server) as call:
        models = call(list_audience_models)
        assert server.requests == []
        assert next(models).name == "a"
        assert len(server.requests) == 1
        assert len(list(models)) == 2
        assert len(server.requests) == 2
        assert call(lambda client: list_audience_models(client).collect())[0].name == "a"


def test_a_watch_is_an_iterator() -> None:
    """A watch is iterated with `for`, and its error ends the loop."""
    with (
        BlockingServer(_respond({**MODEL, "status": "CREATE_PENDING"}, MODEL)) as server,
        _blocking(server) as call,
    ):
        changes = call(watch_audience_model, ARN, polling=Polling(initial=0.01))
        assert [each.status for each in changes] == ["CREATE_PENDING", "ACTIVE"]


def test_an_iterator_left_early_is_closed_at_once(server: BlockingServer) -> None:
    """`break` closes the async iterator before the next statement."""
    steps: list[str] = []

    async def numbers(_: Client) -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            steps.append("closed")

    with _blocking(server) as call:
        for number in call(numbers):
            steps.append(f"{number}")
            break
        steps.append("after the loop")
    assert steps == ["1", "closed", "after the loop"]


def test_an_iterator_that_outlives_its_block(server: BlockingServer) -> None:
    """The next step of an iterator after the block is a RequestError."""
    with _blocking(server) as call:
        changes = call(watch_audience_model, ARN)
    with pytest.raises(RequestError, match=r"^blocking\(\.\.\.\) is closed"):
        next(changes)


def test_context_variables_reach_the_call(server: BlockingServer) -> None:
    """A call sees the context variables of its caller, as a trace needs it."""
    variable = contextvars.ContextVar("variable", default="unset")

    async def read(_: Client) -> str:
        return variable.get()

    with _blocking(server) as call:
        variable.set("first")
        assert call(read) == "first"
        variable.set("second")
        assert call(read) == "second"


# --- opening and closing


def test_without_a_block(server: BlockingServer) -> None:
    """The first call opens the client; `close` closes it, and closing again does nothing."""
    call = _blocking(server)
    assert call(get_audience_model, ARN).name == "a"
    call.close()
    call.close()
    with pytest.raises(RequestError) as caught:
        call(get_audience_model, ARN)
    assert caught.value.message == "blocking(...) is closed; call it inside its `with` block, or open another one"
    assert len(server.requests) == 1


def test_closing_what_was_never_opened(server: BlockingServer) -> None:
    """`close` before the first call opens nothing."""
    call = _blocking(server)
    call.close()
    with pytest.raises(RequestError, match="is closed"), call:
        pass
    assert server.connections == 0


def test_a_client_that_cannot_be_opened() -> None:
    """What `connect` raises is raised by `with`, and leaves nothing open."""
    with pytest.raises(RequestError, match="unknown"), blocking(connect(profile_name="unknown")):
        pass
    gc.collect()


def test_opening_again_after_a_failure(server: BlockingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a block, a call opens the client that an earlier call could not open."""
    call = _blocking(server)
    monkeypatch.setenv("AWS_PROFILE", "unknown")
    with pytest.raises(RequestError, match="unknown"):
        call(get_audience_model, ARN)
    monkeypatch.delenv("AWS_PROFILE")
    assert call(get_audience_model, ARN).name == "a"
    call.close()


# --- use in the wrong place


def test_in_another_thread(server: BlockingServer) -> None:
    """A call in another thread than the first one is refused before it sends anything; so is `close`."""
    messages: list[str] = []

    def use(call: Blocking) -> None:
        for function in (lambda: call(get_audience_model, ARN), call.close):
            with pytest.raises(RequestError) as caught:
                function()
            messages.append(caught.value.message)

    with _blocking(server) as call:
        thread = threading.Thread(target=use, args=(call,))
        thread.start()
        thread.join()
        assert call(get_audience_model, ARN).name == "a"
    assert messages == ["blocking(...) belongs to another thread; open one in each thread"] * 2
    assert len(server.requests) == 1


def test_in_a_thread_of_its_own(server: BlockingServer) -> None:
    """Each thread may open one, not only the main thread."""
    names: list[str] = []

    def use() -> None:
        with _blocking(server) as call:
            names.append(call(get_audience_model, ARN).name)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["a", "a"]


async def test_in_a_running_loop(server: BlockingServer) -> None:
    """Inside an event loop, as in a notebook, opening and calling say what to write."""
    opened = _blocking(server)
    for use in (opened.__enter__, lambda: opened(get_audience_model, ARN)):
        with pytest.raises(RequestError) as caught:
            use()
        assert caught.value.message == (
            "an event loop is running in this thread, as in a notebook or an `async def`; "
            "write `async with connect(...) as client:` and `await function(client, ...)`"
        )
    assert server.connections == 0


def test_inside_one_of_its_own_calls(server: BlockingServer) -> None:
    """A call inside an async function that is being called is refused."""

    async def nested(_: Client) -> object:
        return call(get_audience_model, ARN)

    with _blocking(server) as call, pytest.raises(RequestError, match="an event loop is running in this thread"):
        call(nested)


@pytest.mark.parametrize("kind", ["None", "str", "Client"])
def test_what_is_no_connection(kind: str) -> None:
    """Anything but `connect(...)` is refused."""
    values: dict[str, Any] = {"None": None, "str": "us-east-1", "Client": Client(object())}
    with pytest.raises(RequestError) as caught:
        blocking(values[kind])
    assert caught.value.message == f"blocking takes connect(...), not {kind}; write `blocking(connect(...))`"


def test_a_function_that_is_not_async(server: BlockingServer) -> None:
    """A plain function is refused: it needs no event loop."""
    plain: Any = to_dict
    with _blocking(server) as call, pytest.raises(TypeError, match=r"^to_dict takes an instance"):
        call(plain)
    plain = type
    with _blocking(server) as call, pytest.raises(TypeError) as caught:
        call(plain)
    assert str(caught.value) == "an async function expected, such as get_audience_model, not one that returns type"


# --- interruptions


def test_ctrl_c_cancels_the_call_in_flight() -> None:
    """Ctrl-C raises KeyboardInterrupt in the call, closes its connection, and leaves `call` usable."""
    ended = threading.Event()

    def serve(connection: socket, number: int) -> None:
        if number == 1:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            connection.recv(1)  # returns when the client closes the connection
            ended.set()
        else:
            connection.sendall(http_response(MODEL))

    with BlockingServer(serve) as server, _blocking(server) as call:
        with pytest.raises(KeyboardInterrupt):
            call(get_audience_model, ARN)
        assert ended.wait(10)
        assert call(get_audience_model, ARN).name == "a"
        assert (len(server.requests), server.connections) == (2, 2)


def test_a_frozen_process() -> None:
    """A connection that was closed while the process was frozen is not used again: the next call opens another one."""

    def serve(connection: socket, number: int) -> bool:
        connection.sendall(http_response(MODEL))
        return number > 1  # the first connection ends after its response, while no event loop runs

    with BlockingServer(serve) as server, _blocking(server, retry=NO_RETRY) as call:
        call(get_audience_model, ARN)
        assert server.closed.wait(10)
        call(get_audience_model, ARN)
        assert (len(server.requests), server.connections) == (2, 2)


def test_a_service_that_is_gone() -> None:
    """After the service is gone, a call raises TransportError; its retries are those of the policy."""
    with BlockingServer(_respond(MODEL)) as server:
        call = _blocking(server, retry=RetryPolicy(max_attempts=2, max_delay=0))
        call(get_audience_model, ARN)
    with pytest.raises(TransportError) as caught:
        call(get_audience_model, ARN)
    assert caught.value.attempts == 2
    call.close()


_LAMBDA = """
from cleanroomsml_client import blocking, connect, get_audience_model

call = blocking(connect())


def handler(event, context):
    return call(get_audience_model, event["arn"]).name


if __name__ == "__main__":
    for _ in range(2):
        print(handler({"arn": ARN}, None))
"""


def test_opened_at_module_level(server: BlockingServer, tmp_path: Path) -> None:
    """As in AWS Lambda: opened in a module, used over invocations with one connection, no warning at the end."""
    program = tmp_path / "handler.py"
    program.write_text(_LAMBDA.replace("ARN", repr(ARN)))
    environment = {**os.environ, "AWS_ENDPOINT_URL": server.url, "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-W", "error", str(program)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "a\na\n", "")
    assert (len(server.requests), server.connections) == (2, 1)
