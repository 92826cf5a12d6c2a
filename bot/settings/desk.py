"""Settings of operators and their work."""

from __future__ import annotations

from bot.settings import kinds

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
    "an online operator who says nothing for so long while a customer waits for an answer is taken for away; 0s: never",
    most="7d",
)
REMIND_BEFORE = kinds.span(
    "snooze.remind_before",
    "10m",
    "how long before the end of a snooze its holder is reminded; 0s: not at all",
    most="1d",
)
