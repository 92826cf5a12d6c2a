"""One row of the outbox: its content, its states, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType

from core.conversation import ConversationId
from core.message import Attachment, Button, MessageId, OutgoingMessage

DeliveryId = NewType("DeliveryId", int)


class DeliveryState(StrEnum):
    PENDING = "pending"  # not tried, or tried and certainly without effect
    SENDING = "sending"  # a try is under way
    UNCERTAIN = "uncertain"  # tried, no answer: it may have arrived; will be tried again
    SENT = "sent"
    REFUSED = "refused"  # the platform will never take it
    DEAD = "dead"  # given up after the last attempt
    WITHDRAWN = "withdrawn"  # taken back by its author before it left


FINAL_STATES = frozenset({DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.DEAD, DeliveryState.WITHDRAWN})


class DeskAct(StrEnum):
    """What a delivery does on the operators' desk."""

    POST = "post"  # a message in the conversation's topic
    EDIT = "edit"  # change our earlier message `target`
    REACT = "react"  # `text` is the emoji put on the member's message `target`
    CLOSE = "close"  # close the topic
    REOPEN = "reopen"
    DROP = "drop"  # delete the surplus topic `target`


@dataclass(frozen=True, slots=True)
class DeskPost:
    """Something for a conversation's topic on the operators' desk.

    `topic_name` names the topic should it have to be made; `target` and `reply_to` are ids on the desk;
    `is_relay` marks customers' words, which may be merged with their neighbours when the desk is slow.
    `topic` is set when the place is not the conversation's own topic (a refusal to a stranger; "" is General).
    """

    act: DeskAct
    topic_name: str = ""
    text: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    markup: str = ""
    reply_to: str = ""
    target: str = ""
    topic: str | None = None
    is_relay: bool = False
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a channel is asked to send.

    `lane` orders deliveries: one at a time, oldest first. `random_id` is a non-zero signed 32-bit number that
    stays the same over all attempts. `attempt` counts from 1. `is_repeat`: an earlier try may have arrived.
    """

    id: DeliveryId
    channel: str
    account: str
    address: str
    lane: str
    content: OutgoingMessage | DeskPost
    random_id: int
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    attempt: int = 1
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform called the message(s) it took; empty for acts without a message."""

    platform_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff: attempt n waits first * 2**(n-1) seconds, at most `longest`; dead after `patience`.

    `patience` is measured from the making of the delivery, so that an outage of a platform or network of a
    few hours loses nothing.
    """

    first: float = 0.5
    longest: float = 60.0
    patience: timedelta = timedelta(hours=24)

    def wait(self, attempt: int) -> float:
        """Seconds to wait after the failed attempt number `attempt` (from 1)."""
        return min(self.longest, self.first * 2.0 ** min(attempt - 1, 30))

    def gives_up(self, age: timedelta) -> bool:
        return age >= self.patience
