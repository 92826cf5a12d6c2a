"""Settings of how long customers are remembered."""

from __future__ import annotations

from typing import Any

from bot.settings.setting import Setting

_LEAST, _MOST = 30, 3650  # days; less would take from operators what customers still speak of


def _days(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"{raw!r} is no whole number")
    if raw and not _LEAST <= raw <= _MOST:
        raise ValueError(f"{raw} is outside")
    return raw


KEEP_DAYS: Setting[int] = Setting(
    "privacy.keep_days",
    0,
    _days,
    lambda value: value,
    f"0, or a whole number of days from {_LEAST} to {_MOST}",
    "customers who have been silent for so many days, with nothing open, are erased at night; 0: never",
)
