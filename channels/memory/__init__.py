"""A scripted channel and a scripted operators' desk: twins of the real ones for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass

from channels.memory.customers import MemoryChannel, Sent
from channels.memory.desk import MemoryDesk, Post
from core.channel import Capabilities, Files


@dataclass(frozen=True, slots=True)
class MemorySettings:
    name: str = "memory"
    account: str = "memory"
    capabilities: Capabilities | None = None


def open_channel(settings: MemorySettings, files: Files | None = None) -> MemoryChannel:
    return MemoryChannel(settings.name, settings.capabilities, settings.account)


Settings = MemorySettings
__all__ = ["MemoryChannel", "MemoryDesk", "MemorySettings", "Post", "Sent", "Settings", "open_channel"]
