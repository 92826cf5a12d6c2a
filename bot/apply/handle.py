"""From an arrival's events to stored facts and deliveries, in one transaction.

Everything here is a plain function over a Connection that may run again when its transaction was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.comments import invite_to_messages
from bot.apply.desk_steps import post_aside
from bot.apply.work import Setup, Work
from bot.decide import CustomerSide, DeskSide, decide, decide_desk
from bot.decide.openings import read_opening
from bot.decide.situation import DeskSituation, Knowledge, PlacedMessage, ShownButton, Situation
from bot.decide.steps import Aside, Burst, Decision, DeskPress, Pressed, React, SetPresence
from bot.storage import conversations, inbox, invitations, messages, people
from bot.storage.operators import find_operator, find_operator_by_telegram, set_presence
from bot.storage.outbox import StoredDelivery
from core.channel import Capabilities
from core.conversation import Conversation, ConversationId, Status
from core.customer import Identity, Sender
from core.delivery import DeskAct, DeskPost
from core.event import (
    ButtonPressed,
    DeskMoved,
    Event,
    IdleNoticed,
    MessageEdited,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    PublicComment,
    TopicSeen,
    TopicToggled,
)
from core.message import MessageId

_BY_INVITATION = frozenset({"vote", "reason"})


@dataclass(frozen=True, slots=True)
class Job:
    """Arrivals that are handled together, and what was read from them.

    `asks_name`: a nameless customer who writes for the first time raises NeedsName, for the platform knows the name.
    """

    arrival_ids: tuple[int, ...]
    events: tuple[Event | Burst, ...]
    knowledge: Knowledge
    asks_name: bool = False


class NeedsName(Exception):
    """Somebody new; handle again with the name, or without asking."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of it. `is_with_people`: the lane's conversation is in people's hands (None: not a customer's)."""

    deliveries: tuple[StoredDelivery, ...] = ()
    is_with_people: bool | None = None
    decisions: tuple[str, ...] = ()
    is_new_identity: bool = False
    lane_of: Identity | None = None  # whose conversation an operator's act was about
    claimed: frozenset[int] = frozenset()  # deliveries already marked as being tried


def handle(connection: Connection, job: Job, setup: Setup, now: datetime) -> Handled:
    """Decide and carry out; nothing happens when another hand ended the arrivals first."""
    if job.arrival_ids and not inbox.end_arrivals(connection, job.arrival_ids, now):
        return Handled()
    results = [_handle_one(connection, event, job, setup, now) for event in job.events]
    if len(results) == 1:
        return results[0]
    return Handled(
        tuple(delivery for result in results for delivery in result.deliveries),
        next((result.is_with_people for result in reversed(results) if result.is_with_people is not None), None),
        tuple(kind for result in results for kind in result.decisions),
        any(result.is_new_identity for result in results),
        claimed=frozenset().union(*(result.claimed for result in results)),
    )


def _handle_one(connection: Connection, event: Event | Burst, job: Job, setup: Setup, now: datetime) -> Handled:
    knowledge = job.knowledge
    if isinstance(event, OperatorWrote | OperatorEdited | OperatorPressed | TopicSeen | TopicToggled):
        return _handle_desk(connection, event, knowledge, setup, now)
    if isinstance(event, DeskMoved):
        return Handled()
    if isinstance(event, PublicComment):
        return Handled(tuple(invite_to_messages(connection, event, setup, now)))
    if isinstance(event, IdleNoticed):
        there = conversations.find_conversation(connection, event.conversation_id)
        if there is None:
            return Handled()
        return _decide_customer(
            connection, event, people.find_by_identity(connection, there.identity_id), knowledge, setup, now
        )
    return _handle_customer(connection, event, job, setup, now)


def _handle_customer(connection: Connection, event: Event | Burst, job: Job, setup: Setup, now: datetime) -> Handled:
    sender: Sender = event.sender  # type: ignore[union-attr]
    found = people.find_by_address(connection, sender)
    is_new = found is None
    if found is None:
        if job.asks_name and not sender.name:
            raise NeedsName
        found = people.add_customer(connection, sender, _language(sender, setup), now)
    else:
        people.refresh_identity(connection, found.identity, sender)
        found = _at_live(connection, found)
    can_repeat = not setup.capabilities.get(sender.channel, Capabilities()).has_one_key
    news = _without_known(connection, event, found, is_new=is_new or not can_repeat)
    if news is None:
        return Handled()
    side: CustomerSide = _read_press(connection, news, found) if isinstance(news, ButtonPressed) else news  # type: ignore[assignment]
    result = _decide_customer(connection, side, found, job.knowledge, setup, now)
    return replace(result, is_new_identity=is_new and not sender.name)


def _without_known(
    connection: Connection, event: Event | Burst, found: people.Found, *, is_new: bool
) -> Event | Burst | None:
    """Leave out messages that are stored already, or come twice in one burst; None when nothing is left.

    A platform may tell of one message under two keys: VK's long poll, and the history read after it lost events.
    """
    said = event.messages if isinstance(event, Burst) else ()
    if isinstance(event, ButtonPressed) and event.message is not None:
        said = (event.message,)
    origins = [one.origin_id for one in said if one.origin_id]
    seen = messages.known_origins(connection, found.identity.id, origins) if origins and not is_new else set()
    fresh = []
    for one in said:
        if one.origin_id not in seen:
            fresh.append(one)
        if one.origin_id:
            seen.add(one.origin_id)
    if said and not fresh:
        return None
    return replace(event, messages=tuple(fresh)) if isinstance(event, Burst) else event


