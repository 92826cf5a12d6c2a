"""What customers wrote while the long poll had lost its place, read from their conversations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from channels.vk.calls import VkCalls
from channels.vk.incoming.parse import FIRST_CHAT
from channels.vk.incoming.read import arrival
from core.channel import Arrival

PAGE = 200
MOST_PAGES = 10
LONGEST_AGO = timedelta(days=3)  # older ones were not missed by us, they were never ours
SLACK = timedelta(minutes=1)  # between VK's clock and ours, and until what was heard was also written down


async def read_missed(calls: VkCalls, group_id: int, now: datetime, heard_at: datetime | None) -> list[Arrival]:
    """Each customer's messages since the long poll was last heard, oldest first.

    Those known already are recognised by their id. That we wrote something meanwhile says nothing: an operator
    may have, who had not seen what was missed.
    """
    longest = now - LONGEST_AGO
    since = (max(longest, heard_at - SLACK) if heard_at is not None else longest).timestamp()
    found: list[Arrival] = []
    for peer_id in await _talked(calls, group_id, since):
        page = await calls.call("messages.getHistory", peer_id=peer_id, count=PAGE, group_id=group_id)
        news = [message for message in _items(page) if _is_theirs(message) and _number(message.get("date")) >= since]
        found += [_synthetic(message, peer_id, group_id) for message in reversed(news)]
    return found


async def _talked(calls: VkCalls, group_id: int, since: float) -> list[int]:
    peers: list[int] = []
    for number in range(MOST_PAGES):
        page = await calls.call(
            "messages.getConversations", filter="all", count=PAGE, offset=number * PAGE, group_id=group_id
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


def _is_theirs(message: Mapping[str, Any]) -> bool:
    return message.get("out") != 1 and _number(message.get("from_id")) > 0


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
