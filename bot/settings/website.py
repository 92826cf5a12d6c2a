"""Settings of the customers' own page."""

from __future__ import annotations

from bot.settings import kinds

HELP_COLOUR = kinds.colour("help.colour", "#0a7d5a", "the colour of the page /help and of the chat on it")
