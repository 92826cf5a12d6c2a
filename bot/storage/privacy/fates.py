"""What becomes of every table when a customer is erased. A table that is not decided upon here fails a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, case, cast, literal, null, or_
from sqlalchemy import String as Characters

from bot.storage.announcements.tables import announcement_told
from bot.storage.console.tables import draft, read_mark
from bot.storage.desk.tables import audit, conversation_tag, former_number, link_code
from bot.storage.privacy.person import Person
from bot.storage.service.tables import countdown, rule_step, snooze, timer
from bot.storage.surveys.tables import (
    conversation_fact,
    follow_up,
    improvement_told,
    invitation,
    review,
    survey_answer,
)
from bot.storage.tables import conversation, customer, faq_answer, identity, message, placement, topic
from bot.storage.website.tables import chat_line, upload, upload_part, visitor

Where = Callable[[Person], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Fate:
    """Rows that `where` finds are deleted (`blank` None) or lose what the person left in these columns.

    `kept`: columns of letters that hold no word of anybody, such as a status; figures are counted by them.
    """

    table: Table
    where: Where
    blank: Mapping[str, Any] | None = None
    kept: frozenset[str] = field(default_factory=frozenset)


def _kept(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _in_conversations(table: Table) -> Where:
    return lambda person: table.c.conversation_id.in_(person.conversations)


def _in_invitations(person: Person) -> ColumnElement[bool]:
    return survey_answer.c.invitation_id.in_(person.invitations)


def _own_or_about(table: Table) -> Where:
    return lambda person: or_(table.c.customer_id == person.number, table.c.conversation_id.in_(person.conversations))


_NOTHING = null()
# in this order: what refers goes before what is referred to
FATES: tuple[Fate, ...] = (
    Fate(draft, _in_conversations(draft)),
    Fate(read_mark, _in_conversations(read_mark)),
    Fate(link_code, lambda person: link_code.c.identity_id.in_(person.identities)),
    Fate(former_number, lambda person: former_number.c.identity_id.in_(person.identities), {}),
    Fate(timer, _in_conversations(timer)),
    Fate(conversation_tag, _in_conversations(conversation_tag)),
    Fate(placement, lambda person: placement.c.message_id.in_(person.messages)),
    Fate(topic, _in_conversations(topic)),
    Fate(upload_part, lambda person: upload_part.c.upload_id.in_(person.uploads)),
    Fate(upload, lambda person: upload.c.address.in_(person.visits)),
    Fate(chat_line, lambda person: chat_line.c.address.in_(person.visits)),
    Fate(visitor, lambda person: visitor.c.address.in_(person.visits)),
    Fate(rule_step, _in_conversations(rule_step), {}, _kept("step")),
    Fate(snooze, _in_conversations(snooze), {}),
    Fate(countdown, _in_conversations(countdown), {}, _kept("target outcome")),
    Fate(conversation_fact, _in_conversations(conversation_fact), {}, _kept("channel category")),
    Fate(
        audit,
        lambda person: or_(audit.c.conversation_id.in_(person.conversations), audit.c.message_id.in_(person.messages)),
        {"answer": _NOTHING, "detail": _NOTHING},
        _kept("desk act outcome nonce"),
    ),
    Fate(
        review,
        _in_conversations(review),
        {"words": None},
        _kept("week scorecard marks"),
    ),
    Fate(survey_answer, _in_invitations, {"words": None}, _kept("question choice")),
    Fate(follow_up, _own_or_about(follow_up), {"words": None}, _kept("reason outcome")),
    Fate(announcement_told, lambda person: announcement_told.c.customer_id == person.number, {}, _kept("how")),
    Fate(improvement_told, lambda person: improvement_told.c.customer_id == person.number, {}),
    Fate(
        invitation,
        lambda person: invitation.c.id.in_(person.invitations),
        {"comment": None},
        _kept("survey state channel category reason"),
    ),
    Fate(faq_answer, _in_conversations(faq_answer), {"question": ""}, _kept("decision entry_key matches outcome")),
    Fate(
        message,
        lambda person: message.c.id.in_(person.messages),
        {"text": "", "attachments": _NOTHING, "markup": None, "buttons": _NOTHING, "origin_id": None},
        _kept("author kind"),
    ),
    Fate(
        conversation,
        lambda person: conversation.c.id.in_(person.conversations),
        {"dialogue": {}, "snoozed_until": None},
        _kept("channel status closed_by handoff_trigger language category"),
    ),
    Fate(
        identity,
        lambda person: identity.c.customer_id == person.number,
        {"address": literal("erased:") + cast(identity.c.id, Characters), "name": "", "username": ""},
        _kept("channel account"),
    ),
    Fate(
        customer,
        lambda person: customer.c.id.in_((person.number, *person.former)),
        {"name": "", "source": case((customer.c.source.startswith("ref_"), "ref_"), else_=None)},
        _kept("language"),
    ),
)

# done by hand in bot.storage.privacy: the payloads and contents do not say by a column whose they are
BY_HAND = frozenset({"inbox", "outbox", "faq_suggestion"})

# nobody's in particular, or numbers only; a table that refers to a customer's rows may not stand here but ui_event
UNTOUCHED = frozenset(
    """operator operator_link operator_skill canned_reply faq_entry faq_revision faq_exception faq_calibration
    faq_vector faq_file faq_file_part cursor notebook problem setting wording rule survey improvement announcement
    day_tally site session login_failure preference ui_event""".split()
)
