"""From an arrival's events to stored facts and deliveries, in one transaction.

Everything here is a plain function over a Connection that may run again when its transaction was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.apply.announcing.telling import handle_announcement, with_announcements
from bot.apply.carry import carry_out
from bot.apply.comments import invite_to_messages
from bot.apply.desk import at_live, handle_desk
from bot.apply.following.rules import follow_rules
from bot.apply.following.timer import handle_timer
from bot.apply.handled import Handled
from bot.apply.linking import with_links
from bot.apply.surveys.digest import handle_digest
from bot.apply.surveys.news import handle_news
from bot.apply.surveys.rounds import handle_due
from bot.apply.surveys.situating import situate
from bot.apply.work import Setup, Work
from bot.decide import CustomerSide, decide, privacy
from bot.decide.situation import Knowledge, ShownButton, Situation
from bot.decide.steps import Burst, Decision, Pressed, Score
from bot.decide.steps.surveys import KeepAnswer
from bot.decide.words import read_opening
from bot.storage import conversations, inbox, messages, outbox, people
from bot.storage.service.timers import find_timer
from core.channel import Capabilities
from core.conversation import Conversation, Status
from core.customer import Sender
from core.event import (
    AnnouncementDue,
    ButtonPressed,
    CustomerReturned,
    DeskMoved,
    DigestDue,
    Event,
    IdleNoticed,
    MessageEdited,
    NewsDue,
    OperatorActed,
    OperatorEdited,
    OperatorPressed,
    OperatorWrote,
    PublicComment,
    SurveyDue,
    TimerDue,
    TopicSeen,
    TopicToggled,
)
from core.message import IncomingMessage, MessageId
from faq.matches import Match
from handoff.service.rules import Moment

_DESK_EVENTS = OperatorActed | OperatorWrote | OperatorEdited | OperatorPressed | TopicSeen | TopicToggled


@dataclass(frozen=True, slots=True)
class Job:
    """Arrivals that are handled together, and what was read from them.

    `asks_name`: a nameless customer who writes for the first time raises NeedsName, for the platform knows the name.
    `matches`: what the FAQ has for the words of an operator's command about it.
    """

    arrival_ids: tuple[int, ...]
    events: tuple[Event | Burst, ...]
    knowledge: Knowledge
    asks_name: bool = False
    matches: tuple[Match, ...] = ()


class NeedsName(Exception):
    """Somebody new; handle again with the name, or without asking."""


class PartlyKnown(Exception):
    """Of a burst's messages some are stored already; handle again with the rest, and the verdicts on the rest alone."""

    def __init__(self, burst: Burst, rest: Burst) -> None:
        super().__init__()
        self._burst, self._rest = burst, rest

    def leave_out(self, events: Sequence[Event | Burst]) -> tuple[Event | Burst, ...]:
        """The same events without the messages that are known."""
        return tuple(self._rest if event is self._burst else event for event in events)


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
        wants_sharing=any(result.wants_sharing for result in results),
        claimed=frozenset().union(*(result.claimed for result in results)),
    )


def _handle_one(connection: Connection, event: Event | Burst, job: Job, setup: Setup, now: datetime) -> Handled:
    knowledge = job.knowledge
    if isinstance(event, _DESK_EVENTS):
        return handle_desk(connection, event, setup, now, job.matches)
    if isinstance(event, TimerDue):
        return handle_timer(connection, event, setup, now)
    if isinstance(event, DeskMoved):
        return Handled()
    if isinstance(event, PublicComment):
        return Handled(tuple(invite_to_messages(connection, event, setup, now)))
    if isinstance(event, SurveyDue):
        return handle_due(connection, event, setup, now)
    if isinstance(event, DigestDue):
        return handle_digest(connection, event, setup, now)
    if isinstance(event, NewsDue):
        return handle_news(connection, event, setup, now)
    if isinstance(event, AnnouncementDue):
        return handle_announcement(connection, event, setup, now)
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
        found = people.add_customer(connection, sender, _language(sender, setup), now, _source(event))
    else:
        people.refresh_identity(connection, found.identity, sender)
        found = at_live(connection, found)
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
    Raises PartlyKnown when something new is left of a burst: the FAQ was asked about the known words as well.
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
    if isinstance(event, Burst) and len(fresh) < len(said):
        raise PartlyKnown(event, replace(event, messages=tuple(fresh)))
    return event


