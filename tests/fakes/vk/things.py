"""Attachments as VK shows them, with files served by the fake itself."""

from __future__ import annotations

import time
from pathlib import PurePath
from typing import Any

from tests.fakes.vk.world import World


def make(
    world: World, base: str, kind: str, owner: int, content: bytes, title: str | None, fields: dict[str, Any]
) -> dict[str, Any]:
    """An attachment of that kind: photo, video, voice, document, sticker, audio, link."""
    number, now = world.next_object(), int(time.time())
    common = {"id": number, "owner_id": owner, "date": now, "access_key": f"k{number:x}"}
    if kind == "photo":
        url = base + world.keep_file(content, title or "photo.jpg")
        sizes = [
            {"type": one, "url": url + f"?size={one}", "width": width, "height": width * 3 // 4}
            for one, width in (("s", 75), ("m", 130), ("x", 604))
        ] + [{"type": "z", "url": url, "width": 1280, "height": 960}]
        return world.attach("photo", common | {"album_id": -3, "sizes": sizes, "text": "", "has_tags": False} | fields)
    if kind == "voice":
        ogg, mp3 = (base + world.keep_file(content, f"voice.{suffix}") for suffix in ("ogg", "mp3"))
        thing = {
            "id": number,
            "owner_id": owner,
            "duration": 3,
            "waveform": [1, 5, 9, 3],
            "link_ogg": ogg,
            "link_mp3": mp3,
            "access_key": common["access_key"],
        }
        return world.attach("audio_message", thing | fields)
    if kind == "document":
        name = title or "document.pdf"
        url = base + world.keep_file(content, name)
        suffix = PurePath(name).suffix.lstrip(".")
        return world.attach(
            "doc", common | {"title": name, "size": len(content), "ext": suffix, "type": 1, "url": url} | fields
        )
    if kind == "video":
        image = base + world.keep_file(content, "video.jpg")
        thing = common | {
            "title": title or "Видео",
            "duration": 5,
            "width": 1280,
            "height": 720,
            "description": "",
            "type": "video",
            "can_add": 1,
            "image": [{"url": image, "width": 320, "height": 240}],
        }
        return world.attach("video", thing | fields)
    if kind == "sticker":
        image = base + world.keep_file(content, "sticker.png")
        thing = {
            "inner_type": "base_sticker_new",
            "sticker_id": 9019,
            "product_id": 279,
            "is_allowed": True,
            "images": [{"url": image, "width": 256, "height": 256}],
            "images_with_background": [{"url": image, "width": 256, "height": 256}],
        }
        return {"type": "sticker", "sticker": thing | fields}
    if kind == "audio":
        url = base + world.keep_file(content, "audio.mp3")
        return world.attach(
            "audio", common | {"artist": "Артист", "title": title or "Песня", "duration": 60, "url": url} | fields
        )
    if kind == "link":
        return {
            "type": "link",
            "link": {"url": "https://example.org/", "title": title or "Ссылка", "description": ""} | fields,
        }
    raise ValueError(f"no such kind: {kind}")


def geo(fields: dict[str, Any]) -> dict[str, Any]:
    point = {"latitude": fields.get("latitude", 55.7558), "longitude": fields.get("longitude", 37.6173)}
    return {"type": "point", "coordinates": point, "showmap": 1}
