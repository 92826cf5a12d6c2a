"""Settings of how long customers are remembered."""

from __future__ import annotations

from typing import Any

from bot.settings.setting import Setting
from core.errors import FaultyValue, shown
from core.text import Text

_LEAST, _MOST = 30, 3650  # days; less would take from operators what customers still speak of


def _days(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise FaultyValue(Text("fault.value.no_whole", {"value": shown(raw)}))
    if raw and not _LEAST <= raw <= _MOST:
        raise FaultyValue(Text("fault.value.outside", {"value": raw}))
    return raw


KEEP_DAYS: Setting[int] = Setting(
    "privacy.keep_days",
    0,
    _days,
    lambda value: value,
    Text("fault.form.days", {"least": _LEAST, "most": _MOST}),
    "customers who have been silent for so many days, with nothing open, are erased at night; 0: never",
)
