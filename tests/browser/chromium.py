"""A headless Chromium, driven over its DevTools protocol with the web socket that aiohttp brings."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

BROWSER: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_OPTIONS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--remote-debugging-port=0",
)
_PATIENCE: Final = 1500
_KEYS: Final = {"Enter": (13, "\r"), "ArrowDown": (40, ""), "F5": (116, "")}


class Tab:
    """One page of the browser.

    Attributes:
        requests: Addresses that the page asked for, in order, web sockets among them.
        received: What came over the page's web sockets.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.requests: list[str] = []
        self.received = b""
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Take what the browser says, until it is gone."""
        async for message in self._socket:
            said = json.loads(message.data)
            if "id" in said:
                self._answers.pop(said["id"]).set_result(said)
                continue
            told = said["params"]
            match said["method"]:
                case "Network.requestWillBeSent":
                    self.requests.append(told["request"]["url"])
                case "Network.webSocketCreated":
                    self.requests.append(told["url"])
                case "Network.webSocketFrameReceived" if told["response"]["opcode"] == 2:
                    self.received += base64.b64decode(told["response"]["payloadData"])

    async def do(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol and give its result."""
        number = next(self._numbers)
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": parameters}))
        said: dict[str, Any] = await answer
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def evaluate(self, expression: str) -> object:
        """The value of a JavaScript expression on the page."""
        done = await self.do("Runtime.evaluate", expression=expression, returnByValue=True)
        return done["result"].get("value")

    async def press(self, key: str) -> None:
        """Press a key as a person does."""
        code, text = _KEYS[key]
        for kind in ("keyDown" if text else "rawKeyDown", "keyUp"):
            down = {"text": text} if text and kind == "keyDown" else {}
            await self.do("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **down)

    async def until_received(self, text: str) -> None:
        """Wait until the program has drawn `text`, in one piece.

        Raises:
            AssertionError: It never comes.
        """
        for _ in range(_PATIENCE):
            if text.encode() in self.received:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never drawn: {text}; lately: {self.received[-2000:]!r}")

    async def until_true(self, expression: str) -> None:
        """Wait until a JavaScript expression is true on the page.

        Raises:
            AssertionError: It never is.
        """
        for _ in range(_PATIENCE):
            if await self.evaluate(expression) is True:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"never true: {expression}")

    async def picture(self) -> bytes:
        """What the page looks like, as PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def open_tab(folder: Path, *, size: tuple[int, int] = (1200, 720)) -> AsyncIterator[Tab]:
    """An empty page in a browser of its own, which keeps what it must in `folder`."""
    assert BROWSER is not None
    profile = folder / "profile"
    window = f"--window-size={size[0]},{size[1]}"
    browser = await asyncio.create_subprocess_exec(
        *(BROWSER, *_OPTIONS, f"--user-data-dir={profile}", window, "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        told = profile / "DevToolsActivePort"
        while not (told.exists() and "\n" in told.read_text()):
            assert browser.returncode is None, "the browser does not start"
            await asyncio.sleep(0.02)
        origin = f"127.0.0.1:{told.read_text().split()[0]}"
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{origin}/json/list") as answer:
                page = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                await tab.do("Page.enable")
                await tab.do("Network.enable")
                # As a window in front, which a headless one is not by itself.
                await tab.do("Emulation.setFocusEmulationEnabled", enabled=True)
                yield tab
                listening.cancel()
    finally:
        if browser.returncode is None:
            browser.terminate()
        await browser.wait()
