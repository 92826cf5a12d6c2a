"""The rest of a conversation until a promised moment: how it begins and ends, and what the clock brings meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.decide.sharing import assigning
from bot.decide.situation import DeskSituation
from bot.decide.steps import Notice, Step
from bot.decide.steps.acts import Alert, Snooze
from bot.decide.steps.clock import DropTimer, SetTimer
from core.conversation import Status
from core.event import TimerDue
from core.text import Text
from handoff.operators import AWAY

REMIND, DUE, LATE = "snooze.remind", "snooze.due", "snooze.late"
KINDS = frozenset({REMIND, DUE, LATE})


def rest(until: datetime, now: datetime, remind_before: timedelta) -> list[Step]:
    """Until then; the holder is reminded a little before."""
    noted, remind_at = {"until": until.isoformat()}, until - remind_before
    steps: list[Step] = [DropTimer(LATE), Snooze(until), SetTimer(DUE, until, noted)]
    return [*steps, SetTimer(REMIND, remind_at, noted) if remind_at > now else DropTimer(REMIND)]


def stop_resting() -> list[Step]:
    return [Snooze(None), DropTimer(REMIND), DropTimer(DUE)]


def on_rest_timer(event: TimerDue, situation: DeskSituation) -> list[Step]:
    """A timer of an earlier state finds things changed and does nothing."""
    conversation, holder = situation.conversation, situation.holder
    if conversation is None or conversation.status is not Status.ASSIGNED or holder is None:
        return []
    name = {"operator": holder.shown_name}
    if event.kind == LATE:
        return [] if situation.has_answered else [Alert(Text("alert.promise", name))]
    until = conversation.snoozed_until
    if until is None or until.isoformat() != event.payload.get("until"):
        return []
    if event.kind == REMIND:
        minutes = round((until - situation.now).total_seconds() / 60)
        if minutes < 1:  # the machine was off; the moment itself is told
            return []
        return [Notice(Text("desk.snooze.remind", {**name, "minutes": minutes}))]
    due = Notice(Text("desk.snooze.due", name))
    if holder.presence in AWAY:
        return [*stop_resting(), due, *assigning.come_back(holder)]
    late = SetTimer(LATE, until + situation.rules.promise_grace, {"since": until.isoformat()})
    return [*stop_resting(), due, late]
