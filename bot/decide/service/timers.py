"""Decisions on timers that came due: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.decide.service import waiting
from bot.decide.steps import Notice, Step
from bot.decide.steps.acts import Alert
from bot.decide.steps.clock import Breach, Warn
from bot.settings.setting import Settings
from core.conversation import Conversation, Status
from core.customer import Customer, Identity
from core.event import TimerDue
from core.text import Text
from handoff.service.targets import Target


@dataclass(frozen=True, slots=True)
class DueTarget:
    """A running countdown: its target, and when it will have been missed."""

    countdown_id: int
    target: Target
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TimerSituation:
    """The conversation the timer is about, as it is now; `due` is the countdown it is about, if that still runs."""

    customer: Customer
    identity: Identity
    conversation: Conversation
    settings: Settings = Settings()  # noqa: RUF009  # immutable
    due: DueTarget | None = None
    has_news: bool = False  # the place in the queue is better than the one told last


def on_timer(event: TimerDue, situation: TimerSituation, now: datetime) -> list[Step]:
    """What a timer does; one of a kind this program does not know (of a newer one) does nothing."""
    decide = KINDS.get(event.kind)
    return decide(event, situation, now) if decide is not None else []


def _target(event: TimerDue, situation: TimerSituation, now: datetime) -> list[Step]:
    """Warn once before, record the breach once after; operators are told both times."""
    due = situation.due
    if due is None or situation.conversation.status is Status.CLOSED:
        return []
    name = Text(f"target.{due.target}")
    if now >= due.due_at:
        return [Breach(due.countdown_id), Alert(Text("alert.target", {"target": name}))]
    minutes = max(1, round((due.due_at - now).total_seconds() / 60))
    return [Warn(due.countdown_id), Notice(Text("desk.target.soon", {"target": name}, minutes))]


_Decide = Callable[[TimerDue, TimerSituation, datetime], list[Step]]


def _while_queued(decide: Callable[[TimerSituation], list[Step]]) -> _Decide:
    def on_queued(event: TimerDue, situation: TimerSituation, now: datetime) -> list[Step]:
        return decide(situation) if situation.conversation.status is Status.QUEUED else []

    return on_queued


KINDS: dict[str, _Decide] = {
    "target": _target,
    waiting.NEWS: _while_queued(lambda situation: waiting.news(is_new=situation.has_news)),
    waiting.THERE: _while_queued(lambda situation: waiting.still_there()),
    waiting.GONE: _while_queued(lambda situation: waiting.give_up(situation.conversation)),
}
