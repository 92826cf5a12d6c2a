"""What the database learns when a delivery ends, and what the operators are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.posting.card import post_card
from bot.apply.work import Setup, Work
from bot.decide.steps import Choice
from bot.storage import conversations, messages, people
from bot.storage import outbox as rows
from bot.storage.inbox import note_problem
from bot.storage.knowledge.files import CHANNEL as FAQ_FILES
from bot.storage.knowledge.files import signed_path
from bot.storage.live.events import note_event
from bot.storage.outbox import StoredDelivery
from core.conversation import Status
from core.delivery import Delivery, DeliveryState, DeskAct, DeskPost, Receipt
from core.errors import Refusal
from core.message import Attachment
from core.text import Text

DELIVERED, RETRYING, FAILED = "👍", "🤔", "💔"  # on an operator's reply in the topic


def note_sent(
    connection: Connection, ended: Sequence[StoredDelivery], receipt: Receipt, setup: Setup, now: datetime
) -> list[StoredDelivery]:
    """Mark the rows sent and remember where the message stands; returns what the desk is to be told."""
    made: list[StoredDelivery] = []
    ids = receipt.platform_ids
    for stored in ended:
        delivery = stored.delivery
        rows.mark_sent(connection, delivery.id, delivery.attempt, ids, now)
        content = delivery.content
        if isinstance(content, DeskPost):
            if ids and content.act is DeskAct.POST and delivery.message_id is not None:
                for platform_id in ids:
                    messages.place(
                        connection, delivery.message_id, delivery.address, platform_id, is_shared=len(ended) > 1
                    )
            continue
        note_event(connection, "message.updated", delivery.conversation_id, delivery.message_id)
        if ids and delivery.message_id is not None and not content.edit_of:
            messages.note_origin(connection, delivery.message_id, ids[0])
        made += mark(connection, stored, DELIVERED, setup, now)
        if delivery.is_repeat and not setup.capabilities[delivery.channel].is_idempotent:
            made += _tell(connection, delivery, Text("desk.repeated"), setup, now)
    return made


def note_failed(
    connection: Connection,
    ended: Sequence[StoredDelivery],
    state: DeliveryState,
    error: str,
    reason: str,
    setup: Setup,
    now: datetime,
) -> list[StoredDelivery]:
    """Mark the rows ended; a customer who cannot be reached is marked so, and the operators are told."""
    made: list[StoredDelivery] = []
    for stored in ended:
        delivery = stored.delivery
        rows.mark_ended(connection, delivery.id, state, delivery.attempt, error, reason, now)
        if isinstance(delivery.content, DeskPost):
            if reason != Refusal.NOT_FOUND.value:
                note_problem(connection, delivery.channel, f"a post on the desk was {state.value}: {error}", now)
            continue
        note_event(connection, "message.updated", delivery.conversation_id, delivery.message_id)
        is_reply = False
        if reason == Refusal.UNREACHABLE.value and delivery.message_id is not None:
            row = messages.find_message(connection, delivery.message_id)
            if row is not None:
                people.note_unreachable(connection, row.identity_id, now)
                is_reply = row.author == "operator"  # whose outcome its writer waits for, each time
        made += mark(connection, stored, FAILED, setup, now)
        key = f"failed.{reason}" if reason else "failed.dead"
        if is_reply or reason != Refusal.UNREACHABLE.value or not _is_told(connection, delivery, setup, now):
            made += _tell(connection, delivery, Text(key), setup, now, can_retry=True)
        if reason == Refusal.FILE.value:
            made += _without_files(connection, delivery, setup, now)
    return made


def _is_told(connection: Connection, delivery: Delivery, setup: Setup, now: datetime) -> bool:
    """Whether the topic says already that nothing reaches this customer; then the bot's own words need no word more."""
    work = _work(connection, delivery, setup, now)
    if work is None or work.identity.unreachable_at is None:
        return False
    news = [work.desk_words(Text(key)) for key in ("failed.unreachable", "desk.blocked")]
    posts = rows.desk_posts_since(connection, work.live.id, work.identity.unreachable_at)
    return any(words in post for post in posts for words in news)


