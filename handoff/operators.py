"""The people who answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.conversation import OperatorId


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Presence(StrEnum):
    """`manual`: never said anything; takes conversations by hand and is given none."""

    MANUAL = "manual"
    ONLINE = "online"
    BREAK = "break"
    OFFLINE = "offline"
    LOST = "lost"  # was online and fell silent while a customer waited


DECLARED = frozenset({Presence.ONLINE, Presence.BREAK, Presence.OFFLINE})  # what an operator says of themselves

AWAY = frozenset({Presence.OFFLINE, Presence.LOST})  # what they held goes back to the queue


@dataclass(frozen=True, slots=True)
class Operator:
    id: OperatorId
    login: str
    name: str
    role: Role = Role.OPERATOR
    presence: Presence = Presence.MANUAL
    level: int = 1
    seen_at: datetime | None = None  # the last sign of life

    @property
    def shown_name(self) -> str:
        return self.name or self.login

    @property
    def canned_owner(self) -> OperatorId | None:
        """Whose canned replies the operator keeps in the group: their own; None: everybody's, which is for leads."""
        return self.id if self.role is Role.OPERATOR else None
