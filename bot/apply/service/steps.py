"""Steps about time: timers that are set and dropped with the decision they belong to."""

from __future__ import annotations

from bot.apply.work import Work
from bot.decide.clock_steps import ClockStep, SetTimer
from bot.storage.service.timers import drop_timer, set_timer


def carry_on_clock(step: ClockStep, work: Work) -> None:
    number = work.live.id
    key = step.key or str(number)
    if isinstance(step, SetTimer):
        set_timer(work.connection, step.kind, key, step.due_at, number, step.payload)
    else:
        drop_timer(work.connection, step.kind, key)