def _without_files(connection: Connection, delivery: Delivery, setup: Setup, now: datetime) -> list[StoredDelivery]:
    """An answer of the bot whose file a channel would not take: its words all the same, with links to the files.

    An operator sees that a file did not go and chooses another way; nobody watches the bot.
    """
    content = delivery.content
    if isinstance(content, DeskPost) or delivery.message_id is None or content.edit_of:
        return []
    row, work = messages.find_message(connection, delivery.message_id), _work(connection, delivery, setup, now)
    if row is None or row.author != "bot" or work is None or not content.attachments:
        return []
    lines = [_named(connection, one, setup, now) for one in content.attachments]
    words = "\n".join(filter(None, (content.text, *lines)))
    work.deliver(replace(content, text=words, attachments=(), markup=""), delivery.message_id)
    return work.deliveries


def _named(connection: Connection, file: Attachment, setup: Setup, now: datetime) -> str:
    if file.channel != FAQ_FILES or not setup.public_url:
        return f"📎 {file.name}".rstrip()
    return f"📎 {file.name}: {setup.public_url.rstrip('/')}{signed_path(connection, file, now)}"


def mark(
    connection: Connection, stored: StoredDelivery, emoji: str, setup: Setup, now: datetime
) -> list[StoredDelivery]:
    """What became of an operator's reply, as a reaction on their message in the topic; the last one counts."""
    if not stored.refers_to or "marks" not in stored.refers_to or setup.desk is None:
        return []
    places = messages.placements_of(connection, stored.refers_to["marks"])
    places = [one for one in places if setup.desk.has(one.desk)]  # the first is where it was written
    work = _work(connection, stored.delivery, setup, now) if places else None
    if work is None:
        return []
    work.post(DeskPost(DeskAct.REACT, text=emoji, target=places[0].platform_id), at=places[0].desk)
    return work.deliveries


def _tell(
    connection: Connection, delivery: Delivery, text: Text, setup: Setup, now: datetime, *, can_retry: bool = False
) -> list[StoredDelivery]:
    """A line in the conversation's topic, as an answer to the message it is about."""
    work = _work(connection, delivery, setup, now)
    if work is None or not work.has_topic():
        return []
    refers_to = {"reply_to": delivery.message_id} if delivery.message_id is not None else None
    buttons = work.desk_buttons(_retry(connection, delivery)) if can_retry else ()
    work.post(DeskPost(DeskAct.POST, text=work.desk_words(text), buttons=buttons), refers_to=refers_to)
    return work.deliveries


def _retry(connection: Connection, delivery: Delivery) -> tuple[tuple[Choice, ...], ...]:
    """The button that sends an operator's reply again; the bot's own words are not worth one."""
    row = messages.find_message(connection, delivery.message_id) if delivery.message_id is not None else None
    if row is None or row.author != "operator" or row.kind != "text":
        return ()
    return ((Choice(Text("desk.button.retry"), "retry", str(row.id)),),)


def _work(connection: Connection, delivery: Delivery, setup: Setup, now: datetime) -> Work | None:
    if delivery.conversation_id is None:
        return None
    conversation = conversations.find_conversation(connection, delivery.conversation_id)
    if conversation is None:
        return None
    found = people.find_by_identity(connection, conversation.identity_id)
    return Work(connection, replace(setup, is_idle=_never), now, found.customer, found.identity, conversation)


def _never(lane: str) -> bool:
    """What is told about a delivery is claimed when it goes, as everything that waits is."""
    return False


def renew_topic(
    connection: Connection, first: StoredDelivery, setup: Setup, now: datetime
) -> list[StoredDelivery] | None:
    """A new topic in place of a deleted one: card and history go before `first`.

    None when the conversation is closed or went on in another group, so that nobody works in that topic any more.
    """
    work = _work(connection, first.delivery, setup, now)
    if work is None or work.conversation is None or work.conversation.status is Status.CLOSED:
        return None
    number, chat = work.conversation.id, first.delivery.address
    if conversations.ensure_topic(connection, number, chat).left_at is not None:
        return None
    conversations.change_topic(connection, number, chat, topic=None, tried_at=None, is_closed=False)
    rows.mark_waiting(connection, first, error="the topic was deleted", is_uncertain=False, until=now)
    content = first.delivery.content
    if not (isinstance(content, DeskPost) and content.is_card):
        post_card(work, with_history=True, rank=first.rank - 0.5, before=first.delivery.message_id)
    return work.deliveries


def report(connection: Connection, subject: str, text: str, now: datetime) -> None:
    note_problem(connection, subject, text, now)
