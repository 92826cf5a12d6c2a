"""Decisions on answers to surveys: a press on the scale, a number in words, a comment, a skip."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.decide import closing, keyboards
from bot.decide.situation import Situation
from bot.decide.steps import Choice, Remember, Say, Step
from bot.decide.steps.surveys import AskQuestion, KeepAnswer, StopAsking
from core.errors import InvalidInput
from core.text import Text
from surveys.interview import Progress, answer, skip
from surveys.survey import Kind, Survey

_COMMENT_WAIT = timedelta(hours=24)  # for so long free words are the answer to an open question
EXPECTS = "survey:"  # in Dialogue.expects, with the invitation's number behind it


def take_rate(argument: str, situation: Situation, now: datetime) -> list[Step]:
    """A press on the scale; its argument is "invitation:place:score"."""
    parts = [int(part) if part.isdecimal() else -1 for part in argument.split(":")]
    if len(parts) != 3 or situation.invitation is None or situation.survey is None:
        return _late()
    try:
        progress = answer(
            situation.survey, situation.invitation, parts[1], situation.given, now, score=parts[2]
        )  # fmt: skip
    except InvalidInput:
        return _late()
    return _go_on(progress, situation)


def take_words(text: str, situation: Situation, now: datetime) -> list[Step]:
    """Free words to an open question of the survey."""
    invitation, survey = situation.invitation, situation.survey
    if invitation is None or survey is None:
        return []
    return _go_on(answer(survey, invitation, invitation.step, situation.given, now, words=text), situation)


def take_skip(argument: str, situation: Situation, now: datetime) -> list[Step]:
    """A press on "skip"; its argument is "invitation:place"."""
    place = argument.rpartition(":")[2]
    if situation.invitation is None or situation.survey is None or not place.isdecimal():
        return _late()
    return _go_on(skip(situation.survey, situation.invitation, int(place), situation.given, now), situation)


def stop_asking(situation: Situation) -> list[Step]:
    return [StopAsking(), Say(Text("survey.stopped"), "survey", keyboards.with_operator()), *_expect("", situation)]


def stop_news() -> list[Step]:
    return [StopAsking(is_news=True), Say(Text("news.stopped"), "news", keyboards.with_operator())]


def expects_words(situation: Situation, now: datetime) -> bool:
    """Whether free words answer an open question of a survey."""
    conversation, invitation, survey = situation.conversation, situation.invitation, situation.survey
    if conversation is None or invitation is None or survey is None or situation.is_live:
        return False
    if conversation.dialogue.expects != f"{EXPECTS}{invitation.id}" or not survey.questions[invitation.step].is_free:
        return False
    return now - (invitation.changed_at or invitation.scored_at or invitation.sent_at) <= _COMMENT_WAIT


def _go_on(progress: Progress, situation: Situation) -> list[Step]:
    survey, before = situation.survey, situation.invitation
    assert survey is not None
    assert before is not None
    if progress.is_late:
        return _late()
    now_is = progress.invitation
    is_low = now_is.score is not None and survey.is_low(now_is.score) and survey.kind is not Kind.OWN
    was_low = before.score is not None and survey.is_low(before.score)
    steps: list[Step] = [_kept(survey, progress, is_low=is_low, was_low=was_low)]
    if progress.asks is not None:
        question = survey.questions[progress.asks]
        expects = f"{EXPECTS}{now_is.id}" if question.is_free else ""
        return [*steps, AskQuestion(survey, now_is.id, progress.asks), *_expect(expects, situation)]
    if is_low and survey.reasons and not now_is.reason:
        why = Say(Text("csi.why"), "survey", keyboards.of_reasons(now_is))
        return [*steps, why, *(closing.expect("reason", situation))]
    if progress.is_change:
        words = Text("survey.changed")
    elif now_is.score is None:
        words = Text("survey.skipped")
    else:
        words = Text("survey.sorry" if is_low else "survey.thanks")
    enough = Choice(Text("button.no_surveys"), "no_surveys")
    rows = ((enough,),) if now_is.score is None else ()
    return [*steps, Say(words, "survey", keyboards.with_operator(*rows)), *_expect("", situation)]


def _kept(survey: Survey, progress: Progress, *, is_low: bool, was_low: bool) -> KeepAnswer:
    """The score of the closing question is told to whoever earned it, a low one to the leads; of others low ones."""
    about, given = progress.invitation, progress.given
    is_main = given is not None and given.question == survey.main.key and given.score is not None
    notice = alert = None
    if survey.kind is Kind.CSI and is_main:
        notice = Text("desk.score.changed" if progress.is_change else "desk.score", {"score": about.score or 0})
        alert = Text("alert.score", {"score": about.score or 0}) if is_low else None
    elif is_low and not was_low:
        notice = Text("desk.survey.low", {"survey": survey.key, "score": about.score or 0})
    is_vote = survey.kind is Kind.CSI and is_main
    return KeepAnswer(survey, about, given, is_low and not was_low, is_vote, notice, alert)


def _late() -> list[Step]:
    return [Say(Text("csi.late"), "survey", keyboards.with_operator())]


def _expect(what: str, situation: Situation) -> list[Step]:
    """What the next free words mean; while something newer is under way they mean a question."""
    conversation = situation.conversation
    if conversation is None or situation.is_live or conversation.dialogue.expects == what:
        return []
    return [Remember(replace(conversation.dialogue, expects=what))]
