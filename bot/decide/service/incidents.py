"""A known incident is said first to everybody who writes, each customer once."""

from __future__ import annotations

from collections.abc import Sequence

from bot.decide.situation import Situation
from bot.decide.steps import Burst, Pressed, Say, Score, Step
from bot.decide.steps.surveys import Announce, KeepAnswer
from core.conversation import Status

_ASKING = frozenset({"operator", "menu", "category", "entry", "choose", "ask_bot", "still_here", "reopen"})


def say_first(steps: Sequence[Step], event: object, situation: Situation) -> list[Step]:
    """Before the first word of the bot. A person who holds the conversation tells it in their own words; who answers a
    survey has asked nothing."""
    is_asking = isinstance(event, Burst) or (isinstance(event, Pressed) and event.act in _ASKING)
    if not situation.announcements or not is_asking or situation.customer.banned_at is not None or not steps:
        return list(steps)
    if any(isinstance(step, Score | KeepAnswer) for step in steps):
        return list(steps)
    place = next((place for place, step in enumerate(steps) if isinstance(step, Say)), None)
    if place is None:
        if situation.conversation is None or situation.conversation.status is not Status.QUEUED:
            return list(steps)
        place = len(steps)
    return [*steps[:place], *(Announce(one) for one in situation.announcements), *steps[place:]]
