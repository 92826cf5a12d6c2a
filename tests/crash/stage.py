"""Everything a crash run needs around it: both fakes, a database, the FAQ, two operators, the process."""

from __future__ import annotations

import contextlib
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.crash.knowledge import as_file
from tests.crash.options import Options
from tests.crash.process import BotProcess, call, environment_of
from tests.fakes.remote import Remote, spawn
from tests.postgres import PostgresServer

OPERATORS = (7001, 7002)
SECRET = "a-secret-of-the-crash-run"


@dataclass(slots=True)
class Stage:
    options: Options
    tg: Remote
    vk: Remote
    bot: BotProcess
    forum: int
    database_url: str


@contextlib.contextmanager
def set_up(options: Options) -> Iterator[Stage]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otklik-crash-")))
        url = stack.enter_context(_database(options.database, folder))
        tg = stack.enter_context(spawn("telegram", seed=options.seed, retry_s=0.2))
        vk = stack.enter_context(spawn("vk", seed=options.seed, retry_s=0.2))
        forum = tg.add_forum(members=list(OPERATORS))
        environment = environment_of(_settings(options, tg, vk, forum, url))
        _fill(folder, environment)
        bot = BotProcess(folder, environment)
        try:
            yield Stage(options, tg, vk, bot, forum, url)
        finally:
            bot.stop()


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/otklik.db"
        return
    with contextlib.closing(PostgresServer()) as server:
        yield server.url(server.create())


def _settings(options: Options, tg: Remote, vk: Remote, forum: int, url: str) -> dict[str, object]:
    port = free_port()
    return {
        "DATABASE_URL": url,
        "HTTP_PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TELEGRAM_TOKEN": tg.token,
        "TELEGRAM_API_URL": tg.base,
        "TELEGRAM_MODE": options.telegram,
        "TELEGRAM_SECRET": SECRET,
        "TELEGRAM_DESK_CHAT": forum,
        "VK_TOKEN": vk.token,
        "VK_GROUP_ID": vk.group_id,
        "VK_API_URL": vk.base,
        "VK_MODE": options.vk,
        "VK_SECRET": SECRET,
        "LOG_LEVEL": "warning",
    }


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _fill(folder: Path, environment: dict[str, str]) -> None:
    (folder / "faq.jsonl").write_text(as_file(), encoding="utf-8")
    call(["faq", "import", "faq.jsonl"], folder, environment)
    for number in OPERATORS:
        login = f"operator{number}"
        call(["operator", "add", login, "--role", "operator", "--telegram", str(number)], folder, environment)
