"""Settings, rules and own sentences as this process knows them; a change made elsewhere is noticed within a tick."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from bot.settings.setting import Settings
from bot.storage.database import Database
from bot.storage.service.rules import StoredRule, active_rules
from bot.storage.service.settings import Raw, load_raw, read_settings
from bot.storage.service.wording import last_change, load_wording
from core.text import SHIPPED, Wording

log = logging.getLogger(__name__)


class Board:
    """What holds now; replaced as a whole, so that it never changes under a reader's hands."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._raw: Raw = {}
        self.settings = Settings()
        self.rules: tuple[StoredRule, ...] = ()
        self.wording: Wording = SHIPPED
        self._last_wording = 0

    async def refresh(self) -> bool:
        """Look at what is stored; True when a setting or rule changed. A value that no longer fits has its default."""
        raw, rules, last = await self._database.read(_load)
        if last != self._last_wording:
            self.wording, unfit = await self._database.read(load_wording)
            self._last_wording = last
            if unfit:
                log.warning("own sentences that no longer fit are said as shipped: %s", ", ".join(unfit))
        if raw == self._raw and rules == self.rules:
            return False
        self.settings, faults = read_settings(raw)
        self._raw, self.rules = raw, rules
        for fault in faults:
            log.warning("a stored setting is not used: %s", fault)
        return True


def _load(connection: Connection) -> tuple[Raw, tuple[StoredRule, ...], int]:
    return load_raw(connection), active_rules(connection), last_change(connection)
