"""Settings of the VK channel."""

from __future__ import annotations

from dataclasses import dataclass, field

API_VERSION = "5.199"
API_URL = "https://api.vk.ru/"
HOOK_PATH = "/hooks/vk"
EVENTS = (
    "message_new",
    "message_reply",
    "message_edit",
    "message_allow",
    "message_deny",
    "message_event",
    "wall_reply_new",
)


@dataclass(frozen=True, slots=True)
class VkSettings:
    """`api_url` replaces the base of VK's API; `mode` is longpoll or callback; an empty `confirmation` is fetched."""

    token: str = field(repr=False)
    group_id: int
    api_url: str | None = None
    mode: str = "longpoll"
    secret: str = field(default="", repr=False)
    confirmation: str = ""
    public_url: str | None = None
    workers: int = 4
    calls_per_second: int = 20
    wait: int = 25  # seconds a long poll may last
