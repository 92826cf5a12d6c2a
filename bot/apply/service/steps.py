"""Steps about time: timers set and dropped, warnings and breaches noted, with the decision they belong to."""

from __future__ import annotations

from dataclasses import replace

from bot.apply.service.countdowns import schedule_of, set_target_timer
from bot.apply.work import Work
from bot.decide.clock_steps import AfterWork, Breach, ClockStep, DropTimer, SetTimer, Warn
from bot.storage.service.countdowns import find_countdown, note_breached, note_warned
from bot.storage.service.timers import drop_timer, set_timer
from handoff.service.hours import add_working_time


def carry_on_clock(step: ClockStep, work: Work) -> None:
    number = work.live.id
    match step:
        case SetTimer():
            set_timer(work.connection, step.kind, step.key or str(number), step.due_at, number, step.payload)
        case DropTimer():
            drop_timer(work.connection, step.kind, step.key or str(number))
        case AfterWork():
            _after_work(step, work)
        case Warn():
            _warn(step, work)
        case Breach():
            note_breached(work.connection, step.countdown_id, work.now)


def _after_work(step: AfterWork, work: Work) -> None:
    span, key = work.setup.settings()[step.setting], str(work.live.id)
    due_at = add_working_time(schedule_of(work, work.live), work.now, span) if span else None
    if due_at is None:
        drop_timer(work.connection, step.kind, key)
    else:
        set_timer(work.connection, step.kind, key, due_at, work.live.id)


def _warn(step: Warn, work: Work) -> None:
    found = find_countdown(work.connection, step.countdown_id)
    if found is None or found.due_at is None:
        return
    note_warned(work.connection, found.id, work.now)
    warned = replace(found, warned_at=work.now)
    set_target_timer(work.connection, work.setup.settings(), warned, schedule_of(work, work.live), work.now)
