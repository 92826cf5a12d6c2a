"""What a customer left where no column says whose it is: arrivals, deliveries, proposals for the FAQ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, func, literal, or_, select, update

from bot.storage.knowledge.tables import faq_suggestion
from bot.storage.outbox import NewDelivery, add_delivery
from bot.storage.privacy.person import WEBSITE, Person
from bot.storage.tables import conversation, faq_answer, faq_entry, identity, inbox, message, outbox, placement, topic
from core.conversation import ConversationId
from core.delivery import DeliveryState, DeskAct, DeskPost
from handoff.service.numbers import hide_numbers

_ERASED, _CONSOLE = "erased", "console"
_AT_ONCE = 500
_ORIGINS = re.compile(r'"message_id":\s*"?(\d+)')
_NUMBERS = re.compile(r"#(\d+)")
_OPEN = (DeliveryState.PENDING.value, DeliveryState.SENDING.value, DeliveryState.UNCERTAIN.value)


@dataclass(frozen=True, slots=True)
class Traces:
    """Found before anything is changed: afterwards nothing leads to them any more."""

    since: datetime | None  # the first conversation was opened
    addresses: tuple[tuple[str, str], ...]  # channel and address
    conversations: frozenset[int]
    desks: tuple[tuple[int, str, str, str, str], ...]  # conversation, channel, account, chat, topic
    desk_channels: frozenset[str]
    placed: frozenset[str]


def find_traces(connection: Connection, person: Person) -> Traces:
    own = conversation.c.id.in_(person.conversations)
    numbers = frozenset(connection.execute(select(conversation.c.id).where(own)).scalars())
    since = connection.execute(select(func.min(conversation.c.opened_at)).where(own)).scalar_one()
    at = select(identity.c.channel, identity.c.address).where(identity.c.customer_id == person.number)
    addresses = {(row.channel, row.address) for row in connection.execute(at)}
    posts = select(outbox.c.channel).where(outbox.c.lane.startswith("desk:"), outbox.c.conversation_id.in_(numbers))
    placed = select(placement.c.platform_id).where(placement.c.message_id.in_(person.messages))
    cards = select(topic.c.card_id).where(topic.c.conversation_id.in_(numbers), topic.c.card_id.is_not(None))
    return Traces(
        since,
        (*sorted(addresses | {(WEBSITE, address) for address in person.visits}),),
        numbers,
        tuple(_desks(connection, numbers)),
        frozenset(connection.execute(posts.distinct()).scalars()),
        frozenset(connection.execute(placed).scalars()) | frozenset(connection.execute(cards).scalars()),
    )


def _desks(connection: Connection, numbers: Iterable[int]) -> Iterable[tuple[int, str, str, str, str]]:
    """Topics that were made, with the account that made them, as the last post to them tells it."""
    made = select(topic).where(topic.c.conversation_id.in_(numbers), topic.c.topic.is_not(None))
    for row in connection.execute(made).all():
        last = (
            select(outbox.c.channel, outbox.c.account)
            .where(outbox.c.conversation_id == row.conversation_id, outbox.c.lane.startswith("desk:"))
            .order_by(outbox.c.id.desc())
            .limit(1)
        )
        by = connection.execute(last).one_or_none()
        if by is not None:
            yield row.conversation_id, by.channel, by.account, row.desk, row.topic


def blank_arrivals(connection: Connection, traces: Traces, now: datetime) -> None:
    """Keys that a platform chose stay, so that what it tells again is known; nothing is left to be handled."""
    lanes = [f"{channel}:{address}" for channel, address in traces.addresses]
    lanes += [f"{_CONSOLE}:{number}" for number in traces.conversations]
    lanes += [f"{channel}:{place}" for _, channel, _, _, place in traces.desks]
    values = {"payload": "{}", "lane": _ERASED, "error": None, "handled_at": func.coalesce(inbox.c.handled_at, now)}
    for part in _parts(lanes):
        own = inbox.c.lane.in_(part)
        sites = update(inbox).where(own, inbox.c.channel == WEBSITE)
        connection.execute(sites.values(key=literal(f"{_ERASED}:") + cast(inbox.c.id, String)))
        connection.execute(update(inbox).where(own).values(values))
    for part in _parts(list(_on_desks(connection, traces))):
        connection.execute(update(inbox).where(inbox.c.id.in_(part)).values(payload="{}", error=None))


def _on_desks(connection: Connection, traces: Traces) -> Iterable[int]:
    """Arrivals from places shared by many that speak of a message of this customer's."""
    if traces.since is None or not traces.placed:
        return
    query = select(inbox.c.id, inbox.c.payload).where(
        inbox.c.channel.in_(traces.desk_channels), inbox.c.received_at >= traces.since, inbox.c.handled_at.is_not(None)
    )
    for number, payload in connection.execute(query).all():
        if not traces.placed.isdisjoint(_ORIGINS.findall(payload)):
            yield number


