"""Closing a conversation and the closing question: the score, its reason, and going on after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.decide import keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Card, Invite, Keep, Move, Notice, Open, Remember, Say, Score, Step, ToggleTopic
from core.conversation import OperatorId, Status
from core.message import IncomingMessage
from core.text import Text
from faq.answer import Answer, Verdict
from handoff.triggers import Trigger
from surveys.interview import VoteOutcome, give_reason, vote
from surveys.survey import REASONS

_REASON_WAIT = timedelta(hours=1)  # for so long a free text after a low score is its reason


def close(closed_by: str, operator_id: OperatorId | None = None, *, has_topic: bool = False) -> list[Step]:
    """The closing words and the closing question; the topic is closed with the conversation."""
    words = Text("closing.helped" if closed_by == "customer" else "closing.operator")
    steps: list[Step] = [Say(words, "closing", keyboards.with_operator(), show=has_topic)]
    steps += [Move(Status.CLOSED, operator_id, closed_by=closed_by), Invite()]
    if has_topic:
        steps.append(ToggleTopic(is_closed=True))
    return steps


def take_vote(argument: str, situation: Situation, now: datetime) -> list[Step]:
    """A press on 1-5. The keyboard may be an old one: one vote for each invitation, changeable for a day."""
    invitation = situation.invitation
    given = _numbers(argument)
    if invitation is None or given is None or given[0] != invitation.id or not 1 <= given[1] <= 5:
        return [Say(Text("csi.late"), "survey", keyboards.with_operator())]
    result = vote(invitation, given[1], now)
    if result.outcome is VoteOutcome.TOO_LATE:
        return [Say(Text("csi.late"), "survey", keyboards.with_operator())]
    if result.outcome is VoteOutcome.SAME:
        return [Say(Text("csi.same", {"score": given[1]}), "survey", keyboards.with_operator())]
    is_change = result.outcome is VoteOutcome.CHANGED
    notice = Text("desk.score.changed" if is_change else "desk.score", {"score": given[1]})
    alert = Text("alert.score", {"score": given[1]}) if result.is_low else None
    steps: list[Step] = [Score(result.invitation, notice, alert, is_vote=True)]
    if not result.is_low:
        key = "csi.changed" if is_change else "csi.thanks"
        return [
            *steps,
            Say(Text(key, {"score": given[1]}), "survey", keyboards.with_operator()),
            *expect("", situation),
        ]
    say = Say(Text("csi.why"), "survey", keyboards.of_reasons(result.invitation))
    return [*steps, say, *expect("reason", situation)]


def take_reason(argument: str, situation: Situation, now: datetime) -> list[Step]:
    """A press on one of the reasons of a low score."""
    invitation = situation.invitation
    number, _, reason = argument.partition(":")
    if invitation is None or number != str(invitation.id) or reason not in REASONS:
        return [Say(Text("csi.late"), "survey", keyboards.with_operator())]
    changed = give_reason(invitation, reason=reason, now=now)
    notice = Text("desk.reason", {"reason": Text(f"reason.{reason}")})
    return [Score(changed, notice), _thank(situation, "csi.reason.thanks")]


def take_comment(text: str, situation: Situation, now: datetime) -> list[Step]:
    """Free words after a low score."""
    if situation.invitation is None:
        return []
    changed = give_reason(situation.invitation, comment=text, now=now)
    notice = Text("desk.comment", {"comment": text[:1000]})
    alert = Text("alert.comment", {"comment": text[:1000]})
    return [Score(changed, notice, alert), _thank(situation, "csi.comment.thanks"), *expect("", situation)]


def expects_reason(situation: Situation, verdicts: Sequence[Verdict], now: datetime) -> bool:
    """Whether free words are why the score was low; once a reason is known, what the FAQ answers is a question."""
    conversation, invitation = situation.conversation, situation.invitation
    if conversation is None or invitation is None or invitation.scored_at is None:
        return False
    if invitation.reason and any(isinstance(verdict, Answer) for verdict in verdicts):
        return False
    since = invitation.changed_at or invitation.scored_at
    return conversation.dialogue.expects == "reason" and now - since <= _REASON_WAIT


def _thank(situation: Situation, key: str) -> Say:
    conversation = situation.conversation
    rows = ((keyboards.reopen(conversation.id),),) if conversation and not situation.is_live else ()
    return Say(Text(key), "survey", keyboards.with_operator(*rows))


def expect(what: str, situation: Situation) -> list[Step]:
    """What the next free words mean, as long as nothing newer is under way."""
    conversation = situation.conversation
    if conversation is None or situation.is_live or conversation.dialogue.expects == what:
        return []
    if situation.invitation is None or situation.invitation.conversation_id != conversation.id:
        return []  # an old keyboard, pressed when something newer had been closed
    return [Remember(replace(conversation.dialogue, expects=what))]


def reopen(argument: str, situation: Situation) -> list[Step]:
    """The customer is not content: back to the queue, unless something newer is already under way."""
    conversation = situation.conversation
    if conversation is None or str(conversation.id) != argument or situation.is_live:
        key = "reopen.live" if situation.is_live else "reopen.gone"
        return [Say(Text(key), "text", keyboards.with_operator())]
    is_new_to_people = conversation.queued_at is None
    return [
        Move(Status.QUEUED, trigger=Trigger.REOPENED),
        Remember(replace(conversation.dialogue, expects="")),
        Say(Text("reopen.done"), "handoff", keyboards.while_waiting(), with_news=True),
        ToggleTopic(is_closed=False),
        Card(history=is_new_to_people),
        Notice(Text("desk.reopened")),
    ]


def hand_over(
    situation: Situation, trigger: Trigger, messages: tuple[IncomingMessage, ...] = (), before: tuple[Step, ...] = ()
) -> list[Step]:
    """To the queue; opens a conversation where there is none. The desk gets the card and what was said so far."""
    steps: list[Step] = [] if situation.is_live else [Open()]
    if messages:
        steps.append(Keep(messages))
    remembered = [step.dialogue for step in before if isinstance(step, Remember)]
    if situation.is_live and situation.conversation:
        remembered.append(situation.conversation.dialogue)
    has_question = any(dialogue.question for dialogue in remembered)
    key = "queue.accepted" if has_question else "queue.ask"
    return [
        *steps,
        *before,
        Move(Status.QUEUED, trigger=trigger),
        Card(history=True),
        Say(Text(key), "handoff", keyboards.while_waiting(), with_news=True),
    ]


def _numbers(argument: str) -> tuple[int, int] | None:
    first, _, second = argument.partition(":")
    if first.isdecimal() and second.isdecimal():
        return int(first), int(second)
    return None
