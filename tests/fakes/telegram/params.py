"""The parameters of one call, read as the Bot API reads them."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.bodies import Upload
from tests.fakes.telegram.refusal import Bad


class Params:
    """Nested values may be JSON strings or, in a JSON body, JSON itself."""

    __slots__ = ("files", "raw")

    def __init__(self, raw: dict[str, Any], files: dict[str, Upload]) -> None:
        self.raw, self.files = raw, files

    def has(self, name: str) -> bool:
        return name in self.raw or name in self.files

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        return "" if value is None else value if isinstance(value, str) else str(value)

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(self.raw[name])
        except (KeyError, ValueError, TypeError):
            return default

    def real(self, name: str) -> float | None:
        try:
            return float(self.raw[name])
        except (KeyError, ValueError, TypeError):
            return None

    def flag(self, name: str) -> bool:
        return str(self.raw.get(name, "")).lower() in ("true", "1", "yes")

    def json(self, name: str) -> Any:
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise Bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def file(self, name: str) -> Upload | str | None:
        """An upload, or a string: file_id or URL."""
        return self.files[name] if name in self.files else self.attached(self.raw.get(name))

    def attached(self, value: Any) -> Upload | str | None:
        if isinstance(value, str) and value.startswith("attach://"):
            try:
                return self.files[value.removeprefix("attach://")]
            except KeyError:
                raise Bad("wrong file identifier/HTTP URL specified") from None
        return value or None
