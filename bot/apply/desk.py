"""The operators' side of handling: whose act it is, what it is about, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide import DeskSide, decide_desk
from bot.decide.situation import DeskSituation, PlacedMessage
from bot.decide.steps import DeskPress
from bot.storage import conversations, messages, people
from bot.storage.notes import read_setting
from bot.storage.operators import find_active, find_operator, find_operator_by_telegram
from core.conversation import Conversation, ConversationId, Status
from core.event import Event, OperatorActed, OperatorEdited, OperatorPressed, OperatorWrote, TopicSeen, TopicToggled
from core.message import MessageId
from handoff.desk_rules import read_desk_rules
from handoff.operators import Operator


def at_live(connection: Connection, found: people.Found) -> people.Found:
    """With the live conversation, which an operator may have renewed after a later one had come and gone."""
    latest = found.conversation
    number = _live_of(connection, latest) if latest is not None and latest.status is Status.CLOSED else None
    if number is None:
        return found
    return replace(found, conversation=conversations.find_conversation(connection, number), keyboard={})


def _live_of(connection: Connection, of: Conversation) -> int | None:
    return conversations.newer_live(connection, replace(of, id=ConversationId(0)))


def handle_desk(connection: Connection, event: Event, setup: Setup, now: datetime) -> Handled:
    """An act of an operator, at Telegram's desk or at ours; what strange groups say is not heard."""
    if not isinstance(event, OperatorActed) and (setup.desk is None or event.desk != setup.desk.chat):  # type: ignore[union-attr]
        return Handled()
    topic: str = getattr(event, "topic", "")
    side, number = _desk_side(connection, event)
    conversation = conversations.find_conversation(connection, number) if number is not None else None
    if conversation is None:
        steps = decide_desk(side, _desk_situation(connection, side, None, None), topic).steps
        work = Work(connection, setup, now, None, None, None, place=topic)  # type: ignore[arg-type]
        carry_out(work, steps)
        return Handled(tuple(work.deliveries), claimed=frozenset(work.claimed))
    found = at_live(connection, people.find_by_identity(connection, conversation.identity_id))
    # read again under the customer's lock: somebody else may just have moved it
    conversation = conversations.find_conversation(connection, conversation.id)
    steps = decide_desk(side, _desk_situation(connection, side, conversation, found), topic).steps
    is_latest = bool(found.conversation and conversation and found.conversation.id == conversation.id)
    keyboard = dict(found.keyboard) if is_latest else {}
    work = Work(connection, setup, now, found.customer, found.identity, conversation, keyboard)
    carry_out(work, steps)
    return Handled(
        tuple(work.deliveries),
        work.is_with_people if is_latest else None,
        lane_of=found.identity,
        claimed=frozenset(work.claimed),
    )


def _desk_side(connection: Connection, event: Event) -> tuple[DeskSide, int | None]:
    """The event as decided on, and the conversation it is about."""
    if isinstance(event, OperatorPressed):
        parts = event.token.split(".")
        if len(parts) == 4 and parts[0] == "d" and parts[1].isdecimal() and len(parts[1]) < 16:
            return DeskPress(event.member, parts[2], parts[3]), int(parts[1])
        return DeskPress(event.member, "", ""), None
    if isinstance(event, TopicSeen | OperatorActed):
        return event, event.conversation_id
    assert isinstance(event, OperatorWrote | OperatorEdited | TopicToggled)
    return event, conversations.find_by_topic(connection, event.desk, event.topic) if event.topic else None


def _desk_situation(
    connection: Connection, side: DeskSide, conversation: Conversation | None, found: people.Found | None
) -> DeskSituation:
    operator = _acting(connection, side)
    if conversation is None or found is None:
        return DeskSituation(operator=operator)
    placed = None
    if isinstance(side, OperatorEdited):
        row = messages.placed_at(connection, side.desk, side.message.origin_id)
        placed = PlacedMessage(MessageId(row.id), row.author, row.kind) if row is not None else None
    holder = find_operator(connection, conversation.operator_id) if conversation.operator_id else None
    is_closed = conversation.status is Status.CLOSED
    newer = _live_of(connection, conversation) if is_closed else None
    rules = read_desk_rules(read_setting(connection, "desk"))
    return DeskSituation(found.customer, conversation, operator, holder, placed, newer, rules)


def _acting(connection: Connection, side: DeskSide) -> Operator | None:
    """Whoever acts; None for a stranger, or somebody who is no operator any more."""
    if isinstance(side, OperatorActed):
        return find_active(connection, side.operator_id)
    member = getattr(side, "member", None)
    return find_operator_by_telegram(connection, member.id) if member is not None else None
