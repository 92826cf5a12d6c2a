"""The visitors' chats over the database: what the website channel asks of the roof."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from bot.inbox import InboxService
from bot.storage.database import Database
from bot.storage.messages import write_attachments
from bot.storage.website import lines, uploads, visitors
from bot.storage.website.lines import Line
from bot.website.hub import Hub
from channels.website import Own, Visitor
from core.channel import Arrival
from core.clock import Clock
from core.delivery import Delivery
from core.errors import Conflict, NotFound, Permanent, Refusal
from core.message import Attachment, OutgoingMessage


class ChatMoved(Conflict):
    """The visitor signed in meanwhile: their chat goes on under another token."""


class SiteChats:
    """channels.website.Chats over the tables; `serve` gives it the inbox, which is made later."""

    def __init__(self, database: Database, clock: Clock, hub: Hub) -> None:
        self._database, self._clock, self._hub = database, clock, hub
        self._inbox: InboxService | None = None
        self.on_typing: Callable[[str], None] = lambda address: None  # a visitor types; operators may want to see it

    def serve(self, inbox: InboxService) -> None:
        self._inbox = inbox

    async def take(self, visitor: Visitor, own: Own, arrival: Arrival) -> int:
        assert self._inbox is not None
        now = self._clock.now()
        body: dict[str, Any] = {
            "files": write_attachments(own.files),
            "reply_to": own.reply_to,
            "edit_of": own.edit_of,
            "pressed": own.pressed,
        }
        line = Line(own.key, "visitor", own.text, body={key: value for key, value in body.items() if value})
        number = 0

        def along(connection: Connection) -> None:
            nonlocal number
            if not visitors.note_visitor(connection, visitor.address, visitor.site, visitor.user_id, now):
                raise ChatMoved("this chat goes on under the name you signed in with")
            if own.edit_of:
                before = lines.find_line(connection, visitor.address, own.edit_of)
                if before is None or before.author != "visitor" or "pressed" in before.body:
                    raise NotFound("there is no such message of yours")
            uploads.note_used(connection, [one.ref for one in own.files], now)
            number = lines.add_line(connection, visitor.address, line, now).id

        await self._inbox.store([arrival], along=along)
        self._hub.wake(visitor.address)
        return number

    async def show(self, delivery: Delivery) -> str:
        content, now = delivery.content, self._clock.now()
        assert isinstance(content, OutgoingMessage)
        key = f"d.{delivery.id}"
        body: dict[str, Any] = {
            "buttons": [[[button.label, button.token] for button in row] for row in content.buttons],
            "files": write_attachments(content.attachments),
            "reply_to": content.reply_to,
            "edit_of": content.edit_of,
        }
        kept = {name: value for name, value in body.items() if value}

        def work(connection: Connection) -> str:
            author, name = lines.author_of(connection, delivery.message_id)
            address = lines.home_of(connection, delivery.address)
            try:
                lines.add_line(connection, address, Line(key, author, content.text, name, kept), now)
            except NotFound:
                raise Permanent("the message to change is not in the chat", Refusal.NOT_FOUND) from None
            return address

        address = await self._database.write(work)
        self._hub.wake(address)
        return content.edit_of or key

    async def read_file(self, ref: str, to: Path) -> None:
        try:
            content = await self._database.read(lambda connection: uploads.read_upload(connection, ref))
        except NotFound as error:
            raise Permanent(str(error), Refusal.FILE) from None
        await asyncio.to_thread(to.write_bytes, content)

    async def show_typing(self, address: str, name: str) -> None:
        self._hub.type(address, name)

    def find_file(self, line: Line, place: int) -> Attachment:
        """One of the files of a line; raises NotFound."""
        from bot.storage.messages import read_attachments

        files = read_attachments(line.body.get("files"))
        if not 0 <= place < len(files):
            raise NotFound("there is no such file")
        return files[place]
