"""Countdowns start, pause and end with what happens to a conversation, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.apply.work import Setup, Work
from bot.settings.service import HOURS, TARGET_WARNING, TARGETS, WAITING_ABANDONED, WAITING_REFRESH
from bot.settings.setting import Setting, Settings
from bot.storage.conversations import find_conversation
from bot.storage.service import countdowns as stored
from bot.storage.service.countdowns import StoredCountdown
from bot.storage.service.timers import drop_timer, drop_timers_of, set_timer
from core.conversation import Conversation, OperatorId, Status
from core.message import IncomingMessage
from faq.smalltalk import is_courtesy
from handoff.queue import Priority
from handoff.service.hours import Schedule, add_working_time
from handoff.service.targets import RESPONSES, Countdown, Target

TIMER = "target"
WAITING_TIMERS = ("waiting.news", "waiting.there", "waiting.gone")  # of one who is in the queue
_PEOPLE = (Status.QUEUED, Status.ASSIGNED)


def schedule_of(work: Work, about: Conversation) -> Schedule:
    """The working hours that count for a conversation."""
    return work.setup.settings()[HOURS].of(about.level, str(work.setup.zone))


def on_moved(work: Work, before: Conversation, closed_by: str) -> None:
    """The status changed; `work.live` is the conversation as it is now."""
    was, now_is = before.status, work.live.status
    if was is now_is:
        return
    if was is Status.QUEUED:
        drop_timers_of(work.connection, work.live.id, WAITING_TIMERS)
    if now_is is Status.QUEUED:
        work.changes["told_at"] = None  # where they stand is to be told anew
        set_after_work(work, WAITING_TIMERS[0], WAITING_REFRESH)
        set_after_work(work, WAITING_TIMERS[1], WAITING_ABANDONED)
    if now_is in _PEOPLE and was not in _PEOPLE:
        is_asked = not (was is Status.CLOSED and now_is is Status.ASSIGNED)  # else an operator goes on by themselves
        _start(work, Target.RESOLUTION)
        if is_asked:
            _start(work, _response(work.live))
    elif was in _PEOPLE and now_is not in _PEOPLE:
        has_given_up = closed_by not in {"operator", "customer"}
        if has_given_up and was is Status.QUEUED and before.first_response_at is None:
            work.changes["abandoned_at"] = work.now
        _end(work, RESPONSES, is_dropped=True)
        _end(work, (Target.RESOLUTION,), is_dropped=has_given_up, operator_id=before.operator_id)


def set_after_work(work: Work, kind: str, setting: Setting[timedelta]) -> None:
    """A timer for when as much working time has passed as the setting says; none when that is no time at all."""
    span, key = work.setup.settings()[setting], str(work.live.id)
    due_at = add_working_time(schedule_of(work, work.live), work.now, span) if span else None
    if due_at is None:
        drop_timer(work.connection, kind, key)
    else:
        set_timer(work.connection, kind, key, due_at, work.live.id)


def on_reply(work: Work, operator_id: OperatorId | None) -> None:
    """A person's message goes to the customer: nobody waits for one any more."""
    _end(work, RESPONSES, operator_id=operator_id)


def on_undone(work: Work, written_at: datetime, *, is_first: bool) -> None:
    """A reply that was taken back answered nobody: whoever waited for it waits on, since when they did.

    `is_first`: no other reply has left in this conversation.
    """
    if is_first:
        work.change(first_response_at=None)
    if work.live.status not in _PEOPLE:
        return
    _end(work, RESPONSES, is_dropped=True)  # of words said meanwhile: the wait is older than they
    schedule = schedule_of(work, work.live)
    for one in stored.reopen_countdowns(work.connection, work.live.id, RESPONSES, written_at):
        _set(work.connection, work.setup.settings(), one, one.countdown, schedule, work.now)
        work.has_new_wait = True


def on_customer_words(work: Work, message: IncomingMessage) -> None:
    """Words to people wait for an answer, unless they are a mere "thank you" or the like."""
    if work.live.status not in _PEOPLE or _is_courtesy(message):
        return
    running = stored.open_countdowns(work.connection, work.live.id)
    if stored.response_since(running) is None:
        _start(work, _response(work.live), running)


