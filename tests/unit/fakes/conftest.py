"""A fake and a real client on it."""

from __future__ import annotations

import ssl
import typing
from collections.abc import AsyncIterator, Iterator
from unittest.mock import patch

import jconfig
import pytest
import requests
import vk_api
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from requests.adapters import HTTPAdapter

from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk

CONTEXT = ssl.create_default_context()
SESSIONS: list[requests.Session] = []


@pytest.fixture(autouse=True)
def closed_sessions() -> Iterator[None]:
    yield
    for session in SESSIONS:
        session.close()
    SESSIONS.clear()


class Redirected(HTTPAdapter):
    """Moves VK's own address, a literal inside vk_api, to the fake."""

    def __init__(self, base: str) -> None:
        self.base = base
        super().__init__()

    def send(self, request, **kwargs):  # type: ignore[no-untyped-def]
        request.url = self.base + request.path_url
        return super().send(request, **kwargs | {"timeout": (2, 5)})


def bot_on(tg: FakeTelegram, timeout: float = 5) -> Bot:
    """One encryption context for all of them: making one takes longer than most of these tests."""
    with patch("aiogram.client.session.aiohttp.ssl.create_default_context", return_value=CONTEXT):
        return Bot(tg.token, session=AiohttpSession(timeout=timeout, api=TelegramAPIServer.from_base(tg.base)))


async def close(bot: Bot) -> None:
    """Without the quarter of a second that aiogram waits for encrypted connections."""
    session = bot.session
    if isinstance(session, AiohttpSession) and session._session is not None:
        await session._session.close()


def vk_on(vk: FakeVk, token: str | None = None) -> vk_api.VkApi:
    session = requests.Session()
    session.mount("https://api.vk.ru/", Redirected(vk.base))
    SESSIONS.append(session)
    api = vk_api.VkApiGroup(token=token or vk.token, api_version="5.199", session=session, config=jconfig.MemoryConfig)
    api.RPS_DELAY = 0.0
    api.error_handlers.pop(6)
    return api


@pytest.fixture
async def tg() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(retry_s=0.01, set_webhook_pause_s=0.0) as fake:
        yield fake


@pytest.fixture
async def bot(tg: FakeTelegram) -> AsyncIterator[Bot]:
    bot = bot_on(tg)
    yield bot
    await close(bot)
    assert tg.problems == []


@pytest.fixture
def vk() -> Iterator[FakeVk]:
    with FakeVk(retry_s=0.01, longpoll_wait_s=0.3) as fake:
        yield fake


@pytest.fixture
def api(vk: FakeVk) -> Iterator[vk_api.VkApi]:
    api = vk_on(vk)
    yield api
    assert vk.problems == []


@pytest.fixture(scope="session", autouse=True)
def whole_aiogram() -> None:
    """aiogram's own models, which channels.telegram.wire.sdk leaves unbuilt when it is imported first."""
    import aiogram.methods
    import aiogram.types
    from aiogram.client.default import Default

    names = {name: getattr(aiogram.types, name) for name in aiogram.types.__all__}
    namespace = {**vars(typing), "List": list, "Default": Default, **names}
    for module in (aiogram.types, aiogram.methods):
        for name in module.__all__:
            model = getattr(module, name)
            if hasattr(model, "model_rebuild"):
                model.model_rebuild(_types_namespace=namespace)
