"""The business settings and rules as this process knows them; a change made elsewhere is noticed within a tick."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from bot.settings.setting import Settings
from bot.storage.database import Database
from bot.storage.service.rules import StoredRule, active_rules
from bot.storage.service.settings import Raw, load_raw, read_settings

log = logging.getLogger(__name__)


class Board:
    """What holds now; replaced as a whole, so that it never changes under a reader's hands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raw: Raw = {}
        self.settings = Settings()
        self.rules: tuple[StoredRule, ...] = ()

    async def refresh(self) -> bool:
        """Look at what is stored; True when something changed. A value that no longer fits has its default."""
        raw, rules = await self._database.read(_load)
        if raw == self._raw and rules == self.rules:
            return False
        self.settings, faults = read_settings(raw)
        self._raw, self.rules = raw, rules
        for fault in faults:
            log.warning("a stored setting is not used: %s", fault)
        return True


def _load(connection: Connection) -> tuple[Raw, tuple[StoredRule, ...]]:
    return load_raw(connection), active_rules(connection)
