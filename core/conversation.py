"""A conversation with one customer, its statuses and the table of lawful transitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from core.customer import CustomerId, IdentityId
from core.errors import Conflict

ConversationId = NewType("ConversationId", int)
OperatorId = NewType("OperatorId", int)


class Status(StrEnum):
    ACTIVE = "active"  # the bot leads
    QUEUED = "queued"  # waits for an operator
    ASSIGNED = "assigned"  # an operator holds it
    CLOSED = "closed"


LAWFUL_TRANSITIONS: dict[Status, frozenset[Status]] = {
    # a person may also take over, or close, while the bot still leads
    Status.ACTIVE: frozenset({Status.QUEUED, Status.ASSIGNED, Status.CLOSED}),
    # back to active: the customer leaves the queue
    Status.QUEUED: frozenset({Status.ASSIGNED, Status.ACTIVE, Status.CLOSED}),
    # back to queued: released, or the operator went away
    Status.ASSIGNED: frozenset({Status.QUEUED, Status.CLOSED}),
    # reopened by the customer (to the queue) or by an operator who writes again
    Status.CLOSED: frozenset({Status.QUEUED, Status.ASSIGNED}),
}


def check_transition(before: Status, after: Status) -> None:
    """Raise Conflict unless the step is in the table; staying is always lawful."""
    if before is not after and after not in LAWFUL_TRANSITIONS[before]:
        raise Conflict(f"a conversation cannot go from {before} to {after}")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where the bot stands with the customer; kept as JSON beside the conversation.

    `question`: the words last asked; `shown`: entries answered with; `refused`: of those, the ones that did
    not help; `reserve`: entries that may still be offered; `misses`: answers in a row that did not help;
    `expects`: what the next free text means ("reason": why the score was low).
    """

    question: str = ""
    shown: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    reserve: tuple[str, ...] = ()
    misses: int = 0
    expects: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """`category` is that of the question handed over; `returned_by_id` gave it back and is not given it again."""

    id: ConversationId
    customer_id: CustomerId
    identity_id: IdentityId
    channel: str
    status: Status
    opened_at: datetime
    operator_id: OperatorId | None = None
    queued_at: datetime | None = None
    assigned_at: datetime | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    dialogue: Dialogue = field(default_factory=Dialogue)
    level: int = 1
    priority: int = 0
    category: str = ""
    snoozed_until: datetime | None = None
    returned_by_id: OperatorId | None = None
