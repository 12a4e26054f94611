"""docs/how-to/troubleshooting.md is about messages that exist: each one is provoked here.

A heading of the page has one or more messages in code font, with `...` for any text. A case provokes the failure and
checks that what Python shows of it, notes and causes included, contains them.
"""

import asyncio
import gc
import re
import ssl
import warnings
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, cast

import attrs
import pytest
import trustme

from cleanroomsml_client import (
    NO_RETRY,
    AudienceGenerationJobDataSource,
    CleanRoomsMLError,
    Client,
    Pacing,
    RetryPolicy,
    blocking,
    connect,
    create_audience_model,
    delete_audience_model,
    delete_training_dataset,
    get_audience_model,
    start_audience_generation_job,
    untag_resource,
    wait_for_audience_model,
    wait_for_trained_model_cancelled,
)
from cleanroomsml_client.local import Delay, ErrorResponse, LocalService, RawResponse
from tests.support.wire import FaultServer, refused_port, response

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs/how-to/troubleshooting.md").read_text(encoding="utf-8")
_ARN = "arn:aws:cleanrooms-ml:us-east-1:111122223333:audience-model/a"
_DATASET = "arn:aws:cleanrooms-ml:us-east-1:111122223333:training-dataset/a"
_TIMES: dict[str, Any] = {
    "training_data_start_time": datetime(2026, 1, 1),  # noqa: DTZ001  # the mistake
}


@attrs.frozen
class Scene:
    """What a case has."""

    service: LocalService
    client: Client
    """A client of the service, without retries."""
    monkeypatch: pytest.MonkeyPatch

    def on_service(self) -> None:
        """Let plain `connect()` connect to the service."""
        self.monkeypatch.setenv("AWS_ENDPOINT_URL_CLEANROOMSML", self.service.endpoint_url)

    def refuse(self, code: str, message: str, status: int) -> Awaitable[object]:
        """Return a call that the service refuses with this code, which it cannot have a reason for."""
        self.service.inject(ErrorResponse(code, message, status))
        return get_audience_model(self.client, _ARN)


_Case = Callable[[Scene], Awaitable[object]]
_CASES: dict[str, _Case] = {}


def _provokes(heading: str) -> Callable[[_Case], _Case]:
    def add(case: _Case) -> _Case:
        assert heading not in _CASES
        _CASES[heading] = case
        return case

    return add


# --- before the call


@_provokes("`no region is configured`, `You must specify a region`")
async def _(scene: Scene) -> None:
    scene.monkeypatch.delenv("AWS_DEFAULT_REGION")
    async with connect():
        pass


@_provokes("`an ARN of kind ... expected`")
async def _(scene: Scene) -> None:
    await get_audience_model(scene.client, _DATASET)


@_provokes("`a sequence of ... expected, not str`")
async def _(scene: Scene) -> None:
    key: Any = "team"
    await untag_resource(scene.client, _ARN, tag_keys=key)


@_provokes("`expected, not datetime without a time zone`")
async def _(scene: Scene) -> None:
    await create_audience_model(scene.client, name="a", training_dataset_arn=_DATASET, **_TIMES)


@_provokes("`has several versions; pass version_identifier`")
async def _(scene: Scene) -> None:
    model = scene.service.add_trained_model()
    membership = model.split("/")[1]
    channels = [{"trainedModelArn": model, "channelName": "model"}]
    scene.service.add_trained_model(membership_identifier=membership, incremental_training_data_channels=channels)
    await wait_for_trained_model_cancelled(scene.client, membership, model)


# --- credentials


@_provokes("`no credentials: none are configured`, `Unable to locate credentials`")
async def _(scene: Scene) -> None:
    scene.on_service()
    scene.monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    scene.monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    async with connect() as client:
        await get_audience_model(client, _ARN)


@_provokes("`The config profile (...) could not be found`")
async def _(_: Scene) -> None:
    async with connect(profile_name="ads"):
        pass


@_provokes("`ExpiredTokenException`")
async def _(scene: Scene) -> None:
    await scene.refuse("ExpiredTokenException", "The security token included in the request is expired", 403)


