"""Which asking a press, a number or free words may be the answer to."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.decide import CustomerSide
from bot.decide.steps import Burst, Pressed
from bot.decide.surveys.answering import EXPECTS
from bot.storage import people
from bot.storage.surveys import invitations
from bot.storage.surveys.questionnaires import find_survey
from core.conversation import Status
from surveys.invitation import Invitation
from surveys.survey import Survey

_VOTES = frozenset({"vote", "reason"})
_RATES = frozenset({"rate", "skip"})
_Found = tuple[Invitation | None, Survey | None, dict[str, int]]


def situate(connection: Connection, event: CustomerSide, found: people.Found) -> _Found:
    """The invitation meant; for a survey asked question by question also its questionnaire and the scores so far."""
    conversation = found.conversation
    number = _meant(event, found)
    if number is not None:
        invitation = invitations.find_invitation(connection, number, found.customer.id)
        if invitation is None or (isinstance(event, Pressed) and event.act in _VOTES):
            return invitation, None, {}
        survey = find_survey(connection, invitation.survey, invitation.version)
        return invitation, survey, invitations.scores_given(connection, invitation.id)
    if conversation is not None and conversation.status is Status.CLOSED:
        return invitations.last_invitation(connection, conversation.id), None, {}
    return None, None, {}


def _meant(event: CustomerSide, found: people.Found) -> int | None:
    """By the button pressed, the scale last shown, or the open question whose answer is awaited."""
    arguments: list[str] = []
    if isinstance(event, Pressed):
        arguments = [event.argument] if event.act in _VOTES | _RATES else []
    elif isinstance(event, Burst):
        arguments = [argument for _, act, argument in found.keyboard.get("b", ()) if act in _RATES]
        expects = found.conversation.dialogue.expects if found.conversation is not None else ""
        if expects.startswith(EXPECTS):
            arguments.append(expects.removeprefix(EXPECTS))
    number = arguments[0].partition(":")[0] if arguments else ""
    return int(number) if number.isdecimal() else None
