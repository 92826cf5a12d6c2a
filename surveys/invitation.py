"""One asking of a survey, with what was answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.conversation import ConversationId, OperatorId
from core.customer import CustomerId


class State(StrEnum):
    """`HELD_OUT`: would have been asked, and was left alone to see what difference the asking makes."""

    ASKED = "asked"
    DONE = "done"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True)
class Invitation:
    """`operator_id` held the conversation when it was closed; the score is theirs, whatever happens later.

    `step` is the question asked now, counted from 0; `score` the answer to the main question; `scored_at` the first
    vote, `changed_at` the last change of it. A periodic asking belongs to no conversation.
    """

    id: int
    conversation_id: ConversationId | None
    customer_id: CustomerId
    operator_id: OperatorId | None
    sent_at: datetime
    score: int | None = None
    scored_at: datetime | None = None
    changed_at: datetime | None = None
    reason: str | None = None
    comment: str | None = None
    survey: str = "csi"
    version: int = 1
    state: State = State.ASKED
    step: int = 0
    expires_at: datetime | None = None
    ended_at: datetime | None = None
