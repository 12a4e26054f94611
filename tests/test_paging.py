"""Pages of lists, requested lazily."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest
from aiobotocore.session import AioSession

import cleanroomsml_client
from cleanroomsml_client._client import Client
from cleanroomsml_client._connect import connect
from cleanroomsml_client._paging import Page
from cleanroomsml_client.errors import InternalServiceError, RequestError, ResponseError, ValidationError
from cleanroomsml_client.resources.audience_models import AudienceModelStatus, list_audience_models
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
    """Return the paths and queries of all requests."""
    return [request.target for request in server.requests]


async def test_items_of_all_pages_in_order() -> None:
    """Iteration yields every item of every page; each request has the token of the previous page."""
    async with serving(page("a", "b", token="t/1 +"), page("c", token="t2"), page("d")) as (server, client):
        assert [model.name async for model in list_audience_models(client, page_size=2)] == ["a", "b", "c", "d"]
        assert targets(server) == [
            "/audience-model?maxResults=2",
            "/audience-model?nextToken=t%2F1%20%2B&maxResults=2",
            "/audience-model?nextToken=t2&maxResults=2",
        ]


async def test_each_page_has_the_token_of_the_next() -> None:
    """A page has its items and the token of the next page; the last page has no token."""
    async with serving(page("a", token="t1"), page("b")) as (_, client):
        pages = [one async for one in list_audience_models(client).pages()]
        assert [([model.name for model in one.items], one.next_token) for one in pages] == [
            (["a"], "t1"),
            (["b"], None),
        ]
        assert isinstance(pages[0], Page)


async def test_a_page_is_requested_only_when_needed() -> None:
    """Creating pages sends nothing; the second page is requested after the last item of the first."""
    async with serving(page("a", "b", token="t1"), page("c")) as (server, client):
        models = aiter(list_audience_models(client))
        await asyncio.sleep(10)
        assert server.requests == []
        assert [(await anext(models)).name, (await anext(models)).name] == ["a", "b"]
        await asyncio.sleep(10)
        assert len(server.requests) == 1
        assert (await anext(models)).name == "c"
        assert len(server.requests) == 2


async def test_no_page_is_requested_after_a_break() -> None:
    """After a `break`, no further page is requested."""
    async with serving(page("a", token="t1"), page("b")) as (server, client):
        async for _ in list_audience_models(client):
            break
        await asyncio.sleep(10)
        assert len(server.requests) == 1


async def test_each_iteration_starts_at_the_first_page() -> None:
    """The same pages can be iterated twice."""
    async with serving(page("a", token="t1"), page("b"), page("a", token="t1"), page("b")) as (server, client):
        models = list_audience_models(client)
        assert [model.name async for model in models] == [model.name async for model in models] == ["a", "b"]
        assert targets(server) == ["/audience-model", "/audience-model?nextToken=t1"] * 2


async def test_an_empty_page_does_not_end_the_list() -> None:
    """A list ends only with a page without token."""
    async with serving(page("a", token="t1"), page(token="t2"), page("b")) as (_, client):
        assert [model.name async for model in list_audience_models(client)] == ["a", "b"]


async def test_an_empty_list_has_no_items() -> None:
    """A list without items ends after one request."""
    async with serving(page()) as (server, client):
        assert [model async for model in list_audience_models(client)] == []
        assert len(server.requests) == 1


async def test_an_empty_token_ends_the_list() -> None:
    """An empty token counts as no token."""
    async with serving(page("a", token="")) as (server, client):
        assert [one.next_token async for one in list_audience_models(client).pages()] == [None]
        assert len(server.requests) == 1


async def test_a_list_can_be_resumed() -> None:
    """`starting_token` continues where another process stopped."""
    async with serving(page("b", token="t2"), page("c")) as (server, client):
        assert [model.name async for model in list_audience_models(client, starting_token="t1")] == ["b", "c"]
        assert targets(server) == ["/audience-model?nextToken=t1", "/audience-model?nextToken=t2"]


@pytest.mark.parametrize(
    ("tokens", "starting_token"),
    [(["t1", "t1"], None), (["t1", "t2", "t1"], None), (["t0"], "t0")],
    ids=["the previous", "an earlier one", "the starting token"],
)
async def test_a_repeated_token_raises_instead_of_looping(tokens: list[str], starting_token: str | None) -> None:
    """The page with the repeated token is yielded; the next step raises an error, and nothing more is sent."""
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
async def test_a_token_that_is_not_a_string_is_an_error(token: object) -> None:
    """A token of another type raises an error; it is not sent, and the list does not just end."""
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
async def test_a_page_without_its_list_is_an_error(body: Any, path: str) -> None:
    """A missing or malformed list raises an error that names the place; it never reads as an empty list."""
    async with serving(response(200, body)) as (_, client):
        with pytest.raises(ResponseError) as caught:
            _ = [model async for model in list_audience_models(client)]
        assert caught.value.path == path


async def test_an_error_in_a_later_page_keeps_earlier_items() -> None:
    """Items of earlier pages are yielded; the error is that of the failing page, after its retries."""
    async with serving(page("a", token="t1"), error(500, "InternalServiceException")) as (server, client):
        models = aiter(list_audience_models(client))
        assert (await anext(models)).name == "a"
        with pytest.raises(InternalServiceError) as caught:
            await anext(models)
        assert caught.value.attempts == 5
        assert targets(server) == ["/audience-model", *["/audience-model?nextToken=t1"] * 5]


async def test_a_failing_page_is_retried() -> None:
    """A page that succeeds in its second attempt loses and repeats no item."""
    async with serving(page("a", token="t1"), error(503, "ServiceUnavailable"), page("b")) as (_, client):
        assert [model.name async for model in list_audience_models(client)] == ["a", "b"]


async def test_an_expired_token_is_a_validation_error() -> None:
    """A token that the service refuses raises a ValidationError."""
    async with serving(error(400, "ValidationException", "the token is not valid")) as (_, client):
        with pytest.raises(ValidationError):
            _ = [model async for model in list_audience_models(client, starting_token="stale")]


async def test_an_invalid_page_size_is_never_sent() -> None:
    """A page size of 0 raises a RequestError in the first step of the iteration."""
    async with serving(page()) as (server, client):
        with pytest.raises(RequestError):
            _ = [model async for model in list_audience_models(client, page_size=0)]
        assert server.requests == []


async def test_a_page_loop_can_be_cancelled() -> None:
    """A loop that is cancelled while it waits for a page leaves nothing behind, and the client still works."""
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


async def test_collect_returns_all_items() -> None:
    """`collect` returns the items of all pages, and requests each page once."""
    async with serving(page("a", "b", token="t1"), page("c")) as (server, client):
        models = await list_audience_models(client).collect()
        assert [model.name for model in models] == ["a", "b", "c"]
        assert len(server.requests) == 2


def created(name: str, arn: str, time: str, *, token: str | None = None, status: str = "ACTIVE") -> bytes:
    """A page with one audience model, created at this time."""
    model = {
        "audienceModelArn": arn,
        "name": name,
        "status": status,
        "trainingDatasetArn": "arn:dataset",
        "createTime": time,
        "updateTime": "2024-01-02T03:04:05Z",
    }
    return response(200, {"audienceModels": [model]} | ({} if token is None else {"nextToken": token}))


HISTORY = (
    created("spring", "arn:old", "2024-01-01T00:00:00Z", token="t1"),
    created("spring", "arn:new", "2024-03-01T00:00:00Z", token="t2", status="CREATE_FAILED"),
    created("summer", "arn:other", "2024-04-01T00:00:00Z", token="t3"),
    created("spring", "arn:middle", "2024-02-01T00:00:00Z"),
)


@pytest.mark.parametrize(
    ("members", "arn"),
    [
        ({"name": "spring"}, "arn:new"),
        ({"name": "spring", "status": AudienceModelStatus.ACTIVE}, "arn:middle"),
        ({"name": "spring", "status": "ACTIVE"}, "arn:middle"),
        ({"name": "spring", "description": None}, "arn:new"),
        ({}, "arn:other"),
        ({"name": "autumn"}, None),
    ],
    ids=str,
)
async def test_find_returns_the_newest_item_with_these_members(members: dict[str, object], arn: str | None) -> None:
    """`find` compares every member, and of several items returns the one that was created last."""
    async with serving(*HISTORY) as (server, client):
        found = await list_audience_models(client).find(**members)
        assert (found and found.audience_model_arn) == arn
        assert len(server.requests) == len(HISTORY)


async def test_find_refuses_an_unknown_member() -> None:
    """A member that the items do not have is a TypeError that lists those they have; nothing is sent."""
    async with serving(page("a")) as (server, client):
        with pytest.raises(TypeError) as caught:
            await list_audience_models(client).find(nmae="spring")
        assert str(caught.value) == (
            "AudienceModelSummary has no member 'nmae'; its members are audience_model_arn, name, status, "
            "training_dataset_arn, create_time, update_time, description"
        )
        assert server.requests == []


async def test_for_and_await_say_what_to_write() -> None:
    """A plain `for` and a plain `await` raise a TypeError with the correct line; nothing is sent."""
    async with serving(page("a")) as (server, client):
        models: Any = list_audience_models(client)
        with pytest.raises(TypeError) as caught:
            list(models)
        assert str(caught.value) == (
            "a list of AudienceModelSummary needs `async for`; for all items at once, write `await pages.collect()`"
        )
        with pytest.raises(TypeError) as caught:
            await models
        assert str(caught.value) == (
            "a list of AudienceModelSummary needs `async for`, not `await`; "
            "for all items at once, write `await pages.collect()`"
        )
        assert server.requests == []


def test_every_summary_has_a_create_time() -> None:
    """`find` can order the items of every list."""
    names = {name for name in dir(cleanroomsml_client) if name.endswith("Summary")}
    summaries = [getattr(cleanroomsml_client, name) for name in names]
    assert len(summaries) == 15
    assert all("create_time" in attrs.fields_dict(summary) for summary in summaries)


class FakeAws:
    """An aiobotocore client that is never called."""


def test_the_repr_of_pages_names_the_class_of_the_items() -> None:
    """The repr of pages shows the class of their items, and no argument."""
    pages = list_audience_models(Client(FakeAws()), starting_token="opaque")
    assert repr(pages) == "<Pages of AudienceModelSummary>"


async def test_tasks_can_share_an_iteration() -> None:
    """Each page goes to one of the tasks that wait for one, and no page is requested twice."""
    async with serving(page("a", token="t1"), page("b", token="t2"), page("c")) as (server, client):
        pages = aiter(list_audience_models(client).pages())
        shared = await asyncio.gather(anext(pages), anext(pages), anext(pages), anext(pages, None))
        assert [one and [model.name for model in one.items] for one in shared] == [["a"], ["b"], ["c"], None]
        assert len(server.requests) == 3


async def test_an_iteration_continues_after_an_error() -> None:
    """The failed page is requested again; no page is lost."""
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
