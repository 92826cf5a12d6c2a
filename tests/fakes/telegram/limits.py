"""Rate limits, each off until asked for: by bot, by chat, by group."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.rates import Bucket, Clock, Window
from tests.fakes.telegram.refusal import too_many
from tests.fakes.telegram.world import Chat

COUNTED = (
    "send",
    "copymessage",
    "forwardmessage",
    "editmessage",
    "createforumtopic",
    "editforumtopic",
    "closeforumtopic",
    "reopenforumtopic",
)
CHAT_BURST = 3.0


def amount_of(method: str, params: dict[str, Any]) -> int:
    """How many messages the call makes; 0: it is not counted."""
    name = method.lower()
    if not name.startswith(COUNTED) or name == "sendchataction":
        return 0
    listed = {"sendmediagroup": "media", "copymessages": "message_ids", "forwardmessages": "message_ids"}.get(name)
    if listed is None:
        return 1
    try:
        value = params.get(listed)
        return len(json.loads(value) if isinstance(value, str) else value or [])
    except (ValueError, TypeError):
        return 1


class Limits:
    def __init__(
        self, forum_rate: float | None, minute_s: float, chat_rate: float | None, bot_rate: float | None, clock: Clock
    ) -> None:
        self.forum_rate, self.minute_s, self.chat_rate, self.bot_rate = forum_rate, minute_s, chat_rate, bot_rate
        self.clock = clock
        self.forget()

    def forget(self) -> None:
        self._groups: dict[int, Window] = {}
        self._chats: dict[int, Bucket] = {}
        self._bot: Window | None = None

    def _meters(self, chat: Chat | None) -> list[Window | Bucket]:
        meters: list[Window | Bucket] = []
        if self.bot_rate:
            self._bot = self._bot or Window(self.bot_rate, 1.0, self.clock)
            meters.append(self._bot)
        if chat is not None and self.chat_rate:
            if chat.id not in self._chats:
                self._chats[chat.id] = Bucket(self.chat_rate, CHAT_BURST, self.clock)
            meters.append(self._chats[chat.id])
        if chat is not None and self.forum_rate and chat.type != "private":
            if chat.id not in self._groups:
                self._groups[chat.id] = Window(self.forum_rate, self.minute_s, self.clock)
            meters.append(self._groups[chat.id])
        return meters

    def check(self, chat: Chat | None, amount: int) -> None:
        wait = max((meter.wait(amount) for meter in self._meters(chat)), default=0.0)
        if wait > 0:
            raise too_many(wait)

    def count(self, chat: Chat | None, amount: int) -> None:
        for meter in self._meters(chat):
            meter.count(amount)
