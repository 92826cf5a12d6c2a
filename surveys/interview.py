"""Filling in a survey: what a vote, an answer or a reason makes of an invitation; nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidInput
from surveys.invitation import Invitation, State
from surveys.survey import CSI, Kind, Survey

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
        raise InvalidInput(f"a score is a whole number from {survey.main.lowest} to {survey.main.highest}")
    if invitation.score is None or invitation.scored_at is None:
        voted = replace(invitation, score=score, scored_at=now, state=State.DONE, ended_at=now)
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


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to be stored: the last one to a question counts."""

    question: str
    score: int | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """`asks`: the place of the question to ask now (None: the survey is over); `given` is None when nothing counted."""

    invitation: Invitation
    given: Given | None
    asks: int | None
    is_late: bool = False
    is_change: bool = False


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Whether it may still be answered: expired and skipped ones may not."""
    if invitation.state in {State.SKIPPED, State.EXPIRED, State.HELD_OUT}:
        return False
    return invitation.expires_at is None or now < invitation.expires_at


def answer(
    survey: Survey,
    invitation: Invitation,
    place: int,
    before: Mapping[str, int],
    now: datetime,
    *,
    score: int | None = None,
    words: str | None = None,
) -> Progress:
    """An answer to the question at `place`; `before` holds the scores given so far.

    A question answered earlier may be answered anew within `survey.change_time` of the first vote, without being led
    through the rest again. Raises InvalidInput for a place or score that is not there.
    """
    if not 0 <= place < len(survey.questions):
        raise InvalidInput(f"{survey.key} has no question {place + 1}")
    question = survey.questions[place]
    if score is not None and score not in question.scale:
        raise InvalidInput(f"a score is a whole number from {question.lowest} to {question.highest}")
    is_change = place < invitation.step or invitation.state is State.DONE
    first = invitation.scored_at
    if not is_open(invitation, now) or (is_change and first is not None and now - first > survey.change_time):
        return Progress(invitation, None, None, is_late=True)
    given = Given(question.key, score, words.strip()[:COMMENT_LIMIT] if words else None)
    scores = {**before, **({question.key: score} if score is not None else {})}
    changed = replace(invitation, score=_total(survey, scores), scored_at=first or (now if score is not None else None))
    if words:
        changed = replace(changed, comment=given.words)
    if is_change:
        return Progress(replace(changed, changed_at=now), given, None, is_change=True)
    following = survey.next_place(place, scores)
    return Progress(_moved(changed, place, following, now), given, following)


def skip(survey: Survey, invitation: Invitation, place: int, before: Mapping[str, int], now: datetime) -> Progress:
    """Pass over a question; passing over the main one ends the survey unanswered."""
    if not is_open(invitation, now) or place != invitation.step or invitation.state is State.DONE:
        return Progress(invitation, None, None, is_late=True)
    if place == 0:
        return Progress(replace(invitation, state=State.SKIPPED, ended_at=now), None, None)
    following = survey.next_place(place, before)
    return Progress(_moved(invitation, place, following, now), None, following)


def _moved(invitation: Invitation, place: int, following: int | None, now: datetime) -> Invitation:
    if following is None:
        return replace(invitation, step=place, state=State.DONE, ended_at=now)
    return replace(invitation, step=following)


def _total(survey: Survey, scores: Mapping[str, int]) -> int | None:
    """What is reported: the main score; of ACSI the three together, once all are given."""
    if survey.kind is not Kind.ACSI:
        return scores.get(survey.main.key)
    wanted = [one.key for one in survey.questions if not one.is_free][:3]
    return sum(scores[key] for key in wanted) if all(key in scores for key in wanted) else None
