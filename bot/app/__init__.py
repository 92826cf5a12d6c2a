"""The composition root: the only place, besides the command line, that picks implementations."""

from __future__ import annotations

from bot.app.assembly import chat, run
from bot.app.opening import open_channels
from bot.app.system import App

__all__ = ["App", "chat", "open_channels", "run"]
