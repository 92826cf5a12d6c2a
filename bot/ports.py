"""The small things channels ask the core for: topics, notes that outlive the process, files on disk."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import mimetypes
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection

from bot.storage import conversations, notes
from bot.storage.database import Database
from bot.storage.knowledge.files import read_file
from bot.storage.privacy.person import name_of_file, place_of
from core.channel import StoredFile
from core.clock import Clock
from core.conversation import ConversationId
from core.errors import NotFound, Permanent, Refusal
from core.message import Attachment, AttachmentKind
from surveys.picture import draw

log = logging.getLogger(__name__)

UPLOAD = "upload"  # the channel of files that were sent to our own web server

_ENDINGS = {
    AttachmentKind.PHOTO: ".jpg",
    AttachmentKind.VOICE: ".ogg",
    AttachmentKind.VIDEO: ".mp4",
    AttachmentKind.VIDEO_NOTE: ".mp4",
    AttachmentKind.ANIMATION: ".mp4",
    AttachmentKind.AUDIO: ".mp3",
    AttachmentKind.STICKER: ".webp",
}


class DeskTopics:
    """core.channel.Topics over the table, for one group of the desk."""

    def __init__(self, database: Database, clock: Clock, desk: str) -> None:
        self._database, self._clock, self._desk = database, clock, desk

    async def find(self, conversation_id: ConversationId) -> str | None:
        row = await self._row(conversation_id)
        return row.topic if row is not None else None

    async def was_tried(self, conversation_id: ConversationId) -> bool:
        row = await self._row(conversation_id)
        return row is not None and row.topic is None and row.tried_at is not None

    async def begin(self, conversation_id: ConversationId) -> None:
        now = self._clock.now()

        def work(connection: Connection) -> None:
            conversations.ensure_topic(connection, conversation_id, self._desk)
            conversations.change_topic(connection, conversation_id, self._desk, tried_at=now)

        await self._database.write(work)

    async def bind(self, conversation_id: ConversationId, topic: str) -> None:
        await self._database.write(
            lambda connection: conversations.bind_topic(connection, conversation_id, self._desk, topic)
        )

    async def _row(self, conversation_id: ConversationId) -> conversations.TopicRow | None:
        return await self._database.read(
            lambda connection: conversations.find_topic_at(connection, conversation_id, self._desk)
        )


class StoredNotebook:
    """Small facts of channels, kept in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        return await self._database.read(lambda connection: notes.read_note(connection, key))

    async def put(self, key: str, value: str) -> None:
        await self._database.write(lambda connection: notes.write_note(connection, key, value))


class Source(Protocol):
    """Where files come from: a channel, a table of ours, or our own pen."""

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        """Write the file's content to `to`; raises Retryable or Permanent(FILE)."""


class FaqFiles:
    """The files that go with answers, out of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        try:
            content = await self._database.read(lambda connection: read_file(connection, attachment.ref))
        except NotFound as error:
            raise Permanent(str(error), Refusal.FILE) from None
        await asyncio.to_thread(to.write_bytes, content)


class Drawings:
    """Pictures drawn when they are asked for; their handle is what they show."""

    async def fetch(self, attachment: Attachment, to: Path) -> None:
        await asyncio.to_thread(to.write_bytes, await asyncio.to_thread(draw, attachment.ref))


class FileShelf:
    """core.channel.Files: a file is fetched from its channel once and kept under the hash of its handle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._channels: Mapping[str, Source] = {}
        self._busy: dict[str, asyncio.Lock] = {}

    def serve(self, channels: Mapping[str, Source]) -> None:
        self._channels = channels

    async def get(self, attachment: Attachment) -> StoredFile:
        """Raises Permanent(FILE) when the file cannot be had, Retryable when not now."""
        channel = self._channels.get(attachment.channel)
        path = self._path(attachment.channel, attachment.ref)
        if not attachment.ref or (channel is None and not path.exists()):
            raise Permanent(f"a file of {attachment.channel or 'nowhere'} cannot be fetched", Refusal.FILE)
        digest = path.name
        lock = self._busy.setdefault(digest, asyncio.Lock())
        async with lock:
            if not path.exists() and channel is not None:
                await self._fetch(channel, attachment, path)
        self._busy.pop(digest, None)
        name = attachment.name or f"{attachment.kind.value}{_ENDINGS.get(attachment.kind, '')}"
        mime = attachment.mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        return StoredFile(path, Path(name).name, mime, path.stat().st_size)

    def keep(self, source: IO[bytes]) -> tuple[str, int]:
        """Put in a file that was uploaded to us; returns its handle in the channel UPLOAD, and its size in bytes.

        The handle is the hash of the content; the file is on disk for good when this returns.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        source.seek(0)
        ref = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
        path = self._path(UPLOAD, ref)
        path.parent.mkdir(parents=True, exist_ok=True)
        source.seek(0)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            shutil.copyfileobj(source, part)
            part.flush()
            os.fsync(part.fileno())
        os.replace(part.name, path)
        return ref, path.stat().st_size

    def _path(self, channel: str, ref: str) -> Path:
        return place_of(self.folder, name_of_file(channel, ref))

    async def _fetch(self, channel: Source, attachment: Attachment, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        try:
            await channel.fetch(attachment, part)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
