"""Scripts and styles on their way to browsers: without what only their authors need, and packed once."""

from bot.assets.slim import slim_script, slim_style
from bot.assets.static import KINDS, Static, load

__all__ = ["KINDS", "Static", "load", "slim_script", "slim_style"]
