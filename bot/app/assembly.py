"""From settings to a running Otklik: `run` for the service, `chat` for a terminal."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.app.ground import Ground, lay_ground
from bot.app.lock import WorkerLock
from bot.app.memory import settle_down
from bot.app.opening import desk_of, open_channels, open_website
from bot.app.system import App
from bot.app.typing import TypingBridge
from bot.config import Config, unknown_settings
from bot.console import Console, mount_console, open_console
from bot.console import Ground as ConsoleGround
from bot.doctor import examine
from bot.knowledge.encoders import choose_encoder
from bot.storage.console.credentials import make_first_link
from bot.storage.database import read_url
from bot.storage.entries import import_entries, is_empty
from bot.storage.outbox import count_open
from bot.storage.privacy.files import data_folder
from bot.storage.service.rules import put_in_starter
from bot.web import WebServer
from channels import registry
from core.channel import Channel
from core.errors import InvalidInput

log = logging.getLogger(__name__)


async def run(config: Config, role: str = "all") -> int:
    """The service until SIGINT or SIGTERM; returns the exit code."""
    _check_role(config, role)
    ground = await asyncio.to_thread(lay_ground, config)
    stopping = _stop_on_signals()
    lock = WorkerLock(ground.engine)
    if role != "web" and not await _unless_stopped(lock.take(), stopping):
        return 0
    await _put_in_starter(ground)
    channels = open_channels(config, ground)
    app = App(
        ground.database,
        channels,
        config.language,
        desk_of(config, channels),
        ground.clock,
        zone=config.zone,
        shelf=ground.shelf,
        encoder=choose_encoder(config, data_folder(ground.engine)),
        handles=role != "web",
        listens=role != "web",
        public_url=config.public_url,
    )
    server = None
    try:
        await app.take_up(is_split=role == "worker")
        if role != "worker":
            hooks = [hook for channel in channels for hook in channel.hooks(app.inbox)]
            console = _open_console(config, ground, app)
            site = open_website(config, ground, channels, app)
            TypingBridge(console, ground.chats, ground.hub, app.supervisor)
            server = WebServer(
                config.http_host,
                config.http_port,
                hooks,
                lambda: _readiness(app),
                mounts=[lambda web: mount_console(console, web), site.mount],
            )
            await server.start()
            if role == "web":
                app.supervisor.start("chats written by the worker", ground.hub.follow)
        app.listen()
        settle_down()
        _greet(config, channels, server, await _first_link(ground) if server is not None else None)
        await _unless_stopped(lock.lost(), stopping)
    finally:
        if server is not None:
            await server.stop()
        await app.stop()
        lock.close()
    return 0 if stopping.is_set() else 1


def _check_role(config: Config, role: str) -> None:
    if role != "all" and read_url(config.database_url).get_backend_name() == "sqlite":
        raise InvalidInput("--role web and --role worker need PostgreSQL: set OTKLIK_DATABASE_URL to one")


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def _unless_stopped(waiting: Any, stopping: asyncio.Event) -> bool:
    """Wait for something or for the signal; True when it was the former."""
    task = asyncio.ensure_future(waiting)
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    is_done = bool(task.done())
    for one in (task, stop):
        one.cancel()
    await asyncio.gather(task, stop, return_exceptions=True)
    if is_done and not task.cancelled():
        task.result()
    return is_done


async def _put_in_starter(ground: Ground) -> None:
    """A fresh install answers: the starter FAQ goes into an empty one; and it says sorry for a long wait."""
    await _put_in_rules(ground)
    if not await ground.database.read(is_empty):
        return
    from faq.files import read_entries

    path = Path(__file__).parents[2] / "faq" / "starter.yaml"
    entries, now = read_entries(path).entries, ground.clock.now()

    def work(connection: Connection) -> None:
        if is_empty(connection):
            import_entries(connection, entries, now, path.name)

    await ground.database.write(work)
    log.info("the starter FAQ with %d entries is in; replace it with: otklik faq import FILE", len(entries))


async def _put_in_rules(ground: Ground) -> None:
    import yaml

    path = Path(__file__).parents[2] / "handoff" / "service" / "starter_rules.yaml"
    raws, now = yaml.safe_load(path.read_text("utf-8")), ground.clock.now()
    await ground.database.write(lambda connection: put_in_starter(connection, raws, now))


async def _readiness(app: App) -> tuple[bool, Mapping[str, Any]]:
    """The database takes writes, and every channel has started."""
    waiting = await app.database.write(count_open)
    return all(app.ready.values()), {"channels": dict(app.ready), "outbox": waiting}


def _open_console(config: Config, ground: Ground, app: App) -> Console:
    return open_console(
        ConsoleGround(
            ground.database,
            ground.clock,
            app.library,
            app.acts,
            app.supervisor,
            ground.shelf,
            config.language,
            config.zone,
            config.public_url,
            [channel.name for channel in app.channels],
            lambda: examine(config, unknown_settings(), open_channels),
            lambda: app.board.wording,
            app.setup.capabilities,
            lambda: app.board.settings,
        )
    )


async def _first_link(ground: Ground) -> str | None:
    now = ground.clock.now()
    return await ground.database.write(lambda connection: make_first_link(connection, now))


def _greet(config: Config, channels: list[Channel], server: WebServer | None, first_link: str | None = None) -> None:
    names = [channel.name for channel in channels if channel.name != "telegram_desk"]
    platforms = [name for name in names if name != "website"]
    lines = ["Otklik is running."]
    if server is not None:
        base = config.base_url(server.port)
        lines.append(f"  console: {base}/")
        if first_link is not None:
            lines.append(f"  make yourself its first admin, within 24 hours: {base}/first/{first_link}")
        lines.append(f"  FAQ page with the website chat: {base}/help")
        lines.append(f"  health: http://{config.http_host}:{server.port}/healthz")
    lines.append(f"  channels: {', '.join(names)}")
    if not platforms:
        lines.append("  no messenger has its settings yet: put OTKLIK_TELEGRAM_TOKEN or OTKLIK_VK_TOKEN into .env")
    if config.telegram_token is not None and config.telegram_desk_chat is None:
        lines.append("  no operators' desk yet: set OTKLIK_TELEGRAM_DESK_CHAT to the id of your group with topics")
    lines.append(f"  talk to the bot right now, in another terminal: {_program()} chat")
    print("\n".join(lines), flush=True)


def _program() -> str:
    """How this program was called, so that the hint can be copied."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "otklik" else f"{Path(sys.executable).name} -m bot"


async def chat(config: Config, name: str) -> int:
    """A conversation in the terminal over the same core and database; needs no token."""
    ground = await asyncio.to_thread(lay_ground, config)
    await _put_in_starter(ground)
    module: Any = registry.module("terminal")
    channel = module.open_channel(module.Settings(name=name), files=ground.shelf)
    app = App(
        ground.database,
        [channel],
        config.language,
        desk_of(config, [channel]),
        ground.clock,
        zone=config.zone,
        shelf=ground.shelf,
        encoder=choose_encoder(config, data_folder(ground.engine)),
    )
    stopping = _stop_on_signals()
    try:
        await app.start()
        await _unless_stopped(_until_silent(app), stopping)
    finally:
        await app.stop()
    return 0


async def _until_silent(app: App) -> None:
    """Until the input has ended and everything it asked has been answered."""
    await app.listened.wait()
    await app.inbox.drained()
    await app.outbox.drained()
