"""Settings, rules and announcements as this process knows them; a change elsewhere is noticed within a tick."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from bot.settings.setting import Settings
from bot.storage.announcements.keeping import said_announcements
from bot.storage.database import Database
from bot.storage.service.rules import StoredRule, active_rules
from bot.storage.service.settings import Raw, load_raw, read_settings
from handoff.announcement import Announcement

log = logging.getLogger(__name__)


class Board:
    """What holds now; replaced as a whole, so that it never changes under a reader's hands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raw: Raw = {}
        self.settings = Settings()
        self.rules: tuple[StoredRule, ...] = ()
        self.announcements: tuple[Announcement, ...] = ()

    async def refresh(self) -> bool:
        """Look at what is stored; True when something changed. A value that no longer fits has its default."""
        raw, rules, announcements = await self._database.read(_load)
        if (raw, rules, announcements) == (self._raw, self.rules, self.announcements):
            return False
        self.settings, faults = read_settings(raw)
        self._raw, self.rules, self.announcements = raw, rules, announcements
        for fault in faults:
            log.warning("a stored setting is not used: %s", fault)
        return True


def _load(connection: Connection) -> tuple[Raw, tuple[StoredRule, ...], tuple[Announcement, ...]]:
    return load_raw(connection), active_rules(connection), said_announcements(connection)
