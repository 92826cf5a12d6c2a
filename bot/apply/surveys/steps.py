"""What steps of surveys do: questions asked, answers stored, the dissatisfied noted for somebody to get back to."""

from __future__ import annotations

from dataclasses import replace

from bot.apply import desk_steps
from bot.apply.work import Work
from bot.decide import keyboards
from bot.decide.steps import Choice, Score
from bot.decide.steps.acts import EndFollowUp, TakeFollowUp
from bot.decide.steps.surveys import AskQuestion, KeepAnswer, StopAsking
from bot.settings.surveys import FOLLOW_UP_WITHIN
from bot.storage import people
from bot.storage.surveys import follow_ups, invitations
from core.channel import Capabilities
from core.text import Text
from surveys.survey import Kind

_ROW = 6  # scores in a row
_OTHERS = 2  # buttons besides the scale: skip and operator


def ask_question(step: AskQuestion, work: Work) -> None:
    """The scale as buttons; where the channel has too few of them the number is written, and counts the same."""
    question = step.survey.questions[step.place]
    words = question.in_language(work.language)
    argument = f"{step.invitation_id}:{step.place}"
    rates = [] if question.is_free else [Choice(str(score), "rate", f"{argument}:{score}") for score in question.scale]
    most = work.setup.capabilities.get(work.identity.channel, Capabilities()).max_buttons
    fits = len(rates) + _OTHERS <= most and work.identity.has_buttons
    if rates and not fits:
        params = {"lowest": question.lowest, "highest": question.highest}
        words = f"{words}\n\n{work.words(Text('survey.write_number', params))}"
    shown = [tuple(rates[start : start + _size(len(rates))]) for start in range(0, len(rates), _size(len(rates)))]
    pass_over = (Choice(Text("button.skip"), "skip", argument),)
    work.say(words, "survey", keyboards.with_operator(*(shown if fits else ()), pass_over))
    if rates and not fits:  # typed, they mean the same as if they had been shown
        work.keyboard["b"] = [*work.keyboard.get("b", ()), *([str(one.label), one.act, one.argument] for one in rates)]


def _size(count: int) -> int:
    """Rows as even as can be: eleven scores are six and five."""
    rows = -(-count // _ROW) or 1
    return -(-count // rows) or 1


def keep_answer(step: KeepAnswer, work: Work) -> None:
    invitations.write_invitation(work.connection, step.invitation)
    if step.given is not None:
        invitations.write_answer(work.connection, step.invitation.id, step.given, work.now)
    if step.is_low:
        reason = "detractor" if step.survey.kind is Kind.NPS else "low_score"
        follow_up(work, step.invitation.id, reason)
    if step.notice is not None:
        # what belongs to no conversation is shown in the latest one's topic
        about = step.invitation.conversation_id or (work.conversation.id if work.conversation is not None else None)
        shown = replace(step.invitation, conversation_id=about)
        desk_steps.show_score(work, Score(shown, step.notice, step.alert))


def follow_up(work: Work, invitation_id: int, reason: str) -> None:
    """Somebody is to get back to this customer; once for each invitation."""
    due_at = work.now + work.setup.settings()[FOLLOW_UP_WITHIN]
    follow_ups.open_follow_up(work.connection, invitation_id, reason, due_at, work.now)


def take_follow_up(step: TakeFollowUp, work: Work) -> None:
    follow_ups.take_follow_up(work.connection, step.number, step.operator_id)


def end_follow_up(step: EndFollowUp, work: Work) -> None:
    follow_ups.end_follow_up(work.connection, step.number, follow_ups.Outcome(step.outcome), step.words, work.now)


def stop_asking(step: StopAsking, work: Work) -> None:
    what = "no_news_at" if step.is_news else "no_surveys_at"
    people.change_customer(work.connection, work.customer.id, **{what: work.now})
