"""What comes along with a VK message: files with a link, places, and things that only VK can show."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any

from core.message import Attachment, AttachmentKind

Found = tuple[list[Attachment], list[str]]  # attachments; names of what cannot be carried
GIF = 3
SITE = "https://vk.com/"


def read_attachments(message: Mapping[str, Any]) -> Found:
    """In the order of the message; what has no file becomes OTHER, with the link where it can be seen."""
    attachments: list[Attachment] = []
    lost: list[str] = []
    listed = message.get("attachments")
    for item in listed if isinstance(listed, list) else ():
        kind = item.get("type") if isinstance(item, dict) else None
        if not isinstance(kind, str):
            continue
        content = item.get(kind)
        attachment = _read(kind, content if isinstance(content, dict) else {})
        attachments.append(attachment)
        if attachment.kind is AttachmentKind.OTHER:
            lost.append(kind)
    if (place := _place(message.get("geo"))) is not None:
        attachments.append(place)
    return attachments, lost


def _read(kind: str, content: Mapping[str, Any]) -> Attachment:
    read = _READERS.get(kind)
    found = read(content) if read else None
    return found or Attachment(AttachmentKind.OTHER, "vk", name=_described(kind, content))


def _photo(content: Mapping[str, Any]) -> Attachment | None:
    original = content.get("orig_photo")
    sizes = content.get("sizes")
    url = _largest(sizes if isinstance(sizes, list) else [original])
    return _file(AttachmentKind.PHOTO, url, name="photo.jpg", mime="image/jpeg")


def _sticker(content: Mapping[str, Any]) -> Attachment | None:
    url = _largest(content.get("images"))
    return _file(AttachmentKind.STICKER, url, name="sticker.png", mime="image/png")


def _voice(content: Mapping[str, Any]) -> Attachment | None:
    duration = content.get("duration")
    return _file(
        AttachmentKind.VOICE,
        content.get("link_ogg") or content.get("link_mp3"),
        name="voice.ogg" if content.get("link_ogg") else "voice.mp3",
        mime="audio/ogg" if content.get("link_ogg") else "audio/mpeg",
        duration=duration if isinstance(duration, int) else None,
    )


def _audio(content: Mapping[str, Any]) -> Attachment | None:
    words = [content.get("artist"), content.get("title")]
    name = " - ".join(word for word in words if isinstance(word, str) and word)
    return _file(AttachmentKind.AUDIO, content.get("url"), name=f"{name or 'audio'}.mp3", mime="audio/mpeg")


def _document(content: Mapping[str, Any]) -> Attachment | None:
    extension, title, size = (content.get(key) for key in ("ext", "title", "size"))
    name = title if isinstance(title, str) and title else "document"
    if isinstance(extension, str) and extension and "." not in name:
        name = f"{name}.{extension}"
    kind = AttachmentKind.ANIMATION if content.get("type") == GIF else AttachmentKind.DOCUMENT
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _file(kind, content.get("url"), name=name[:200], mime=mime, size=size if isinstance(size, int) else None)


def _graffiti(content: Mapping[str, Any]) -> Attachment | None:
    return _file(AttachmentKind.PHOTO, content.get("url"), name="graffiti.png", mime="image/png")


def _video(content: Mapping[str, Any]) -> Attachment | None:
    """VK gives the file of a video to hardly anybody; without it the page must do."""
    files = content.get("files")
    named = files if isinstance(files, dict) else {}
    urls = [url for key, url in sorted(named.items()) if key.startswith("mp4_") and isinstance(url, str)]
    return _file(AttachmentKind.VIDEO, urls[-1] if urls else None, name="video.mp4", mime="video/mp4")


_READERS = {
    "photo": _photo,
    "sticker": _sticker,
    "audio_message": _voice,
    "audio": _audio,
    "doc": _document,
    "graffiti": _graffiti,
    "video": _video,
}


def _file(kind: AttachmentKind, url: Any, **fields: Any) -> Attachment | None:
    is_link = isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) <= 4096
    return Attachment(kind, "vk", url, **fields) if is_link else None


def _largest(images: Any) -> Any:
    """The link of the picture with the most pixels."""
    listed = [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []
    best = max(listed, key=_pixels, default={})
    return best.get("url") or best.get("src")


def _pixels(image: Mapping[str, Any]) -> tuple[int, int]:
    width, height = image.get("width"), image.get("height")
    area = width * height if isinstance(width, int) and isinstance(height, int) else 0
    order = "smxopqryzw"  # VK's letters, smallest first, for pictures that came without measures
    letter = image.get("type")
    return area, order.find(letter) if isinstance(letter, str) and letter else -1


def _place(geo: Any) -> Attachment | None:
    coordinates = geo.get("coordinates") if isinstance(geo, dict) else None
    if not isinstance(coordinates, dict):
        return None
    place = geo.get("place")
    title = place.get("title") if isinstance(place, dict) else ""
    try:
        latitude, longitude = float(coordinates["latitude"]), float(coordinates["longitude"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    name = title if isinstance(title, str) else ""
    return Attachment(AttachmentKind.LOCATION, "vk", name=name, latitude=latitude, longitude=longitude)


def _described(kind: str, content: Mapping[str, Any]) -> str:
    """Kind, title and link, as far as there are any."""
    title, url = content.get("title"), content.get("url")
    owner, number = content.get("owner_id", content.get("from_id")), content.get("id")
    if not isinstance(url, str) and isinstance(owner, int) and isinstance(number, int):
        url = f"{SITE}{kind}{owner}_{number}"
    words = [kind, title if isinstance(title, str) else "", url if isinstance(url, str) else ""]
    return " ".join(filter(None, words))[:500]
