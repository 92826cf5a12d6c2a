"""The servers that are measured, each run as a process of its own: `python -m tests.benchmarks.servers NAME …`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

SECRET = "bench-secret"
TOKEN = "42:bench"


def pin(core: int) -> None:
    """One core for the server; the load comes from the other."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {core})


def measured_config(api: str, database_url: str) -> Any:
    """Telegram over webhooks, on loopback, with errors alone in the log."""
    from bot.config import load_config

    return load_config(
        {
            "OTKLIK_DATABASE_URL": database_url,
            "OTKLIK_TELEGRAM_TOKEN": TOKEN,
            "OTKLIK_TELEGRAM_API_URL": api,
            "OTKLIK_TELEGRAM_MODE": "webhook",
            "OTKLIK_TELEGRAM_SECRET": SECRET,
            "OTKLIK_PUBLIC_URL": "http://127.0.0.1",
            "OTKLIK_LOG_LEVEL": "error",
        }
    )


def web_of(app: Any, channels: Any, mounts: Any = ()) -> Any:
    """The web server of an app, on a port the system chooses."""
    from bot.web import WebServer

    hooks = [hook for channel in channels for hook in channel.hooks(app.inbox)]

    async def is_ready() -> tuple[bool, dict[str, bool]]:
        return all(app.ready.values()), {}

    return WebServer("127.0.0.1", 0, hooks, is_ready, mounts=mounts)


async def tell_when_ready(app: Any, server: Any) -> None:
    """Prints the port when all channels are ready, and serves for ever."""
    from bot.app.memory import settle_down

    settle_down()  # as `run` does
    while not all(app.ready.values()):
        await asyncio.sleep(0.01)
    print(server.port, flush=True)
    await asyncio.Event().wait()


async def echo(api: str) -> None:
    """aiogram's own webhook server that answers with the same words; stores nothing."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(message.text or "")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, path="/hooks/telegram")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def otklik(api: str, database_url: str, kind: str) -> None:
    """The whole of Otklik over webhooks; `kind` "async" runs the same functions over SQLAlchemy async + aiosqlite."""
    from bot.app.assembly import lay_ground, open_channels
    from bot.app.system import App
    from bot.inbox import Windows

    config = measured_config(api, database_url)
    ground = lay_ground(config)
    channels = open_channels(config, ground)
    database: Any = ground.database
    if kind == "async":
        from tests.benchmarks.async_database import AsyncDatabase

        database = AsyncDatabase(ground.database)
    app = App(database, channels, clock=ground.clock, windows=Windows(burst=0.0, album=0.0), shelf=ground.shelf)
    server = web_of(app, channels)
    await server.start()
    await app.start()
    await tell_when_ready(app, server)


if __name__ == "__main__":
    pin(0)
    name, *rest = sys.argv[1:]
    asyncio.run(echo(*rest) if name == "echo" else otklik(*rest))
