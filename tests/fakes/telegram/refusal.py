"""How the Bot API says no."""

from __future__ import annotations

import json
import math
from typing import Any

PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class Refusal(Exception):
    """An error answer; the description comes without its prefix."""

    def __init__(self, code: int, description: str = "", **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.parameters = code, parameters
        prefix = PREFIXES[code]
        self.description = f"{prefix}: {description}" if description else prefix

    def body(self) -> bytes:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return json.dumps(answer).encode()


class Bad(Refusal):
    """400 Bad Request."""

    def __init__(self, description: str, **parameters: Any) -> None:
        super().__init__(400, description, **parameters)


def too_many(seconds: float) -> Refusal:
    wait = max(1, math.ceil(seconds))
    return Refusal(429, f"retry after {wait}", retry_after=wait)
