"""How VK says no: HTTP 200 with an error object."""

from __future__ import annotations

import json
from typing import Any

MESSAGES = {
    1: "Unknown error occurred",
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    8: "Invalid request",
    9: "Flood control",
    10: "Internal server error",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    14: "Captcha needed",
    15: "Access denied",
    18: "User was deleted or banned",
    27: "Group authorization failed: method is unavailable with group auth.",
    29: "Rate limit reached",
    36: "Method execution was interrupted due to timeout",
    100: "One of the parameters specified was missing or invalid",
    900: "Can't send messages for users from blacklist",
    901: "Can't send messages for users without permission",
    902: "Can't send messages to this user due to their privacy settings",
    909: "Can't edit this message, because it's too old",
    910: "Can't sent this message, because it's too big",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    914: "Message is too long",
    917: "You don't have access to this chat",
    920: "Can't edit this kind of message",
    924: "Can't delete this message for everybody",
    925: "You are not admin of this chat",
    936: "Contact not found",
    945: "Chat was disabled",
    950: "Can't send message, reply timed out",
}


class VkError(Exception):
    def __init__(self, code: int, detail: str = "", **extra: Any) -> None:
        message = MESSAGES.get(code, "Unknown error occurred")
        super().__init__(message)
        self.code, self.message = code, f"{message}: {detail}" if detail else message
        if code == 14:
            extra = {
                "captcha_sid": "239633676097",
                "captcha_img": "https://api.vk.ru/captcha.php?sid=239633676097&s=1",
            } | extra
        self.extra = extra

    def body(self, method: str, params: dict[str, Any]) -> bytes:
        shown = {"method": method, "oauth": 1} | {key: value for key, value in params.items() if key != "access_token"}
        listed = [{"key": key, "value": str(value)} for key, value in shown.items()]
        error = {"error_code": self.code, "error_msg": self.message, "request_params": listed} | self.extra
        return json.dumps({"error": error}, ensure_ascii=False).encode()

    def in_execute(self, method: str) -> dict[str, Any]:
        return {"method": method, "error_code": self.code, "error_msg": self.message}


def wrong(detail: str) -> VkError:
    return VkError(100, detail)