def _decide_customer(
    connection: Connection,
    event: CustomerSide,
    found: people.Found,
    knowledge: Knowledge,
    setup: Setup,
    now: datetime,
) -> Handled:
    situation = _situation(connection, event, found, setup, now)
    decision = decide(event, situation, knowledge, now)
    if privacy.calls_people(decision.steps) and find_timer(connection, privacy.ERASE, str(found.customer.id)):
        decision = Decision(tuple(privacy.ask_before_calling(_said(event), situation, now)))
    work = Work(connection, setup, now, found.customer, found.identity, found.conversation, dict(found.keyboard))
    carry_out(work, decision.steps)
    _follow_rules(work, event, decision, found.conversation)
    return Handled(
        tuple(work.deliveries),
        work.is_with_people,
        _kinds(decision),
        wants_sharing=work.wants_sharing,
        claimed=frozenset(work.claimed),
    )


def _said(event: CustomerSide) -> tuple[IncomingMessage, ...]:
    if isinstance(event, Burst):
        return event.messages
    return (event.message,) if isinstance(event, Pressed) and event.message is not None else ()


def _follow_rules(work: Work, event: CustomerSide, decision: Decision, before: Conversation | None) -> None:
    """What was decided may be what rules are about."""
    after = work.conversation
    was_queued = before is not None and after is not None and before.id == after.id and before.status is Status.QUEUED
    if after is not None and after.status is Status.QUEUED and not was_queued:
        follow_rules(work, Moment.QUEUED)
    if isinstance(event, Burst):
        follow_rules(work, Moment.SAID, "\n".join(message.text for message in event.messages))
    for step in decision.steps:
        if isinstance(step, Score | KeepAnswer) and step.is_vote:  # pressed or typed
            follow_rules(work, Moment.SCORED, score=step.invitation.score)


def _situation(
    connection: Connection, event: CustomerSide, found: people.Found, setup: Setup, now: datetime
) -> Situation:
    conversation = found.conversation
    invitation, survey, given = situate(connection, event, found)
    last = ""
    if isinstance(event, MessageEdited) and conversation is not None:
        last = messages.last_customer_origin(connection, conversation.id)
    keyboard = found.keyboard
    shown_in = keyboard.get("m")
    shown = tuple(
        ShownButton(label, act, argument, MessageId(shown_in) if shown_in else None)
        for label, act, argument in keyboard.get("b", ())
    )
    has_desk = setup.desk is not None
    situation = Situation(
        found.customer, found.identity, conversation, invitation, shown, last, has_desk, survey, given
    )
    if isinstance(event, CustomerReturned) and conversation is not None:
        has_failed = outbox.has_failed_reply(connection, conversation.id, conversation.channel)
        situation = replace(situation, has_failed_reply=has_failed)
    return with_links(connection, event, with_announcements(connection, situation, setup, now), now)


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


def _source(event: Event | Burst) -> str:
    """What the link carried by which somebody first came: in "/start ref_anna", or, of VK, beside any first words."""
    said = event.messages if isinstance(event, Burst) else ()
    if isinstance(event, ButtonPressed) and event.message is not None:
        said = (event.message,)
    for one in said:
        words = one.text.split()
        if len(words) > 1 and words[0] == "/start":
            return words[1]
        if one.source:
            return one.source
    return ""


def _language(sender: Sender, setup: Setup) -> str:
    code = sender.language.lower().partition("-")[0]
    if not code:
        return setup.language
    return "ru" if code in {"ru", "uk", "be", "kk", "ky", "uz", "tg"} else "en"


def _kinds(decision: Decision) -> tuple[str, ...]:
    return tuple(step.found.decision for step in decision.steps if getattr(step, "found", None) is not None)  # type: ignore[union-attr]
