"""Look at the page of the local service in a headless Chromium."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from browser import CHANGE, START, Tab, WrongError, end, run

from cleanroomsml_client import NO_RETRY, connect

_ACCOUNTS = ("--account", "111122223333", "--account", "444455556666")
_SERVICE = ("-m", "cleanroomsml_client", "local", "--port", "0", "--demo", "--json", *_ACCOUNTS)
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "local"}
_HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
_ROWS = """[...document.querySelectorAll("#resources tbody")].map(({ rows: [{ cells: [name, kind, status] }] }) =>
    [name.textContent, kind.textContent, status.textContent.split(" ")[0]])"""
_LAST_REQUEST = 'document.querySelector("#requests tbody").textContent'
_KEPT = """(async () => [document.cookie.length, localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, (await caches.keys()).length])()"""
_STATE = 'document.getElementById("state").textContent'
_OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@asynccontextmanager
async def _service() -> AsyncIterator[str]:
    """Run the local service; yield its endpoint."""
    process = await asyncio.create_subprocess_exec(sys.executable, *_SERVICE, stdout=asyncio.subprocess.PIPE)
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START) if process.stdout is not None else b""
        yield json.loads(line)["endpoint"]
    finally:
        await end(process)


class _Check:
    """The page, and what it has to show."""

    def __init__(self, tab: Tab, session: aiohttp.ClientSession, endpoint: str) -> None:
        self._tab = tab
        self._session = session
        self._endpoint = endpoint

    async def run(self) -> None:
        """Open the page and change what it shows."""
        await self._tab.call("Page.navigate", url=f"{self._endpoint}/")
        await self._shows_all_resources("the demo")
        await self._shows('document.querySelectorAll("progress").length > 0')
        await self._create_hostile()
        await self._shows_all_resources("a new resource")
        await self._shows(f"{_ROWS}.some(([name]) => name === {json.dumps(_HOSTILE)})")
        await self._shows('document.title.startsWith("Clean Rooms ML") && !document.querySelector("img")')
        await self._shows(f"{_LAST_REQUEST}.startsWith('CreateTrainingDataset200 success')")
        async with self._session.post(f"{self._endpoint}/_cleanroomsml/v1/clock", json={"advance": 10**6}) as response:
            response.raise_for_status()
        await self._shows_all_resources("the end of what is in progress")
        await self._shows('!document.querySelector("progress")')
        await self._fits()
        if any(kept := await self._tab.value(_KEPT)):
            raise WrongError(f"the page keeps cookies, storage, databases or caches: {kept}")
        if self._tab.problems:
            raise WrongError("the browser reports")

    async def notices_the_end(self) -> None:
        """See that the page says so when the service has ended."""
        await self._shows(f'{_STATE}.startsWith("The service does not respond. Last success: ")')

    async def _shows(self, expression: str) -> None:
        """Wait until an expression is true."""
        for _ in range(CHANGE * 10):
            if await self._tab.value(expression):
                return
            await asyncio.sleep(0.1)
        raise WrongError(f"after {CHANGE} s still not true: {expression}")

    async def _shows_all_resources(self, which: str) -> None:
        """Wait until the page shows the name, kind and status of each resource, without a new visit."""
        expected, shown = await self._expected(), []
        for _ in range(CHANGE * 10):
            shown = sorted(await self._tab.value(_ROWS))
            if expected == shown and await self._tab.value(_STATE) == "Connected":
                print(f"{which}: {len(shown)} resources")
                return
            await asyncio.sleep(0.1)
            expected = await self._expected()
        raise WrongError(f"{which}: the service has {expected}, but the page shows {shown}")

    async def _expected(self) -> list[list[str]]:
        async with self._session.get(f"{self._endpoint}/_cleanroomsml/v1/resources") as response:
            resources = (await response.json())["resources"]
        return sorted([each["name"] or "(no name)", each["kind"], each["status"]] for each in resources)

    async def _create_hostile(self) -> None:
        schema = [{"columnName": name, "columnTypes": [name]} for name in ("USER_ID", "ITEM_ID", "TIMESTAMP")]
        source = {"glueDataSource": {"tableName": "interactions", "databaseName": "visits"}}
        os.environ.update(_CREDENTIALS)
        async with connect(region_name="us-east-1", endpoint_url=self._endpoint, retry=NO_RETRY) as client:
            await client.send(
                "CreateTrainingDataset",
                name=_HOSTILE,
                role_arn="arn:aws:iam::111122223333:role/clean-rooms-ml",
                training_data=[{"type": "INTERACTIONS", "inputConfig": {"schema": schema, "dataSource": source}}],
            )

    async def _fits(self) -> None:
        """See that no screen has to be scrolled sideways, with all facts open."""
        await self._tab.value('document.querySelectorAll("tbody button").forEach((button) => button.click())')
        for width in (360, 390, 768, 1024, 1440):
            for scheme in ("light", "dark"):
                await self._tab.resize(width, scheme)
                if (wider := await self._tab.value(_OVERFLOW)) > 0:
                    raise WrongError(f"{wider} pixels wider than a screen of {width}, {scheme}")


async def _main(tab: Tab, session: aiohttp.ClientSession) -> None:
    async with _service() as endpoint:
        check = _Check(tab, session, endpoint)
        await check.run()
    await check.notices_the_end()


if __name__ == "__main__":
    run("the page of the local service", _main, 5 * START)
