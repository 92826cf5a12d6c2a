"""Acts about when to come back to a conversation: snooze and wake."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.decide.acts.asking import Asking, cannot_write, done, refused
from bot.decide.acts.holding import hold, wake_silently
from bot.decide.sharing.resting import rest
from bot.decide.steps import Step
from core.conversation import Status
from core.errors import InvalidInput
from core.text import Text
from handoff.moments import read_moment


def snooze(asking: Asking) -> list[Step]:
    """Rests until the promised moment, with whoever promised it; a customer's message wakes it before."""
    situation = asking.situation
    if asking.conversation.status is Status.CLOSED:
        return refused(asking, Text("desk.is_closed"))
    if asking.is_others and situation.holder is not None:
        return refused(asking, Text("desk.taken", {"holder": situation.holder.shown_name}))
    why = cannot_write(asking)
    if why:
        return refused(asking, why)
    try:
        until = read_moment(asking.act.to, situation.now, situation.zone)
    except InvalidInput:
        return refused(asking, Text("desk.snooze.when"))
    shown = show_moment(until, situation.now, situation.zone)
    return [
        *([] if asking.is_own else hold(asking)),
        *rest(until, situation.now, situation.rules.promise_grace),
        *done(asking, Text("desk.snoozed", {"until": shown, "operator": asking.operator.shown_name}), until=str(until)),
    ]


def wake(asking: Asking) -> list[Step]:
    if asking.conversation.snoozed_until is None:
        return refused(asking, Text("desk.snooze.none"))
    return [*wake_silently(asking), *done(asking, Text("desk.snooze.over", {"operator": asking.operator.shown_name}))]


def show_moment(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The time today, otherwise with its date."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%d.%m.%Y %H:%M}"
