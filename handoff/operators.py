"""The people who answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.conversation import OperatorId


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Presence(StrEnum):
    ONLINE = "online"
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Operator:
    id: OperatorId
    login: str
    name: str
    role: Role = Role.OPERATOR
    presence: Presence = Presence.ONLINE

    @property
    def shown_name(self) -> str:
        return self.name or self.login
