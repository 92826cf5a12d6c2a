"""The stage of the website: the customer's side over HTTP through the chat, the operators' in memory."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.ports import FaqFiles, FileShelf
from bot.storage.knowledge.files import CHANNEL as FAQ_FILES
from bot.storage.website.sites import Site, add_site
from bot.web import WebServer
from bot.website import Hub, SiteChats, Website
from bot.website.access.limits import Rate, Rates
from bot.website.access.tokens import sign_identity
from channels import registry
from core.channel import Capabilities
from tests.dialogs.memory_stage import _QUICKLY, MemoryStage
from tests.dialogs.stage import Shown
from tests.dialogs.table import Table

ORIGIN = "https://shop.example"
_FILES = {
    "photo": ("photo.png", "image/png", b"\x89PNG\r\n\x1a\n..."),
    "document": ("document.pdf", "application/pdf", b"%PDF-1.7"),
    "video": ("video.mp4", "video/mp4", b"...."),
}
_ANY = Rate(100_000, 1)
_RATES = Rates(_ANY, _ANY, _ANY, _ANY, _ANY, _ANY)


class SiteTable(Table):
    """A table at which the customers sit behind a browser."""

    def _open_channel(self, folder: Path, capabilities: Capabilities | None) -> Any:
        self.shelf, self.hub = FileShelf(folder / "files"), Hub(self.database)
        self.chats = SiteChats(self.database, self.clock, self.hub)
        module: Any = registry.module("website")
        return module.open_channel(module.Settings(), files=self.shelf, chats=self.chats)

    async def serve(self) -> WebServer:
        self.chats.serve(self.app.inbox)
        self.shelf.serve({**{one.name: one for one in self.app.channels}, FAQ_FILES: FaqFiles(self.database)})
        app = self.app
        website = Website(
            self.channel, self.chats, self.hub, self.database, app.library, self.shelf, self.clock, "ru", None, _RATES
        )
        server = WebServer("127.0.0.1", 0, [], _ready, mounts=[website.mount])
        await server.start()
        return server


async def _ready() -> tuple[bool, Mapping[str, Any]]:
    return True, {}


class WebsiteStage(MemoryStage):
    """One signed customer with one browser."""

    def __init__(self, table: SiteTable, person: Mapping[str, Any], http: aiohttp.ClientSession, base: str) -> None:
        super().__init__(table, person)
        self._http, self._base = http, f"{base}/widget/api/"
        self._nonces = itertools.count(1)
        self._token = ""
        self._lines: list[dict[str, Any]] = []
        self._erased: list[dict[str, Any]] = []  # seen once, and gone from the page

    async def open(self) -> None:
        clock, database = self._table.clock, self._table.database
        self._site: Site = await database.write(lambda c: add_site(c, "shop", [ORIGIN], {}, clock.now()))
        await self._sign_in()

    async def _sign_in(self) -> None:
        site, clock = self._site, self._table.clock
        name, user_id = str(self._person["name"]), str(self._person.get("username") or "42")
        identity = sign_identity(user_id, name, clock.now() + timedelta(hours=1), site.secret)
        self._language = str(self._person.get("language", "ru"))
        body = {"key": site.key, "parent": ORIGIN, "identity": identity, "language": self._language}
        self._token = (await self._ask("POST", "session", body))["token"]

    # --- the customer

    async def says(self, texts: Sequence[str], *, answering: str = "") -> None:
        for number, text in enumerate(texts):
            if number:
                await self._table.advance(_QUICKLY)
            # a browser cuts what is longer than a message may be
            for start in range(0, len(text), 4000):
                await self._act("messages", text=text[start : start + 4000], reply_to=self._key_shown(answering))

    async def sends(self, kinds: Sequence[str], caption: str, *, answering: str = "") -> None:
        refs = []
        for kind in kinds:
            name, mime, content = _FILES[kind]
            made = await self._ask("POST", f"files?name={name}", headers={"Content-Type": mime}, data=content)
            refs.append(made["id"])
        await self._act("messages", text=caption, files=refs, reply_to=self._key_shown(answering))

    async def edits(self, old: str, new: str) -> None:
        own = [line for line in self._lines if line["from"] == "visitor" and old in line.get("text", "")]
        await self._act("changes", key=own[-1].get("edit_of") or own[-1]["key"], text=new)

    async def presses(self, label: str, *, under: str = "") -> None:
        for line in self._lines if under else reversed(self._lines):
            if under and under not in line.get("text", ""):
                continue
            for text, token in (pair for row in line.get("buttons", []) for pair in row):
                if label.casefold() in text.casefold():
                    return await self._act("presses", key=line["key"], token=token)
        raise AssertionError(f"there is no button {label!r}")

    async def _act(self, path: str, **body: Any) -> None:
        await self._ask("POST", path, {"nonce": f"nonce-{next(self._nonces):05}", "language": self._language, **body})

    async def passes(self, seconds: float) -> None:
        await super().passes(seconds)
        await self._sign_in()  # the page was loaded again meanwhile

    # --- what is seen

    async def settle(self) -> None:
        await super().settle()
        lines = (await self._ask("GET", "lines?after=0"))["lines"]
        if self._lines and self._lines[0]["key"] not in {line["key"] for line in lines}:
            self._erased += self._lines
        self._lines = lines

    def shown(self) -> list[Shown]:
        texts = {line["key"]: line.get("text", "") for line in self._lines}
        return [
            Shown(
                line.get("text", ""),
                tuple(label for row in line.get("buttons", []) for label, _ in row),
                tuple(file["kind"] for file in line.get("files", [])),
                texts.get(line.get("reply_to", ""), ""),
                "edit_of" in line,
            )
            for line in [*self._erased, *self._lines]
            if line["from"] != "visitor"
        ]

    def _key_shown(self, words: str) -> str:
        found = [line for line in self._lines if words and line["from"] != "visitor" and words in line.get("text", "")]
        return str(found[-1]["key"]) if found else ""

    async def _ask(self, method: str, path: str, body: Any = None, **rest: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}", **rest.pop("headers", {})}
        data = rest.pop("data", None) if body is None else json.dumps(body)
        async with self._http.request(method, self._base + path, data=data, headers=headers) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer
