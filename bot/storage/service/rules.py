"""If-then rules as stored, and what each has done where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.storage.notes import keep_note, read_note
from bot.storage.service.tables import countdown, rule, rule_step
from bot.storage.service.timers import set_timer
from core.errors import InvalidInput, NotFound
from handoff.service.rules import Rule
from handoff.service.rules_form import read_rule, write_rule
from handoff.service.targets import Target

WAIT = "rules"  # the timer of a wait that rules look at
_STARTER = "starter_rules"
_NOTICED_WITHIN = timedelta(seconds=5)
_IN_ORDER = select(rule).order_by(rule.c.position, rule.c.id)
_DONE = select(rule_step).where(rule_step.c.conversation_id == bindparam("conversation"))


@dataclass(frozen=True, slots=True)
class StoredRule:
    id: int
    rule: Rule
    is_active: bool = True
    changed_at: datetime | None = None
    changed_by: str = ""


def list_rules(connection: Connection) -> list[StoredRule]:
    """In their order; a rule that this program cannot read (of a newer one) is left out."""
    found = []
    for row in connection.execute(_IN_ORDER):
        try:
            read = read_rule(row.body)
        except InvalidInput:
            continue
        found.append(StoredRule(row.id, read, row.is_active, row.changed_at, row.changed_by))
    return found


def active_rules(connection: Connection) -> tuple[StoredRule, ...]:
    return tuple(one for one in list_rules(connection) if one.is_active)


def save_rule(connection: Connection, raw: Any, changed_by: str, now: datetime) -> StoredRule:
    """Add a rule, given as itself or in its plain form, or change the one of that name; raises FaultyRule."""
    read = raw if isinstance(raw, Rule) else read_rule(raw)
    values = {"body": write_rule(read), "changed_at": now, "changed_by": changed_by, "is_active": True}
    row = connection.execute(select(rule.c.id).where(rule.c.name == read.name)).one_or_none()
    if row is not None:
        connection.execute(update(rule).where(rule.c.id == row.id).values(**values))
        number = row.id
    else:
        last = connection.execute(select(func.coalesce(func.max(rule.c.position), 0))).scalar_one()
        added = insert(rule).values(name=read.name, position=last + 1, **values).returning(rule.c.id)
        number = connection.execute(added).scalar_one()
    _look_again(connection, now)
    return StoredRule(number, read, True, now, changed_by)


def switch_rule(connection: Connection, name: str, changed_by: str, now: datetime, *, is_active: bool) -> None:
    values = {"is_active": is_active, "changed_at": now, "changed_by": changed_by}
    if not connection.execute(update(rule).where(rule.c.name == name).values(**values)).rowcount:
        raise NotFound(f"there is no rule {name!r}; see: otklik rule list")
    _look_again(connection, now)


def remove_rule(connection: Connection, name: str) -> None:
    """What it did stays done; that it did is forgotten."""
    row = connection.execute(select(rule.c.id).where(rule.c.name == name)).one_or_none()
    if row is None:
        raise NotFound(f"there is no rule {name!r}; see: otklik rule list")
    connection.execute(delete(rule_step).where(rule_step.c.rule_id == row.id))
    connection.execute(delete(rule).where(rule.c.id == row.id))


def put_in_starter(connection: Connection, raws: Iterable[Any], now: datetime) -> bool:
    """The rules Otklik ships with, once: who removes them has removed them."""
    if read_note(connection, _STARTER) is not None or not keep_note(connection, _STARTER, now.isoformat()):
        return False
    if connection.execute(select(rule.c.id).limit(1)).first() is not None:
        return False
    for raw in raws:
        save_rule(connection, raw, "otklik", now)
    return True


def steps_done(connection: Connection, conversation_id: int) -> dict[int, set[str]]:
    """By rule."""
    done: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(_DONE, {"conversation": conversation_id}):
        done[row.rule_id].add(row.step)
    return done


def note_steps(connection: Connection, rule_id: int, conversation_id: int, names: Iterable[str], now: datetime) -> None:
    for name in names:
        values = {"rule_id": rule_id, "conversation_id": conversation_id, "step": name, "done_at": now}
        connection.execute(insert(rule_step).values(**values))


def _look_again(connection: Connection, now: datetime) -> None:
    """Whoever waits now is looked at under the new rules, as soon as every process has noticed them."""
    waits = select(countdown.c.conversation_id).where(
        countdown.c.ended_at.is_(None), countdown.c.target != Target.RESOLUTION.value
    )
    for number in connection.execute(waits).scalars().all():
        set_timer(connection, WAIT, str(number), now + _NOTICED_WITHIN, number)