def blank_deliveries(connection: Connection, person: Person, traces: Traces, now: datetime) -> int:
    """What is on its way is withdrawn; returns how many rows that were."""
    own = or_(
        outbox.c.conversation_id.in_(person.conversations),
        outbox.c.message_id.in_(person.messages),
        *(((outbox.c.channel == channel) & (outbox.c.address == address)) for channel, address in traces.addresses),
    )
    numbers = [*connection.execute(select(outbox.c.id).where(own)).scalars(), *_mentions(connection, traces)]
    withdrawn = 0
    for part in _parts(numbers):
        rows = outbox.c.id.in_(part)
        open_ = update(outbox).where(rows, outbox.c.state.in_(_OPEN))
        withdrawn += connection.execute(open_.values(state=DeliveryState.WITHDRAWN.value, ended_at=now)).rowcount
        is_desk = outbox.c.lane.startswith("desk:")
        nothing = {"error": None}
        post, said = {"desk": 1, "act": DeskAct.POST.value}, {"message": 1}
        connection.execute(update(outbox).where(rows, is_desk).values(content=post, **nothing))
        gone = {"address": _ERASED, "lane": _ERASED, "content": said, **nothing}
        connection.execute(update(outbox).where(rows, ~is_desk).values(gone))
    return withdrawn


def _mentions(connection: Connection, traces: Traces) -> Iterable[int]:
    """Posts outside the topics that name one of the conversations: alerts, digests."""
    if traces.since is None:
        return
    query = select(outbox.c.id, outbox.c.content).where(
        outbox.c.lane.startswith("desk:at:"), outbox.c.created_at >= traces.since
    )
    for number, content in connection.execute(query).all():
        if any(int(one) in traces.conversations for one in _NUMBERS.findall(str(content.get("text", "")))):
            yield number


def drop_topics(connection: Connection, traces: Traces, now: datetime) -> int:
    """Ask the desk to delete the topics; goes out as everything does, until it is done."""
    for number, channel, account, chat, place in traces.desks:
        post = DeskPost(DeskAct.DROP, target=place, topic="")
        new = NewDelivery(channel, account, chat, f"desk:{number}", post, None)
        add_delivery(connection, new, now, is_claimed=False)
    return len(traces.desks)


def blank_proposals(connection: Connection, person: Person) -> list[str]:
    """Proposals made of the customer's words go; returns the FAQ entries in which a person has put such words."""
    asked = set(connection.execute(person.questions).scalars())
    said = select(message.c.text).where(message.c.id.in_(person.messages), message.c.text != "")
    questions = select(faq_answer.c.question).where(faq_answer.c.id.in_(person.questions))
    words = {_plain(text) for query in (said, questions) for text in connection.execute(query).scalars()} - {""}
    for row in connection.execute(select(faq_suggestion)).all():
        evidence = [number for number in row.evidence if number not in asked]
        is_own = _plain(row.text) in words or _plain(row.answer or "") in words
        here = faq_suggestion.c.id == row.id
        if row.state == "open" and is_own:
            connection.execute(delete(faq_suggestion).where(here))
        elif is_own:
            connection.execute(update(faq_suggestion).where(here).values(text="", answer=None, evidence=evidence))
        elif len(evidence) < len(row.evidence):
            connection.execute(update(faq_suggestion).where(here).values(evidence=evidence))
    words |= {_plain(hide_numbers(one)) for one in words}  # as they get there
    entries = connection.execute(select(faq_entry.c.key, faq_entry.c.phrasings)).all()
    return sorted(row.key for row in entries if any(_plain(str(one)) in words for one in row.phrasings))


def live_conversations(connection: Connection, person: Person) -> list[ConversationId]:
    query = person.conversations.where(conversation.c.status != "closed")
    return [ConversationId(number) for number in connection.execute(query).scalars()]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _parts(things: Sequence[object]) -> Iterable[Sequence[object]]:
    for start in range(0, len(things), _AT_ONCE):
        yield things[start : start + _AT_ONCE]
