"""Decisions on what the clock brings: the reminders and the end of a snooze."""

from __future__ import annotations

from bot.decide import assigning
from bot.decide.act_steps import Alert, Schedule, Snooze
from bot.decide.situation import DeskSituation
from bot.decide.steps import Notice, Step
from core.conversation import Status
from core.event import TimerDue
from core.text import Text
from handoff.operators import AWAY

SNOOZE = "snooze."
REMIND, DUE, LATE = f"{SNOOZE}remind", f"{SNOOZE}due", f"{SNOOZE}late"


def on_timer(event: TimerDue, situation: DeskSituation) -> list[Step]:
    """A timer of an earlier state finds things changed and does nothing."""
    conversation, holder = situation.conversation, situation.holder
    if conversation is None or conversation.status is not Status.ASSIGNED or holder is None:
        return []
    name = {"operator": holder.shown_name}
    if event.kind == LATE:
        return [] if situation.has_answered else [Alert(Text("alert.promise", name))]
    if conversation.snoozed_until is None or conversation.snoozed_until.isoformat() != event.detail.get("until"):
        return []
    if event.kind == REMIND:
        minutes = round((conversation.snoozed_until - situation.now).total_seconds() / 60)
        if minutes < 1:  # the machine was off; the moment itself is told
            return []
        return [Notice(Text("desk.snooze.remind", {**name, "minutes": minutes}))]
    wake: list[Step] = [Snooze(None)]
    if holder.presence in AWAY:
        return [*wake, Notice(Text("desk.snooze.due", name)), *assigning.come_back(holder)]
    late_at = conversation.snoozed_until + situation.rules.promise_grace
    return [
        *wake,
        Notice(Text("desk.snooze.due", name)),
        Schedule(LATE, late_at, {"since": conversation.snoozed_until.isoformat()}),
    ]
