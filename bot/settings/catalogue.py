"""Every setting there is, by its key."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from bot.settings import answers, desk, privacy, service, surveys, website
from bot.settings.setting import Setting
from core.errors import NotFound

_MODULES: tuple[ModuleType, ...] = (answers, service, desk, surveys, website, privacy)

CATALOGUE: Mapping[str, Setting[Any]] = {
    found.key: found for module in _MODULES for found in vars(module).values() if isinstance(found, Setting)
}


def find_setting(key: str) -> Setting[Any]:
    """Raises NotFound with the likely meant key."""
    if key in CATALOGUE:
        return CATALOGUE[key]
    meant = difflib.get_close_matches(key, list(CATALOGUE), 1, 0.6)
    hint = f"did you mean {meant[0]}?" if meant else "see: otklik setting list"
    raise NotFound(f"there is no setting {key[:64]}; {hint}")
