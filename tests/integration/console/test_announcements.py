"""Announcements in the console: written, looked at, sent, stopped, said first; and who may."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import aiohttp

from bot.storage.announcements.keeping import list_announcements
from bot.storage.service.settings import change_setting
from handoff.announcement import State
from tests.integration.console.house import Browser, House

Open = Callable[[str], Awaitable[Browser]]
HERE = "/settings/announcements"
WORDS = "Сегодня доставка задерживается."


async def at_any_hour(house: House) -> None:
    now = house.clock.now()
    limits = {"quiet_from": "00:00", "quiet_to": "00:00"}
    await house.database.write(lambda connection: change_setting(connection, "surveys.limits", limits, "admin", now))
    await house.app.board.refresh()


async def crowd(house: House) -> None:
    """Two on Telegram, one of whom asked about delivery; one on VK."""
    await house.says("Сколько идёт доставка?", "1")
    await house.says("Как вернуть товар?", "2")
    await house.says("Сколько идёт доставка?", "3", "vk")


async def write(admin: Browser, **fields: Any) -> str:
    form = aiohttp.FormData({"words_ru": WORDS, "days": "30"})
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            form.add_field(name, one)
    status, page, place = await admin.post(f"{HERE}/new", form)
    assert status == 303, page[:500]
    return place


def got(house: House, channel: str) -> list[str]:
    return [one.address for one in house.channels[channel].sent if one.message.text == WORDS]


async def test_written_looked_at_and_sent_to_those_it_concerns(house: House, browser: Open) -> None:
    await crowd(house)
    await at_any_hour(house)
    admin = await browser("admin")
    _, page = await admin.get(f"{HERE}/new")
    assert 'value="telegram"' in page
    assert "<option>Доставка</option>" in page
    place = await write(admin, category="Доставка")
    _, page = await admin.get(place)
    assert "Получат 2 человека." in page
    assert re.search(r"Telegram: 1.*ВКонтакте: 1", page, re.DOTALL)
    assert "Не присылать новости" in page  # the preview has the buttons, too
    assert got(house, "telegram") == []
    assert (await admin.post(f"{place}/send", {"when": "now"}))[0] == 303
    for _ in range(3):
        await house.app.timers.announce()
        await house.settled()
    assert (got(house, "telegram"), got(house, "vk")) == (["1"], ["3"])
    _, page = await admin.get(place)
    assert "2 из 2" in page
    assert (await admin.post(f"{place}/send", {"when": "now"}))[0] == 409
    status, page, _ = await admin.post(place, {"words_ru": "Другое"})
    assert (status, "поздно" in page) == (409, True)
    assert (await admin.post(f"{place}/remove"))[0] == 409
    _, log = await admin.get("/audit")
    assert "отправка объявления" in log


async def test_said_first_until_it_is_said_no_more(house: House, browser: Open) -> None:
    admin = await browser("admin")
    place = await write(admin)
    assert (await admin.post(f"{place}/say", {"span": "4h"}))[0] == 303
    await house.app.board.refresh()
    await house.says("Как вернуть товар?", "1")
    texts = [one.message.text for one in house.channels["telegram"].sent]
    assert texts[0] == WORDS
    assert texts[1].startswith("В течение 14 дней")
    _, page = await admin.get(place)
    assert "Услышал 1 человек." in page
    assert (await admin.post(f"{place}/hush"))[0] == 303
    await house.app.board.refresh()
    await house.says("Как вернуть товар?", "2")
    assert got(house, "telegram") == ["1"]


async def test_set_for_later_and_called_off(house: House, browser: Open) -> None:
    await crowd(house)
    admin = await browser("admin")
    place = await write(admin)
    for at, words in (("", "Укажите день и время"), ("вчера", "Укажите день"), ("2020-01-01T10:00", "уже прошло")):
        status, page, _ = await admin.post(f"{place}/send", {"when": "later", "at": at})
        assert (status, words in page) == (422, True)
    assert (await admin.post(f"{place}/send", {"when": "later", "at": "2099-01-01T10:00"}))[0] == 303
    assert "Начнём 01.01.2099 10:00" in unquote((await admin.get(place))[1])
    await house.app.timers.announce()
    assert (await admin.post(f"{place}/stop"))[0] == 303
    (one,) = await house.read(list_announcements)
    assert one.state is State.DRAFT
    assert (await admin.post(f"{place}/remove"))[0] == 303
    assert await house.read(list_announcements) == []
    assert (await admin.get(place))[0] == 404


async def test_what_does_not_do_is_said_and_nothing_typed_is_lost(house: House, browser: Open) -> None:
    admin = await browser("admin")
    status, page, _ = await admin.post(f"{HERE}/new", {"words_ru": " ", "tag": "опт"})
    assert (status, "хотя бы на одном языке" in page, 'value="опт"' in page) == (422, True, True)
    status, page, _ = await admin.post(f"{HERE}/new", {"words_ru": "Я" * 2001})
    assert (status, "длиннее 2000" in page, "Я" * 2001 in page) == (422, True, True)
    place = await write(admin)
    status, page, _ = await admin.post(f"{place}/send", {"when": "now"})
    assert (status, "Отправлять некому" in page) == (422, True)
    assert (await admin.post(f"{place}/say", {"span": "9y"}))[0] == 422


async def test_every_served_channel_is_offered_also_before_anybody_wrote_there(house: House, browser: Open) -> None:
    await house.says("привет")
    house.console.ground.channels = ["telegram", "website", "terminal"]
    _, page = await (await browser("admin")).get(f"{HERE}/new")
    assert re.findall('name="channels" value="([a-z]+)"', page) == ["telegram", "website"]
    assert ">за последний день<" in page


async def test_words_are_shown_as_words(house: House, browser: Open) -> None:
    admin = await browser("admin")
    form = {"words_ru": "<script>alert(1)</script> & https://shop.example/news", "days": "30"}
    _, _, place = await admin.post(f"{HERE}/new", form)
    _, page = await admin.get(place)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
