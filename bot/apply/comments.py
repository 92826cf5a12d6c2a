"""Public comments: who asks in public is invited to private messages; nothing personal is said there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.apply.work import Setup
from bot.storage import outbox
from bot.storage.notes import read_note, write_note
from core.event import PublicComment
from core.message import OutgoingMessage
from core.text import Text, render
from faq.smalltalk import smalltalk


def invite_to_messages(
    connection: Connection, event: PublicComment, setup: Setup, now: datetime
) -> list[outbox.StoredDelivery]:
    """One invitation for each person under each post; "класс!" and hearts need no answer."""
    if not event.text.strip() or smalltalk(event.text) is not None:
        return []
    sender = event.sender
    post = event.place.rpartition(":")[0]
    key = f"invited:{sender.account}:{post}:{sender.address}"[:64]
    if read_note(connection, key) is not None:
        return []
    write_note(connection, key, now.isoformat())
    lane = f"{sender.channel}:{sender.account}:{event.place}"
    content = OutgoingMessage(render(Text("comment.invite"), setup.language, setup.wording()))
    new = outbox.NewDelivery(sender.channel, sender.account, event.place, lane, content)
    return [outbox.add_delivery(connection, new, now, is_claimed=False)]
