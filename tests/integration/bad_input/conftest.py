"""A real process with both platforms behind it, and a watch over what it must never do."""

from __future__ import annotations

import contextlib
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.crash.knowledge import KNOWN, as_file
from tests.crash.process import BotProcess, call, environment_of
from tests.crash.stage import SECRET, free_port
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk
from tests.postgres import PostgresServer

OPERATOR = 7001
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of one process belong to one worker; another one would start it again."""
    for item in items:
        kind = getattr(item, "callspec", None) and item.callspec.params.get("any_url")  # type: ignore[attr-defined]
        if kind and HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{kind}"))


@dataclass
class Place:
    """The process, seen from outside."""

    bot: BotProcess
    tg: FakeTelegram
    vk: FakeVk
    forum: int
    folder: Path
    environment: dict[str, str]
    port: int
    _asked: int = 0

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text; 0 when the connection was closed before an answer could be read."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers or {}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (ConnectionError, urllib.error.URLError):
            return 0, ""

    def to_telegram(self, body: bytes, secret: str | None = SECRET) -> tuple[int, str]:
        return self.post("/hooks/telegram", body, {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {})

    def to_vk(self, event: object) -> tuple[int, str]:
        return self.post("/hooks/vk", event if isinstance(event, bytes) else json.dumps(event).encode())

    def serves_customers(self) -> None:
        """Somebody new on each platform asks, and is answered."""
        self._asked += 1
        known = KNOWN[self._asked % len(KNOWN)]
        for fake, user in ((self.tg, 500_000 + self._asked), (self.vk, 600_000 + self._asked)):
            fake.customer_says(user, known.question)
            fake.block_for_sent(1, chat=user, text=known.answer, timeout=60)

    def findings(self) -> str:
        """What `otklik doctor` tells of this database."""
        return json.dumps(json.loads(call(["doctor", "--json"], self.folder, self.environment)), ensure_ascii=False)

    def log(self) -> str:
        return self.bot.log.read_text(encoding="utf-8", errors="replace")


OpenPlace = Callable[..., contextlib.AbstractContextManager[Place]]


@contextlib.contextmanager
def open_place(folder: Path, database_url: str, **modes: str) -> Iterator[Place]:
    with FakeTelegram(retry_s=0.1) as tg, FakeVk(retry_s=0.1) as vk:
        forum, port = tg.add_forum(members=[OPERATOR]), free_port()
        settings: dict[str, Any] = {
            "DATABASE_URL": database_url,
            "HTTP_PORT": port,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TELEGRAM_TOKEN": tg.token,
            "TELEGRAM_API_URL": tg.base,
            "TELEGRAM_SECRET": SECRET,
            "TELEGRAM_DESK_CHAT": forum,
            "VK_TOKEN": vk.token,
            "VK_GROUP_ID": vk.group_id,
            "VK_API_URL": vk.base,
            "VK_SECRET": SECRET,
            **modes,
        }
        environment = environment_of(settings)
        (folder / "faq.jsonl").write_text(as_file(), encoding="utf-8")
        call(["faq", "import", "faq.jsonl"], folder, environment)
        call(["operator", "add", "anna", "--role", "operator", "--telegram", str(OPERATOR)], folder, environment)
        place = Place(BotProcess(folder, environment), tg, vk, forum, folder, environment, port)
        place.bot.start()
        try:
            _wait_until_listening(place, modes)
            yield place
        finally:
            place.bot.stop()
        assert not place.bot.unexpected
        assert "Traceback" not in place.log()
        assert tg.problems == []
        assert vk.problems == []


def _wait_until_listening(place: Place, modes: dict[str, str]) -> None:
    is_webhook = modes.get("TELEGRAM_MODE") == "webhook"
    place.tg.block_for_calls("setWebhook" if is_webhook else "getUpdates", timeout=60)
    is_callback = modes.get("VK_MODE") == "callback"
    place.vk.block_for_calls("groups.setCallbackSettings" if is_callback else "longpoll", timeout=60)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of either kind, for a module."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database')}/otklik.db"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.url(server.create())


@pytest.fixture(scope="module")
def webhooks(any_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Both platforms push."""
    folder = tmp_path_factory.mktemp("place")
    with open_place(folder, any_url, TELEGRAM_MODE="webhook", VK_MODE="callback") as place:
        yield place


@pytest.fixture(scope="module")
def polling(any_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Both platforms are asked."""
    with open_place(tmp_path_factory.mktemp("place"), any_url) as place:
        yield place


def raw_post(port: int, head: bytes, body: bytes, wait: float) -> bytes:
    """Send a request that never becomes whole, and read what is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        connection.sendall(head + b"\r\n\r\n" + body)
        return connection.recv(4096)
