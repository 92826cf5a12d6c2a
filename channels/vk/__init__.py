"""VK: a community's messages, through vk_api, Bots Long Poll and the Callback API."""

from __future__ import annotations

from channels.vk.channel import VkChannel
from channels.vk.settings import VkSettings
from core.channel import Files

Settings = VkSettings
__all__ = ["Settings", "VkChannel", "VkSettings", "open_channel"]


def open_channel(settings: VkSettings, *, files: Files) -> VkChannel:
    return VkChannel(settings, files)