@_provokes("`UnrecognizedClientException`")
async def _(scene: Scene) -> None:
    await scene.refuse("UnrecognizedClientException", "The security token included in the request is invalid.", 403)


# --- refused by the service


@_provokes("`AccessDeniedException`")
async def _(scene: Scene) -> None:
    arn = scene.service.add_audience_model()
    async with scene.service.connect(account_id="444455556666") as other:
        await get_audience_model(other, arn)


@_provokes("`is not authorized to perform... iam:PassRole`")
async def _(scene: Scene) -> None:
    await start_audience_generation_job(
        scene.client,
        name="a",
        configured_audience_model_arn=scene.service.add_configured_audience_model(),
        seed_audience=AudienceGenerationJobDataSource.from_s3(
            "s3://brand/good-customers.jsonl", role_arn="arn:aws:iam::444455556666:role/seed"
        ),
    )


@_provokes("`in the region ..., but the client in ...`")
async def _(scene: Scene) -> None:
    await get_audience_model(scene.client, _ARN.replace("us-east-1", "eu-west-1"))


@_provokes("`ThrottlingException ...: Rate exceeded`")
async def _(_: Scene) -> None:
    async with LocalService(rate_limit=1) as service, service.connect(retry=NO_RETRY) as client:
        arn = service.add_audience_model()
        async with asyncio.TaskGroup() as group:
            for _each in range(2):
                group.create_task(get_audience_model(client, arn))


@_provokes("`ServiceQuotaExceededException`, `Pending/in progress audience models`")
async def _(scene: Scene) -> None:
    dataset = scene.service.add_training_dataset()
    for name in ("a", "b", "c"):
        await create_audience_model(scene.client, name=name, training_dataset_arn=dataset)


@_provokes("`ConflictException`")
async def _(scene: Scene) -> None:
    arn = scene.service.add_audience_model(status="CREATE_IN_PROGRESS")
    await delete_audience_model(scene.client, arn)


@_provokes("`is still in use by`")
async def _(scene: Scene) -> None:
    dataset = scene.service.add_training_dataset()
    scene.service.add_audience_model(training_dataset_arn=dataset)
    await delete_training_dataset(scene.client, dataset)


# --- waits and timeouts


@_provokes("`is CREATE_FAILED: ...`")
async def _(scene: Scene) -> None:
    dataset = scene.service.add_training_dataset()
    scene.service.fail_next("create_audience_model")
    arn = await create_audience_model(scene.client, name="a", training_dataset_arn=dataset)
    scene.service.clock.advance(24 * 3600)
    await wait_for_audience_model(scene.client, arn)


@_provokes("`is still CREATE_IN_PROGRESS after ... s`")
async def _(scene: Scene) -> None:
    arn = scene.service.add_audience_model(status="CREATE_IN_PROGRESS")
    await wait_for_audience_model(scene.client, arn, timeout=0)


@_provokes("`no success within ... s (0 attempts; queued for ... s behind other calls`")
async def _(scene: Scene) -> None:
    arn = scene.service.add_audience_model()
    scene.service.inject(Delay(60))
    patient = attrs.evolve(scene.client, pacing=Pacing(window=1))
    first = asyncio.create_task(get_audience_model(patient, arn))
    await asyncio.sleep(0)
    try:
        await get_audience_model(attrs.evolve(patient, retry=RetryPolicy(timeout=0.1)), arn)
    finally:
        first.cancel()


# --- clients and event loops


@_provokes("``connect(...) needs `async with`, not `with` ``")
async def _(_: Scene) -> None:
    connection: Any = connect()
    with connection:
        pass


@_provokes("`connect(...) was passed without being entered`")
async def _(_: Scene) -> None:
    client: Any = connect()
    await get_audience_model(client, _ARN)


@_provokes("`'Client' object has no attribute '...'; write`")
async def _(scene: Scene) -> None:
    client: Any = scene.client
    await client.get_audience_model(audienceModelArn=_ARN)


@_provokes("`the client is closed`")
async def _(scene: Scene) -> None:
    async with scene.service.connect() as client:
        pass
    await get_audience_model(client, _ARN)


