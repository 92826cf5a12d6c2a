"""Several posts of one topic as one message, for when the group's limit is tight."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from channels.telegram.outgoing.compose import CAPABILITIES
from core.delivery import Delivery, DeskAct, DeskPost
from core.fit import len16

_BETWEEN = "\n"


def can_merge(deliveries: Sequence[Delivery]) -> int:
    """How many from the first on: customers' words without anything but text, together within one message."""
    if not deliveries:
        return 0
    first = deliveries[0].content
    if not _is_plain(first):
        return 1
    size = len16(first.text)
    count = 1
    for delivery in deliveries[1:]:
        post = delivery.content
        is_same_place = (
            delivery.lane == deliveries[0].lane
            and delivery.conversation_id == deliveries[0].conversation_id
            and delivery.address == deliveries[0].address
        )
        if not is_same_place or not _is_plain(post) or post.topic != first.topic or post.reply_to:
            break
        size += len16(_BETWEEN + post.text)
        if size > CAPABILITIES.text_limit:
            break
        count += 1
    return count


def merged(deliveries: Sequence[Delivery]) -> Delivery:
    """One delivery, under the first one's id, that says what all of them say; formatting moves along."""
    posts = [delivery.content for delivery in deliveries if isinstance(delivery.content, DeskPost)]
    entities = []
    text = ""
    for post in posts:
        text += _BETWEEN if text else ""
        entities += [entity | {"offset": entity["offset"] + len16(text)} for entity in _entities(post.markup)]
        text += post.text
    whole = replace(posts[0], text=text, markup=json.dumps(entities) if entities else "")
    return replace(deliveries[0], content=whole)


def _entities(markup: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(markup) if markup else []
        return [entity for entity in found if isinstance(entity["offset"], int)]
    except (ValueError, TypeError, KeyError):
        return []


def _is_plain(content: object) -> TypeGuard[DeskPost]:
    return (
        isinstance(content, DeskPost)
        and content.act is DeskAct.POST
        and content.is_relay
        and bool(content.text)
        and not content.attachments
        and not content.buttons
    )
