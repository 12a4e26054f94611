"""Look at the page of the local service in a headless Chromium. Without a Chromium on this machine: nothing."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from cleanroomsml_client import NO_RETRY, connect

_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_ACCOUNTS = ("--account", "111122223333", "--account", "444455556666")
_SERVICE = ("-m", "cleanroomsml_client", "local", "--port", "0", "--demo", "--json", *_ACCOUNTS)
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "local"}
_HOSTILE = "<img src=x onerror=\"document.title='broken'\">"
_START, _CHANGE = 60, 15  # seconds
_ROWS = """[...document.querySelectorAll("#resources tbody")].map(({ rows: [{ cells: [name, kind, status] }] }) =>
    [name.textContent, kind.textContent, status.textContent.split(" ")[0]])"""
_LAST_REQUEST = 'document.querySelector("#requests tbody").textContent'
_KEPT = """(async () => [document.cookie.length, localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, (await caches.keys()).length])()"""
_STATE = 'document.getElementById("state").textContent'
_OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


class _WrongError(Exception):
    """What is wrong with the page."""


class _Tab:
    """A tab of the browser, driven by the DevTools protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls = 0
        self.problems: list[str] = []

    async def call(self, method: str, **params: object) -> Any:  # noqa: ANN401  # each method has its own result
        """Call a method; note what the page reports meanwhile."""
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": params})
        while (message := await self._socket.receive_json()).get("id") != self._calls:
            self._note(message["method"], message["params"])
        if "error" in message:
            raise _WrongError(f"{method}: {message['error']}")
        return message["result"]

    def _note(self, event: str, params: Any) -> None:  # noqa: ANN401  # each event has its own parameters
        console = event == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning", "assert"}
        log = event == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}
        if console or log or event == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(params))

    async def value(self, expression: str) -> Any:  # noqa: ANN401  # each expression has its own value
        """Return the value of an expression in the page."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise _WrongError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _CHANGE)
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def _service() -> AsyncIterator[str]:
    """Run the local service; yield its endpoint."""
    process = await asyncio.create_subprocess_exec(sys.executable, *_SERVICE, stdout=asyncio.subprocess.PIPE)
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START) if process.stdout is not None else b""
        yield json.loads(line)["endpoint"]
    finally:
        await _end(process)


@asynccontextmanager
async def _browser(program: str, session: aiohttp.ClientSession) -> AsyncIterator[_Tab]:
    """Run the browser with a profile that is removed at the end; yield its tab."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        arguments = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--no-first-run"]
        # Containers often run as root, without the rights that the sandbox needs.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            program, *arguments, *sandbox, "about:blank", stdout=quiet, stderr=quiet
        )
        try:
            port = await _port(Path(profile))
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                url = next(each["webSocketDebuggerUrl"] for each in await response.json() if each["type"] == "page")
            async with session.ws_connect(url, max_msg_size=0) as socket:
                tab = _Tab(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await tab.call(f"{domain}.enable")
                yield tab
        finally:
            await _end(process)


async def _port(profile: Path) -> str:
    """Return the port on which the browser listens, when it has written it."""
    for _ in range(_START * 10):
        with suppress(FileNotFoundError):
            port, end, _ = (profile / "DevToolsActivePort").read_text(encoding="ascii").partition("\n")
            if end:
                return port
        await asyncio.sleep(0.1)
    raise _WrongError("the browser does not start")


class _Check:
    """The page, and what it has to show."""

    def __init__(self, tab: _Tab, session: aiohttp.ClientSession, endpoint: str) -> None:
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
            raise _WrongError(f"the page keeps cookies, storage, databases or caches: {kept}")
        if self._tab.problems:
            raise _WrongError("the browser reports")

    async def notices_the_end(self) -> None:
        """See that the page says so when the service has ended."""
        await self._shows(f'{_STATE}.startsWith("The service does not respond. Last success: ")')

    async def _shows(self, expression: str) -> None:
        """Wait until an expression is true."""
        for _ in range(_CHANGE * 10):
            if await self._tab.value(expression):
                return
            await asyncio.sleep(0.1)
        raise _WrongError(f"after {_CHANGE} s still not true: {expression}")

    async def _shows_all_resources(self, which: str) -> None:
        """Wait until the page shows the name, kind and status of each resource, without a new visit."""
        expected, shown = await self._expected(), []
        for _ in range(_CHANGE * 10):
            shown = sorted(await self._tab.value(_ROWS))
            if expected == shown and await self._tab.value(_STATE) == "Connected":
                print(f"{which}: {len(shown)} resources")
                return
            await asyncio.sleep(0.1)
            expected = await self._expected()
        raise _WrongError(f"{which}: the service has {expected}, but the page shows {shown}")

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
                feature = {"name": "prefers-color-scheme", "value": scheme}
                await self._tab.call("Emulation.setEmulatedMedia", features=[feature])
                await self._tab.call(
                    "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
                )
                if (wider := await self._tab.value(_OVERFLOW)) > 0:
                    raise _WrongError(f"{wider} pixels wider than a screen of {width}, {scheme}")


async def _main(program: str) -> None:
    async with aiohttp.ClientSession() as session, _browser(program, session) as tab:
        try:
            async with _service() as endpoint:
                check = _Check(tab, session, endpoint)
                await check.run()
            await check.notices_the_end()
        except _WrongError as error:
            raise _WrongError("\n".join([str(error), *tab.problems])) from None


if __name__ == "__main__":
    if _CHROMIUM is None:
        print("skipped: no chromium")
        sys.exit()
    try:
        asyncio.run(asyncio.wait_for(_main(_CHROMIUM), 5 * _START))
    except (_WrongError, TimeoutError) as error:
        sys.exit(f"the page of the local service: {str(error) or 'it took too long'}")
    print("the page of the local service: as expected")
