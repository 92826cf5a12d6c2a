"""Settings of operators and their work."""

from __future__ import annotations

from bot.settings import kinds
from bot.settings.setting import Settings
from handoff.desk_rules import DeskRules

CAPACITY = kinds.number("operators.capacity", 4, "conversations at once for a newly added operator", most=999)
UNDO_TELEGRAM = kinds.span(
    "undo.telegram",
    "0s",
    "how long a reply from the Telegram group can be taken back before it leaves",
    most="5m",
)
UNDO_CONSOLE = kinds.span(
    "undo.console", "5s", "how long a reply from the console can be taken back before it leaves", most="5m"
)
LOST_AFTER = kinds.span(
    "operators.lost_after",
    "20m",
    "an operator who gives no sign for so long, while a customer waits for their answer, is taken for lost",
    least="1m",
    most="1d",
)
REMIND_BEFORE = kinds.span(
    "snooze.remind_before", "10m", "so long before the end of a snooze its operator is reminded", most="1d"
)


def desk_rules(settings: Settings) -> DeskRules:
    """What decisions on operators' acts need of the settings."""
    return DeskRules(
        undo_telegram=settings[UNDO_TELEGRAM].total_seconds(),
        undo_console=settings[UNDO_CONSOLE].total_seconds(),
        lost_after=settings[LOST_AFTER].total_seconds(),
        remind_before=settings[REMIND_BEFORE].total_seconds(),
    )
