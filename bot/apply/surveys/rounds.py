"""Who is to be asked now, and the asking itself; every asking passes the same gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.apply.handled import Handled
from bot.apply.surveys.steps import ask_question
from bot.apply.work import Setup, Work
from bot.decide import keyboards
from bot.decide.steps.surveys import AskQuestion
from bot.settings.surveys import SURVEY_LIMITS
from bot.storage import people
from bot.storage.surveys import candidates, invitations, questionnaires
from core.conversation import ConversationId, OperatorId
from core.event import SurveyDue
from core.text import Text
from surveys.asking import Verdict, may_ask
from surveys.invitation import State
from surveys.survey import Occasion, Survey

_MOST = 20  # askings of a survey in one round, so that a large company is asked little by little
_LATEST = timedelta(days=1)  # a delayed question is not asked much later than it should have been


def due(connection: Connection, setup: Setup, now: datetime) -> list[SurveyDue]:
    """Customers who may be due for a survey; each is looked at again, under lock, before being asked."""
    found: list[SurveyDue] = []
    if setup.settings()[SURVEY_LIMITS].is_quiet(now, setup.zone):
        return found
    for survey in questionnaires.active_surveys(connection):
        plan = survey.plan
        if plan.occasion is Occasion.PERIODIC:
            known, paused = now - plan.known, now - plan.every
            found += [
                SurveyDue(identity, survey.key)
                for identity in candidates.periodic(connection, survey.key, known, paused, plan.share, _MOST)
            ]
        elif plan.occasion is Occasion.RULE or plan.delay:
            until = now - plan.delay
            found += [
                SurveyDue(identity, survey.key, number)
                for identity, number in candidates.closed(connection, plan.tag, until - _LATEST, until, _MOST)
            ]
    return found


def handle_due(connection: Connection, event: SurveyDue, setup: Setup, now: datetime) -> Handled:
    """Ask, if nothing holds it back; whoever is left alone on purpose is remembered."""
    found = people.find_by_identity(connection, event.identity_id)
    survey = next((one for one in questionnaires.active_surveys(connection) if one.key == event.survey), None)
    if survey is None or found.conversation is None:
        return Handled()
    verdict = verdict_on(connection, survey, found.customer.id, setup, now, event.conversation_id)
    if verdict not in {Verdict.ASK, Verdict.HELD_OUT}:
        return Handled()
    about = found.conversation
    work = Work(connection, setup, now, found.customer, found.identity, about, dict(found.keyboard))
    number = invite(work, survey, event.conversation_id, is_held_out=verdict is Verdict.HELD_OUT)
    if verdict is Verdict.ASK:
        ask_question(AskQuestion(survey, number, 0), work)
    if about.dialogue.expects:  # words typed from now on are not the reason of an older score
        work.remember(replace(about.dialogue, expects=""))
    work.finish()
    return Handled(tuple(work.deliveries), lane_of=found.identity, claimed=frozenset(work.claimed))


def verdict_on(
    connection: Connection, survey: Survey, customer_id: int, setup: Setup, now: datetime, conversation_id: int | None
) -> Verdict:
    """With everything that ever was asked of the customer."""
    person = candidates.person(connection, customer_id)
    history = candidates.history(connection, customer_id)
    limits = setup.settings()[SURVEY_LIMITS]
    return may_ask(survey, person, history, now, setup.zone, limits, conversation_id)


def invite(work: Work, survey: Survey, conversation_id: int | None, *, is_held_out: bool = False) -> int:
    """Write down that the customer is asked; about a conversation, its operator is the one who closed it."""
    operator_id = candidates.closer(work.connection, conversation_id) if conversation_id is not None else None
    expires = work.now + survey.plan.expires if survey.plan.expires is not None else None
    new = invitations.NewInvitation(
        work.customer.id,
        work.setup.zone,
        work.identity.channel,
        ConversationId(conversation_id) if conversation_id is not None else None,
        work.identity.id,
        OperatorId(operator_id) if operator_id is not None else None,
        survey.key,
        survey.version,
        State.HELD_OUT if is_held_out else State.ASKED,
        expires,
    )
    return invitations.add_invitation(work.connection, new, work.now)


def ask_closing_question(work: Work) -> None:
    """Right after the closing: once for each conversation, unless the customer wants no surveys.

    A conversation that is closed again has its question put again as long as that was not answered: it stays one
    invitation, and the score to come belongs to who closed it last.
    """
    survey = questionnaires.closing_question(work.connection)
    if survey is None:
        return
    about = work.live.id
    work.finish()  # so that the gate sees the conversation closed
    number = _unanswered(work, about)
    if number is None:
        verdict = verdict_on(work.connection, survey, work.customer.id, work.setup, work.now, about)
        if verdict not in {Verdict.ASK, Verdict.HELD_OUT}:
            return
        number = invite(work, survey, about, is_held_out=verdict is Verdict.HELD_OUT)
        if verdict is Verdict.HELD_OUT:
            return
    if survey.key == "csi" and len(survey.questions) == 1:
        work.say(Text("csi.ask"), "survey", keyboards.of_scores(number))
    else:
        ask_question(AskQuestion(survey, number, 0), work)


def _unanswered(work: Work, conversation_id: ConversationId) -> int | None:
    before = invitations.last_invitation(work.connection, conversation_id)
    if before is None or before.state is not State.ASKED or before.score is not None:
        return None
    invitations.hand_on(work.connection, before.id, candidates.closer(work.connection, conversation_id))
    return before.id
