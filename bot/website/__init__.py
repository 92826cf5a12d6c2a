"""The customers' side of the web: the chat on the company's sites, and the public FAQ."""

from __future__ import annotations

from bot.website.chats import SiteChats
from bot.website.hub import Hub
from bot.website.manner import Manner
from bot.website.routes import Website

__all__ = ["Hub", "Manner", "SiteChats", "Website"]
