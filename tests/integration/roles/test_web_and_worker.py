"""`run --role web` and `run --role worker` over one PostgreSQL: either is killed, and nobody notices for long.

A visitor's chat and an operator's console are served by one process, everything is decided and sent by the other.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from bot.console.access.passwords import Passwords
from bot.storage.console.credentials import set_password
from bot.storage.database import Database, open_engine, read_url
from bot.storage.entries import import_entries
from bot.storage.operators import add_operator
from bot.storage.service.settings import change_setting
from core.clock import SystemClock
from handoff.operators import Role
from tests.crash.process import environment_of
from tests.crash.stage import free_port
from tests.integration.console.house import ENTRIES, PASSWORD
from tests.integration.console.house import Browser as Console
from tests.integration.website.shop import Browser as Chat
from tests.postgres import PostgresServer

pytestmark = pytest.mark.slow

_PATIENCE = 60.0  # seconds for what takes one or two on a quiet machine


class Process:
    """One role, to be killed and started again on the same port."""

    def __init__(self, role: str, folder: Path, url: str) -> None:
        self.role, self.port = role, free_port()
        self._log = folder / f"{role}.log"
        settings = {"DATABASE_URL": url, "HTTP_PORT": self.port, "LOG_LEVEL": "warning"}
        self._environment, self._folder = environment_of(settings), folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--role", self.role],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text("utf-8")
        self._process.kill()
        self._process.wait(30)

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)


@dataclass
class Service:
    """Both processes, a visitor with an open chat, and an operator at the console."""

    web: Process
    worker: Process
    chat: Chat
    console: Console
    heard: list[dict[str, Any]]  # lines that the visitor's stream brought, over all its lives

    async def hears(self, text: str) -> dict[str, Any]:
        """Wait until the visitor's open chat shows it."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                for line in self.heard:
                    if text in line.get("text", ""):
                        return line
                await asyncio.sleep(0.05)

    async def replies(self, text: str) -> None:
        fields = {"act": "reply", "text": text, "nonce": f"reply-{abs(hash(text))}"}
        async with asyncio.timeout(_PATIENCE):
            status, answer, _ = await self.console.post("/inbox/1/act", fields, Accept="application/json")
        assert status in (200, 202), answer

    async def times_shown(self) -> Counter[str]:
        return Counter(await self.chat.texts())


@pytest.fixture
def database_url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.migrated() as url:
        yield url


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    await _furnish(database_url)
    web, worker = Process("web", tmp_path, database_url), Process("worker", tmp_path, database_url)
    base = f"http://127.0.0.1:{web.port}"
    async with AsyncExitStack() as stack:
        stack.callback(web.end)
        stack.callback(worker.end)
        web.start()
        worker.start()
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await _until_up(http, base)
        chat = Chat(SimpleNamespace(base=base), http)  # type: ignore[arg-type]
        await chat.open(key="help", parent=base)
        console = Console(SimpleNamespace(url=base))  # type: ignore[arg-type]
        stack.push_async_callback(console.close)
        assert await console.log_in("anna") == 303
        service = Service(web, worker, chat, console, [])
        stack.enter_context(_running(_listen(service)))
        yield service


async def _furnish(url: str) -> None:
    database, now = Database(open_engine(read_url(url))), SystemClock().now()
    password = await Passwords().hash(PASSWORD)

    def work(connection: Any) -> None:
        import_entries(connection, ENTRIES, now)
        set_password(connection, add_operator(connection, "anna", Role.OPERATOR, now, name="Анна Ким"), password)
        change_setting(connection, "undo.console", "0s", "test", now)

    await database.write(work)
    await asyncio.to_thread(database.close)


async def _until_up(http: aiohttp.ClientSession, base: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                async with http.get(f"{base}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def _listen(service: Service) -> None:
    """As the widget does: when the stream breaks, ask again behind the last line."""
    last = 0
    while True:
        try:
            async with service.chat.stream(last) as stream:
                while True:
                    with suppress(TimeoutError):  # silence is no reason to ask again
                        line = await stream.until("line")
                        last = max(last, int(line["id"]))
                        service.heard.append(line)
        except (aiohttp.ClientError, EOFError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.1)


class _running:
    """A task that lives as long as the block."""

    def __init__(self, work: Any) -> None:
        self._task = asyncio.ensure_future(work)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        self._task.cancel()


@asynccontextmanager
async def following(console: Console) -> AsyncIterator[asyncio.StreamReader]:
    async with console.http.get("/events?after=0") as response:
        yield response.content  # type: ignore[misc]


async def _read_until(content: asyncio.StreamReader, words: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while words not in (await content.readuntil(b"\n\n")).decode():
            pass


async def test_chat_and_console_in_one_process_answers_from_the_other(service: Service) -> None:
    chat = service.chat
    await chat.says("Какие способы оплаты?")
    await service.hears("Картой на сайте")

    async with following(service.console) as events:
        await chat.says("Позовите оператора, заказ 4711")
        await _read_until(events, "заказ 4711")
    await service.replies("Здравствуйте, смотрю заказ")
    await service.hears("смотрю заказ")

    # the worker dies: what is said to either side meanwhile is written down, and done by the next one
    service.worker.kill()
    await chat.says("Ещё вопрос: где чек?")
    await service.replies("Чек в письме")
    service.worker.start()
    await service.hears("Чек в письме")

    # the web process dies: the worker goes on; chat and console come again, the last words are sent a second time
    nonce = "nonce-of-the-last-words"
    await chat.says("Спасибо, вижу", nonce=nonce)
    service.web.kill()
    with pytest.raises(aiohttp.ClientError):
        await chat.says("Спасибо, вижу", nonce=nonce)
    service.web.start()
    await _until_up(chat.http, chat.shop.base)
    await chat.says("Спасибо, вижу", nonce=nonce)
    await service.replies("Пожалуйста!")
    await service.hears("Пожалуйста!")

    shown = await service.times_shown()
    said = ("Ещё вопрос: где чек?", "Спасибо, вижу", "Здравствуйте, смотрю заказ", "Чек в письме", "Пожалуйста!")
    assert {text: shown[text] for text in said} == dict.fromkeys(said, 1)
    assert sum("Картой на сайте" in text for text in shown.elements()) == 1
    streamed = Counter(line["id"] for line in service.heard)
    assert max(streamed.values()) == 1
    assert (await service.console.get("/inbox/1"))[1].count("Спасибо, вижу") >= 1
