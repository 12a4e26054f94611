"""Pages of lists, requested lazily."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiobotocore.session import AioSession

from cleanroomsml_client._client import Client, connect
from cleanroomsml_client._paging import Page
from cleanroomsml_client.errors import InternalServiceError, RequestError, ResponseError, ValidationError
from cleanroomsml_client.resources.audience_models import list_audience_models
from tests.support.leaks import nothing_left_behind
from tests.support.wire import STALL, FaultServer, Script, error, response

pytestmark = pytest.mark.virtual_time

SESSION = AioSession()
"""Shared by all tests: it keeps the parsed service model, which takes long to load."""


def page(*names: str, token: object = None) -> bytes:
    """A response with audience models of these names."""
    models = [
        {
            "audienceModelArn": f"arn:{name}",
            "name": name,
            "status": "ACTIVE",
            "trainingDatasetArn": "arn:dataset",
            "createTime": "2024-01-02T03:04:05Z",
            "updateTime": "2024-01-02T03:04:05Z",
        }
        for name in names
    ]
    return response(200, {"audienceModels": models} | ({} if token is None else {"nextToken": token}))


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncGenerator[tuple[FaultServer, Client]]:
    """A server that plays these scripts, and a client of it."""
    async with (
        nothing_left_behind(),
        FaultServer(*scripts) as server,
        connect(endpoint_url=server.url, session=SESSION) as client,
    ):
        yield server, client


def targets(server: FaultServer) -> list[str]:
    """What was asked for."""
    return [request.target for request in server.requests]


async def test_items_of_all_pages_in_order() -> None:
    """Iteration yields every item of every page, and asks with the token of the page before."""
    async with serving(page("a", "b", token="t/1 +"), page("c", token="t2"), page("d")) as (server, client):
        assert [model.name async for model in list_audience_models(client, page_size=2)] == ["a", "b", "c", "d"]
        assert targets(server) == [
            "/audience-model?maxResults=2",
            "/audience-model?nextToken=t%2F1%20%2B&maxResults=2",
            "/audience-model?nextToken=t2&maxResults=2",
        ]


async def test_pages_tell_where_the_next_one_begins() -> None:
    """Whole pages bear their items and the token to go on from; the last one bears none."""
    async with serving(page("a", token="t1"), page("b")) as (_, client):
        pages = [one async for one in list_audience_models(client).pages()]
        assert [([model.name for model in one.items], one.next_token) for one in pages] == [
            (["a"], "t1"),
            (["b"], None),
        ]
        assert isinstance(pages[0], Page)


async def test_nothing_is_sent_before_it_is_needed() -> None:
    """Making pages sends nothing; the second page is asked for when the first is used up."""
    async with serving(page("a", "b", token="t1"), page("c")) as (server, client):
        models = aiter(list_audience_models(client))
        await asyncio.sleep(10)
        assert server.requests == []
        assert [(await anext(models)).name, (await anext(models)).name] == ["a", "b"]
        await asyncio.sleep(10)
        assert len(server.requests) == 1
        assert (await anext(models)).name == "c"
        assert len(server.requests) == 2


async def test_nothing_is_sent_after_a_break() -> None:
    """A loop that is left asks for no further page."""
    async with serving(page("a", token="t1"), page("b")) as (server, client):
        async for _ in list_audience_models(client):
            break
        await asyncio.sleep(10)
        assert len(server.requests) == 1


async def test_each_iteration_begins_anew() -> None:
    """The same pages can be iterated twice."""
    async with serving(page("a", token="t1"), page("b"), page("a", token="t1"), page("b")) as (server, client):
        models = list_audience_models(client)
        assert [model.name async for model in models] == [model.name async for model in models] == ["a", "b"]
        assert targets(server) == ["/audience-model", "/audience-model?nextToken=t1"] * 2


async def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    """Only a missing token ends a list."""
    async with serving(page("a", token="t1"), page(token="t2"), page("b")) as (_, client):
        assert [model.name async for model in list_audience_models(client)] == ["a", "b"]


async def test_an_empty_list_has_no_items() -> None:
    """A list without items ends at once."""
    async with serving(page()) as (server, client):
        assert [model async for model in list_audience_models(client)] == []
        assert len(server.requests) == 1


async def test_an_empty_token_is_no_token() -> None:
    """A list that ends with an empty token ends."""
    async with serving(page("a", token="")) as (server, client):
        assert [one.next_token async for one in list_audience_models(client).pages()] == [None]
        assert len(server.requests) == 1


async def test_a_list_can_be_resumed() -> None:
    """starting_token goes on where another process stopped."""
    async with serving(page("b", token="t2"), page("c")) as (server, client):
        assert [model.name async for model in list_audience_models(client, starting_token="t1")] == ["b", "c"]
        assert targets(server) == ["/audience-model?nextToken=t1", "/audience-model?nextToken=t2"]


@pytest.mark.parametrize(
    ("tokens", "starting_token"),
    [(["t1", "t1"], None), (["t1", "t2", "t1"], None), (["t0"], "t0")],
    ids=["at once", "in a circle", "the one begun with"],
)
async def test_a_repeated_token_raises_instead_of_looping(tokens: list[str], starting_token: str | None) -> None:
    """The page with the repeated token is still yielded; then comes the error, and nothing more is sent."""
    async with serving(*(page("a", token=token) for token in tokens)) as (server, client):
        models = aiter(list_audience_models(client, starting_token=starting_token))
        for _ in tokens:
            await anext(models)
        with pytest.raises(ResponseError, match="repeats a page token") as caught:
            await anext(models)
        assert len(server.requests) == len(tokens)
        assert caught.value.path == "$.nextToken"
        assert (caught.value.operation, caught.value.request_id) == ("ListAudienceModels", "request-1")


@pytest.mark.parametrize("token", [5, ["t1"], {"t": 1}, True], ids=repr)
async def test_a_token_that_is_no_text_is_an_error(token: object) -> None:
    """A token of another type is neither sent back nor taken for the end."""
    async with serving(page("a", token=token)) as (server, client):
        with pytest.raises(ResponseError) as caught:
            _ = [model async for model in list_audience_models(client)]
        assert caught.value.path == "$.nextToken"
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "$"),
        ({"nextToken": "t1"}, "$.audienceModels"),
        ({"audienceModels": None}, "$.audienceModels"),
        ({"audienceModels": {}}, "$.audienceModels"),
        ({"audienceModels": [{"name": "a"}]}, "$.audienceModels[0].audienceModelArn"),
        ({"audienceModels": ["a"]}, "$.audienceModels[0]"),
    ],
    ids=str,
)
async def test_a_page_without_its_items_is_no_empty_page(body: Any, path: str) -> None:
    """A list that is missing or malformed is an error that names the place, never an empty list."""
    async with serving(response(200, body)) as (_, client):
        with pytest.raises(ResponseError) as caught:
            _ = [model async for model in list_audience_models(client)]
        assert caught.value.path == path


async def test_an_error_mid_way_keeps_what_came_before() -> None:
    """Items before the page that failed were yielded; the error is that page's, after its own retries."""
    async with serving(page("a", token="t1"), error(500, "InternalServiceException")) as (server, client):
        models = aiter(list_audience_models(client))
        assert (await anext(models)).name == "a"
        with pytest.raises(InternalServiceError) as caught:
            await anext(models)
        assert caught.value.attempts == 5
        assert targets(server) == ["/audience-model", *["/audience-model?nextToken=t1"] * 5]


