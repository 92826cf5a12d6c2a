"""What customers decide about what is stored of them: a copy, or that it is erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.decide import keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Card, Choice, Keep, Move, Notice, Open, Say, Step
from bot.decide.steps.clock import DropTimer, SetTimer
from core.conversation import Status
from core.message import IncomingMessage
from core.text import Text
from handoff.triggers import Trigger

ERASE = "erase"  # the kind of the timer
_FAREWELL = timedelta(minutes=1)  # for the last words to arrive; they are erased with the rest

_PATIENCE = timedelta(minutes=10)  # for an answer whether to erase or to call a person

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
    told = [Notice(Text("desk.privacy.erase"))] if situation.is_with_people else []
    return [
        *_opened(situation),
        *told,
        Say(Text("privacy.erase.done"), "privacy", keyboards.with_operator()),
        SetTimer(ERASE, now + _FAREWELL, key=str(situation.customer.id)),
    ]


def calls_people(steps: Iterable[Step]) -> bool:
    """Whether it gives a conversation to people that an awaited erasure would close before they come."""
    found = list(steps)
    is_kept = any(isinstance(step, DropTimer) and step.kind == ERASE for step in found)
    return not is_kept and any(isinstance(step, Move) and step.to is Status.QUEUED for step in found)


def ask_before_calling(messages: tuple[IncomingMessage, ...], situation: Situation, now: datetime) -> list[Step]:
    """Who calls a person right after asking for the erasure: one or the other, and the erasure waits for the answer."""
    sure, call = Choice(Text("button.privacy.sure"), "erase_yes"), Choice(Text("button.privacy.call"), "erase_stop")
    minutes = int(_PATIENCE.total_seconds() // 60)
    return [
        *_opened(situation),
        *([Keep(messages)] if messages else []),
        SetTimer(ERASE, now + _PATIENCE, key=str(situation.customer.id)),
        Say(Text("privacy.erase.or_call", {"minutes": minutes}), "privacy", ((sure,), (call,))),
    ]


def stop_erasing(situation: Situation) -> DropTimer:
    return DropTimer(ERASE, key=str(situation.customer.id))


def keep(situation: Situation) -> list[Step]:
    return [*_opened(situation), Say(Text("privacy.erase.kept"), "privacy", keyboards.with_operator())]


def _opened(situation: Situation) -> list[Step]:
    return [] if situation.is_live else [Open()]
