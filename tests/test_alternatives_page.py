"""docs/explanation/alternatives.md has the figures of the benchmark, and says what happens to a create."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiobotocore.session import AioSession

from cleanroomsml_client import create_audience_model
from cleanroomsml_client.local import LocalService, RawResponse, Reset

_ROOT = Path(__file__).parent.parent
_PAGE = "docs/explanation/alternatives.md"
_FIGURES = "benchmarks/speed.md"


def _rows(page: str) -> list[list[str]]:
    """Return the cells of the tables of a page."""
    text = (_ROOT / page).read_text(encoding="utf-8")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]


def _table(rows: list[list[str]], title: str) -> dict[str, dict[str, str]]:
    """Return, by row and column, the first table with this row."""
    header: list[str] = []
    for number, row in enumerate(rows):
        if not row[0]:
            header = row
        if row[0] == title:
            first = max(index for index in range(number) if rows[index] is header)
            end = next((index for index in range(first + 1, len(rows)) if not rows[index][0]), len(rows))
            return {each[0]: dict(zip(header, each, strict=True)) for each in rows[first + 2 : end]}
    raise AssertionError(f"no table has the row {title}")


def test_the_figures_are_those_of_the_benchmark() -> None:
    """Each figure of the page is the one that benchmarks/speed.md has for the same client and the same work."""
    page = _table(_rows(_PAGE), "import")
    calls = _table(_rows(_FIGURES), "CPU time of get_audience_model")
    starts = _table(_rows(_FIGURES), "boto3 in a thread")
    columns = {
        "CPU time from the start of the process to the first response": "cold start",
        "import": "import",
        "memory of a held summary": "a held summary",
    }
    for title, figures in page.items():
        for client, figure in figures.items():
            if client:
                measured = starts[client][columns[title]] if title in columns else calls[title][client]
                value, _, _ = measured.partition(" +")
                assert figure == (value or "not measured"), (title, client)
    assert len(page) > len(columns)


async def _create_with_ours(service: LocalService, dataset: str) -> None:
    async with service.connect() as client:
        await create_audience_model(client, name="a", training_dataset_arn=dataset)


async def _create_with_boto3(service: LocalService, dataset: str) -> None:
    boto: Any = boto3
    client: Any = boto.client("cleanroomsml", endpoint_url=service.endpoint_url)
    await asyncio.to_thread(client.create_audience_model, name="a", trainingDatasetArn=dataset)


async def _create_with_aiobotocore(service: LocalService, dataset: str) -> None:
    session: Any = AioSession()
    async with session.create_client("cleanroomsml", endpoint_url=service.endpoint_url) as client:
        await client.create_audience_model(name="a", trainingDatasetArn=dataset)


async def _create_with_capo(service: LocalService, dataset: str) -> None:
    capo: Any = pytest.importorskip("capo_cleanroomsml", reason="the group `bench` is not installed")
    async with capo.AsyncCleanRoomsMLClient(endpoint=service.endpoint_url) as client:
        await client.create_audience_model(name="a", training_dataset_arn=dataset)


@pytest.mark.parametrize(
    ("client", "create"),
    [
        ("cleanroomsml-client", _create_with_ours),
        ("boto3", _create_with_boto3),
        ("aiobotocore with stubs", _create_with_aiobotocore),
        ("capo-cleanroomsml", _create_with_capo),
    ],
)
@pytest.mark.parametrize(
    ("failure", "fault"),
    [
        ("a create whose connection breaks", Reset(after=True)),
        ("a create that gets a 5xx", RawResponse(status=503)),
    ],
)
async def test_what_happens_to_a_create(
    client: str,
    create: Callable[[LocalService, str], Awaitable[None]],
    failure: str,
    fault: Reset | RawResponse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says of each client whether it repeats a create, and whether that makes two models."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    async with LocalService() as service:
        dataset = service.add_training_dataset()
        service.inject(fault)
        with suppress(Exception):  # each client has its own
            await create(service, dataset)
        models = sum(each["kind"] == "audience-model" for each in service.resources())
        attempts = len(service.requests)
    said = _table(_rows(_PAGE), failure)[failure][client]
    assert (attempts > 1, models > 1) == (said.startswith("retried"), said == "retried: creates two")
