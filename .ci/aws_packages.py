"""Use this library and each other AWS package of this environment in one process, with one aiobotocore session."""

import asyncio
import io
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from aiobotocore.session import AioSession
from aiohttp import web
from aiohttp.test_utils import TestServer

from cleanroomsml_client import Client, check_seed_audience, connect, get_audience_model, write_seed_audience
from cleanroomsml_client.local import LocalService

_CONFIG = """\
[profile ads]
region = us-east-1
aws_access_key_id = a
aws_secret_access_key = b
"""
_USERS = [f"user-{number}" for number in range(30)]


@asynccontextmanager
async def _s3() -> AsyncGenerator[str]:
    """Serve what stands in for Amazon S3: it stores objects and returns them."""
    objects: dict[str, bytes] = {}

    async def handle(request: web.Request) -> web.Response:
        if request.method == "PUT":
            objects[request.path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        if request.path not in objects:
            raise web.HTTPNotFound
        return web.Response(body=objects[request.path], headers={"ETag": '"1"'})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(application) as server:
        yield str(server.make_url(""))


async def _use_boto3(_: AioSession, arn: str) -> str:
    aws = import_module("boto3").Session(profile_name="ads").client("cleanroomsml")
    model: dict[str, str] = await asyncio.to_thread(aws.get_audience_model, audienceModelArn=arn)
    return model["status"]


async def _use_awscli(_: AioSession, arn: str) -> str:
    arguments = ("get-audience-model", "--audience-model-arn", arn, "--query", "status", "--output", "text")
    program = Path(sys.executable).with_name("aws")
    process = await asyncio.create_subprocess_exec(
        program, "--profile", "ads", "cleanroomsml", *arguments, stdout=asyncio.subprocess.PIPE
    )
    output, _error = await process.communicate()
    return output.decode().strip()


async def _use_s3fs(session: AioSession, _: str) -> str:
    fsspec, uri = import_module("fsspec"), "s3://brand/seed.jsonl"

    def write_and_check() -> int:
        with fsspec.open(uri, "w", encoding="utf-8", profile="ads") as file:
            write_seed_audience(_USERS, file)
        with fsspec.open(uri, "r", encoding="utf-8", profile="ads") as file:
            return check_seed_audience(file).users

    users = await asyncio.to_thread(write_and_check)
    shared = import_module("s3fs").S3FileSystem(asynchronous=True, session=session)
    s3 = await shared.set_session()
    body: bytes = await shared._cat_file(uri)  # noqa: SLF001  # fsspec's names for the async methods
    await s3.close()
    return "ACTIVE" if users == body.count(b"\n") == len(_USERS) else f"{users} users"


async def _use_aioboto3(session: AioSession, arn: str) -> str:
    of_aioboto3 = import_module("aioboto3").Session(botocore_session=session)
    async with of_aioboto3.client("cleanroomsml") as aws:
        model = await get_audience_model(Client(aws), arn)
    async with of_aioboto3.resource("s3") as s3:
        await (await s3.Object("brand", "a")).put(Body=b"1")
    async with of_aioboto3.client("s3") as s3:
        await s3.upload_fileobj(io.BytesIO(b"1"), "brand", "b")
    return model.status


_USES: dict[str, Callable[[AioSession, str], Awaitable[str]]] = {
    "boto3": _use_boto3,
    "awscli": _use_awscli,
    "s3fs": _use_s3fs,
    "aioboto3": _use_aioboto3,
}


async def _use_all() -> None:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(LocalService())
        os.environ["AWS_ENDPOINT_URL_CLEANROOMSML"] = service.endpoint_url
        os.environ["AWS_ENDPOINT_URL_S3"] = await stack.enter_async_context(_s3())
        arn = service.add_audience_model()
        session = AioSession(profile="ads")
        client = await stack.enter_async_context(connect(session=session))
        statuses: dict[str, str] = {"cleanroomsml_client": (await get_audience_model(client, arn)).status}
        for name in filter(find_spec, _USES):
            statuses[name] = await _USES[name](session, arn)
    print(statuses)
    if set(statuses.values()) != {"ACTIVE"}:
        sys.exit("not all are ACTIVE")


def main() -> None:
    """Print what each package reads of a model; fail if one cannot be used."""
    with TemporaryDirectory() as folder:
        config = Path(folder, "config")
        config.write_text(_CONFIG, encoding="utf-8")
        os.environ["AWS_CONFIG_FILE"] = str(config)
        asyncio.run(_use_all())


if __name__ == "__main__":
    main()
