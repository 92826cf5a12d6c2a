"""What a decision on the operators' side may know: who acts, who holds, and what the act names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.apply.knowledge.facts import faq_facts
from bot.apply.work import Setup
from bot.decide import DeskSide
from bot.decide.situation import DeskSituation, PlacedMessage
from bot.decide.steps import DeskPress
from bot.settings import Settings, desk
from bot.storage import conversations, messages, people
from bot.storage.desk.canned import find_canned, list_canned, list_shared
from bot.storage.desk.team import read_board
from bot.storage.operators import (
    find_active,
    find_operator,
    find_operator_by_login,
    find_operator_by_telegram,
    set_presence,
    touch_operator,
)
from bot.storage.surveys.follow_ups import list_follow_ups
from core.conversation import Conversation, ConversationId, Status
from core.event import Act, OperatorActed, OperatorEdited, OperatorWrote, TimerDue
from core.message import MessageId
from faq.matches import Match
from handoff.board import Board, FollowUpRow
from handoff.desk_rules import DeskRules
from handoff.desk_text import BOARD_COMMANDS, read_desk_text
from handoff.operators import Operator, Presence

_SIGN_EVERY = timedelta(seconds=30)  # signs of life closer together than this are not written
_NAMING = {Act.TRANSFER: "transfer", Act.CANNED: "c"}


def desk_situation(
    connection: Connection,
    side: DeskSide,
    conversation: Conversation | None,
    found: people.Found | None,
    setup: Setup,
    now: datetime,
    matches: Sequence[Match] = (),
) -> DeskSituation:
    operator = _acting(connection, side, now)
    start = DeskSituation(operator=operator, rules=desk_rules(setup.settings()), now=now, zone=setup.zone)
    if operator is not None:
        start = replace(start, faq=faq_facts(connection, side, matches))
    command, name = _named(side)
    if command in BOARD_COMMANDS:
        board = _board(connection, setup, now)
        if command.startswith("followup"):
            board = replace(board, follow_ups=_follow_ups(connection))
        start = replace(start, board=board)
    if command == "canned" and operator is not None:
        listed = tuple(list_canned(connection, operator.id))
        kept = list_shared(connection, operator.canned_owner)
        start = replace(start, canned_listed=listed, canned_kept=frozenset(one.name for one in kept))
    if conversation is None or found is None:
        return start
    placed = None
    about = _pointed_at(side, command)
    if about:
        row = messages.placed_at(connection, getattr(side, "desk", ""), about)
        placed = PlacedMessage(MessageId(row.id), row.author, row.kind) if row is not None else None
    return replace(
        start,
        customer=found.customer,
        conversation=conversation,
        holder=find_operator(connection, conversation.operator_id) if conversation.operator_id else None,
        placed=placed,
        newer=live_of(connection, conversation) if conversation.status is Status.CLOSED else None,
        target=find_operator_by_login(connection, name) if command == "transfer" and name else None,
        canned=find_canned(connection, operator.id, name) if command == "c" and operator is not None else None,
        has_answered=isinstance(side, TimerDue) and _has_answered(connection, side),
    )


def desk_rules(settings: Settings) -> DeskRules:
    spans = (desk.UNDO_TELEGRAM, desk.UNDO_CONSOLE, desk.LOST_AFTER, desk.REMIND_BEFORE)
    return DeskRules(*(settings[span].total_seconds() for span in spans))


def live_of(connection: Connection, of: Conversation) -> int | None:
    """The customer's live conversation at the same address, whichever it is."""
    return conversations.newer_live(connection, replace(of, id=ConversationId(0)))


def _acting(connection: Connection, side: DeskSide, now: datetime) -> Operator | None:
    """Whoever acts, and that they do; None for a stranger, or somebody who is no operator any more."""
    if isinstance(side, OperatorActed):
        found = find_active(connection, side.operator_id)
    else:
        member = getattr(side, "member", None)
        found = find_operator_by_telegram(connection, member.id) if member is not None else None
    if found is None:
        return None
    if found.presence is Presence.LOST:  # and there they are again
        set_presence(connection, found.id, Presence.ONLINE, now)
        return replace(found, presence=Presence.ONLINE, seen_at=now)
    if found.seen_at is None or now - found.seen_at >= _SIGN_EVERY:
        touch_operator(connection, found.id, now)
    return found


def _pointed_at(side: DeskSide, command: str) -> str:
    """The message in the topic that was changed, or that a command answers and so is about."""
    if isinstance(side, OperatorEdited):
        return side.message.origin_id
    return side.message.reply_to if isinstance(side, OperatorWrote) and command in {"undo", "retry"} else ""


def _named(side: DeskSide) -> tuple[str, str]:
    """The command, and whom or what it names."""
    if isinstance(side, OperatorActed):
        return _NAMING.get(side.act, ""), side.to
    if not isinstance(side, OperatorWrote):
        return (side.act, side.argument) if isinstance(side, DeskPress) else ("", "")
    text = read_desk_text(side.message.text)
    is_whole = text.command == "c"
    return text.command, text.argument if is_whole else text.argument.partition(" ")[0].removeprefix("@")


def _board(connection: Connection, setup: Setup, now: datetime) -> Board:
    local = now.astimezone(setup.zone)
    return read_board(connection, local.replace(hour=0, minute=0, second=0, microsecond=0))


def _follow_ups(connection: Connection) -> tuple[FollowUpRow, ...]:
    return tuple(
        FollowUpRow(
            one.id, one.customer_name, one.conversation_id, f"{one.survey.upper()} {one.score}",
            one.owner_id, one.owner_name, one.due_at,
        )
        for one in list_follow_ups(connection)
    )  # fmt: skip


def _has_answered(connection: Connection, event: TimerDue) -> bool:
    since = event.payload.get("since")
    if since is None or event.conversation_id is None:
        return False
    return messages.answered_since(connection, event.conversation_id, datetime.fromisoformat(str(since)))
