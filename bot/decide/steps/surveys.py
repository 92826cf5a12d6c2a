"""Steps of surveys and of news; part of bot.decide.steps."""

from __future__ import annotations

from dataclasses import dataclass

from core.text import Text
from handoff.announcement import Announcement
from surveys.interview import Given
from surveys.invitation import Invitation
from surveys.survey import Survey


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """The question at `place` with its scale as buttons, the way to skip it, and the operator."""

    survey: Survey
    invitation_id: int
    place: int


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Store the answer and the invitation as it now stands.

    `is_low`: somebody turned out to be dissatisfied; `is_vote`: the closing question has its score now; `notice` is for
    the topic, `alert` for the leads.
    """

    survey: Survey
    invitation: Invitation
    given: Given | None
    is_low: bool = False
    is_vote: bool = False
    notice: Text | None = None
    alert: Text | None = None


@dataclass(frozen=True, slots=True)
class StopAsking:
    """The customer wants no more surveys, or (`is_news`) no more news."""

    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the customer of it, unless they know."""

    announcement: Announcement


SurveyStep = AskQuestion | KeepAnswer | StopAsking | Announce
