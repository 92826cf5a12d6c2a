"""What customers decide about what is stored of them: a copy, or that it is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.decide import keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Card, Choice, Move, Notice, Open, Say, Step
from bot.decide.steps.clock import SetTimer
from core.conversation import Status
from core.text import Text
from handoff.triggers import Trigger

ERASE = "erase"  # the kind of the timer
_FAREWELL = timedelta(minutes=1)  # for the last words to arrive; they are erased with the rest

_EXPORT = Choice(Text("button.privacy.export"), "my_data")
_ERASE = Choice(Text("button.privacy.erase"), "erase_me")


def tell() -> Say:
    """What is stored and why."""
    return Say(Text("privacy.text"), "privacy", keyboards.with_operator((_EXPORT, _ERASE)))


def ask_for_copy(situation: Situation) -> list[Step]:
    """A person prepares it: somebody has to make sure that it goes to whom it belongs."""
    said = Text("privacy.export.asked")
    notice = Notice(Text("desk.privacy.export", {"number": situation.customer.id}))
    if situation.is_with_people:
        return [Say(said, "privacy", keyboards.with_operator()), notice]
    return [
        *_opened(situation),
        Move(Status.QUEUED, trigger=Trigger.BUTTON),
        Card(history=True),
        notice,
        Say(said, "handoff", keyboards.while_waiting(), with_news=True),
    ]


def ask_whether_sure(situation: Situation) -> list[Step]:
    sure = (Choice(Text("button.privacy.sure"), "erase_yes"), Choice(Text("button.privacy.keep"), "erase_no"))
    return [*_opened(situation), Say(Text("privacy.erase.sure"), "privacy", keyboards.with_operator(sure))]


def erase(situation: Situation, now: datetime) -> list[Step]:
    """After the last words have gone out; by a timer, so that it happens whatever happens to the process."""
    return [
        *_opened(situation),
        Say(Text("privacy.erase.done"), "privacy", keyboards.with_operator()),
        SetTimer(ERASE, now + _FAREWELL, key=str(situation.customer.id)),
    ]


def keep(situation: Situation) -> list[Step]:
    return [*_opened(situation), Say(Text("privacy.erase.kept"), "privacy", keyboards.with_operator())]


def _opened(situation: Situation) -> list[Step]:
    return [] if situation.is_live else [Open()]
