"""The business settings as this process knows them; a change made elsewhere is noticed within a tick."""

from __future__ import annotations

import logging

from bot.settings.setting import Settings
from bot.storage.database import Database
from bot.storage.service.settings import Raw, load_raw, read_settings

log = logging.getLogger(__name__)


class Board:
    """`settings` is what holds now; it is replaced as a whole and never changes under a reader's hands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raw: Raw = {}
        self.settings = Settings()

    async def refresh(self) -> bool:
        """Look at what is stored; True when something changed. A value that no longer fits has its default."""
        raw = await self._database.read(load_raw)
        if raw == self._raw:
            return False
        self.settings, faults = read_settings(raw)
        self._raw = raw
        for fault in faults:
            log.warning("a stored setting is not used: %s", fault)
        return True