def _at_live(connection: Connection, found: people.Found) -> people.Found:
    """With the live conversation, which an operator may have renewed after a later one had come and gone."""
    latest = found.conversation
    number = _live_of(connection, latest) if latest is not None and latest.status is Status.CLOSED else None
    if number is None:
        return found
    return replace(found, conversation=conversations.find_conversation(connection, number), keyboard={})


def _live_of(connection: Connection, of: Conversation) -> int | None:
    return conversations.newer_live(connection, replace(of, id=ConversationId(0)))


def _decide_customer(
    connection: Connection,
    event: CustomerSide,
    found: people.Found,
    knowledge: Knowledge,
    setup: Setup,
    now: datetime,
) -> Handled:
    situation = _situation(connection, event, found, setup)
    decision = decide(event, situation, knowledge, now)
    work = Work(connection, setup, now, found.customer, found.identity, found.conversation, dict(found.keyboard))
    carry_out(work, decision.steps)
    return Handled(tuple(work.deliveries), work.is_with_people, _kinds(decision), claimed=frozenset(work.claimed))


def _situation(connection: Connection, event: CustomerSide, found: people.Found, setup: Setup) -> Situation:
    conversation = found.conversation
    invitation = None
    if isinstance(event, Pressed) and event.act in _BY_INVITATION:
        number = event.argument.partition(":")[0]
        if number.isdecimal():
            invitation = invitations.find_invitation(connection, int(number), found.customer.id)
    elif conversation is not None and conversation.status is Status.CLOSED:
        invitation = invitations.last_invitation(connection, conversation.id)
    last = ""
    if isinstance(event, MessageEdited) and conversation is not None:
        last = messages.last_customer_origin(connection, conversation.id)
    keyboard = found.keyboard
    shown_in = keyboard.get("m")
    shown = tuple(
        ShownButton(label, act, argument, MessageId(shown_in) if shown_in else None)
        for label, act, argument in keyboard.get("b", ())
    )
    return Situation(found.customer, found.identity, conversation, invitation, shown, last, setup.desk is not None)


def _read_press(connection: Connection, event: ButtonPressed, found: people.Found) -> Pressed:
    """What the token means; one that is not this customer's own means nothing."""
    if opening := read_opening(event.token):
        return Pressed(*opening, None, event.message)
    number, _, place = event.token.partition(".")
    row = messages.find_message(connection, int(number)) if number.isdecimal() and len(number) < 16 else None
    if row is None or row.identity_id != found.identity.id or not place.isdecimal() or len(place) > 3:
        return Pressed("", "", None, event.message)
    buttons = row.buttons or []
    if int(place) >= len(buttons):
        return Pressed("", "", None, event.message)
    _, act, argument = buttons[int(place)]
    return Pressed(act, argument, MessageId(row.id), event.message)


def _language(sender: Sender, setup: Setup) -> str:
    code = sender.language.lower().partition("-")[0]
    if not code:
        return setup.language
    return "ru" if code in {"ru", "uk", "be", "kk", "ky", "uz", "tg"} else "en"


def _kinds(decision: Decision) -> tuple[str, ...]:
    return tuple(step.found.decision for step in decision.steps if getattr(step, "found", None) is not None)  # type: ignore[union-attr]


# --- the desk ---


def _handle_desk(connection: Connection, event: Event, knowledge: Knowledge, setup: Setup, now: datetime) -> Handled:
    if setup.desk is None or event.desk != setup.desk.chat:  # type: ignore[union-attr]
        return Handled()
    topic: str = event.topic  # type: ignore[union-attr]
    side, number = _desk_side(connection, event)
    conversation = conversations.find_conversation(connection, number) if number is not None else None
    if conversation is None:
        steps = decide_desk(side, _desk_situation(connection, side, None, None), topic).steps
        return _carry_outside_topics(connection, steps, topic, setup, now)
    found = _at_live(connection, people.find_by_identity(connection, conversation.identity_id))
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
    if isinstance(event, TopicSeen):
        return event, event.conversation_id
    assert isinstance(event, OperatorWrote | OperatorEdited | TopicToggled)
    return event, conversations.find_by_topic(connection, event.desk, event.topic) if event.topic else None


def _desk_situation(
    connection: Connection, side: DeskSide, conversation: Conversation | None, found: people.Found | None
) -> DeskSituation:
    member = getattr(side, "member", None)
    operator = find_operator_by_telegram(connection, member.id) if member is not None else None
    if conversation is None or found is None:
        return DeskSituation(operator=operator)
    placed = None
    if isinstance(side, OperatorEdited):
        row = messages.placed_at(connection, side.desk, side.message.origin_id)
        placed = PlacedMessage(MessageId(row.id), row.author, row.kind) if row is not None else None
    holder = find_operator(connection, conversation.operator_id) if conversation.operator_id else None
    is_closed = conversation.status is Status.CLOSED
    newer = _live_of(connection, conversation) if is_closed else None
    return DeskSituation(found.customer, conversation, operator, holder, placed, newer)


def _carry_outside_topics(
    connection: Connection, steps: Sequence[object], topic: str, setup: Setup, now: datetime
) -> Handled:
    """Presence, and answers at places that are no conversation's topic."""
    work = Work(connection, setup, now, None, None, None)  # type: ignore[arg-type]
    for step in steps:
        if isinstance(step, SetPresence):
            set_presence(connection, step.operator_id, step.presence)
        elif isinstance(step, Aside):
            post_aside(work, step)
        elif isinstance(step, React):
            work.post(DeskPost(DeskAct.REACT, text=step.emoji, target=step.target, topic=topic))
    return Handled(tuple(work.deliveries), claimed=frozenset(work.claimed))
