"""The inbox: arrivals are stored, read, put together where they belong together, and decided on in order."""

from __future__ import annotations

from bot.inbox.acting import OperatorActs
from bot.inbox.gathering import Windows
from bot.inbox.service import InboxService

__all__ = ["InboxService", "OperatorActs", "Windows"]
