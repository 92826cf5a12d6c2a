"""Everything stored of a customer, in a form they can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, select

from bot.storage.announcements.tables import announcement_told
from bot.storage.desk.tables import audit, conversation_tag
from bot.storage.messages import NEVER_LEFT, read_attachments
from bot.storage.privacy.person import WEBSITE, Person, find_person
from bot.storage.surveys.tables import follow_up, improvement_told, invitation, review, survey_answer
from bot.storage.tables import conversation, customer, faq_answer, identity, message, operator
from bot.storage.website.tables import chat_line, upload, visitor
from core.message import Attachment


@dataclass(frozen=True, slots=True)
class Exported:
    """`data` is plain JSON; `files` are what it names under "file", in the order of their numbers there."""

    data: dict[str, Any]
    files: tuple[Attachment, ...]


def export_customer(connection: Connection, number: int, now: datetime) -> Exported:
    """Raises NotFound and Conflict."""
    person = find_person(connection, number)
    files: list[Attachment] = []
    own = connection.execute(select(customer).where(customer.c.id == number)).one()
    data = {
        "made_at": now.isoformat(),
        "customer": _plain(own, "id name language is_vip banned_at source no_surveys_at no_news_at created_at"),
        "former_numbers": list(person.former),
        "addresses": _addresses(connection, number),
        "conversations": _conversations(connection, person, files),
        "surveys": _surveys(connection, person),
        "follow_ups": _list(connection, select(follow_up).where(follow_up.c.customer_id == number), _FOLLOW_UP),
        "told_of_improvements": _list(
            connection, select(improvement_told).where(improvement_told.c.customer_id == number), "told_at"
        ),
        "told_of_announcements": _list(
            connection, select(announcement_told).where(announcement_told.c.customer_id == number), "told_at how"
        ),
        "website": _website(connection, person, files),
    }
    return Exported(data, tuple(files))


_FOLLOW_UP = "conversation_id reason opened_at due_at ended_at outcome words"
_TALK = (
    "id channel status opened_at queued_at assigned_at first_response_at closed_at reopened_at closed_by language "
    "level category handoff_trigger dialogue"
)


def _addresses(connection: Connection, number: int) -> list[dict[str, Any]]:
    query = select(identity).where(identity.c.customer_id == number).order_by(identity.c.id)
    return _list(connection, query, "channel account address name username unreachable_at created_at")


def _conversations(connection: Connection, person: Person, files: list[Attachment]) -> list[dict[str, Any]]:
    own = person.conversations
    messages = _messages(connection, person, files)
    tags = _by_conversation(connection, conversation_tag, own, "tag", conversation_tag.c.tag)
    answers = _by_conversation(
        connection, faq_answer, own, "question decision entry_key outcome created_at", faq_answer.c.id
    )
    acts = _by_conversation(connection, audit, own, "at act outcome detail", audit.c.id)
    reviews = _by_conversation(connection, review, own, "week marks words", review.c.id)
    query = select(conversation).where(conversation.c.id.in_(own)).order_by(conversation.c.id)
    return [
        {
            **_plain(row, _TALK),
            "tags": [one["tag"] for one in tags[row.id]],
            "messages": messages[row.id],
            "questions_to_the_bot": answers[row.id],
            "what_operators_did": acts[row.id],
            "reviews": reviews[row.id],
        }
        for row in connection.execute(query)
    ]


def _messages(connection: Connection, person: Person, files: list[Attachment]) -> defaultdict[int, list[Any]]:
    query = (
        select(message, operator.c.name.label("operator"))
        .outerjoin(operator, operator.c.id == message.c.operator_id)
        .where(message.c.id.in_(person.messages), message.c.kind.not_in(NEVER_LEFT))
        .order_by(message.c.id)
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        kept = _plain(row, "id created_at edited_at author operator kind text reply_to_id")
        if row.attachments:
            kept["files"] = [_file(one, files) for one in read_attachments(row.attachments)]
        found[row.conversation_id].append(kept)
    return found


def _file(one: Attachment, files: list[Attachment]) -> dict[str, Any]:
    told = {
        "kind": one.kind.value,
        "name": one.name,
        "mime": one.mime,
        "size": one.size,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "phone": one.phone,
    }
    kept: dict[str, Any] = {key: value for key, value in told.items() if value not in ("", None)}
    if one.ref:
        files.append(one)
        kept["file"] = len(files)
    return kept


def _surveys(connection: Connection, person: Person) -> list[dict[str, Any]]:
    answers: defaultdict[int, list[Any]] = defaultdict(list)
    given = select(survey_answer).where(survey_answer.c.invitation_id.in_(person.invitations))
    for row in connection.execute(given.order_by(survey_answer.c.id)):
        answers[row.invitation_id].append(_plain(row, "question score choice words answered_at"))
    asked = select(invitation).where(invitation.c.id.in_(person.invitations)).order_by(invitation.c.id)
    names = "survey version state conversation_id sent_at ended_at score scored_at reason comment"
    return [{**_plain(row, names), "answers": answers[row.id]} for row in connection.execute(asked)]


def _website(connection: Connection, person: Person, files: list[Attachment]) -> dict[str, Any]:
    if not person.visits:
        return {}
    sent = select(upload).where(upload.c.address.in_(person.visits)).order_by(upload.c.id)
    uploads = []
    for row in connection.execute(sent).all():
        known = next((place for place, one in enumerate(files, 1) if (one.channel, one.ref) == (WEBSITE, row.ref)), 0)
        uploads.append({**_plain(row, "name mime size created_at used_at"), "file": known or None})
    lines = select(chat_line).where(chat_line.c.address.in_(person.visits)).order_by(chat_line.c.id)
    visits = select(visitor).where(visitor.c.address.in_(person.visits)).order_by(visitor.c.id)
    return {
        "visits": _list(connection, visits, "address site user_id created_at active_at"),
        "chat": _list(connection, lines, "author name text created_at"),
        "uploads": uploads,
    }


def _by_conversation(
    connection: Connection, table: Any, own: Select[Any], names: str, order: Column[Any]
) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.conversation_id.in_(own)).order_by(order)):
        found[row.conversation_id].append(_plain(row, names))
    return found


def _list(connection: Connection, query: Select[Any], names: str) -> list[dict[str, Any]]:
    return [_plain(row, names) for row in connection.execute(query)]


def _plain(row: Row[Any], names: str) -> dict[str, Any]:
    """What is set, moments as ISO text."""
    values: Sequence[tuple[str, Any]] = [(name, getattr(row, name)) for name in names.split()]
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values
        if value not in (None, "", {}, [])
    }
