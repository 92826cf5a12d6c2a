"""Steps about time: timers set and dropped, warnings and breaches noted, with the decision they belong to."""

from __future__ import annotations

from dataclasses import replace

from bot.apply.service.countdowns import schedule_of, set_after_work, set_target_timer
from bot.apply.work import Work
from bot.decide.steps.clock import AfterWork, Breach, ClockStep, DropTimer, SetTimer, Warn
from bot.storage.service.countdowns import find_countdown, note_breached, note_warned
from bot.storage.service.timers import drop_timer, set_timer


def carry_on_clock(step: ClockStep, work: Work) -> None:
    number = work.live.id
    match step:
        case SetTimer():
            set_timer(work.connection, step.kind, step.key or str(number), step.due_at, number, step.payload)
        case DropTimer():
            drop_timer(work.connection, step.kind, step.key or str(number))
        case AfterWork():
            set_after_work(work, step.kind, step.setting)
        case Warn():
            _warn(step, work)
        case Breach():
            note_breached(work.connection, step.countdown_id, work.now)


def _warn(step: Warn, work: Work) -> None:
    found = find_countdown(work.connection, step.countdown_id)
    if found is None or found.due_at is None:
        return
    note_warned(work.connection, found.id, work.now)
    warned = replace(found, warned_at=work.now)
    set_target_timer(work.connection, work.setup.settings(), warned, schedule_of(work, work.live), work.now)
