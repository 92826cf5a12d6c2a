"""The parameters of one VK call: strings in a form, lists with commas; in `execute` JSON."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.vk.errors import wrong


class Params:
    __slots__ = ("raw",)

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw

    def has(self, name: str) -> bool:
        return self.raw.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        return "" if value is None else value if isinstance(value, str) else str(value)

    def number(self, name: str, default: int = 0) -> int:
        if not self.has(name):
            return default
        try:
            return int(self.raw[name])
        except (ValueError, TypeError):
            raise wrong(f"{name} not integer") from None

    def flag(self, name: str, default: bool = False) -> bool:
        return str(self.raw[name]).lower() in ("1", "true") if self.has(name) else default

    def words(self, name: str) -> list[str]:
        value = self.raw.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in str(value).split(",") if part.strip()] if value not in (None, "") else []

    def numbers(self, name: str) -> list[int]:
        try:
            return [int(word) for word in self.words(name)]
        except ValueError:
            raise wrong(f"{name} should be a list of integers") from None

    def json(self, name: str) -> Any:
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise wrong(f"{name} is not valid JSON") from None
