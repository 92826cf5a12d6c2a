"""What VK accepts as a keyboard; anything else is error 911."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.vk.errors import VkError

FIELDS = {
    "text": {"label", "payload"},
    "callback": {"label", "payload"},
    "location": {"payload"},
    "open_link": {"label", "link", "payload"},
    "open_app": {"label", "app_id", "owner_id", "hash", "payload"},
    "vkpay": {"hash", "payload"},
}
COLORS = {"primary", "secondary", "negative", "positive", "default"}
LABEL_LIMIT, PAYLOAD_LIMIT, ROW_LIMIT = 40, 255, 5


def parse_keyboard(source: Any) -> dict[str, Any] | None:
    if source in (None, ""):
        return None
    try:
        keyboard = json.loads(source) if isinstance(source, str) else source
    except ValueError:
        raise VkError(911, "keyboard is not valid JSON") from None
    if not isinstance(keyboard, dict) or not isinstance(keyboard.get("buttons"), list):
        raise VkError(911, "buttons expected")
    if extra := keyboard.keys() - {"one_time", "inline", "buttons", "author_id"}:
        raise VkError(911, f"unknown field {extra.pop()}")
    inline = keyboard.get("inline", False)
    if inline and keyboard.get("one_time"):
        raise VkError(911, "one_time is not allowed for inline keyboard")
    rows, row_count, total = keyboard["buttons"], 6 if inline else 10, 10 if inline else 40
    if len(rows) > row_count or sum(len(row) for row in rows) > total:
        raise VkError(911, "too many buttons")
    if inline and not rows:
        raise VkError(911, "inline keyboard without buttons")
    for row in rows:
        if not isinstance(row, list) or not 1 <= len(row) <= ROW_LIMIT:
            raise VkError(911, "a row has 1 to 5 buttons")
        for button in row:
            _check(button)
    return {"one_time": bool(keyboard.get("one_time", False)), "inline": bool(inline), "buttons": rows}


def _check(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("action"), dict):
        raise VkError(911, "action expected")
    if extra := button.keys() - {"action", "color"}:
        raise VkError(911, f"unknown field {extra.pop()}")
    action = button["action"]
    kind = action.get("type")
    if kind not in FIELDS:
        raise VkError(911, f"unknown button type {kind}")
    if extra := action.keys() - FIELDS[kind] - {"type"}:
        raise VkError(911, f"unknown field {extra.pop()}")
    if "label" in FIELDS[kind] and not 1 <= len(str(action.get("label", ""))) <= LABEL_LIMIT:
        raise VkError(911, "button label must be 1 to 40 characters")
    if button.get("color", "secondary") not in COLORS or ("color" in button and kind not in ("text", "callback")):
        raise VkError(911, "wrong button color")
    if kind == "open_link" and not str(action.get("link", "")).startswith(("http://", "https://")):
        raise VkError(911, "wrong button link")
    check_payload(action.get("payload"))


def check_payload(payload: Any) -> None:
    if payload in (None, ""):
        return
    text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    try:
        json.loads(text)
    except ValueError:
        raise VkError(911, "button payload is not valid JSON") from None
    if len(text) > PAYLOAD_LIMIT:
        raise VkError(911, "button payload is too long")


def payload_of(button: dict[str, Any]) -> str | None:
    payload = button["action"].get("payload")
    return payload if payload is None or isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
