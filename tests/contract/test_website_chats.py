"""The website's chats over a database of either kind keep what their twin in memory promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.app import App
from bot.ports import FileShelf
from bot.storage.database import Database
from bot.storage.tables import inbox
from bot.storage.website import lines
from bot.storage.website.tables import chat_line
from bot.website import Hub, SiteChats
from channels.website import Visitor, WebsiteChannel, WebsiteSettings
from core.clock import FakeClock
from core.delivery import Delivery, DeliveryId
from core.errors import InvalidInput, Permanent, Refusal
from core.message import Button, OutgoingMessage

VISITOR = Visitor("g1001", "help", language="ru")


@pytest.fixture
async def channel(database: Database, clock: FakeClock, tmp_path: Path) -> WebsiteChannel:
    """Nothing is decided here: what comes in stays in the inbox."""
    hub = Hub(database)
    chats, shelf = SiteChats(database, clock, hub), FileShelf(tmp_path)
    channel = WebsiteChannel(WebsiteSettings(), shelf, chats)
    app = App(database, [channel], clock=clock, shelf=shelf, handles=False)
    chats.serve(app.inbox)
    return channel


def delivery(content: OutgoingMessage, number: int = 1) -> Delivery:
    return Delivery(DeliveryId(number), "website", "website", VISITOR.address, "website:g1001", content, number)


async def seen(database: Database, after: int = 0) -> list[tuple[str, str]]:
    found = await database.read(lambda connection: lines.lines_behind(connection, VISITOR.address, after))
    return [(line.key, line.text) for line in found]


def count_both(connection: Connection) -> tuple[int, int]:
    own = select(func.count(chat_line.c.id)).where(chat_line.c.author == "visitor")
    return connection.execute(select(func.count(inbox.c.id))).scalar_one(), connection.execute(own).scalar_one()


async def test_said_once_however_often_it_is_sent(channel: WebsiteChannel, database: Database) -> None:
    numbers = await asyncio.gather(*(channel.says(VISITOR, "nonce-0001", "привет") for _ in range(8)))
    assert len(set(numbers)) == 1
    assert await database.read(count_both) == (1, 1)


async def test_shown_once_however_often_it_is_delivered(channel: WebsiteChannel, database: Database) -> None:
    one = delivery(OutgoingMessage("ответ", ((Button("Помогло", "1.0"),),)))
    receipts = await asyncio.gather(*(channel.send(one) for _ in range(8)))
    assert {receipt.platform_ids for receipt in receipts} == {("d.1",)}
    assert await seen(database) == [("d.1", "ответ")]


async def test_arrival_and_line_together_or_not_at_all(
    channel: WebsiteChannel, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("cut off between the two")

    with monkeypatch.context() as patch:
        patch.setattr("bot.storage.inbox.store_arrivals", fail)
        with pytest.raises(RuntimeError):
            await channel.says(VISITOR, "nonce-0002", "привет")
    assert await database.read(count_both) == (0, 0)
    await channel.says(VISITOR, "nonce-0002", "привет")
    assert await database.read(count_both) == (1, 1)


async def test_change_is_seen_by_who_reads_on_and_by_who_comes_new(channel: WebsiteChannel, database: Database) -> None:
    await channel.send(delivery(OutgoingMessage("было")))
    receipt = await channel.send(delivery(OutgoingMessage("стало", edit_of="d.1"), 2))
    assert receipt.platform_ids == ("d.1",)
    assert await seen(database) == [("d.1", "стало"), ("d.2", "стало")]
    page = await database.read(lambda connection: lines.lines_before(connection, VISITOR.address, None))
    assert [(line.key, line.text) for line in page] == [("d.1", "стало")]
    await channel.send(delivery(OutgoingMessage("стало", edit_of="d.1"), 2))
    assert len(await seen(database)) == 2


async def test_change_of_what_is_not_there(channel: WebsiteChannel) -> None:
    with pytest.raises(Permanent) as caught:
        await channel.send(delivery(OutgoingMessage("стало", edit_of="d.99"), 2))
    assert caught.value.reason is Refusal.NOT_FOUND


async def test_lines_of_one_visitor_become_visible_in_the_order_of_their_numbers(
    channel: WebsiteChannel, database: Database
) -> None:
    """A stream that reads on from the last number it saw misses none, however many write at once."""
    got: list[str] = []

    async def read_on() -> None:
        last = 0
        while len(got) < 60:
            after = last
            for line in await database.read(lambda c: lines.lines_behind(c, VISITOR.address, after)):  # noqa: B023
                got.append(line.key)
                last = line.id

    async with asyncio.timeout(20):
        await asyncio.gather(
            read_on(),
            *(channel.send(delivery(OutgoingMessage(str(number)), number)) for number in range(1, 31)),
            *(channel.says(VISITOR, f"nonce-{number:04}", str(number)) for number in range(1, 31)),
        )
    assert len(set(got)) == 60


async def test_only_what_fits_is_taken(channel: WebsiteChannel, database: Database) -> None:
    for nonce, text in (("no", "x"), ("nonce-0003", ""), ("nonce-0003", "x" * 4001), ("nonce 0003", "x")):
        with pytest.raises(InvalidInput):
            await channel.says(VISITOR, nonce, text)
    with pytest.raises(InvalidInput):
        await channel.changes(replace(VISITOR), "nonce-0003", "d.1", "чужое")
    assert await database.read(count_both) == (0, 0)
