"""Both platforms, both channels, the desk and the core in one loop; people with the same manners on either platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.app import App
from bot.apply.work import DeskPlace
from bot.inbox import Windows
from bot.ports import DeskTopics, FileShelf, StoredNotebook
from bot.storage.database import Database, open_engine, read_url
from bot.storage.operators import add_operator
from bot.storage.tables import message
from channels import telegram, vk
from core.clock import SystemClock
from handoff.operators import Role
from tests.fakes.telegram import FakeTelegram
from tests.fakes.vk import FakeVk

OPERATOR, CHIEF = 7001, 7002  # the second is an administrator of the group, who may write in closed topics
CALL = "Позовите оператора"
LIMIT = 8.0  # seconds that anything may take at most; as a rule it is milliseconds
VK_KINDS = {"doc": "document", "audio_message": "voice"}


@dataclass(frozen=True)
class Seen:
    """A message as the one who gets it sees it; `number` is its id in that chat."""

    kind: str
    text: str
    content: bytes | None
    number: int
    reply_to: int | None
    record: Any

    @classmethod
    def from_telegram(cls, record: Any) -> Seen:
        text = record.text or record.caption or ""
        return cls(record.kind, text, record.content, record.message_id, record.reply_to, record)

    @classmethod
    def from_vk(cls, record: Any) -> Seen:
        kind = VK_KINDS.get(record.kind, record.kind)
        return cls(kind, record.text, record.content, record.cmid, record.reply_to, record)


class House:
    """The program, and the operator at the desk."""

    def __init__(
        self,
        tg: FakeTelegram,
        page: FakeVk,
        url: str,
        folder: Path,
        *,
        forum: int = 0,
        has_second_group: bool = False,
    ) -> None:
        """`forum`: a group that is there already; `has_second_group`: level 2 has its own, with the same people."""
        self.tg, self.vk = tg, page
        self.forum = forum or tg.add_forum(members=[OPERATOR], admins=[CHIEF])
        self.second = tg.add_forum(members=[OPERATOR], admins=[CHIEF]) if has_second_group else 0
        clock, database = SystemClock(), Database(open_engine(read_url(url)))
        shelf, notebook = FileShelf(folder / "files"), StoredNotebook(database)
        settings = telegram.TelegramSettings(token=tg.token, api_url=tg.base, desk_chat=self.forum)
        groups = {2: str(self.second)} if has_second_group else {}
        if has_second_group:
            settings = replace(settings, further_chats=(self.second,))
        topics = DeskTopics(database, clock, str(self.forum))
        further = {chat: DeskTopics(database, clock, chat) for chat in groups.values()}
        customers, desk = telegram.open_channels(
            settings, files=shelf, topics=topics, further=further, notebook=notebook
        )
        community = vk.open_channel(
            vk.Settings(token=page.token, group_id=page.group_id, api_url=page.base, wait=1), files=shelf
        )
        place = DeskPlace("telegram_desk", desk.account, str(self.forum), groups)
        windows = Windows(burst=0.05, album=0.2)
        self.app = App(database, [customers, desk, community], "ru", place, clock, windows=windows, shelf=shelf)

    async def start(self) -> None:
        now = self.app.clock.now()
        for login, name, number in (("anna", "Анна", OPERATOR), ("boris", "Борис", CHIEF)):

            def work(connection: Connection, login: str = login, name: str = name, number: int = number) -> None:
                add_operator(connection, login, Role.OPERATOR, now, name=name, telegram_id=str(number))

            await self.app.database.write(work)
        await self.app.start()
        await self.vk.wait_for_calls("longpoll", timeout=LIMIT)
        await self.tg.wait_for_calls("getUpdates", timeout=LIMIT)

    # the desk

    def posts(self, thread: int) -> list[Seen]:
        return [Seen.from_telegram(one) for one in self.tg.sent(self.forum, thread) if not one.deleted]

    async def shows(self, thread: int, text: str = "", kind: str = "", count: int = 1) -> Seen:
        """The last of `count` posts in the topic with this text and of this kind."""
        return await self.wait(
            lambda: _nth([one for one in self.posts(thread) if text in one.text and kind in ("", one.kind)], count)
        )

    def says(self, thread: int, text: str, **fields: Any) -> Any:
        return self.tg.member_says(OPERATOR, text, thread=thread, **fields)

    def presses(self, thread: int, label: str) -> None:
        self.tg.member_presses(OPERATOR, label, thread=thread)

    def sends(self, thread: int, kind: str, **fields: Any) -> Any:
        return self.tg.member_sends(OPERATOR, kind, thread=thread, **fields)

    def topic_of(self, name: str, but: int = 0) -> int | None:
        """The live topic named after a customer, once something stands in it."""
        topics = [one.thread for one in self.tg.topics(self.forum) if not one.deleted and one.name.endswith(f" {name}")]
        return next((one for one in topics if one != but and self.posts(one)), None)

    async def keeps(self, text: str) -> None:
        """Until a customer's words that nobody is shown are in the database."""
        query = select(func.count()).select_from(message).where(message.c.text == text)
        async with asyncio.timeout(LIMIT):
            while not await self.app.database.read(lambda connection: connection.execute(query).scalar_one()):
                await asyncio.sleep(0.01)

    async def wait(self, condition: Callable[[], Any]) -> Any:
        return await self.tg.wait_for(condition, LIMIT)


