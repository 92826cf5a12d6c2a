"""The list of conversations as operators see it: queue, own, all, closed; searched and filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, exists, func, or_, select

from bot.storage.console.tables import read_mark
from bot.storage.desk.tables import conversation_tag
from bot.storage.messages import NEVER_LEFT
from bot.storage.service.tables import countdown
from bot.storage.tables import conversation, customer, identity, message, operator
from core.conversation import ConversationId, OperatorId, Status
from faq.person import is_bare_call
from handoff.queue import Priority, Waiting, in_order, place

PAGE = 40
_PREVIEW = 180  # characters; 140 are shown, so that a number that has to be hidden is whole where it begins there
_QUEUE = 1000  # waiting conversations that are put in order
_SEARCHED = 100_000  # messages, from the newest on, whose words are searched


class View(StrEnum):
    QUEUE = "queue"
    MINE = "mine"
    ALL = "all"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """`operator_id` is whose "mine" it is; `words` look in numbers, names and what was said."""

    view: View
    operator_id: OperatorId
    channel: str = ""
    words: str = ""
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """`last_author` is customer, bot, operator or outside; `unread` counts the customer's messages.

    `last_text` is what somebody really said last: of the bot only while it leads, and instead of a mere call for a
    person what was asked before it.
    """

    id: int
    status: Status
    customer: str
    is_vip: bool
    priority: int
    channel: str
    operator_id: int | None
    operator: str
    opened_at: datetime
    touched_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    question: str
    last_id: int
    last_text: str
    last_author: str
    last_kind: str
    has_files: bool
    last_at: datetime | None
    snoozed_until: datetime | None
    due_at: datetime | None
    tags: tuple[str, ...] = ()
    unread: int = 0

    @property
    def place(self) -> float:
        """Where it stands in the queue: the smaller, the sooner its turn."""
        waiting = Waiting(
            ConversationId(self.id), self.queued_at or self.opened_at, Priority(self.priority), self.is_vip
        )
        return place(waiting)[0].timestamp()


_last = message.alias("last")
_LAST_ID = (
    select(func.max(message.c.id))
    .where(
        message.c.conversation_id == conversation.c.id,
        message.c.kind.not_in(NEVER_LEFT),
        or_(message.c.author != "bot", conversation.c.status == Status.ACTIVE.value),
    )
    .correlate(conversation)
    .scalar_subquery()
)
_DUE = (  # the next promise to be kept
    select(func.min(countdown.c.due_at))
    .where(countdown.c.conversation_id == conversation.c.id, countdown.c.ended_at.is_(None))
    .scalar_subquery()
)


def _rows_query() -> Select[Any]:
    return (
        select(
            conversation,
            customer.c.name.label("customer_name"),
            customer.c.is_vip,
            identity.c.name.label("identity_name"),
            identity.c.address,
            operator.c.name.label("operator_name"),
            operator.c.login.label("operator_login"),
            _last.c.id.label("last_id"),
            func.substr(_last.c.text, 1, _PREVIEW).label("last_text"),
            _last.c.author.label("last_author"),
            _last.c.kind.label("last_kind"),
            _last.c.attachments.label("last_attachments"),
            _last.c.created_at.label("last_at"),
            _DUE.label("due_at"),
        )
        .join(customer, customer.c.id == conversation.c.customer_id)
        .join(identity, identity.c.id == conversation.c.identity_id)
        .outerjoin(operator, operator.c.id == conversation.c.operator_id)
        .outerjoin(_last, _last.c.id == _LAST_ID)
    )


_ROWS = _rows_query()
_SOME_ROWS = _ROWS.where(conversation.c.id.in_(bindparam("numbers", expanding=True)))
_TAGS = (
    select(conversation_tag)
    .where(conversation_tag.c.conversation_id.in_(bindparam("numbers", expanding=True)))
    .order_by(conversation_tag.c.tag)
)
_COUNTS = (
    select(conversation.c.status, conversation.c.operator_id, func.count())
    .where(conversation.c.status.in_((Status.QUEUED.value, Status.ASSIGNED.value)))
    .group_by(conversation.c.status, conversation.c.operator_id)
)


def list_rows(connection: Connection, chosen: InboxFilter, page: int = 0) -> list[InboxRow]:
    """One page of the list, and one row more when there is another page."""
    query = _ROWS.where(*_conditions(connection, chosen)).order_by(*_order(chosen.view))
    rows: Sequence[Row[Any]]
    if chosen.view is View.QUEUE:
        rows = _in_queue_order(connection.execute(query.limit(_QUEUE)).all())[PAGE * page : PAGE * (page + 1) + 1]
    else:
        rows = connection.execute(query.limit(PAGE + 1).offset(PAGE * page)).all()
    numbers = [row.id for row in rows]
    unread, tags = count_unread(connection, chosen.operator_id, numbers), _tags(connection, numbers)
    return [_read(row, tags.get(row.id, ()), unread.get(row.id, 0)) for row in rows]


def _in_queue_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The order in which customers are served."""
    by_id = {row.id: row for row in rows}
    waiting = (
        Waiting(ConversationId(row.id), row.queued_at or row.opened_at, Priority(row.priority), bool(row.is_vip))
        for row in rows
    )
    return [by_id[one.id] for one in in_order(waiting)]


