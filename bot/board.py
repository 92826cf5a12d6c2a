"""Settings, rules, own sentences and announcements as this process knows them; a change elsewhere is soon noticed."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from bot.settings.setting import Settings
from bot.storage.announcements.keeping import said_announcements
from bot.storage.database import Database
from bot.storage.service.rules import StoredRule, active_rules
from bot.storage.service.settings import Raw, load_raw, read_settings
from bot.storage.service.wording import last_change, load_wording
from core.text import SHIPPED, Wording
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
        self.wording: Wording = SHIPPED
        self._last_wording = 0

    async def refresh(self) -> bool:
        """Look at what is stored; True when something changed. A value that no longer fits has its default."""
        raw, rules, announcements, last = await self._database.read(_load)
        if last != self._last_wording:
            self.wording, unfit = await self._database.read(load_wording)
            self._last_wording = last
            if unfit:
                log.warning("own sentences that no longer fit are said as shipped: %s", ", ".join(unfit))
        if (raw, rules, announcements) == (self._raw, self.rules, self.announcements):
            return False
        self.settings, faults = read_settings(raw)
        self._raw, self.rules, self.announcements = raw, rules, announcements
        for fault in faults:
            log.warning("a stored setting is not used: %s", fault)
        return True


def _load(connection: Connection) -> tuple[Raw, tuple[StoredRule, ...], tuple[Announcement, ...], int]:
    return load_raw(connection), active_rules(connection), said_announcements(connection), last_change(connection)