class Person:
    """A customer; what they do and get, whatever the platform."""

    platform: str
    number = 1001

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name = house, name

    async def reach_the_desk(self) -> int:
        """Ask for an operator, who answers: the conversation is theirs now. The topic's number."""
        await self.says(CALL)
        thread = await self.house.wait(lambda: self.house.topic_of(self.name))
        self.house.says(int(thread), "Слушаю вас")
        await self.gets("Слушаю вас")
        return int(thread)

    async def says(self, text: str, **fields: Any) -> int:
        """The message's number in the chat."""
        raise NotImplementedError

    async def sends(self, kind: str, text: str = "", **fields: Any) -> int:
        raise NotImplementedError

    def edits(self, number: int, text: str) -> None:
        raise NotImplementedError

    async def presses(self, label: str) -> None:
        raise NotImplementedError

    def got(self) -> list[Seen]:
        raise NotImplementedError

    def edited(self) -> list[str]:
        """Texts of our messages that were changed before the customer's eyes."""
        raise NotImplementedError

    async def gets(self, text: str = "", kind: str = "", count: int = 1) -> Seen:
        raise NotImplementedError

    def fits(self, text: str, kind: str, count: int) -> Seen | None:
        return _nth([one for one in self.got() if text in one.text and kind in ("", one.kind)], count)


class TelegramPerson(Person):
    platform = "telegram"

    def __init__(self, house: House, name: str) -> None:
        super().__init__(house, name)
        house.tg.add_user(self.number, first_name=name)

    async def says(self, text: str, **fields: Any) -> int:
        return int(self.house.tg.customer_says(self.number, text, **fields).message_id)

    async def sends(self, kind: str, text: str = "", **fields: Any) -> int:
        return int(self.house.tg.customer_sends(self.number, kind, caption=text or None, **fields).message_id)

    async def sends_album(self, text: str) -> None:
        self.house.tg.customer_sends_album(self.number, ["photo", "photo", "video"], caption=text)

    def edits(self, number: int, text: str) -> None:
        self.house.tg.customer_edits(self.number, number, text)

    async def presses(self, label: str) -> None:
        self.house.tg.customer_presses(self.number, label)

    def got(self) -> list[Seen]:
        return [Seen.from_telegram(one) for one in self.house.tg.sent(self.number)]

    def edited(self) -> list[str]:
        return [one.text or one.caption or "" for one in self.house.tg.edits(self.number)]

    async def gets(self, text: str = "", kind: str = "", count: int = 1) -> Seen:
        return await self.house.tg.wait_for(lambda: self.fits(text, kind, count), LIMIT)  # type: ignore[no-any-return]

    def blocks(self) -> None:
        self.house.tg.customer_blocks(self.number)

    def unblocks(self) -> None:
        self.house.tg.customer_unblocks(self.number)


class VkPerson(Person):
    platform = "vk"

    def __init__(self, house: House, name: str) -> None:
        super().__init__(house, name)
        first, _, last = name.partition(" ")
        house.vk.add_user(self.number, first_name=first, last_name=last)

    async def says(self, text: str, **fields: Any) -> int:
        return int(self.house.vk.customer_says(self.number, text, **fields).cmid)

    async def sends(self, kind: str, text: str = "", **fields: Any) -> int:
        return int(self.house.vk.customer_sends(self.number, kind, text=text, **fields).cmid)

    async def sends_album(self, text: str) -> None:
        self.house.vk.customer_sends_album(self.number, 3, text=text)

    def edits(self, number: int, text: str) -> None:
        self.house.vk.customer_edits(self.number, number, text)

    async def presses(self, label: str) -> None:
        self.house.vk.customer_presses(self.number, label)

    def got(self) -> list[Seen]:
        return [Seen.from_vk(one) for one in self.house.vk.sent(self.number)]

    def edited(self) -> list[str]:
        return [one.text for one in self.house.vk.edits(self.number)]

    async def gets(self, text: str = "", kind: str = "", count: int = 1) -> Seen:
        return await self.house.vk.wait_for(lambda: self.fits(text, kind, count), LIMIT)  # type: ignore[no-any-return]

    def blocks(self) -> None:
        self.house.vk.customer_denies(self.number)

    def unblocks(self) -> None:
        self.house.vk.customer_allows(self.number)


def _nth(found: list[Seen], count: int) -> Seen | None:
    return found[count - 1] if len(found) >= count else None