async def test_trouble_mid_way_is_retried_within_its_page() -> None:
    """A page that succeeds at its second attempt loses and repeats nothing."""
    async with serving(page("a", token="t1"), error(503, "ServiceUnavailable"), page("b")) as (_, client):
        assert [model.name async for model in list_audience_models(client)] == ["a", "b"]


async def test_an_expired_token_is_the_services_error() -> None:
    """A token that the service refuses is a ValidationError."""
    async with serving(error(400, "ValidationException", "the token is not valid")) as (_, client):
        with pytest.raises(ValidationError):
            _ = [model async for model in list_audience_models(client, starting_token="stale")]


async def test_a_page_size_that_botocore_refuses_is_never_sent() -> None:
    """A page size of 0 is a RequestError at the first step of the iteration."""
    async with serving(page()) as (server, client):
        with pytest.raises(RequestError):
            _ = [model async for model in list_audience_models(client, page_size=0)]
        assert server.requests == []


async def test_a_page_loop_can_be_cancelled() -> None:
    """Cancelled while it waits for a page, a loop leaves nothing behind and the client usable."""
    async with serving(page("a", token="t1"), (STALL,), page("b")) as (server, client):

        async def names() -> list[str]:
            return [model.name async for model in list_audience_models(client)]

        loop = asyncio.create_task(names())
        await asyncio.sleep(5)
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop
        assert len(server.requests) == 2
        assert await names() == ["b"]


class FakeAws:
    """An aiobotocore client that is never called."""


def test_the_repr_of_pages_names_the_class_of_the_items() -> None:
    """The repr of pages shows the class of their items, and no argument."""
    pages = list_audience_models(Client(FakeAws()), starting_token="opaque")
    assert repr(pages) == "<Pages of AudienceModelSummary>"


async def test_tasks_share_an_iteration() -> None:
    """Each page goes to one of those who ask at the same time, and none is asked for twice."""
    async with serving(page("a", token="t1"), page("b", token="t2"), page("c")) as (server, client):
        pages = aiter(list_audience_models(client).pages())
        shared = await asyncio.gather(anext(pages), anext(pages), anext(pages), anext(pages, None))
        assert [one and [model.name for model in one.items] for one in shared] == [["a"], ["b"], ["c"], None]
        assert len(server.requests) == 3


async def test_an_iteration_goes_on_after_an_error() -> None:
    """The page that failed is asked for again; none is lost."""
    async with serving(page("a", token="t1"), error(400, "ValidationException"), page("b")) as (server, client):
        pages = aiter(list_audience_models(client).pages())
        assert (await anext(pages)).next_token == "t1"
        with pytest.raises(ValidationError):
            await anext(pages)
        assert (await anext(pages)).items[0].name == "b"
        assert await anext(pages, None) is None
        assert targets(server) == [
            "/audience-model",
            "/audience-model?nextToken=t1",
            "/audience-model?nextToken=t1",
        ]


async def test_an_ended_iteration_stays_ended() -> None:
    """After the last page, an iteration yields nothing more and sends nothing."""
    async with serving(page("a")) as (server, client):
        pages = aiter(list_audience_models(client).pages())
        assert [one.next_token async for one in pages] == [None]
        assert [one async for one in pages] == []
        assert len(server.requests) == 1
