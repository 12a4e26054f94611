"""A headless Chromium, for the checks of pages."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

__all__ = ["CHANGE", "START", "Tab", "WrongError", "end", "run"]

START, CHANGE = 60, 15  # seconds
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class WrongError(Exception):
    """What is wrong with a page."""


class Tab:
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
            raise WrongError(f"{method}: {message['error']}")
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
            raise WrongError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    async def resize(self, width: int, scheme: str) -> None:
        """Set the width of the screen, and whether the reader prefers light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await self.call("Emulation.setEmulatedMedia", features=[feature])
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False
        )


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process."""
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), CHANGE)
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def _browser(program: str, session: aiohttp.ClientSession) -> AsyncIterator[Tab]:
    """Run the browser with a profile that is removed at the end; yield its tab."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # Containers often run as root, without the rights that the sandbox needs.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            program, *_FLAGS, f"--user-data-dir={profile}", *sandbox, "about:blank", stdout=quiet, stderr=quiet
        )
        try:
            port = await _port(Path(profile))
            async with session.get(f"http://127.0.0.1:{port}/json/list") as response:
                url = next(each["webSocketDebuggerUrl"] for each in await response.json() if each["type"] == "page")
            async with session.ws_connect(url, max_msg_size=0) as socket:
                tab = Tab(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await tab.call(f"{domain}.enable")
                yield tab
        finally:
            await end(process)


async def _port(profile: Path) -> str:
    """Return the port on which the browser listens, when it has written it."""
    for _ in range(START * 10):
        with suppress(FileNotFoundError):
            port, newline, _ = (profile / "DevToolsActivePort").read_text(encoding="ascii").partition("\n")
            if newline:
                return port
        await asyncio.sleep(0.1)
    raise WrongError("the browser does not start")


async def _run(program: str, check: Callable[[Tab, aiohttp.ClientSession], Awaitable[None]]) -> None:
    async with aiohttp.ClientSession() as session, _browser(program, session) as tab:
        try:
            await check(tab, session)
        except WrongError as error:
            raise WrongError("\n".join([str(error), *tab.problems])) from None


def run(what: str, check: Callable[[Tab, aiohttp.ClientSession], Awaitable[None]], seconds: int) -> None:
    """Run a check, print its result and exit. Without a Chromium on this machine: nothing."""
    if _CHROMIUM is None:
        print("skipped: no chromium")
        sys.exit()
    try:
        asyncio.run(asyncio.wait_for(_run(_CHROMIUM, check), seconds))
    except (WrongError, TimeoutError) as error:
        sys.exit(f"{what}: {str(error) or 'it took too long'}")
    print(f"{what}: as expected")
