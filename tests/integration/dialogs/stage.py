"""The stage over HTTP: the real channels in one App, talking to the fake platforms; real SQLite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.storage.tables import topic
from core.clock import SystemClock
from tests.dialogs.stage import BEGINNING, MARKS, MEMBERS, Posted, Shown
from tests.fakes.record import Record
from tests.fakes.server import FakeServer
from tests.fakes.telegram import FakeTelegram

CUSTOMER = 1001
_KINDS = {"doc": "document", "audio_message": "voice"}


class LaterClock(SystemClock):
    """The machine's clock, set to the moment at which conversations begin, and put forward when told."""

    def __init__(self) -> None:
        self._later = BEGINNING - super().now()

    def now(self) -> datetime:
        return super().now() + self._later

    def put_forward(self, seconds: float) -> None:
        self._later += timedelta(seconds=seconds)


class HttpStage:
    """Operators at the fake Telegram's forum; the customers' side is for the platforms to say."""

    platform: FakeServer

    def __init__(self, app: App, tg: FakeTelegram, forum: int, clock: LaterClock) -> None:
        self.app, self.tg, self.forum, self._clock = app, tg, forum, clock
        self._conversations: dict[int, int] = {}  # by topic
        self._said: dict[int, str] = {}  # members' words by message id
        self._own: dict[str, int] = {}  # the customer's message ids by their words

    # --- the desk

    async def member_writes(self, member: str, text: str, topic: int, *, answering: str = "") -> None:
        place = await self._place(topic)
        found = [one for one in self.tg.sent(self.forum, place) if answering in _words(one)] if answering else []
        reply_to = found[-1].message_id if found else None
        if len(text) > 4096:  # a client of Telegram cuts what is too long
            for start in range(0, len(text), 4000):
                self.tg.member_says(_number(member), text[start : start + 4000], place)
            return
        made = self.tg.member_says(_number(member), text, place, reply_to=reply_to)
        self._said[made.message_id] = text

    async def member_sends(self, member: str, kinds: Sequence[str], caption: str, topic: int) -> None:
        place = await self._place(topic)
        if len(kinds) > 1:
            self.tg.member_sends_album(_number(member), place, list(kinds), caption=caption or None)
        else:
            self.tg.member_sends(_number(member), kinds[0], place, caption=caption or None)

    async def member_edits(self, member: str, old: str, new: str, topic: int) -> None:
        number = next(key for key, text in reversed(self._said.items()) if old in text)
        self._said[number] = new
        self.tg.member_edits(_number(member), number, new)

    async def member_presses(self, member: str, label: str, topic: int) -> None:
        self.tg.member_presses(_number(member), label, thread=await self._place(topic))

    async def member_closes_topic(self, topic: int) -> None:
        self.tg.member_closes_topic(_number("anna"), await self._place(topic))

    async def member_deletes_topic(self, topic: int) -> None:
        self.tg.member_deletes_topic(_number("anna"), await self._place(topic))

    async def break_desk(self) -> None:
        self.tg.fail_randomly("502", 1.0, chat=self.forum)

    async def mend_desk(self) -> None:
        self.tg.clear_faults()

    async def is_topic_closed(self, topic: int) -> bool:
        place = await self._place(topic)
        return next(bool(one.closed) for one in self.tg.topics(self.forum) if one.thread == place)

    async def _place(self, number: int) -> int:
        """0 is the place outside topics."""
        if not number:
            return 0
        query = select(topic.c.topic).where(topic.c.conversation_id == number)
        found = await self.app.database.read(lambda connection: connection.scalar(query))
        if found is None:
            raise AssertionError(f"conversation #{number} has no topic")
        return int(found)

    # --- time

    async def passes(self, seconds: float) -> None:
        self._clock.put_forward(seconds)
        await self.app.timers.tick()

    async def settle(self) -> None:
        """Until both platforms have been heard out and nothing waits to be decided or sent."""
        servers = {id(server): server for server in (self.tg, self.platform)}.values()
        while True:
            for server in servers:
                await server.wait_for(lambda server=server: not server.unconfirmed())
            await self.app.inbox.drained()
            await self.app.timers.tend()  # behind the look that what was handled asked for
            await self.app.outbox.drained()
            if not any(server.unconfirmed() for server in servers) and not self.app.inbox._lanes:
                break
        rows = await self.app.database.read(lambda connection: connection.execute(select(topic)).all())
        self._conversations |= {int(row.topic): row.conversation_id for row in rows if row.topic}

    # --- what is seen

    def posted(self) -> list[Posted]:
        texts = {one.message_id: _words(one) for one in self.tg.sent(self.forum)} | self._said
        return [self._post(one, texts) for one in _joined(self.tg, self.forum)]

    def _post(self, one: Record, texts: dict[int, str]) -> Posted:
        answers = texts.get(one.get("reply_to") or 0, "")
        number = self._conversations.get(one["thread"] or 0)
        return Posted(_words(one), number, _labels(one), _media(one), answers, "reply_to" not in one)

    def reactions(self) -> list[str]:
        calls = [call for call in self.tg.calls if call.method == "setMessageReaction"]
        return [text for call in calls if (text := _emoji(call.params["reaction"])) not in MARKS]

    def marks(self) -> list[str]:
        calls = [call for call in self.tg.calls if call.method == "setMessageReaction"]
        return [text for call in calls if (text := _emoji(call.params["reaction"])) in MARKS]

    def _shown(self, server: Any, texts: dict[int, str]) -> list[Shown]:
        return [
            Shown(
                _words(one),
                _labels(one),
                _media(one),
                texts.get(one.get("reply_to") or 0, ""),
                "reply_to" not in one,
            )
            for one in _joined(server, CUSTOMER)
        ]


def _number(member: str) -> int:
    return int(MEMBERS[member][0])


def _words(one: Record) -> str:
    return str(one["text"] or one["caption"] or "")


def _labels(one: Record) -> tuple[str, ...]:
    markup = one["markup"] or {}
    rows = markup.get("inline_keyboard") or markup.get("buttons") or []
    return tuple(str(button.get("text") or button["action"]["label"]) for row in rows for button in row)


def _media(one: Record) -> tuple[str, ...]:
    if "media" in one:
        return tuple(one["media"])
    if "attachments" in one:
        return tuple(_KINDS.get(thing["type"], thing["type"]) for thing in one["attachments"])
    return () if one["kind"] == "text" else (one["kind"],)


def _emoji(reaction: Any) -> str:

    listed = json.loads(reaction) if isinstance(reaction, str) else reaction
    return str(listed[0]["emoji"]) if listed else ""


def _joined(server: Any, chat: int) -> list[Record]:
    """What was sent and changed, in the order of effect; the parts of an album as one."""
    found: list[Record] = []
    for one in sorted([*server.sent(chat), *server.edits(chat)], key=lambda record: record["at"]):
        album = one.get("media_group_id")
        if found and album and found[-1].get("media_group_id") == album:
            last = found[-1]
            last["media"] = [*last["media"], one["kind"]]
            continue
        found.append(Record(one, media=[one["kind"]]) if album else one)
    return found
