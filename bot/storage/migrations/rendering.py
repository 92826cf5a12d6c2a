"""How our own column types are written into a revision, so that it stays the same when tables.py changes."""

from __future__ import annotations

from typing import Any, Literal

from bot.storage import tables

NAMES: tuple[tuple[Any, str], ...] = ((tables.Id, "ID"), (tables.Json, "JSON"))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """The name of a constant that every revision defines for itself (see script.py.mako)."""
    if kind != "type":
        return False
    if isinstance(item, tables.Moment):
        return "MOMENT"
    return next((name for known, name in NAMES if item is known), False)
