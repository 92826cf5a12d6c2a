"""Business settings: what an admin changes at run time; kept in the database, known to the code by name and type."""

from bot.settings.setting import Setting, Settings

__all__ = ["Setting", "Settings"]