@_provokes("`a client of cleanroomsml_client was never closed`")
async def _(_: Scene) -> None:
    async def open_only() -> None:
        await connect()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # The end of the thread's event loop cleans up all but what the program should have closed.
        await asyncio.to_thread(asyncio.run, open_only())
        gc.collect()
    (warning,) = caught
    assert isinstance(warning.message, ResourceWarning)
    raise warning.message


@_provokes("`an event loop is running in this thread`")
async def _(_: Scene) -> None:
    blocking(connect())(get_audience_model, _ARN)


@_provokes("`the client belongs to another event loop`")
async def _(scene: Scene) -> None:
    arn = scene.service.add_audience_model()
    await get_audience_model(scene.client, arn)

    async def get() -> None:
        await get_audience_model(scene.client, arn)

    await asyncio.to_thread(asyncio.run, get())


# --- network


@_provokes("`Could not connect to the endpoint URL`")
async def _(_: Scene) -> None:
    with refused_port() as port:
        async with connect(endpoint_url=f"http://127.0.0.1:{port}", retry=NO_RETRY) as client:
            await get_audience_model(client, _ARN)


@_provokes("`CERTIFICATE_VERIFY_FAILED`")
async def _(_: Scene) -> None:
    certificate: Any = trustme.CA().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    async with FaultServer(response(200, {}), tls=context) as server, connect(endpoint_url=server.url) as client:
        await get_audience_model(client, _ARN)


@_provokes("`the body is truncated`, `the body is not JSON but HTML`")
async def _(scene: Scene) -> None:
    problems: list[Exception] = []
    for body in ('{"audienceModelArn": "arn:aws', "<html>Please log in.</html>"):
        scene.service.inject(RawResponse(body=body))
        try:
            await get_audience_model(scene.client, _ARN)
        except CleanRoomsMLError as error:
            problems.append(error)
    raise ExceptionGroup("both", problems)


@_provokes("`an event hook failed`")
async def _(scene: Scene) -> None:
    def hook(**_: object) -> NoReturn:
        raise ValueError("a mistake in the hook")

    scene.client.aws.meta.events.register("before-sign.cleanroomsml", hook)
    await get_audience_model(scene.client, _ARN)


# --- the page


def _entries() -> dict[str, str]:
    """Return the text below each heading that is a message."""
    parts = re.split(r"^### (.*)$", _PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _messages(heading: str) -> list[str]:
    """Return the messages in a heading: what is in code font."""
    return [text.strip() for _, text in re.findall(r"(`+)(.+?)\1(?!`)", heading)]


def _texts(error: BaseException) -> Iterator[str]:
    """Yield what a traceback shows of an exception besides lines of code: texts, notes, causes, members of a group."""
    yield str(error)
    yield from getattr(error, "__notes__", ())
    links: list[BaseException | None] = [error.__cause__]
    if isinstance(error, BaseExceptionGroup):
        links += cast("BaseExceptionGroup[BaseException]", error).exceptions
    for link in links:
        if link is not None:
            yield from _texts(link)


def test_each_entry_has_a_case() -> None:
    """Each message of the page is provoked, in the order of the page, and each case is on the page."""
    assert list(_entries()) == list(_CASES)


@pytest.mark.parametrize("heading", _CASES)
async def test_the_message_is_what_the_heading_says(heading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python shows of the failure contains each message of the heading."""
    async with LocalService() as service, service.connect(retry=NO_RETRY) as client:
        with pytest.raises(Exception) as caught:  # noqa: PT011  # its text is compared below
            await _CASES[heading](Scene(service, client, monkeypatch))
    shown = "\n".join(_texts(caught.value))
    for message in _messages(heading):
        pattern = ".*".join(map(re.escape, message.split("...")))
        assert re.search(pattern, shown, re.DOTALL) is not None, shown


@pytest.mark.parametrize("heading", _CASES)
def test_an_entry_has_a_cause_a_cure_and_a_link(heading: str) -> None:
    """Below each message are a paragraph about its cause, one about the cure, and a link to another page."""
    text = _entries()[heading].split("\n## ")[0]
    assert "\n**Cause.** " in text
    assert "\n**Cure.** " in text
    assert re.search(r"\]\([\w./-]+\.md(#[\w-]+)?\)|\{doc\}`", text) is not None
