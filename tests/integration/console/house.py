"""A whole Otklik in this process, with channels in memory and the console on a loopback port."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from yarl import URL

from bot.app import App
from bot.console import Console, Ground, mount_console, open_console
from bot.console.access.passwords import Passwords
from bot.inbox import Windows
from bot.ports import FileShelf
from bot.storage.console.credentials import set_password
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.operators import add_operator
from bot.web import WebServer
from channels.memory import MemoryChannel
from core.channel import Capabilities
from core.clock import Clock, SystemClock
from core.conversation import OperatorId
from faq.entry import Entry
from handoff.operators import Role

PASSWORD = "correct horse battery"
ENTRIES = (
    Entry(
        "delivery", "Доставка", "Сколько идёт доставка?", "По городу 1-2 дня, по России 3-7 дней.", ("когда привезут",)
    ),
    Entry("pay", "Оплата", "Какие способы оплаты?", "Картой на сайте или наличными курьеру.", ("как оплатить",)),
    Entry("return", "Возврат", "Как вернуть товар?", "В течение 14 дней, чек не обязателен.", ("хочу вернуть деньги",)),
)


@dataclass
class House:
    """Started by `start`; `people` are logins with their roles, all with the one password."""

    database_url: str
    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    public_url: str | None = None
    names: tuple[str, ...] = ("telegram", "vk", "website")
    port: int = 0
    hash: str = ""

    async def start(self, people: Mapping[str, Role] | None = None, entries: tuple[Entry, ...] = ENTRIES) -> None:
        self.database = Database(open_engine(read_url(self.database_url)))
        self.channels = {name: MemoryChannel(name, Capabilities(is_idempotent=True), name) for name in self.names}
        self.app = App(
            self.database,
            list(self.channels.values()),
            "ru",
            clock=self.clock,
            windows=Windows(burst=0.0, album=0.0),
            shelf=FileShelf(self.folder / "files"),
        )
        self.operators: dict[str, OperatorId] = {}
        now = self.clock.now()
        if people:
            hashed = self.hash or await Passwords().hash(PASSWORD)

            def add(connection: Any) -> None:
                for login, role in people.items():
                    name = {"anna": "Анна Ким", "boris": "Борис Лужин", "vera": "Вера Старшая", "admin": "Ада"}
                    number = add_operator(connection, login, role, now, name=name.get(login, ""))
                    set_password(connection, number, hashed)
                    self.operators[login] = number

            await self.database.write(add)
        if entries:
            await self.database.write(lambda connection: import_entries(connection, entries, now))
        self.console = self._open()
        self.server = WebServer(
            "127.0.0.1", self.port, [], _ready, mounts=[lambda web: mount_console(self.console, web)]
        )
        await self.app.take_up()
        await self.server.start()
        self.app.listen()
        while not all(self.app.ready.values()):
            await asyncio.sleep(0)

    def _open(self) -> Console:
        return open_console(
            Ground(
                self.database,
                self.clock,
                self.app.library,
                self.app.acts,
                self.app.supervisor,
                self.app.shelf,
                "ru",
                ZoneInfo("Europe/Moscow"),
                self.public_url,
                wording=lambda: self.app.board.wording,
                capabilities=self.app.setup.capabilities,
                settings=lambda: self.app.board.settings,
            )
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def stop(self) -> None:
        await self.server.stop()
        await self.app.stop()

    async def settled(self) -> None:
        """Until everything that arrived is decided on and sent."""
        await self.app.inbox.drained()
        await self.app.outbox.drained()

    async def says(self, text: str, address: str = "1001", channel: str = "telegram", **fields: Any) -> None:
        await self.channels[channel].says(address, text, **{"name": "Иван Петров", **fields})
        await self.settled()

    async def read(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await self.database.read(lambda connection: work(connection, *arguments))


def alert(page: str) -> str:
    """What the page says is wrong."""
    return html.unescape(page.partition('role="alert">')[2].partition("</p>")[0].rpartition("</svg>")[2])


async def _ready() -> tuple[bool, dict[str, Any]]:
    return True, {}


class Browser:
    """An HTTP client with cookies that behaves as a browser does: it sends Origin and the page's token."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.http = aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.csrf = ""

    async def close(self) -> None:
        await self.http.close()

    async def get(self, path: str, *, fragment: bool = False, **headers: str) -> tuple[int, str]:
        if fragment:
            headers["X-Fragment"] = "1"
        async with self.http.get(URL(path, encoded=True), allow_redirects=False, headers=headers) as answer:
            text = await answer.text(errors="replace")
            self._note(text)
            return answer.status, text

    async def post(
        self, path: str, fields: Mapping[str, Any] | aiohttp.FormData | None = None, **headers: str
    ) -> tuple[int, str, str]:
        """Status, text, and where it leads."""
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        sent = {"Origin": self.house.url, "X-CSRF-Token": self.csrf, **given}
        sent = {key: value for key, value in sent.items() if value != "-"}
        async with self.http.post(
            URL(path, encoded=True), data=fields or {}, headers=sent, allow_redirects=False
        ) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def log_in(self, login: str, password: str = PASSWORD) -> int:
        await self.get("/login")
        status, _, _ = await self.post("/login", {"login": login, "password": password})
        if status == 303:
            await self.get("/inbox")
        return status

    def _note(self, text: str) -> None:
        found = re.search(r'name="csrf" value="([^"]+)"', text) or re.search(r'"csrf":"([^"]+)"', text)
        if found:
            self.csrf = found.group(1)
