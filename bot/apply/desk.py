"""The operators' side of handling: whose act it is, what it is about, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.desk_facts import desk_situation, live_of
from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide import DeskSide, decide_desk
from bot.decide.steps import DeskPress, Step
from bot.storage import conversations, people
from core.conversation import Conversation, Status
from core.event import (
    Event,
    OperatorActed,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    TopicSeen,
    TopicToggled,
)
from faq.matches import Match


def at_live(connection: Connection, found: people.Found) -> people.Found:
    """With the live conversation, which an operator may have renewed after a later one had come and gone."""
    latest = found.conversation
    number = live_of(connection, latest) if latest is not None and latest.status is Status.CLOSED else None
    if number is None:
        return found
    return replace(found, conversation=conversations.find_conversation(connection, number), keyboard={})


def handle_desk(
    connection: Connection, event: Event, setup: Setup, now: datetime, matches: Sequence[Match] = ()
) -> Handled:
    """An act of an operator, at Telegram's desk or at ours; what strange groups say is not heard.

    `matches`: what the FAQ has for the words of a command about it.
    """
    here: str = getattr(event, "desk", "") if not isinstance(event, OperatorActed) else ""
    if not isinstance(event, OperatorActed) and (setup.desk is None or not setup.desk.has(here)):
        return Handled()
    if isinstance(event, TopicToggled) and _has_left(connection, event):
        return Handled()
    topic: str = getattr(event, "topic", "")
    side, number = _desk_side(connection, event)
    conversation = conversations.find_conversation(connection, number) if number is not None else None
    if conversation is None:
        situation = desk_situation(connection, side, None, None, setup, now, matches)
        steps = decide_desk(side, situation, topic).steps
        work = Work(connection, setup, now, None, None, None, place=topic, here=here)  # type: ignore[arg-type]
        carry_out(work, steps)
        return Handled(tuple(work.deliveries), wants_sharing=work.wants_sharing, claimed=frozenset(work.claimed))
    found = at_live(connection, people.find_by_identity(connection, conversation.identity_id))
    # read again under the customer's lock: somebody else may just have moved it
    conversation = conversations.find_conversation(connection, conversation.id)
    situation = desk_situation(connection, side, conversation, found, setup, now, matches)
    steps = decide_desk(side, situation, topic).steps
    return carry_for(connection, found, conversation, steps, setup, now, here)


def carry_for(
    connection: Connection,
    found: people.Found,
    conversation: Conversation | None,
    steps: Sequence[Step],
    setup: Setup,
    now: datetime,
    here: str = "",
) -> Handled:
    """Carry out what was decided about a conversation, which need not be the customer's latest.

    `here`: the group of the desk in which it was asked for.
    """
    is_latest = bool(found.conversation and conversation and found.conversation.id == conversation.id)
    keyboard = dict(found.keyboard) if is_latest else {}
    work = Work(connection, setup, now, found.customer, found.identity, conversation, keyboard, here=here)
    carry_out(work, steps)
    return Handled(
        tuple(work.deliveries),
        work.is_with_people if is_latest else None,
        lane_of=found.identity,
        wants_sharing=work.wants_sharing,
        claimed=frozenset(work.claimed),
    )


def _has_left(connection: Connection, event: TopicToggled) -> bool:
    """What members do with a topic that the conversation left is theirs."""
    number = conversations.find_by_topic(connection, event.desk, event.topic)
    row = conversations.find_topic_at(connection, number, event.desk) if number is not None else None
    return row is not None and row.left_at is not None


def _desk_side(connection: Connection, event: Event) -> tuple[DeskSide, int | None]:
    """The event as decided on, and the conversation it is about."""
    if isinstance(event, OperatorPressed):
        parts = event.token.split(".")
        if len(parts) == 3 and parts[0] == "f":
            number = conversations.find_by_topic(connection, event.desk, event.topic) if event.topic else None
            return DeskPress(event.member, f"faq:{parts[1]}", parts[2]), number
        if len(parts) == 4 and parts[0] == "d" and parts[1].isdecimal() and len(parts[1]) < 16:
            return DeskPress(event.member, parts[2], parts[3]), int(parts[1])
        return DeskPress(event.member, "", ""), None
    if isinstance(event, TopicSeen | OperatorActed):
        return event, event.conversation_id
    assert isinstance(event, OperatorWrote | OperatorEdited | TopicToggled)
    return event, conversations.find_by_topic(connection, event.desk, event.topic) if event.topic else None
