"""A running Otklik with the website chat, operators at a desk in memory, and visitors over HTTP."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import App
from bot.apply.work import DeskPlace
from bot.inbox import Windows
from bot.ports import DeskTopics, FileShelf
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.operators import add_operator
from bot.storage.website.sites import Site, add_site
from bot.web import WebServer
from bot.website import Hub, Manner, SiteChats, Website
from bot.website.access.limits import Rates
from bot.website.access.tokens import sign_identity
from channels import registry
from channels.memory import MemoryDesk
from core.clock import SystemClock
from faq.files import read_entries
from handoff.operators import Role
from tests.dialogs.scenario import HERE

DESK = "-100"
ORIGIN = "https://shop.example"
ANNA = "7001"
_WINDOWS = Windows(burst=0.05, album=0.05)
_nonces = itertools.count(1)


class LaterClock(SystemClock):
    """The machine's clock, put forward when told."""

    def __init__(self) -> None:
        self.later = timedelta(0)

    def now(self) -> Any:
        return super().now() + self.later


@dataclass
class Shop:
    """What a test needs of the house; `site` is the customer's own website."""

    app: App
    desk: MemoryDesk
    chats: SiteChats
    hub: Hub
    clock: LaterClock
    site: Site
    server: WebServer
    website: Website
    database: Database

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def sign(self, user_id: str, name: str = "", *, minutes: int = 10, secret: str = "") -> str:
        expires_at = self.clock.now() + timedelta(minutes=minutes)
        return sign_identity(user_id, name, expires_at, secret or self.site.secret)

    async def settled(self) -> None:
        """Until nothing waits to be decided or sent."""
        while True:
            await self.app.inbox.drained()
            await self.app.outbox.drained()
            if not self.app.inbox._lanes and not self.app.outbox._lanes:
                return


@asynccontextmanager
async def open_shop(url: str, folder: Path, *, rates: Rates | None = None) -> AsyncIterator[Shop]:
    clock = LaterClock()
    database = Database(open_engine(read_url(url)))
    shelf, hub = FileShelf(folder / "files"), Hub(database)
    chats = SiteChats(database, clock, hub)
    module: Any = registry.module("website")
    channel = module.open_channel(module.Settings(), files=shelf, chats=chats)
    desk = MemoryDesk(DeskTopics(database, clock, DESK), account=DESK)
    app = App(
        database,
        [channel, desk],
        desk=DeskPlace(desk.name, desk.account, DESK),
        clock=clock,
        windows=_WINDOWS,
        shelf=shelf,
    )
    chats.serve(app.inbox)

    def prepare(connection: Any) -> Site:
        now = clock.now()
        import_entries(connection, read_entries(HERE / "faq" / "shop.yaml").entries, now)
        add_operator(connection, "anna", Role.OPERATOR, now=now, telegram_id=ANNA, name="Анна")
        return add_site(connection, "Shop", [ORIGIN], {}, now)

    site = await database.write(prepare)
    manner = Manner(lambda: app.board.wording, lambda: app.board.settings)
    website = Website(channel, chats, hub, database, app.library, shelf, clock, "ru", None, rates or Rates(), manner)
    server = WebServer("127.0.0.1", 0, [], _ready, mounts=[website.mount])
    await app.start()
    await server.start()
    try:
        yield Shop(app, desk, chats, hub, clock, site, server, website, database)
    finally:
        await server.stop()
        await app.stop()


async def _ready() -> tuple[bool, dict[str, Any]]:
    return True, {}


class Refused(Exception):
    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


@dataclass
class Browser:
    """A visitor's browser: what the loader and the frame do, without a screen."""

    shop: Shop
    http: aiohttp.ClientSession
    token: str = ""
    opened: dict[str, Any] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, *, with_token: bool = True, **rest: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if with_token else {}
        headers |= rest.pop("headers", {})
        data = json.dumps(body) if body is not None else rest.pop("data", None)
        data = io.BytesIO(data) if isinstance(data, bytes) else data
        address = f"{self.shop.base}/widget/api/{path}"
        async with self.http.request(method, address, data=data, headers=headers, **rest) as response:
            is_json = response.content_type == "application/json"
            answer = await response.json() if is_json else await response.read()
            if response.status >= 400:
                raise Refused(response.status, answer)
            return answer

    async def open(
        self, identity: str = "", *, key: str | None = None, parent: str = ORIGIN, resumes: bool = False
    ) -> dict[str, Any]:
        body = {"key": key or self.shop.site.key, "parent": parent, "token": self.token, "identity": identity}
        self.opened = await self.ask(
            "POST", "session", {**body, "language": "ru", "resumes": resumes}, with_token=False
        )
        self.token = self.opened["token"]
        return self.opened

    async def says(self, text: str, *, nonce: str = "", **rest: Any) -> int:
        body = {"nonce": nonce or new_nonce(), "text": text, **rest}
        return int((await self.ask("POST", "messages", body))["line"])

    async def presses(self, label: str) -> int:
        line, token = await self.find_button(label)
        body = {"nonce": new_nonce(), "key": line["key"], "token": token}
        return int((await self.ask("POST", "presses", body))["line"])

    async def find_button(self, label: str) -> tuple[dict[str, Any], str]:
        for line in reversed(await self.lines()):
            for text, token in (pair for row in line.get("buttons", []) for pair in row):
                if label.casefold() in text.casefold():
                    return line, token
        raise AssertionError(f"there is no button {label!r}")

    async def lines(self, after: int = 0) -> list[dict[str, Any]]:
        return list((await self.ask("GET", f"lines?after={after}"))["lines"])

    async def texts(self) -> list[str]:
        """The whole chat as it looks now, oldest first."""
        return [line.get("text", "") for line in (await self.ask("GET", "lines"))["lines"]]

    async def sends(self, name: str, content: bytes, mime: str) -> str:
        headers = {"Content-Type": mime}
        made = await self.ask("POST", "files", data=content, params={"name": name}, headers=headers)
        return str(made["id"])

    @asynccontextmanager
    async def stream(self, after: int = 0) -> AsyncIterator[Stream]:
        address = f"{self.shop.base}/widget/api/events?after={after}"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.get(address, headers=headers) as response:
            if response.status != 200:
                raise Refused(response.status, await response.text())
            yield Stream(response)


@dataclass
class Stream:
    response: aiohttp.ClientResponse

    async def next(self) -> tuple[str, Any]:
        """The next event; EOFError at the end."""
        async with asyncio.timeout(5):
            raw = (await self.response.content.readuntil(b"\n\n")).decode()
        if not raw:
            raise EOFError
        found = dict(line.split(": ", 1) for line in raw.strip().split("\n"))
        return found["event"], json.loads(found["data"])

    async def until(self, kind: str, fits: Callable[[Any], bool] = lambda body: True) -> Any:
        while True:
            name, body = await self.next()
            if name == kind and fits(body):
                return body


def new_nonce() -> str:
    return f"nonce-{next(_nonces):06}"
