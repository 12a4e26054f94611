import base64
from collections.abc import Callable

import pytest

from cleanroomsml_client.local import LocalService
from tests.local.conftest import Boto


@pytest.fixture(autouse=True)
def five(service: LocalService) -> list[str]:
    """Five datasets, named by number."""
    return [service.add_training_dataset(name=f"dataset-{number}") for number in range(5)]


async def page(boto: Boto, token: str | None = None, **options: object) -> tuple[str, str | None]:
    """The numbers of the datasets on a page, and the token of the next."""
    if token is not None:
        options["nextToken"] = token
    response = await boto("list_training_datasets", **options)
    return "".join(dataset["name"][-1] for dataset in response["trainingDatasets"]), response.get("nextToken")


async def test_pages(boto: Boto) -> None:
    """Pages follow each other without gap or overlap, in any sizes, and the last has no token."""
    names, token = await page(boto, maxResults=2)
    assert (names, token is None) == ("01", False)
    assert await page(boto, token) == ("234", None)
    names, second = await page(boto, token, maxResults=1)
    assert names == "2"
    assert await page(boto, second, maxResults=2) == ("34", None)
    assert await page(boto) == ("01234", None)


async def test_hundred_by_default(boto: Boto, service: LocalService) -> None:
    """A page has 100 items by default."""
    for _ in range(96):
        service.add_training_dataset()
    response = await boto("list_training_datasets")
    assert len(response["trainingDatasets"]) == 100
    rest = await boto("list_training_datasets", nextToken=response["nextToken"])
    assert len(rest["trainingDatasets"]) == 1


async def test_items_come_and_go(boto: Boto, service: LocalService, five: list[str]) -> None:
    """A page goes on after the last item given, even if that is gone; new items come last."""
    _, token = await page(boto, maxResults=2)
    for arn in five[:3]:
        await boto("delete_training_dataset", trainingDatasetArn=arn)
    service.add_training_dataset(name="dataset-9")
    assert await page(boto, token) == ("349", None)


def forge(token: str) -> str:
    """A token of the right length without a seal."""
    return base64.urlsafe_b64encode(bytes(len(base64.urlsafe_b64decode(token)))).decode()


TAMPERINGS: list[Callable[[str], str]] = [
    lambda _: "nonsense",
    lambda _: "ż",
    lambda token: token[:-4],
    lambda token: token[4:],
    lambda token: token + "AAAA",
    forge,
]


@pytest.mark.parametrize("tamper", TAMPERINGS)
async def test_tampered_tokens(boto: Boto, tamper: Callable[[str], str]) -> None:
    """A token that this list did not give out is refused."""
    _, token = await page(boto, maxResults=2)
    assert token is not None
    refused = await boto.refused("list_training_datasets", nextToken=tamper(token))
    assert refused == "ValidationException: The nextToken does not belong to this request."


async def test_foreign_tokens(boto: Boto, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A token fits only its own operation, filters, account and region."""
    jobs = [service.add_audience_generation_job() for _ in range(2)]
    other = (await boto("get_audience_generation_job", audienceGenerationJobArn=jobs[1]))["configuredAudienceModelArn"]
    token = (await boto("list_audience_generation_jobs", maxResults=1))["nextToken"]
    refused = "ValidationException: The nextToken does not belong to this request."
    jobs_operation = "list_audience_generation_jobs"
    assert await boto.refused("list_training_datasets", nextToken=token) == refused
    assert await boto.refused(jobs_operation, nextToken=token, configuredAudienceModelArn=other) == refused
    assert await connect_boto("444455556666").refused(jobs_operation, nextToken=token) == refused
    assert await connect_boto(region_name="eu-west-1").refused(jobs_operation, nextToken=token) == refused
    assert len((await boto(jobs_operation, nextToken=token))["audienceGenerationJobs"]) == 1
