"""photos.…, docs.…: the three steps of every upload."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from tests.fakes.bodies import Upload
from tests.fakes.vk.errors import VkError, wrong
from tests.fakes.vk.methods import method
from tests.fakes.vk.params import Params
from tests.fakes.vk.things import make

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk

FIELDS = {"photo": ("photo", "file0", "file1", "file"), "doc": ("file", "file0"), "audio_message": ("file", "file0")}


@method("photos.getMessagesUploadServer")
def photo_server(fake: FakeVk, p: Params) -> Any:
    return {"album_id": -64, "upload_url": f"{fake.base}/upload/photo", "user_id": 0, "group_id": fake.group_id}


@method("docs.getMessagesUploadServer")
def doc_server(fake: FakeVk, p: Params) -> Any:
    kind = p.text("type") or "doc"
    if kind not in ("doc", "audio_message", "graffiti"):
        raise wrong("type is invalid")
    if p.number("peer_id") not in fake.world.dialogs:
        raise VkError(901) if p.has("peer_id") else wrong("peer_id is undefined")
    return {"upload_url": f"{fake.base}/upload/{kind}"}


def receive(fake: FakeVk, kind: str, files: dict[str, Upload]) -> dict[str, Any]:
    """The upload server itself: `photo` "[]" means that nothing came."""
    upload = next((files[name] for name in FIELDS.get(kind, ("file",)) if name in files), None)
    ticket = secrets.token_hex(8)
    if upload is not None and upload.content:
        fake.uploads[ticket] = (kind, upload)
    if kind == "photo":
        photos = [{"photo": ticket, "sizes": []}] if ticket in fake.uploads else []
        return {"server": 42, "photo": json.dumps(photos), "hash": ticket}
    return {"file": ticket} if ticket in fake.uploads else {"error": "unknown error"}


@method("photos.saveMessagesPhoto")
def save_photo(fake: FakeVk, p: Params) -> Any:
    found = fake.uploads.pop(p.text("hash"), None)
    if p.text("photo") in ("", "[]") or found is None:
        raise wrong("photo is undefined")
    thing = make(fake.world, fake.base, "photo", -fake.group_id, found[1].content, found[1].file_name, {})
    return [thing["photo"]]


@method("docs.save")
def save_doc(fake: FakeVk, p: Params) -> Any:
    found = fake.uploads.pop(p.text("file"), None)
    if found is None:
        raise wrong("file is undefined")
    kind, upload = found
    title = p.text("title") or upload.file_name
    thing = make(
        fake.world,
        fake.base,
        "voice" if kind == "audio_message" else "document",
        -fake.group_id,
        upload.content,
        title,
        {},
    )
    return thing
