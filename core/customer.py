"""People who ask, and their addresses on each channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

CustomerId = NewType("CustomerId", int)
IdentityId = NewType("IdentityId", int)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a channel says is writing; everything besides the address may be empty.

    `has_buttons` and `has_callbacks`: what the customer's client can show (None: not told).
    """

    channel: str
    account: str
    address: str
    name: str = ""
    username: str = ""
    language: str = ""
    has_buttons: bool | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A customer's address in a channel."""

    id: IdentityId
    customer_id: CustomerId
    channel: str
    account: str
    address: str
    name: str = ""
    username: str = ""
    has_buttons: bool = True
    unreachable_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    id: CustomerId
    name: str
    language: str
    has_chosen_language: bool = False
    is_vip: bool = False
    banned_at: datetime | None = None
