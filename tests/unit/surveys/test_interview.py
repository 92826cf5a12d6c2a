"""Votes and reasons on one invitation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.conversation import ConversationId, OperatorId
from core.customer import CustomerId
from core.errors import InvalidInput
from surveys.interview import COMMENT_LIMIT, VoteOutcome, give_reason, vote
from surveys.invitation import Invitation
from surveys.survey import CSI, REASONS

START = datetime(2025, 3, 3, 9, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
ASKED = Invitation(1, ConversationId(2), CustomerId(3), OperatorId(4), START)


@pytest.mark.parametrize(("score", "is_low"), [(1, True), (2, True), (3, True), (4, False), (5, False)])
def test_first_vote(score: int, is_low: bool) -> None:
    result = vote(ASKED, score, START)
    assert (result.outcome, result.is_low) == (VoteOutcome.ACCEPTED, is_low)
    assert (result.invitation.score, result.invitation.scored_at, result.invitation.changed_at) == (score, START, None)


def test_first_vote_weeks_later() -> None:
    assert vote(ASKED, 5, START + timedelta(days=40)).outcome is VoteOutcome.ACCEPTED


def test_changed_within_a_day() -> None:
    first = vote(ASKED, 5, START).invitation
    result = vote(first, 2, START + DAY)
    assert (result.outcome, result.is_low) == (VoteOutcome.CHANGED, True)
    assert (result.invitation.score, result.invitation.scored_at) == (2, START)
    assert result.invitation.changed_at == START + DAY


def test_day_counts_from_the_first_vote() -> None:
    changed = vote(vote(ASKED, 5, START).invitation, 2, START + DAY).invitation
    result = vote(changed, 4, START + DAY + timedelta(seconds=1))
    assert (result.outcome, result.is_low) == (VoteOutcome.TOO_LATE, True)
    assert result.invitation == changed


def test_same_score_again_at_any_time() -> None:
    first = vote(ASKED, 3, START).invitation
    for moment in (START, START + 5 * DAY):
        result = vote(first, 3, moment)
        assert (result.outcome, result.invitation, result.is_low) == (VoteOutcome.SAME, first, True)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_score_off_the_scale(score: int) -> None:
    with pytest.raises(InvalidInput):
        vote(ASKED, score, START)


def test_reason_and_comment() -> None:
    low = vote(ASKED, 1, START).invitation
    later = START + timedelta(minutes=5)
    with_reason = give_reason(low, reason="slow", now=later)
    with_both = give_reason(with_reason, comment=" ждал час ", now=later)
    assert (with_both.score, with_both.reason, with_both.comment) == (1, "slow", "ждал час")
    assert with_both.changed_at == later
    assert give_reason(with_both, comment="и всё", now=later).comment == "ждал час\nи всё"
    assert give_reason(with_both, reason="rude", now=later).reason == "rude"


def test_long_comment_is_cut() -> None:
    low = vote(ASKED, 1, START).invitation
    assert len(give_reason(low, comment="x" * 20_000, now=START).comment or "") == COMMENT_LIMIT


def test_empty_comment_is_none() -> None:
    low = vote(ASKED, 1, START).invitation
    assert give_reason(low, comment="  ", now=START).comment is None


def test_reason_that_cannot_be() -> None:
    with pytest.raises(InvalidInput):
        give_reason(vote(ASKED, 1, START).invitation, reason="weather", now=START)
    with pytest.raises(InvalidInput):
        give_reason(ASKED, reason="slow", now=START)


def test_reason_does_not_prolong_the_day() -> None:
    low = give_reason(vote(ASKED, 1, START).invitation, reason="slow", now=START + DAY)
    assert vote(low, 5, START + DAY + timedelta(seconds=1)).outcome is VoteOutcome.TOO_LATE


def test_reason_is_kept_when_the_score_rises() -> None:
    low = give_reason(vote(ASKED, 1, START).invitation, reason="slow", now=START)
    assert vote(low, 5, START).invitation.reason == "slow"


def test_closing_question_as_data() -> None:
    assert list(CSI.scale) == [1, 2, 3, 4, 5]
    assert CSI.reasons == REASONS == ("slow", "unsolved", "rude", "other")
