"""Customers' messages on their way into the history and onto the desk."""

from __future__ import annotations

from bot.apply.service.countdowns import on_customer_words
from bot.apply.service.guarding import guarded, warn_of_numbers
from bot.apply.work import Work
from bot.storage import messages
from core.delivery import DeskAct, DeskPost
from core.message import AttachmentKind, IncomingMessage, MessageId
from core.text import Text


def keep_customer_message(work: Work, message: IncomingMessage, *, is_relayed: bool) -> None:
    """Store it; `is_relayed`: people read along, so it goes to the desk at once."""
    answered = _answered(work, message)
    new = messages.NewMessage(
        work.live.id,
        work.identity.id,
        "customer",
        message.text,
        attachments=message.attachments,
        markup=message.markup,
        origin_id=message.origin_id,
        reply_to_id=answered,
    )
    number = messages.add_message(work.connection, new, work.now)
    work.is_touched = True
    on_customer_words(work, message)
    if is_relayed and work.has_topic():
        relay(work, message, number, answered)


def _answered(work: Work, message: IncomingMessage) -> int | None:
    if not message.reply_to:
        return None
    row = messages.find_by_origin(work.connection, work.identity.id, message.reply_to)
    return row.id if row is not None else None


def relay(work: Work, message: IncomingMessage, number: MessageId, answered: int | None) -> None:
    """Into the topic: the customer's own words, unadorned; what cannot be carried is named."""
    files = tuple(one for one in message.attachments if one.kind is not AttachmentKind.OTHER)
    unknown = [one.name for one in message.attachments if one.kind is AttachmentKind.OTHER]
    lost = [*dict.fromkeys([*message.lost, *unknown])]
    text, markup = guarded(work, message.text), message.markup
    if lost:
        line = work.desk_words(Text("desk.lost", {"what": ", ".join(filter(None, lost))}))
        text, markup = f"{text}\n{line}".strip(), ""
    refers_to = {"reply_to": answered} if answered is not None else None
    post = DeskPost(DeskAct.POST, text=text, attachments=files, markup=markup, is_relay=True)
    if text.strip() or files:
        work.post(post, number, refers_to)
    warn_of_numbers(work, "desk.number.came", message.text)


def relay_edit(work: Work, message: IncomingMessage) -> None:
    """Change the stored message and what stands on the desk; where that cannot be changed, say it anew."""
    row = messages.find_by_origin(work.connection, work.identity.id, message.origin_id)
    if row is None or row.author != "customer" or row.text == message.text:
        return
    messages.change_message(
        work.connection, row.id, text=message.text, markup=message.markup or None, edited_at=work.now
    )
    if not work.has_topic():
        return
    text = work.desk_words(Text("desk.edited", {"text": guarded(work, message.text)}))
    places = messages.placements_of(work.connection, row.id, work.chat)
    if any(place.is_shared for place in places) or row.attachments:
        work.post(DeskPost(DeskAct.POST, text=text), refers_to={"reply_to": row.id})
    else:
        work.post(DeskPost(DeskAct.EDIT, text=text), refers_to={"target": row.id})
