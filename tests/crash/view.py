"""What the fakes have seen arrive, kept up with step by step, and who was told what."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from tests.fakes.remote import Remote


def mark_of(record: Any) -> str:
    """What all copies of one message have in common: the number in its buttons' tokens, else its text."""
    raw = record["markup"]
    markup = json.loads(raw) if isinstance(raw, str) else raw or {}
    rows = markup.get("inline_keyboard") or markup.get("buttons") or []
    for button in rows[0] if rows else []:
        token = button.get("callback_data") or json.loads(button.get("action", {}).get("payload") or "{}").get("t", "")
        if token:
            return str(token).partition(".")[0] if not token.startswith("d.") else f"{token} {record['text']}"
    return str(record["text"])


class View:
    """The sent messages of one platform, by chat."""

    def __init__(self, fake: Remote) -> None:
        self._fake = fake
        self._read = 0
        self.chats: dict[int, list[Any]] = defaultdict(list)

    def refresh(self) -> None:
        for record in self._fake.sent(after=self._read):
            self._read = max(self._read, record["n"])
            self.chats[record["chat"]].append(record)

    def has(self, chat: int, text: str) -> bool:
        return any(text in (record["text"] or "") for record in self.chats[chat])

    def distinct(self, chat: int, *texts: str) -> list[Any]:
        """The different messages that begin with one of these texts, oldest first; copies of one count once."""
        found: dict[str, Any] = {}
        for record in self.chats[chat]:
            if (record["text"] or "").startswith(texts):
                found.setdefault(mark_of(record), record)
        return list(found.values())

    def thread_with(self, chat: int, text: str, deleted: set[int]) -> int | None:
        """The topic in which these words stand."""
        for record in self.chats[chat]:
            thread = record["thread"]
            if thread and thread not in deleted and text in (record["text"] or ""):
                return int(thread)
        return None
