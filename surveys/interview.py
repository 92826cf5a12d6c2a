"""Filling in a survey: what a vote or a reason makes of an invitation; nothing is stored here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from surveys.invitation import Invitation
from surveys.survey import CSI, Survey

COMMENT_LIMIT = 4000  # characters kept of a free answer


class VoteOutcome(StrEnum):
    ACCEPTED = "accepted"  # the first vote
    CHANGED = "changed"  # another score than before, in time
    SAME = "same"  # pressed again what stands already
    TOO_LATE = "too_late"  # the earlier score stands


@dataclass(frozen=True, slots=True)
class Vote:
    """`invitation` as it stands after the vote; `is_low`: the standing score asks for a reason."""

    outcome: VoteOutcome
    invitation: Invitation
    is_low: bool


def vote(invitation: Invitation, score: int, now: datetime, survey: Survey = CSI) -> Vote:
    """One vote an invitation: the first is taken whenever it comes, a change within `survey.change_time` of it.

    A reason given for the earlier score is kept. Raises InvalidInput for a score that is not on the scale.
    """
    if score not in survey.scale:
        raise InvalidInput(f"a score is a whole number from {survey.lowest} to {survey.highest}")
    if invitation.score is None or invitation.scored_at is None:
        voted = replace(invitation, score=score, scored_at=now)
        return Vote(VoteOutcome.ACCEPTED, voted, survey.is_low(score))
    standing = survey.is_low(invitation.score)
    if invitation.score == score:
        return Vote(VoteOutcome.SAME, invitation, standing)
    if now - invitation.scored_at > survey.change_time:
        return Vote(VoteOutcome.TOO_LATE, invitation, standing)
    return Vote(VoteOutcome.CHANGED, replace(invitation, score=score, changed_at=now), survey.is_low(score))


def give_reason(
    invitation: Invitation,
    *,
    now: datetime,
    reason: str | None = None,
    comment: str | None = None,
    survey: Survey = CSI,
) -> Invitation:
    """Why the score is low: one of the survey's reasons, free words, or both; a second comment is added to the first.

    Counts as a change of the answer at `now`. Raises InvalidInput for a reason the survey does not have and for an
    invitation without a score.
    """
    if invitation.score is None:
        raise InvalidInput("a reason is given after a score")
    if reason is not None and reason not in survey.reasons:
        raise InvalidInput(f"a reason is one of {', '.join(survey.reasons)}")
    words = "\n".join(part for part in (invitation.comment, (comment or "").strip()) if part)[:COMMENT_LIMIT]
    return replace(invitation, reason=reason or invitation.reason, comment=words or None, changed_at=now)
