"""Decisions on timers that came due: one function for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.decide.steps import Step
from bot.settings.setting import Settings
from core.conversation import Conversation
from core.customer import Customer, Identity
from core.event import TimerDue


@dataclass(frozen=True, slots=True)
class TimerSituation:
    """The conversation the timer is about, as it is now."""

    customer: Customer
    identity: Identity
    conversation: Conversation
    settings: Settings = Settings()  # noqa: RUF009  # immutable


def on_timer(event: TimerDue, situation: TimerSituation, now: datetime) -> list[Step]:
    """What a timer does; one of a kind this program does not know (of a newer one) does nothing."""
    decide = KINDS.get(event.kind)
    return decide(event, situation, now) if decide is not None else []


KINDS: dict[str, Callable[[TimerDue, TimerSituation, datetime], list[Step]]] = {}
