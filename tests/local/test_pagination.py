import base64
from collections.abc import Callable

import pytest

from cleanroomsml_client.local import LocalService
from cleanroomsml_client.local.lifecycle import ResourceState
from cleanroomsml_client.local.record import Record
from cleanroomsml_client.local.store import Store
from tests.local.conftest import Boto


@pytest.fixture(autouse=True)
def five_datasets(service: LocalService) -> list[str]:
    """Add five datasets, named by number."""
    return [service.add_training_dataset(name=f"dataset-{number}") for number in range(5)]


async def page(boto: Boto, token: str | None = None, **options: object) -> tuple[str, str | None]:
    """Return the numbers of the datasets on a page, and the token of the next page."""
    if token is not None:
        options["nextToken"] = token
    response = await boto("list_training_datasets", **options)
    return "".join(dataset["name"][-1] for dataset in response["trainingDatasets"]), response.get("nextToken")


async def test_pages(boto: Boto) -> None:
    """Pages of any size have neither gaps nor overlaps, and the last one has no token."""
    names, token = await page(boto, maxResults=2)
    assert (names, token is None) == ("01", False)
    assert await page(boto, token) == ("234", None)
    names, second = await page(boto, token, maxResults=1)
    assert names == "2"
    assert await page(boto, second, maxResults=2) == ("34", None)
    assert await page(boto) == ("01234", None)


async def test_default_page_size(boto: Boto, service: LocalService) -> None:
    """A page has 100 items by default."""
    for _ in range(96):
        service.add_training_dataset()
    response = await boto("list_training_datasets")
    assert len(response["trainingDatasets"]) == 100
    rest = await boto("list_training_datasets", nextToken=response["nextToken"])
    assert len(rest["trainingDatasets"]) == 1


async def test_pages_of_a_changing_list(boto: Boto, service: LocalService, five_datasets: list[str]) -> None:
    """A page continues after the last item of the previous one, even if that was deleted; new items come last."""
    _, token = await page(boto, maxResults=2)
    for arn in five_datasets[:3]:
        await boto("delete_training_dataset", trainingDatasetArn=arn)
    service.add_training_dataset(name="dataset-9")
    assert await page(boto, token) == ("349", None)


def forge(token: str) -> str:
    """Return a token of the same length without a valid signature."""
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
    """A token that the service did not issue is refused."""
    _, token = await page(boto, maxResults=2)
    assert token is not None
    refused = await boto.refused("list_training_datasets", nextToken=tamper(token))
    assert refused == "ValidationException: The nextToken does not belong to this request."


async def test_tokens_of_other_requests(boto: Boto, connect_boto: Callable[..., Boto], service: LocalService) -> None:
    """A token is valid only for its operation, filters, account and region."""
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


@pytest.mark.parametrize("filters", [{}, {"membershipIdentifier": "own"}], ids=["account", "membership"])
async def test_a_page_visits_only_its_items(
    filters: dict[str, str], boto: Boto, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 300 resources, a page of ten visits eleven records, wherever it begins, and builds ten views."""
    if filters:
        association = service.add_configured_model_algorithm_association()
        filters = {"membershipIdentifier": association.split(":membership/")[1].split("/")[0]}
        for _ in range(300):
            service.add_ml_input_channel(membership_identifier=filters["membershipIdentifier"])
    else:
        for _ in range(300):
            service.add_training_dataset()
    visits: list[object] = []
    current_state = Store.current_state

    def count(store: Store, record: Record) -> ResourceState:
        visits.append(record)
        return current_state(store, record)

    operation = "list_ml_input_channels" if filters else "list_training_datasets"
    page = await boto(operation, maxResults=100, **filters)
    page = await boto(operation, maxResults=100, nextToken=page["nextToken"], **filters)
    monkeypatch.setattr(Store, "current_state", count)
    await boto(operation, maxResults=10, nextToken=page["nextToken"], **filters)
    assert len(visits) == 11
