"""Lines as the browser gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.decide.words import write_opening
from bot.library import Library
from bot.storage.website.lines import Line
from core.message import FILE_KINDS, AttachmentKind
from core.text import SHIPPED, Text, Wording, render

_STARTERS = 6


def shown(line: Line) -> dict[str, Any]:
    """Only what the browser needs: no file handles of other platforms, nothing empty."""
    body = line.body
    files = [_file(place, one) for place, one in enumerate(body.get("files", ()))]
    raw = {
        "id": line.id,
        "key": line.key,
        "from": line.author,
        "name": line.name,
        "text": line.text,
        "buttons": body.get("buttons"),
        "files": files,
        "reply_to": body.get("reply_to"),
        "edit_of": body.get("edit_of"),
        "edited": body.get("is_edited"),
        "pressed": body.get("pressed"),
        "at": line.created_at.isoformat(timespec="seconds") if line.created_at else None,
    }
    return {key: value for key, value in raw.items() if value not in ("", None, [])}


def _file(place: int, raw: dict[str, Any]) -> dict[str, Any]:
    kind = AttachmentKind(raw["kind"])
    kept = {key: raw[key] for key in ("name", "mime", "size", "latitude", "longitude", "phone") if raw.get(key)}
    return {"n": place, "kind": kind.value, "is_file": kind in FILE_KINDS, **kept}


def starters(library: Library, language: str, wording: Wording = SHIPPED) -> list[list[str]]:
    """Buttons of an empty chat: the FAQ's categories, and a person; label and token."""
    index = library.index
    names: Sequence[str] = index.categories(language) or index.categories()
    found = [[name, write_opening("category", f"0:{name}")] for name in names[:_STARTERS]]
    if len(names) > _STARTERS:
        found.append([render(Text("button.more"), language, wording), write_opening("menu", "1:")])
    return [*found, [render(Text("button.operator"), language, wording), write_opening("operator")]]
