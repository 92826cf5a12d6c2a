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
