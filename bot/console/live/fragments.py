"""What an event shows: read anew when it is told, rendered once for each language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.console.look.render import Renderer
from bot.storage.live.events import LiveEvent
from bot.storage.views.conversation import ShownMessage, find_messages
from bot.storage.views.inbox import InboxRow, conversations_of, find_rows

_ABOUT_MESSAGES = frozenset({"message.created", "message.updated"})
_ABOUT_CONVERSATIONS = frozenset({*_ABOUT_MESSAGES, "conversation.updated"})
_ABOUT_PEOPLE = frozenset({"customer.updated", "identity.updated"})


@dataclass(slots=True)
class Facts:
    """What a batch of events is about."""

    rows: Mapping[int, InboxRow] = field(default_factory=dict)
    messages: Mapping[int, ShownMessage] = field(default_factory=dict)
    of_people: Mapping[int, Sequence[int]] = field(default_factory=dict)  # an event's id: conversations it changed


def read_facts(connection: Any, events: Sequence[LiveEvent]) -> Facts:
    numbers = {one.message_id for one in events if one.kind in _ABOUT_MESSAGES and one.message_id is not None}
    messages = find_messages(connection, sorted(numbers)) if numbers else {}
    of_people = {
        one.id: conversations_of(connection, **(one.payload or {})) for one in events if one.kind in _ABOUT_PEOPLE
    }
    about = {one.conversation_id for one in events if one.conversation_id is not None}
    about |= {message.conversation_id for message in messages.values()}
    about |= {number for found in of_people.values() for number in found}
    return Facts(find_rows(connection, sorted(about)) if about else {}, messages, of_people)


class Fragments:
    """Renders a batch of events; the same bytes go to everybody who reads the language."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def render(self, events: Sequence[LiveEvent], facts: Facts, language: str) -> list[tuple[int, bytes]]:
        rows: dict[int, dict[str, Any]] = {}
        found = []
        for event in events:
            for kind, data in self._tell(event, facts, language, rows):
                found.append((event.id, encode(kind, data, event.id)))
        return found

    def _tell(
        self, event: LiveEvent, facts: Facts, language: str, rows: dict[int, dict[str, Any]]
    ) -> list[tuple[str, dict[str, Any]]]:
        if event.kind in _ABOUT_MESSAGES:
            message = facts.messages.get(event.message_id or 0)
            if message is None:
                return []
            data = {
                "conv": message.conversation_id,
                "msg": message.id,
                "author": message.author,
                "kind": message.kind,
                "html": self._renderer.macro(language, "inbox/parts.html", "message", message),
            }
            return [(event.kind, {**data, **self._row(message.conversation_id, facts, language, rows)})]
        if event.kind in _ABOUT_CONVERSATIONS:
            return self._conversation(event.conversation_id or 0, facts, language, rows)
        if event.kind in _ABOUT_PEOPLE:
            return [
                one
                for number in facts.of_people.get(event.id, ())
                for one in self._conversation(number, facts, language, rows)
            ]
        return [(event.kind, dict(event.payload or {}))]

    def _conversation(
        self, number: int, facts: Facts, language: str, rows: dict[int, dict[str, Any]]
    ) -> list[tuple[str, dict[str, Any]]]:
        row = self._row(number, facts, language, rows)
        return [("conversation.updated", {"conv": number, **row})] if row else []

    def _row(self, number: int, facts: Facts, language: str, rows: dict[int, dict[str, Any]]) -> dict[str, Any]:
        row = facts.rows.get(number)
        if row is None:
            return {}
        if number not in rows:
            rows[number] = {
                "status": str(row.status),
                "holder": row.operator_id,
                "channel": row.channel,
                "name": row.customer,
                "row": self._renderer.macro(language, "inbox/parts.html", "row", row),
            }
        return rows[number]


def encode(kind: str, data: Mapping[str, Any], number: int | None = None) -> bytes:
    """As server-sent events are written."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {kind}\ndata: {text}\n\n".encode()
