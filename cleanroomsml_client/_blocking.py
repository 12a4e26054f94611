"""`blocking`, which calls the async functions of this package from synchronous code."""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast, overload
from weakref import WeakSet

from ._client import Client
from ._connect import Connection
from ._models import kind_of
from ._paging import Pages
from .errors import RequestError

__all__ = ["Blocking", "blocking"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Blocking:
    """Calls async functions of this package and waits for them; `blocking` returns it.

    It belongs to the thread that uses it first. Ctrl-C cancels the call in flight; further calls work.
    """

    __module__ = "cleanroomsml_client"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._runner: asyncio.Runner | None = None
        self._client: Client | None = None
        self._thread: int | None = None
        self._is_closed = False

    @overload
    def __call__(
        self, function: Callable[Concatenate[Client, _P], Awaitable[_R]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> _R: ...
    @overload
    def __call__(
        self, function: Callable[Concatenate[Client, _P], AsyncIterable[_R]], /, *args: _P.args, **kwargs: _P.kwargs
    ) -> Iterator[_R]: ...
    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call an async function with the client as its first argument, and wait for it.

        Args:
            function: A function of this package, such as `get_audience_model`, or one of yours that takes a client.
            *args: Its further arguments.
            **kwargs: Its further arguments.

        Returns:
            The result. For a list or a `watch_` function: an iterator, which sends its requests as you go. Leaving
            the loop early closes it.

        Raises:
            RequestError: This is closed, belongs to another thread, or an event loop is running in this thread.
            TypeError: The function is not async.
            CleanRoomsMLError: As for the function.
        """
        result = function(self._open(), *args, **kwargs)
        # Pages first: they have an `__await__`, which refuses a plain `await`.
        if _is(Pages, result):
            return self._iterate_pages(result)
        if _is(AsyncIterable, result):
            return self._iterate(result)
        if not _is(Awaitable, result):
            raise TypeError(
                f"an async function expected, such as get_audience_model, not one that returns {kind_of(result)}"
            )
        return self._run(result)

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            if self._thread == threading.get_ident():
                self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the client and its event loop. Closing it again does nothing.

        Raises:
            RequestError: This belongs to another thread, or an event loop is running in this thread.
        """
        if self._runner is not None and not self._is_closed:
            self._check_thread()
            self._finish()
        self._is_closed = True

    def _open(self) -> Client:
        """Return the client; open it first if this is the first use."""
        self._check_thread()
        if self._is_closed:
            raise RequestError("blocking(...) is closed; call it inside its `with` block, or open another one")
        if self._client is None:
            self._thread = threading.get_ident()
            # With a factory, the runner leaves the thread's event loop as it is.
            self._runner = self._runner or asyncio.Runner(loop_factory=asyncio.new_event_loop)
            _unclosed.add(self)
            self._client = self._run(self._connection)
        return self._client

    def _check_thread(self) -> None:
        if self._thread not in {None, threading.get_ident()}:
            raise RequestError("blocking(...) belongs to another thread; open one in each thread")
        if _is_loop_running():
            raise RequestError(
                "an event loop is running in this thread, as in a notebook or an `async def`; "
                "write `async with connect(...) as client:` and `await function(client, ...)`"
            )

    def _run(self, awaitable: Awaitable[_R]) -> _R:
        async def wait() -> _R:
            return await awaitable

        runner = cast("asyncio.Runner", self._runner)
        # The caller's context, so that traces and the like continue in the call.
        return runner.run(wait(), context=copy_context())

    def _iterate(self, iterable: AsyncIterable[_R]) -> Iterator[_R]:
        iterator = aiter(iterable)
        try:
            while True:
                self._open()
                try:
                    yield self._run(anext(iterator))
                except StopAsyncIteration:
                    return
        finally:
            close = getattr(iterator, "aclose", None)
            # An iterator that is collected after the end, in another thread or in a loop, cannot be closed any more.
            is_usable = not self._is_closed and self._thread == threading.get_ident() and not _is_loop_running()
            if close is not None and is_usable:
                self._run(close())

    def _iterate_pages(self, pages: Pages[_R]) -> Iterator[_R]:
        for page in self._iterate(pages.pages()):
            yield from page.items

    def _finish(self) -> None:
        self._is_closed = True
        _unclosed.discard(self)
        runner = cast("asyncio.Runner", self._runner)
        try:
            self._run(self._connection.close())
        finally:
            runner.close()


def _is(type_: type[Any], value: object) -> bool:
    """Whether a value is an instance. Not a type guard: it would narrow Any to a type with unknown parameters."""
    return isinstance(value, type_)


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


_unclosed: WeakSet[Blocking] = WeakSet()


@atexit.register
def _close_at_exit() -> None:
    """Close what was opened without `with`, for example in a module of AWS Lambda."""
    for each in [*_unclosed]:
        # At exit, the runner cannot start the thread that would stop its other threads.
        with suppress(RuntimeError):
            each._finish()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def blocking(connection: Connection) -> Blocking:
    """Return what calls async functions of this package from synchronous code: `call(get_audience_model, arn)`.

    Use it in `with`, or, where it lives as long as the process, without: the first call opens the client, and the end
    of the process closes it.

    Args:
        connection: `connect(...)`, which must not be opened yet.

    Returns:
        A callable and context manager.

    Raises:
        RequestError: `connection` is not what `connect` returns.
    """
    if not isinstance(cast("object", connection), Connection):
        raise RequestError(f"blocking takes connect(...), not {kind_of(connection)}; write `blocking(connect(...))`")
    return Blocking(connection)
