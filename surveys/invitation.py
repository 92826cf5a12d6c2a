"""One asking of a survey, with what was answered so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.conversation import ConversationId, OperatorId
from core.customer import CustomerId


@dataclass(frozen=True, slots=True)
class Invitation:
    """`operator_id` held the conversation when it was closed; the score is theirs, whatever happens later.

    `scored_at` is the first vote, `changed_at` the last change of it.
    """

    id: int
    conversation_id: ConversationId
    customer_id: CustomerId
    operator_id: OperatorId | None
    sent_at: datetime
    score: int | None = None
    scored_at: datetime | None = None
    changed_at: datetime | None = None
    reason: str | None = None
    comment: str | None = None