def _tags(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(_TAGS, {"numbers": numbers}):
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), row.tag)
    return found


def find_rows(connection: Connection, numbers: Sequence[int]) -> dict[int, InboxRow]:
    """Rows by number, the same for every operator (nothing is counted as unread)."""
    tags = _tags(connection, numbers)
    rows = connection.execute(_SOME_ROWS, {"numbers": numbers})
    return {row.id: _read(row, tags.get(row.id, ()), 0) for row in rows}


def count_views(connection: Connection) -> tuple[int, dict[int, int]]:
    """How many wait in the queue, and how many each operator holds."""
    queued, held = 0, {}
    for status, holder, count in connection.execute(_COUNTS):
        if status == Status.QUEUED.value:
            queued += count
        elif holder is not None:
            held[int(holder)] = count
    return queued, held


def count_unread(connection: Connection, operator_id: OperatorId, numbers: Sequence[int]) -> dict[int, int]:
    """The customers' messages behind the operator's mark; without a mark everything since people were asked."""
    if not numbers:
        return {}
    mark = and_(read_mark.c.conversation_id == message.c.conversation_id, read_mark.c.operator_id == operator_id)
    query = (
        select(message.c.conversation_id, func.count())
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .outerjoin(read_mark, mark)
        .where(
            message.c.conversation_id.in_(numbers),
            message.c.author == "customer",
            message.c.id > func.coalesce(read_mark.c.message_id, 0),
        )
        .group_by(message.c.conversation_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def list_channels(connection: Connection) -> list[str]:
    """Channels there are conversations of."""
    return sorted(connection.execute(select(identity.c.channel).distinct()).scalars())


def _conditions(connection: Connection, chosen: InboxFilter) -> list[ColumnElement[bool]]:
    status = conversation.c.status
    found: list[ColumnElement[bool]] = []
    match chosen.view:
        case View.QUEUE:
            found.append(status == Status.QUEUED.value)
        case View.MINE:
            found += [status == Status.ASSIGNED.value, conversation.c.operator_id == chosen.operator_id]
        case View.ALL:
            found.append(status != Status.CLOSED.value)
        case View.CLOSED:
            found.append(status == Status.CLOSED.value)
    if chosen.channel:
        found.append(conversation.c.channel == chosen.channel)
    if chosen.holder is not None:
        found.append(func.coalesce(conversation.c.operator_id, conversation.c.closed_by_operator_id) == chosen.holder)
    if chosen.words.strip():
        found.append(_says(connection, chosen.words.strip()))
    return found


def _says(connection: Connection, words: str) -> ColumnElement[bool]:
    """A number, a name, an address, or words said lately; in any case of letters."""
    number = words.lstrip("#")
    like = "%" + number.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    fold: Any = func.lower if connection.dialect.name == "postgresql" else func.casefold
    newest = select(func.coalesce(func.max(message.c.id), 0)).scalar_subquery()
    said = exists().where(
        message.c.conversation_id == conversation.c.id,
        message.c.id > newest - _SEARCHED,
        fold(message.c.text).like(like, escape="\\"),
    )
    named = (fold(column).like(like, escape="\\") for column in (customer.c.name, identity.c.name, identity.c.username))
    found = [*named, identity.c.address == number, said]
    if number.isdecimal() and len(number) < 16:
        found.append(conversation.c.id == int(number))
    return or_(*found)


def _order(view: View) -> list[ColumnElement[Any]]:
    if view is View.QUEUE:
        return [conversation.c.queued_at, conversation.c.id]
    if view is View.CLOSED:
        return [conversation.c.closed_at.desc(), conversation.c.id.desc()]
    return [conversation.c.touched_at.desc(), conversation.c.id.desc()]


def _read(row: Row[Any], tags: tuple[str, ...], unread: int) -> InboxRow:
    question, said = (row.dialogue or {}).get("question", ""), row.last_text or ""
    is_call = bool(question) and row.last_author == "customer" and is_bare_call(said)
    return InboxRow(
        row.id,
        Status(row.status),
        row.customer_name or row.identity_name or row.address,
        bool(row.is_vip),
        row.priority,
        row.channel,
        row.operator_id,
        row.operator_name or row.operator_login or "",
        row.opened_at,
        row.touched_at,
        row.queued_at,
        row.first_response_at,
        row.closed_at,
        question,
        row.last_id or 0,
        question[:_PREVIEW] if is_call else said,
        row.last_author or "",
        row.last_kind or "",
        bool(row.last_attachments),
        row.last_at,
        row.snoozed_until,
        row.due_at,
        tags,
        unread,
    )


def conversations_of(connection: Connection, customer: int | None = None, identity: int | None = None) -> list[int]:
    """The latest conversations of a customer or an address: where a changed name shows."""
    column = conversation.c.customer_id if customer is not None else conversation.c.identity_id
    query = select(conversation.c.id).where(column == (customer if customer is not None else identity))
    return list(connection.execute(query.order_by(conversation.c.id.desc()).limit(5)).scalars())
