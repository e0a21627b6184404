"""A target that repeats whatever it is told, in every place that an answer has: bodies, headers, cookies, events.

To whoever looks at it, it is a Lorax backend; its answers to the paths below `/repeat` are those of a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from itertools import cycle
from typing import Any
from urllib.parse import quote

from tests.script_server import ScriptServer, Wire

SID = "CANARYsid-0d5e8c1b-4000"
NAMED = "CANARYset.by/target"
"""What it gives to everybody as a cookie that no one has a name for."""

WRITINGS = (
    lambda heard: f" is {heard}",
    lambda heard: f"_{heard}_",
    lambda heard: f"%3D{quote(heard, safe='')}%26",
    lambda heard: f"%3d{quote(heard, safe='').lower()}%26",
    lambda heard: f"\\n{heard}",
    lambda heard: f"&amp;{escape(heard)}",
    lambda heard: json.dumps(heard).replace("/", "\\/"),
    lambda heard: heard.upper(),
)
"""How programs put a word among others."""


class Parrot(ScriptServer):
    """Gives away what it heard, in every way of writing by turns."""

    def forget(self) -> None:
        super().forget()
        self.polls = 0
        self.told = 0
        self.on["whoami"] = self._repeat

    async def page(self, scope: dict[str, Any], send: Any) -> None:
        path, heard = scope["path"], self._heard(scope)
        status, fields, answer = 200, [("content-type", "application/json")], json.dumps({"error": heard})
        match path:
            case "/health":
                answer = json.dumps({"ok": True})
            case "/projects":
                answer = json.dumps({"projects": {}})
            case "/init-session":
                fields += [("set-cookie", f"lorax_sid={SID}; Path=/"), ("set-cookie", f"theme={NAMED}; Path=/")]
                answer = json.dumps({"sid": SID})
            case "/memory_status":
                self.polls += 1
                if self.polls % 2:
                    answer = json.dumps({"rss_MB": 100.0, "vms_MB": 100.0, "pid": 7})
                else:
                    answer = f"<p>no memory for {SID}, whom {NAMED} suits</p>"
            case "/repeat/status":
                status = 500
            case "/repeat/redirect":
                status = 302
                fields.append(("location", f"http://127.0.0.1:1/{heard}".replace(" ", "%20")))
            case "/repeat/type":
                fields = [("content-type", heard)]
        start = [(name.encode(), value.encode("latin-1", "replace")) for name, value in fields]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": answer.encode()})

    def _heard(self, scope: dict[str, Any]) -> str:
        heard = [scope["query_string"].decode(), *(value.decode() for _, value in scope["headers"])]
        return f"{scope['path']} with {self._written(heard)}"

    def _written(self, heard: Iterable[str]) -> str:
        """All of it in one word, for which there is always another order and another way of writing."""
        words = [*heard]
        self.told += 1
        first = self.told % len(words)
        writings = cycle(WRITINGS[self.told % len(WRITINGS) :] + WRITINGS)
        return "".join(writing(word) for writing, word in zip(writings, words[first:] + words[:first], strict=False))

    async def _repeat(self, wire: Wire, number: int, payload: dict[str, Any]) -> None:
        told = self._written(map(str, payload.values()))
        await wire.event("error", {"code": "NO", "message": f"nobody knows {told}"})
        await wire.ack(number, {"error": told})
