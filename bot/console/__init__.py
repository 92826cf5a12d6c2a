"""The web console: operators' desk, FAQ editor and settings, served by the running bot itself."""

from __future__ import annotations

from bot.console.app import Mount, mount_console, open_console
from bot.console.context import Console, Ground

__all__ = ["Console", "Ground", "Mount", "mount_console", "open_console"]