def on_snoozed(work: Work, *, is_asleep: bool) -> None:
    """The customer was promised another moment: the time for the resolution stands still until then."""
    for one in stored.open_countdowns(work.connection, work.live.id):
        if one.countdown.target is Target.RESOLUTION:
            schedule = schedule_of(work, work.live)
            what = one.countdown.paused(schedule, work.now) if is_asleep else one.countdown.resumed(work.now)
            _set(work.connection, work.setup.settings(), one, what, schedule, work.now)


def _is_courtesy(message: IncomingMessage) -> bool:
    return not (message.attachments or message.lost) and is_courtesy(message.text)


def set_target_timer(
    connection: Connection, settings: Settings, one: StoredCountdown, schedule: Schedule, now: datetime
) -> None:
    """For the warning, or when that was given or is past, for the breach; none where nothing can be missed."""
    what, due_at, share = one.countdown, one.due_at, settings[TARGET_WARNING]
    if due_at is None or one.breached_at is not None:
        drop_timer(connection, TIMER, str(one.id))
        return
    moment = due_at
    if one.warned_at is None and share < 100 and what.limit is not None:
        warn_at = what.moment_of(schedule, what.limit * (share / 100))
        moment = warn_at if warn_at is not None and now < warn_at < due_at else due_at
    set_timer(connection, TIMER, str(one.id), moment, one.conversation_id)


def recount(connection: Connection, setup: Setup, now: datetime) -> None:
    """The working hours changed: what runs becomes due accordingly. Limits stay as they were promised."""
    for one in stored.open_countdowns(connection):
        about = find_conversation(connection, one.conversation_id)
        if about is not None and one.countdown.running_since is not None:
            schedule = setup.settings()[HOURS].of(about.level, str(setup.zone))
            _set(connection, setup.settings(), one, one.countdown, schedule, now)


def _response(about: Conversation) -> Target:
    return Target.FIRST_RESPONSE if about.first_response_at is None else Target.NEXT_RESPONSE


def _start(work: Work, target: Target, running: Sequence[StoredCountdown] | None = None) -> None:
    """Unless it runs; `running`: the conversation's countdowns, where they were just read."""
    about, schedule = work.live, schedule_of(work, work.live)
    if running is None:
        running = stored.open_countdowns(work.connection, about.id)
    if any(one.countdown.target is target for one in running):
        return
    limit = work.setup.settings()[TARGETS].limit(target, about.level, Priority(about.priority).name.lower())
    what = Countdown(target, work.now, timedelta(0), limit)
    due_at = what.due_at(schedule)
    work.has_new_wait |= target in RESPONSES
    one = stored.start_countdown(work.connection, about, what, due_at, work.now)
    set_target_timer(work.connection, work.setup.settings(), one, schedule, work.now)


def _end(
    work: Work, targets: Sequence[Target], *, is_dropped: bool = False, operator_id: OperatorId | None = None
) -> None:
    for one in stored.open_countdowns(work.connection, work.live.id):
        if one.countdown.target not in targets:
            continue
        schedule = schedule_of(work, work.live)
        is_missed = one.breached_at is not None or one.countdown.is_missed(schedule, work.now)
        if is_missed and one.breached_at is None:  # the timer would have said so a moment later
            stored.note_breached(work.connection, one.id, work.now)
        outcome = "missed" if is_missed else "dropped" if is_dropped else "met"
        passed = one.countdown.passed(schedule, work.now)
        work.has_new_wait |= one.countdown.target in RESPONSES
        stored.end_countdown(work.connection, one.id, passed, outcome, operator_id, work.now)
        drop_timer(work.connection, TIMER, str(one.id))


def _set(
    connection: Connection,
    settings: Settings,
    one: StoredCountdown,
    what: Countdown,
    schedule: Schedule,
    now: datetime,
) -> None:
    changed = replace(one, countdown=what, due_at=what.due_at(schedule))
    stored.change_countdown(connection, one.id, what, changed.due_at)
    set_target_timer(connection, settings, changed, schedule, now)
