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
LONGEST_AGO = timedelta(days=3)  # older ones were not missed by us, they were never ours
MARGIN = timedelta(minutes=10)  # by which clocks may differ and an answer be under way


async def read_missed(calls: VkCalls, group_id: int, now: datetime, heard_at: datetime | None) -> list[Arrival]:
    """Each customer's messages since the long poll was last heard, oldest first; those known already are recognised
    by their id.

    Every conversation is looked at, answered or not: what was lost may stand before a reply of ours that answered
    something else.
    """
    since = now - LONGEST_AGO
    if heard_at is not None:
        since = max(since, heard_at - MARGIN)
    found: list[Arrival] = []
    for peer_id in await _touched(calls, group_id, since.timestamp()):
        news = await _incoming(calls, group_id, peer_id, since.timestamp())
        found += [_synthetic(message, peer_id, group_id) for message in reversed(news)]
    return found


async def _touched(calls: VkCalls, group_id: int, since: float) -> list[int]:
    """Whoever has a message since then. A conversation that moves up while the pages are read is found at the top."""
    peers: dict[int, None] = {}
    while True:
        known, offset = len(peers), 0
        while True:
            page = await calls.call("messages.getConversations", count=PAGE, offset=offset, group_id=group_id)
            items = _items(page)
            recent = [one for one in items if _number(_inside(one, "last_message", "date")) >= since]
            for item in recent:
                peer = _inside(item, "conversation", "peer", "id")
                if isinstance(peer, int) and 0 < peer < FIRST_CHAT:
                    peers[peer] = None
            if len(items) < PAGE or not recent:
                break
            offset += PAGE
        if offset == 0 or len(peers) == known:
            return list(peers)


async def _incoming(calls: VkCalls, group_id: int, peer_id: int, since: float) -> list[Mapping[str, Any]]:
    """Newest first."""
    found: list[Mapping[str, Any]] = []
    offset = 0
    while True:
        page = await calls.call("messages.getHistory", peer_id=peer_id, count=PAGE, offset=offset, group_id=group_id)
        items = _items(page)
        recent = [one for one in items if _number(one.get("date")) >= since]
        found += [one for one in recent if one.get("out") != 1 and _number(one.get("from_id")) > 0]
        if len(recent) < PAGE:
            return found
        offset += PAGE


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
