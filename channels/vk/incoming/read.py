"""Raw bytes of VK to arrivals: nothing hostile gets as far as the database or the stack."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any, NoReturn

from core.channel import Arrival

DEEPEST = 100
LONGEST_KEY = 128  # as the inbox has room for
_MESSAGE_EVENTS = ("message_new", "message_reply", "message_edit", "message_event", "message_allow", "message_deny")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(body: bytes | str) -> Any:
    """ValueError for what is no JSON, is too deep, or holds numbers that JSON does not know."""
    try:
        value = json.loads(body, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    escapes = (b"\\u0000", b"\\ud", b"\\uD") if isinstance(body, bytes) else ("\\u0000", "\\ud", "\\uD")
    is_suspect = any(escape in body for escape in escapes)  # type: ignore[operator]
    return _checked(value, 0, is_suspect)


def arrival(event: Any, account: str) -> Arrival:
    """An event as it came; its key is VK's own, or made of the content when there is none."""
    payload = event if isinstance(event, dict) else {"raw": event}
    kind, content = payload.get("type"), payload.get("object")
    key = payload.get("event_id")
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        packed = json.dumps([kind, content, payload.get("raw")], sort_keys=True, ensure_ascii=True)
        key = "hash:" + hashlib.sha256(packed.encode()).hexdigest()
    return Arrival("vk", account, key, _lane(kind, content), payload)


def _lane(kind: Any, content: Any) -> str:
    """Everything of one customer in one lane."""
    if kind not in _MESSAGE_EVENTS or not isinstance(content, dict):
        return "vk"
    message = content.get("message")
    place = message if isinstance(message, dict) else content
    peer = place.get("peer_id", place.get("user_id"))
    return f"vk:{peer}" if isinstance(peer, int) else "vk"


def _checked(value: Any, depth: int, is_suspect: bool) -> Any:
    """Depth is bounded for whoever walks through it later; NUL and halves of surrogate pairs go."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        for key in value:
            value[key] = _checked(value[key], depth + 1, is_suspect)
        return {_clean(key): item for key, item in value.items()} if is_suspect else value
    if isinstance(value, list):
        for place, item in enumerate(value):
            value[place] = _checked(item, depth + 1, is_suspect)
        return value
    if isinstance(value, float) and math.isinf(value):
        raise ValueError("a number too large")
    return _clean(value) if is_suspect and isinstance(value, str) else value


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
