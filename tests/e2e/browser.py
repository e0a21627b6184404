"""A real Chromium without a window, steered over its own debugging protocol."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import websocket

from tests.waiting import wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
)
_START_S = 60.0
_ANSWER_S = 60.0


class Page:
    """One page, and everything that it said or asked for."""

    def __init__(self, url: str) -> None:
        self._socket = websocket.create_connection(url, timeout=_ANSWER_S, suppress_origin=True)
        self._number = 0
        self.complaints: list[str] = []
        """Messages of the console, of whatever kind, and errors of scripts."""
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **arguments: object) -> dict[str, Any]:
        """Send a command; returns its answer."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": arguments}))
        while (said := self._receive()).get("id") != self._number:
            pass
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    def open(self, url: str, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Go there, with a window of that size."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=url)
        deadline = time.monotonic() + _ANSWER_S
        while self.run("document.readyState") != "complete":
            assert time.monotonic() < deadline, f"{url} is not loaded"
            time.sleep(0.02)

    def run(self, script: str) -> Any:
        """What an expression comes to in the page."""
        done = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def mouse(self, kind: str, x: float, y: float, **arguments: object) -> None:
        """`mouseMoved`, `mousePressed` or `mouseReleased` at a place of the window."""
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **arguments)
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        path.write_bytes(b64decode(shot["data"]))

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._socket.recv())
        what = said.get("params", {})
        match said.get("method"):
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(what))
            case "Log.entryAdded":
                self.complaints.append(json.dumps(what["entry"]))
            case "Network.requestWillBeSent":
                self.requests.append(what["request"]["url"])
        return said


@contextmanager
def page(folder: Path) -> Iterator[Page]:
    """A page of a new browser, whose profile is below that folder."""
    assert CHROMIUM is not None
    profile = folder / "chromium"
    profile.mkdir()
    log = (folder / "chromium.log").open("wb")
    process = subprocess.Popen(
        [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log,
    )  # fmt: skip
    try:
        port = profile / "DevToolsActivePort"
        wait_until(lambda: port.exists() and "\n" in port.read_text(), "the browser listens", _START_S)
        pages = httpx.get(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list", trust_env=False).json()
        shown = Page(next(one["webSocketDebuggerUrl"] for one in pages if one["type"] == "page"))
        try:
            yield shown
        finally:
            shown.close()
    finally:
        process.terminate()
        process.wait(20)
        log.close()
