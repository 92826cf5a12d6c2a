"""The queue looked after: silent operators are taken for lost, what absent ones held comes back, and is shared out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.apply.carry import carry_out
from bot.apply.desk import at_live, carry_for
from bot.apply.desk_facts import desk_rules
from bot.apply.handled import Handled
from bot.apply.work import Setup, Work
from bot.decide.sharing import assigning
from bot.decide.steps import SetPresence, Step
from bot.decide.steps.acts import Alert, Record
from bot.storage import conversations, people
from bot.storage.desk import team
from bot.storage.operators import find_operator
from core.conversation import ConversationId, OperatorId, Status
from core.text import Text
from handoff.assignment import share_out
from handoff.operators import Operator, Presence


def tend(connection: Connection, setup: Setup, now: datetime) -> list[Handled]:
    """One look at the whole queue; cheap where nobody tells whether they are there."""
    if not team.says_presence(connection):
        return []
    return [
        *_notice_lost(connection, setup, now),
        *_take_back(connection, setup, now),
        *_share_out(connection, setup, now),
    ]


def _notice_lost(connection: Connection, setup: Setup, now: datetime) -> list[Handled]:
    if not desk_rules(setup.settings()).lost_after:
        return []
    since = now - timedelta(seconds=desk_rules(setup.settings()).lost_after)
    made = []
    for number in team.silent_operators(connection, since):
        found = find_operator(connection, number)
        if found is None:
            continue
        line = Text("alert.lost", {"operator": found.shown_name})
        steps: list[Step] = [
            SetPresence(number, Presence.LOST),
            Alert(line),
            Record(None, assigning.OTKLIK, "lost", answer=line, detail={"who": found.login}),
        ]
        work = Work(connection, setup, now, None, None, None)  # type: ignore[arg-type]
        carry_out(work, steps)
        made.append(Handled(tuple(work.deliveries), claimed=frozenset(work.claimed)))
    return made


def _take_back(connection: Connection, setup: Setup, now: datetime) -> list[Handled]:
    made = []
    for number, holder_id in team.held_by_absent(connection):
        holder = find_operator(connection, holder_id)
        if holder is not None:
            made += _come_back(connection, number, holder, setup, now)
    return made


def _come_back(
    connection: Connection, number: ConversationId, holder: Operator, setup: Setup, now: datetime
) -> list[Handled]:
    """Unless the operator has meanwhile come back to it."""

    def decide() -> list[Step]:
        team.lock_operator(connection, holder.id)
        return assigning.come_back(holder) if team.is_away(connection, holder.id) else []

    return _about(connection, number, decide, setup, now, held_by=holder.id)


def _share_out(connection: Connection, setup: Setup, now: datetime) -> list[Handled]:
    mates = team.candidates(connection)
    if not any(one.has_room for one in mates):
        return []
    made = []
    for placement in share_out(team.waiting(connection), mates, now):
        operator = find_operator(connection, placement.operator_id)
        if operator is not None:
            made += _give(connection, placement.conversation_id, operator, setup, now)
    return made


def _give(
    connection: Connection, number: ConversationId, operator: Operator, setup: Setup, now: datetime
) -> list[Handled]:
    """Under the customer's lock, then the operator's: another process may have been quicker with either."""

    def decide() -> list[Step]:
        team.lock_operator(connection, operator.id)
        mate = next((one for one in team.candidates(connection) if one.id == operator.id), None)
        return assigning.assign(operator, mate.load) if mate is not None and mate.has_room else []

    return _about(connection, number, decide, setup, now, held_by=None)


def _about(
    connection: Connection,
    number: ConversationId,
    decide: Callable[[], list[Step]],
    setup: Setup,
    now: datetime,
    *,
    held_by: OperatorId | None,
) -> list[Handled]:
    """Decide and carry out if the conversation still is as it was seen: held by `held_by`, or waiting (None)."""
    seen = conversations.find_conversation(connection, number)
    if seen is None:
        return []
    found = at_live(connection, people.find_by_identity(connection, seen.identity_id))
    conversation = conversations.find_conversation(connection, number)
    status = Status.QUEUED if held_by is None else Status.ASSIGNED
    if conversation is None or conversation.status is not status or conversation.operator_id != held_by:
        return []
    steps = decide()
    return [carry_for(connection, found, conversation, steps, setup, now)] if steps else []
