"""Where the channel keeps the few facts that must outlive the process."""

from __future__ import annotations

from typing import Protocol


class Notebook(Protocol):
    """Small facts that outlive the process."""

    async def get(self, key: str) -> str | None: ...

    async def put(self, key: str, value: str) -> None: ...


class MemoryNotebook:
    """Forgets with the process."""

    def __init__(self) -> None:
        self._pages: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self._pages.get(key)

    async def put(self, key: str, value: str) -> None:
        self._pages[key] = value
