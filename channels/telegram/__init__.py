"""Telegram: customers' chats and the operators' desk behind one token and one stream of updates."""

from __future__ import annotations

from collections.abc import Mapping

from channels.telegram.channel import TelegramChannel
from channels.telegram.desk import TelegramDesk
from channels.telegram.wire.client import TelegramClient, TelegramSettings
from channels.telegram.wire.notebook import Notebook
from core.channel import Files, Topics

Settings = TelegramSettings
__all__ = [
    "Notebook",
    "Settings",
    "TelegramChannel",
    "TelegramClient",
    "TelegramDesk",
    "TelegramSettings",
    "open_channel",
    "open_channels",
]


def open_channel(settings: TelegramSettings, *, files: Files, notebook: Notebook | None = None) -> TelegramChannel:
    """The customers' channel alone."""
    return TelegramChannel(TelegramClient(settings, notebook), files)


def open_channels(
    settings: TelegramSettings,
    *,
    files: Files,
    topics: Topics,
    further: Mapping[str, Topics] | None = None,
    notebook: Notebook | None = None,
) -> tuple[TelegramChannel, TelegramDesk]:
    """Customers and desk on one client; the desk's updates come through the customers' channel.

    `further`: the topics of each of `settings.further_chats`.
    """
    client = TelegramClient(settings, notebook)
    return TelegramChannel(client, files), TelegramDesk(client, files, topics, further=further)
