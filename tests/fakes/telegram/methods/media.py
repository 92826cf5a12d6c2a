"""Media objects as they stand inside a message."""

from __future__ import annotations

import mimetypes
from pathlib import PurePath
from typing import Any

from tests.fakes.bodies import Upload
from tests.fakes.telegram.refusal import Bad
from tests.fakes.telegram.world import File, World

SUFFIXES = {
    "photo": ".jpg",
    "video": ".mp4",
    "voice": ".oga",
    "video_note": ".mp4",
    "audio": ".mp3",
    "animation": ".mp4",
    "sticker": ".webp",
    "document": "",
}
FIELDS: dict[str, dict[str, Any]] = {
    "photo": {"width": 1280, "height": 960},
    "video": {"width": 1280, "height": 720, "duration": 5, "mime_type": "video/mp4"},
    "voice": {"duration": 3, "mime_type": "audio/ogg"},
    "video_note": {"length": 240, "duration": 4},
    "audio": {"duration": 60, "mime_type": "audio/mpeg"},
    "animation": {"width": 320, "height": 240, "duration": 2, "mime_type": "video/mp4"},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
    "document": {},
}
UPLOAD_LIMIT, PHOTO_LIMIT = 50 * 1024 * 1024, 10 * 1024 * 1024
WITH_CAPTION = {"photo", "video", "voice", "audio", "animation", "document"}


def media(
    world: World, kind: str, source: bytes | Upload | File, file_name: str | None = None, **fields: Any
) -> dict[str, Any]:
    """`{kind: object}` (an animation is a document too) for new bytes or a file already known."""
    size = fields.pop("file_size", None)
    if isinstance(source, File):
        file = source
    else:
        content = source.content if isinstance(source, Upload) else source
        name = file_name or (source.file_name if isinstance(source, Upload) else f"{kind}{SUFFIXES[kind] or '.bin'}")
        file = world.keep_file(kind, content, name, SUFFIXES[kind] or PurePath(name).suffix or ".bin", size)
    thing = {"file_id": file.id, "file_unique_id": file.unique_id, **FIELDS[kind], "file_size": file.size}
    if kind in ("document", "audio", "video", "animation") and file.name:
        thing["file_name"] = file.name
        if kind == "document":
            thing["mime_type"] = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    thing |= {key: value for key, value in fields.items() if value not in (None, "")}
    if kind == "photo":
        small = thing | {
            "width": thing["width"] // 4,
            "height": thing["height"] // 4,
            "file_size": max(1, file.size // 4),
            "file_unique_id": file.unique_id + "s",
        }
        return {"photo": [small, thing]}
    return (
        {
            "animation": thing,
            "document": {
                k: thing[k] for k in ("file_id", "file_unique_id", "file_name", "mime_type", "file_size") if k in thing
            },
        }
        if kind == "animation"
        else {kind: thing}
    )


def given_media(world: World, kind: str, value: Upload | str | None, **fields: Any) -> dict[str, Any]:
    """Media named in a call: an upload, a file_id or a URL."""
    if value is None:
        raise Bad(f"there is no {kind.replace('_', ' ')} in the request")
    if isinstance(value, Upload):
        if not value.content:
            raise Bad("file must be non-empty")
        if len(value.content) > UPLOAD_LIMIT:
            raise Bad("file is too big")
        if kind == "photo" and len(value.content) > PHOTO_LIMIT:
            raise Bad("PHOTO_INVALID_DIMENSIONS" if not value.content else "photo is too big")
        return media(world, kind, value, **fields)
    if value.startswith(("http://", "https://")):
        return media(world, kind, b"(fetched)", value.rsplit("/", 1)[-1] or None, **fields)
    file = world.files.get(value)
    if file is None:
        raise Bad("wrong file identifier/HTTP URL specified")
    if file.kind != kind and {file.kind, kind} != {"animation", "document"}:
        raise Bad(f"can't use file of type {file.kind.capitalize()} as {kind.capitalize()}")
    return media(world, kind, file, **fields)


def kind_of(message: dict[str, Any]) -> str:
    for kind in ("text", "animation", *SUFFIXES, "venue", "location", "contact", "dice"):
        if kind in message:
            return kind
    return "service"


def file_of(world: World, message: dict[str, Any]) -> File | None:
    kind = kind_of(message)
    if kind not in SUFFIXES:
        return None
    thing = message[kind][-1] if kind == "photo" else message[kind]
    return world.files.get(thing["file_id"])
