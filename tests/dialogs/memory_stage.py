"""The stage in memory: channels that are scripted, and time that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bot.app import App
from bot.storage.tables import topic
from core.delivery import Delivery, DeskAct, DeskPost
from core.errors import Permanent, Refusal, Retryable
from tests.dialogs.stage import MARKS, MEMBERS, Posted, Shown
from tests.dialogs.table import Table

CUSTOMER = "1001"
_QUICKLY = 0.4  # seconds between quick messages
_ACTS = (DeskAct.POST, DeskAct.EDIT)


class MemoryStage:
    """`person`: what the platform says about the customer."""

    def __init__(self, table: Table, person: Mapping[str, Any]) -> None:
        self._table = table
        self._person = {"name": "Иван Петров", **person}
        self._channel, self._desk = table.channel, table.desk

    @property
    def app(self) -> App:
        return self._table.app

    # --- the customer

    async def says(self, texts: Sequence[str], *, answering: str = "") -> None:
        for number, text in enumerate(texts):
            if number:
                await self._table.advance(_QUICKLY)
            await self._channel.says(CUSTOMER, text, reply_to=self._id_shown(answering), **self._person)

    async def sends(self, kinds: Sequence[str], caption: str, *, answering: str = "") -> None:
        album = f"album{len(self._channel.arrivals)}" if len(kinds) > 1 else ""
        for number, kind in enumerate(kinds):
            await self._channel.sends(
                CUSTOMER,
                kind,
                f"file {number}".encode(),
                text="" if number else caption,
                album_id=album,
                reply_to=self._id_shown(answering),
                **self._person,
            )

    async def edits(self, old: str, new: str) -> None:
        said = [one.payload["message"] for one in self._channel.arrivals if one.payload["kind"] == "message"]
        origin = next(one["origin_id"] for one in reversed(said) if old in one["text"])
        await self._channel.says(CUSTOMER, new, edit_of=origin, **self._person)

    async def presses(self, label: str, *, under: str = "") -> None:
        token = label
        if under:
            message = next(one for one in self._channel.sent_to(CUSTOMER) if under in one.text)
            buttons = [button for row in message.buttons for button in row]
            token = next(one.token for one in buttons if label.casefold() in one.label.casefold())
        elif self._channel.find_button(CUSTOMER, label) is None:
            raise AssertionError(f"there is no button {label!r}")
        await self._channel.presses(CUSTOMER, token)

    async def forges(self, token: str) -> None:
        await self._channel.presses(CUSTOMER, token)

    async def blocks(self) -> None:
        await self._channel.blocks(CUSTOMER)
        self._channel.fail_next(Permanent("blocked by the customer", Refusal.UNREACHABLE), times=1000)

    async def returns(self) -> None:
        self._channel._failures.clear()
        await self._channel.returns(CUSTOMER)

    async def is_answered_by_community(self, text: str) -> None:
        await self._channel.is_answered_outside(CUSTOMER, text)

    # --- the desk

    async def member_writes(self, member: str, text: str, topic: int, *, answering: str = "") -> None:
        number, name = MEMBERS[member]
        place = await self._place(topic)
        posts = [post for post in self._desk.in_topic(place) if answering in post.text] if answering else []
        await self._desk.writes(place, number, text, member_name=name, reply_to=posts[-1].id if posts else "")

    async def member_sends(self, member: str, kinds: Sequence[str], caption: str, topic: int) -> None:
        number, name = MEMBERS[member]
        album = f"album{len(self._desk.arrivals)}" if len(kinds) > 1 else ""
        for place, kind in enumerate(kinds):
            await self._desk.writes(
                await self._place(topic),
                number,
                "" if place else caption,
                member_name=name,
                attachments=[self._desk._file(kind, f"file {place}".encode())],
                album_id=album,
            )

    async def member_edits(self, member: str, old: str, new: str, topic: int) -> None:
        number, name = MEMBERS[member]
        own = [post for post in self._desk.posts if post.author == number and old in post.text]
        await self._desk.writes(await self._place(topic), number, new, member_name=name, edit_of=own[-1].id)

    async def member_presses(self, member: str, label: str, topic: int) -> None:
        await self._desk.presses(await self._place(topic), MEMBERS[member][0], label)

    async def member_closes_topic(self, topic: int) -> None:
        await self._desk.toggles(await self._place(topic), is_closed=True)

    async def member_deletes_topic(self, topic: int) -> None:
        self._desk.deletes_topic(await self._place(topic))

    async def break_desk(self) -> None:
        self._desk.fail_next(Retryable("the desk cannot be reached"), times=1000)

    async def mend_desk(self) -> None:
        self._desk._failures.clear()

    async def _place(self, number: int) -> str:
        """0 is the place outside topics."""
        if not number:
            return ""
        query = select(topic.c.topic).where(topic.c.conversation_id == number)
        found = await self._table.database.read(lambda connection: connection.scalar(query))
        if found is None:
            raise AssertionError(f"conversation #{number} has no topic")
        return str(found)

    # --- time

    async def passes(self, seconds: float) -> None:
        await self._table.advance(seconds)
        await self.app.timers.tick()

    async def settle(self) -> None:
        await self._table.settle()

    # --- what is seen

    def shown(self) -> list[Shown]:
        return [
            Shown(
                one.message.text,
                tuple(button.label for row in one.message.buttons for button in row),
                tuple(str(attachment.kind) for attachment in one.message.attachments),
                self._text_of(one.message.reply_to),
                bool(one.message.edit_of),
            )
            for one in self._channel.sent
            if one.address == CUSTOMER
        ]

    def _text_of(self, origin_id: str) -> str:
        said = [one.payload["message"] for one in self._channel.arrivals]
        return next((str(one["text"]) for one in said if origin_id and one["origin_id"] == origin_id), "")

    def _id_shown(self, words: str) -> str:
        sent = [one for one in self._channel.sent if one.address == CUSTOMER and words in one.message.text]
        return sent[-1].ids[0] if words and sent else ""

    def posted(self) -> list[Posted]:
        return [_posted(one, one.content, self._words_at) for one in self._desk.acts if _is_post(one)]

    def _words_at(self, place: str) -> str:
        return next((post.text for post in self._desk.posts if place and post.id == place), "")

    def reactions(self) -> list[str]:
        return [text for text in self._reactions() if text not in MARKS]

    def marks(self) -> list[str]:
        return [text for text in self._reactions() if text in MARKS]

    def _reactions(self) -> list[str]:
        return [one.content.text for one in self._desk.acts if _is(one, DeskAct.REACT)]

    async def is_topic_closed(self, topic: int) -> bool:
        return await self._place(topic) in self._desk.closed


def _is_post(delivery: Delivery) -> bool:
    return isinstance(delivery.content, DeskPost) and delivery.content.act in _ACTS


def _is(delivery: Delivery, act: DeskAct) -> bool:
    return isinstance(delivery.content, DeskPost) and delivery.content.act is act


def _posted(delivery: Delivery, content: Any, words_at: Callable[[str], str]) -> Posted:
    return Posted(
        content.text,
        delivery.conversation_id,
        tuple(button.label for row in content.buttons for button in row),
        tuple(str(attachment.kind) for attachment in content.attachments),
        words_at(content.reply_to),
        content.act is DeskAct.EDIT,
    )
