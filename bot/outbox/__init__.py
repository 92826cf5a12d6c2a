"""The outbox: deliveries leave in the order of their lanes, are tried again when they fail, and end once."""

from __future__ import annotations

from bot.outbox.service import OutboxService

__all__ = ["OutboxService"]
