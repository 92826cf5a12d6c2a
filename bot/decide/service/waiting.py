"""Decisions about somebody who waits in the queue: leave it, ask the bot meanwhile, news, and are they still there."""

from __future__ import annotations

from dataclasses import replace

from bot.decide import answering, keyboards
from bot.decide.situation import Knowledge, Situation
from bot.decide.steps import Choice, Move, Notice, Remember, Say, Step, ToggleTopic
from bot.decide.steps.clock import AfterWork, DropTimer
from bot.settings.service import WAITING_ABANDONED, WAITING_GRACE, WAITING_REFRESH
from core.conversation import Conversation, Status
from core.text import Text
from faq.answer import Answer, Clarify

NEWS, THERE, GONE = "waiting.news", "waiting.there", "waiting.gone"
TIMERS = (NEWS, THERE, GONE)
ASKS = "ask"  # what the next free words of somebody who waits are: a question to the bot as well


def on_words() -> list[Step]:
    """Who writes is there."""
    return [AfterWork(THERE, WAITING_ABANDONED), DropTimer(GONE)]


def leave(situation: Situation) -> list[Step]:
    """By their own wish; what was said stays, and they may come back."""
    conversation = situation.conversation
    if conversation is None or conversation.status is not Status.QUEUED:
        key = "queue.assigned" if situation.is_with_people else "queue.not_in"
        return [Say(Text(key), "text", keyboards.with_operator())]
    return [
        Move(Status.ACTIVE),
        Remember(replace(conversation.dialogue, expects="")),
        Say(Text("queue.left_it"), "handoff", keyboards.with_operator()),
        Notice(Text("desk.left_queue")),
    ]


def ask_bot(situation: Situation) -> list[Step]:
    conversation = situation.conversation
    if conversation is None or conversation.status is not Status.QUEUED:
        return [Say(Text("queue.ask_now"), "text", keyboards.with_operator())]
    return [
        Remember(replace(conversation.dialogue, expects=ASKS)),
        Say(Text("queue.ask_bot"), "handoff", keyboards.while_waiting()),
    ]


def answer_meanwhile(text: str, situation: Situation, knowledge: Knowledge, language: str) -> list[Step]:
    """What the bot knows is said, the topic reads along; where it does not know, nothing is added in the queue."""
    conversation = situation.conversation
    assert conversation is not None
    known = [verdict for verdict in knowledge.verdicts if isinstance(verdict, Answer | Clarify)]
    if not known:
        return []
    only = replace(knowledge, verdicts=known)
    said, _ = answering.answer_verdicts(text, conversation.dialogue, only, language, is_first=False)
    return [replace(step, show=True) if isinstance(step, Say) else step for step in said]


def still_there() -> list[Step]:
    """Long without a word: whoever does not answer is taken to have gone."""
    choices = (Choice(Text("button.still_here"), "still_here"), Choice(Text("button.leave"), "leave"))
    ask = Say(Text("queue.still_there"), "handoff", keyboards.with_operator(choices), with_news=True)
    return [ask, AfterWork(GONE, WAITING_GRACE)]


def give_up(conversation: Conversation) -> list[Step]:
    """With a kind word, and a way back; no closing question: nobody helped them."""
    return [
        Say(Text("queue.abandoned"), "closing", keyboards.with_operator((keyboards.reopen(conversation.id),))),
        Move(Status.CLOSED, closed_by="waiting"),
        Notice(Text("desk.abandoned")),
        ToggleTopic(is_closed=True),
    ]


def news(*, is_new: bool) -> list[Step]:
    again: list[Step] = [AfterWork(NEWS, WAITING_REFRESH)]
    if not is_new:
        return again
    return [Say(Text("queue.news"), "handoff", keyboards.while_waiting(), with_news=True), *again]


def is_asking(situation: Situation) -> bool:
    conversation = situation.conversation
    is_queued = conversation is not None and conversation.status is Status.QUEUED
    return bool(is_queued and conversation and conversation.dialogue.expects == ASKS)
