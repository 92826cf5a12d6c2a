"""Files to VK and from VK, streamed and with timeouts; beside the API calls, on VK's upload servers."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from pathlib import Path
from typing import Any

import aiohttp

from channels.vk.calls import VkCalls
from channels.vk.errors import VkError
from channels.vk.outgoing.compose import UNCARRIED, is_wordy_sticker
from core.channel import Files, StoredFile
from core.errors import Permanent, Refusal, Retryable
from core.message import FILE_KINDS, Attachment, AttachmentKind

TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=60)
LARGEST_DOWNLOAD = 200 * 1024 * 1024
CHUNK = 256 * 1024
REMEMBERED = 500
_PICTURES = frozenset({AttachmentKind.PHOTO, AttachmentKind.STICKER})


class VkFiles:
    """Uploads a file once for all attempts of a delivery; a picture that VK refuses goes as a document."""

    def __init__(self, calls: VkCalls, files: Files, http: aiohttp.ClientSession) -> None:
        self._calls = calls
        self._files = files
        self._http = http
        self._known: OrderedDict[tuple[str, str, str], str] = OrderedDict()

    async def attach(self, attachments: tuple[Attachment, ...], peer_id: str) -> str:
        """The `attachment` parameter, in the order given; raises Retryable or Permanent(FILE)."""
        names = []
        for attachment in attachments:
            is_file = attachment.kind in FILE_KINDS and attachment.kind not in UNCARRIED
            if is_file and not is_wordy_sticker(attachment):
                names.append(await self._attach(attachment, peer_id))
        return ",".join(names)

    async def _attach(self, attachment: Attachment, peer_id: str) -> str:
        key = (peer_id, attachment.channel, attachment.ref)
        if key not in self._known:
            stored = await self._files.get(attachment)
            name = ""
            if attachment.kind in _PICTURES:
                name = await self._photo(stored, peer_id)
            elif attachment.kind is AttachmentKind.VOICE and _is_ogg(stored):
                name = await self._document(stored, peer_id, "audio_message")
            name = name or await self._document(stored, peer_id, "doc")
            if not name:
                raise Permanent("VK refused the file", Refusal.FILE)
            self._known[key] = name
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    async def _photo(self, stored: StoredFile, peer_id: str) -> str:
        """Empty when VK does not take it for a picture."""
        server = await self._calls.call("photos.getMessagesUploadServer", peer_id=peer_id)
        sent = await self._post(server, "photo", stored)
        if sent.get("photo") in (None, "", "[]"):
            return ""
        try:
            saved = await self._calls.call(
                "photos.saveMessagesPhoto", photo=sent["photo"], server=sent.get("server"), hash=sent.get("hash")
            )
        except VkError as error:
            if error.code in (100, 105, 118, 121, 129, 22):
                return ""
            raise
        return _name("photo", saved[0] if isinstance(saved, list) and saved else saved)

    async def _document(self, stored: StoredFile, peer_id: str, kind: str) -> str:
        server = await self._calls.call("docs.getMessagesUploadServer", type=kind, peer_id=peer_id)
        sent = await self._post(server, "file", stored)
        if not sent.get("file"):
            return ""
        try:
            saved = await self._calls.call("docs.save", file=sent["file"], title=stored.name)
        except VkError as error:
            if error.code in (100, 105, 22, 1152):
                return ""
            raise
        if isinstance(saved, list):
            saved = {"doc": saved[0]} if saved else {}
        kind_saved = str(saved.get("type", "doc"))
        return _name("doc", saved.get(kind_saved) or saved.get("doc"))

    async def _post(self, server: Any, field: str, stored: StoredFile) -> dict[str, Any]:
        """One multipart upload; it has no effect that anybody sees, so it may always be repeated."""
        url = server.get("upload_url") if isinstance(server, dict) else None
        if not isinstance(url, str):
            raise Retryable("VK named no upload server")
        content = await asyncio.to_thread(stored.path.open, "rb")
        try:
            form = aiohttp.FormData(quote_fields=False)
            form.add_field(field, content, filename=_file_name(stored.name), content_type=stored.mime or None)
            async with self._http.post(url, data=form, timeout=TIMEOUT) as answer:
                if answer.status >= 500:
                    raise Retryable(f"upload server: HTTP {answer.status}")
                found = json.loads(await answer.text())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Retryable(f"upload server: {type(error).__name__}") from None
        finally:
            await asyncio.to_thread(content.close)
        return found if isinstance(found, dict) else {}

    async def download(self, url: str, to: Path) -> None:
        """The links of VK are good for a while only: an expired one is Permanent(FILE)."""
        if not url.startswith(("https://", "http://")):
            raise Permanent("the attachment has no link", Refusal.FILE)
        try:
            async with self._http.get(url, timeout=TIMEOUT) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise Retryable(f"file server: HTTP {answer.status}")
                if answer.status >= 400:
                    raise Permanent(f"the link is no longer good: HTTP {answer.status}", Refusal.FILE)
                await _save(answer, to)
        except aiohttp.InvalidURL:
            raise Permanent("the link cannot be read", Refusal.FILE) from None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Retryable(f"file server: {type(error).__name__}") from None


async def _save(answer: aiohttp.ClientResponse, to: Path) -> None:
    """Whole or not at all."""
    size = 0
    partial = to.with_name(to.name + ".part")
    file = await asyncio.to_thread(partial.open, "wb")
    try:
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > LARGEST_DOWNLOAD:
                raise Permanent("the file is too large", Refusal.FILE)
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(file.close)
        await asyncio.to_thread(partial.replace, to)
    finally:
        await asyncio.to_thread(file.close)
        await asyncio.to_thread(partial.unlink, True)


def _name(kind: str, saved: Any) -> str:
    """How messages.send names the file: `photo1_2_key`."""
    if not isinstance(saved, dict) or "id" not in saved or "owner_id" not in saved:
        return ""
    key = saved.get("access_key")
    return f"{kind}{saved['owner_id']}_{saved['id']}" + (f"_{key}" if key else "")


def _is_ogg(stored: StoredFile) -> bool:
    return "ogg" in stored.mime or "opus" in stored.mime or stored.name.lower().endswith((".ogg", ".oga", ".opus"))


def _file_name(name: str) -> str:
    return "".join("_" if char in '"\\\r\n/' else char for char in name)[-120:] or "file"
