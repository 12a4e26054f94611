"""List operations as async iteration: one request per page, sent only when the page is needed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from operator import attrgetter
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

import attrs

from ._arguments import encode_arguments
from ._client import Client, Response, checked_client, request
from ._display import Items
from .errors import ResponseError

__all__ = ["Page", "Pages"]

_T = TypeVar("_T")

_HOW_TO_COLLECT = "for all items at once, write `await pages.collect()`"


@attrs.frozen(kw_only=True)
class Page(Generic[_T]):
    """The items that one request of a list returned."""

    __module__ = "cleanroomsml_client"

    items: tuple[_T, ...]
    """May be empty although more pages follow."""
    next_token: str | None = None
    """Pass it as `starting_token` to continue from here, also in another process. None: this is the last page."""


class Pages(Generic[_T]):
    """The result of a list function: `async for item in pages`, `await pages.collect()` or `await pages.find(...)`.

    List functions create it; user code does not. Every iteration starts from the beginning. A request is sent only when
    its page is needed: none before the first item, none after a `break`.
    """

    __module__ = "cleanroomsml_client"

    def __init__(
        self,
        client: Client,
        operation: str,
        item: type[_T],
        member: str,
        *,
        page_size: int | None,
        starting_token: str | None,
        **params: object,
    ) -> None:
        self._client = checked_client(client, operation)
        self._operation = operation
        self._item = item
        self._items = cast("type[tuple[_T, ...]]", GenericAlias(tuple, (item, ...)))
        self._member = member
        self._starting_token = starting_token
        self._params = {"max_results": page_size, **params}

    def __repr__(self) -> str:
        return f"<Pages of {self._item.__name__}>"

    async def __aiter__(self) -> AsyncIterator[_T]:
        """Yield every item, page after page."""
        async for page in self.pages():
            for item in page.items:
                yield item

    if not TYPE_CHECKING:
        # Hidden from type checkers, which would otherwise accept the code that these methods refuse.

        def __iter__(self) -> NoReturn:
            """Refuse a plain `for`."""
            raise TypeError(f"a list of {self._item.__name__} needs `async for`; {_HOW_TO_COLLECT}")

        def __await__(self) -> NoReturn:
            """Refuse a plain `await`."""
            raise TypeError(f"a list of {self._item.__name__} needs `async for`, not `await`; {_HOW_TO_COLLECT}")

    async def collect(self) -> list[_T]:
        """Request all pages and return their items.

        Returns:
            All items, in the order of the service. A list of any length is held in memory. Notebooks, IPython and rich
            show it as a table.

        Raises:
            CleanRoomsMLError: As for the iteration; see `pages`.
        """
        items: Items[_T] = Items()
        async for page in self.pages():
            items += page.items
        return items

    async def find(self, **members: object) -> _T | None:
        """Request all pages and return the newest item whose members equal these.

        AWS has no search, so every page is requested. Names need not be unique: of several items, the one with the
        latest `create_time` is returned.

        Args:
            **members: The members to compare and their values, such as `name="spring"`. Each must be a member of the
                summary class. Without any, the newest item of all is returned.

        Returns:
            The item, or None if there is none.

        Raises:
            TypeError: The items have no member of that name. No request is sent.
            CleanRoomsMLError: As for the iteration; see `pages`.
        """
        known = [field.name for field in attrs.fields(cast("Any", self._item))]
        if unknown := [name for name in members if name not in known]:
            raise TypeError(f"{self._item.__name__} has no member {unknown[0]!r}; its members are {', '.join(known)}")
        found = [item async for item in self if all(getattr(item, name) == value for name, value in members.items())]
        return max(found, key=attrgetter("create_time"), default=None)

    def pages(self) -> AsyncIterator[Page[_T]]:
        """Return an iterator over pages instead of items.

        Tasks may share one iteration: each page goes to one of them. After an error, the next step requests the same
        page again.

        Returns:
            An iterator over pages; an empty list is one page without items.

        Raises:
            ResponseError: By the iteration: the service returned the same page token twice, so the iteration would
                never end.
            CleanRoomsMLError: By the iteration; `cleanroomsml_client.errors` lists what every call may raise.
        """
        return _PageIterator(self._request, self._starting_token)

    async def _request(self, token: str | None) -> tuple[Response, Page[_T]]:
        wire = encode_arguments(self._operation, {"next_token": token, **self._params})
        return await request(self._client, self._operation, wire, self._read)

    def _read(self, response: Response) -> tuple[Response, Page[_T]]:
        items = response.read(self._items, self._member)
        next_token = response.read(str, "nextToken") if response.document.get("nextToken") is not None else None
        # An empty token counts as none: some services end their lists with one.
        return response, Page(items=items, next_token=next_token or None)


class _PageIterator(AsyncIterator[Page[_T]]):
    """One iteration. Not a generator: a caller that leaves the loop early would have to close it."""

    def __init__(
        self, request: Callable[[str | None], Awaitable[tuple[Response, Page[_T]]]], starting_token: str | None
    ) -> None:
        self._request = request
        self._token = starting_token
        self._used_tokens: set[str | None] = set()
        self._last: Response | None = None
        self._turn = asyncio.Lock()

    async def __anext__(self) -> Page[_T]:
        async with self._turn:
            last = self._last
            if last is not None and self._token is None:
                raise StopAsyncIteration
            if last is not None and self._token in self._used_tokens:
                problem = "the service repeats a page token"
                raise ResponseError(problem, last.operation, "$.nextToken", last.request_id, last.attempts)
            self._last, page = await self._request(self._token)
            self._used_tokens.add(self._token)
            self._token = page.next_token
            return page
