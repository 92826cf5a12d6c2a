"""Files of messages: for whoever is logged in, shown inline only where that is harmless."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from bot.console.context import Visit
from bot.storage.views.conversation import find_attachment
from core.errors import ChannelError, NotFound
from core.message import FILE_KINDS, Attachment, AttachmentKind

_INLINE = re.compile(r"image/(?:jpeg|png|gif|webp)|audio/[\w.+-]+|video/(?:mp4|webm|quicktime|ogg)")
_ANY = "application/octet-stream"  # a document is never shown as a page of ours
_OF_KIND = {
    AttachmentKind.PHOTO: "image/jpeg",
    AttachmentKind.STICKER: "image/webp",
    AttachmentKind.VOICE: "audio/ogg",
    AttachmentKind.AUDIO: "audio/mpeg",
    AttachmentKind.VIDEO: "video/mp4",
    AttachmentKind.ANIMATION: "video/mp4",
    AttachmentKind.VIDEO_NOTE: "video/mp4",
}
_SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"
_KEPT = "private, max-age=3600"


async def show_file(visit: Visit) -> web.StreamResponse:
    number, place = visit.number("number"), visit.number("place")
    attachment = await visit.ground.database.read(lambda connection: find_attachment(connection, number, place))
    if attachment is None:
        raise NotFound("error.no_file")
    return await give_out(visit, attachment)


async def give_out(visit: Visit, attachment: Attachment) -> web.StreamResponse:
    """The file itself; raises NotFound for one that cannot be had."""
    if attachment.kind not in FILE_KINDS or visit.ground.shelf is None:
        raise NotFound("error.no_file")
    try:
        stored = await visit.ground.shelf.get(attachment)
    except ChannelError:
        raise NotFound("error.no_file") from None
    mime = stored.mime if _INLINE.fullmatch(stored.mime) else _OF_KIND.get(attachment.kind, _ANY)
    way = "inline" if mime != _ANY else "attachment"
    response = web.FileResponse(stored.path)
    response.content_type = mime
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(stored.name)}"
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Cache-Control"] = _KEPT
    return response
