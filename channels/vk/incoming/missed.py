"""What customers wrote while the long poll had lost its place, read from their conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.vk.calls import VkCalls
from channels.vk.incoming.parse import FIRST_CHAT
from channels.vk.incoming.read import arrival
from core.channel import Arrival

PAGE = 200
MOST_PAGES = 10
LONGEST_AGO = timedelta(days=3)  # older ones were not missed by us, they were never ours


async def read_missed(calls: VkCalls, group_id: int, now: datetime) -> list[Arrival]:
    """Each customer's messages since our last one, oldest first; those known already are recognised by their id."""
    since = (now - LONGEST_AGO).timestamp()
    found: list[Arrival] = []
    for peer_id in await _unanswered(calls, group_id, since):
        page = await calls.call("messages.getHistory", peer_id=peer_id, count=PAGE, group_id=group_id)
        news = [message for message in _since_our_last(page) if _number(message.get("date")) >= since]
        found += [_synthetic(message, peer_id, group_id) for message in reversed(news)]
    return found


async def _unanswered(calls: VkCalls, group_id: int, since: float) -> list[int]:
    peers: list[int] = []
    for number in range(MOST_PAGES):
        page = await calls.call(
            "messages.getConversations", filter="unanswered", count=PAGE, offset=number * PAGE, group_id=group_id
        )
        items = _items(page)
        for item in items:
            peer, last = _inside(item, "conversation", "peer", "id"), _inside(item, "last_message")
            if isinstance(peer, int) and 0 < peer < FIRST_CHAT:
                if isinstance(last, dict) and _number(last.get("date")) < since:
                    return peers  # the newest come first
                peers.append(peer)
        if len(items) < PAGE:
            break
    return peers


def _since_our_last(page: Any) -> Iterator[Mapping[str, Any]]:
    """Newest first, up to the newest message that went out."""
    for message in _items(page):
        if message.get("out") == 1 or _number(message.get("from_id")) < 0:
            return
        yield message


def _synthetic(message: Mapping[str, Any], peer_id: int, group_id: int) -> Arrival:
    key = f"missed:{peer_id}:{message.get('conversation_message_id')}"
    event = {"type": "message_new", "event_id": key, "group_id": group_id, "object": {"message": dict(message)}}
    return arrival(event, str(group_id))


def _items(page: Any) -> list[Any]:
    items = page.get("items") if isinstance(page, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _inside(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0
