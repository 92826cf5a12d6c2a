"""Who and what there is: people, dialogs, files."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
CHAT_START = 2_000_000_000


@dataclass(slots=True)
class Dialog:
    peer: int
    messages: dict[int, Json] = field(default_factory=dict)
    allowed: bool = False
    refusal: int = 0
    keyboard: Json | None = None
    keyboard_cmid: int = 0
    last_cmid: int = 0
    read_cmid: int = 0
    repeats: dict[int, int] = field(default_factory=dict)

    @property
    def incoming(self) -> list[Json]:
        return [message for message in self.messages.values() if not message["out"]]

    @property
    def unread(self) -> int:
        return sum(message["conversation_message_id"] > self.read_cmid for message in self.incoming)

    @property
    def is_unanswered(self) -> bool:
        return bool(self.messages) and not self.messages[max(self.messages)]["out"]


class World:
    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        self.users: dict[int, Json] = {}
        self.dialogs: dict[int, Dialog] = {}
        self.by_id: dict[int, Json] = {}
        self.files: dict[str, bytes] = {}
        self.attachments: dict[str, Json] = {}
        self.comments: dict[int, Json] = {}
        self.last_id = 0
        self.last_object = 456_239_000

    def user(self, number: int, **fields: Any) -> Json:
        known = self.users.setdefault(
            number,
            {
                "id": number,
                "first_name": "Клиент",
                "last_name": f"{number}",
                "can_access_closed": True,
                "is_closed": False,
            },
        )
        known.update({key: value for key, value in fields.items() if value is not None})
        return known

    def dialog(self, peer: int) -> Dialog:
        if peer not in self.dialogs:
            self.dialogs[peer] = Dialog(peer)
        return self.dialogs[peer]

    def post(self, dialog: Dialog, sender: int, text: str, **fields: Any) -> Json:
        """A new message, as VK shows it."""
        self.last_id += 1
        dialog.last_cmid += 1
        message: Json = {
            "date": int(time.time()),
            "from_id": sender,
            "id": self.last_id,
            "version": 10_000_000 + self.last_id,
            "out": int(sender < 0),
            "important": False,
            "is_hidden": False,
            "attachments": [],
            "fwd_messages": [],
            "conversation_message_id": dialog.last_cmid,
            "text": text,
            "peer_id": dialog.peer,
            "random_id": 0,
        } | {key: value for key, value in fields.items() if value is not None}
        dialog.messages[dialog.last_cmid] = message
        self.by_id[self.last_id] = message
        return message

    def foreign(self, message: Json) -> Json:
        """As it is shown inside a reply or among the forwarded."""
        kept = ("date", "from_id", "text", "attachments", "conversation_message_id", "peer_id", "id", "payload", "geo")
        return {key: message[key] for key in kept if key in message}

    def next_object(self) -> int:
        self.last_object += 1
        return self.last_object

    def keep_file(self, content: bytes, name: str) -> str:
        """The path under which the fake serves it."""
        path = f"/files/{len(self.files) + 1}/{name}"
        self.files[path] = content
        return path

    def attach(self, kind: str, thing: Json) -> Json:
        self.attachments[f"{kind}{thing.get('owner_id', 0)}_{thing.get('id', 0)}"] = {"type": kind, kind: thing}
        return {"type": kind, kind: thing}

    def find_attachment(self, name: str) -> Json | None:
        """`photo-1_2_key`; audio messages go by the name of documents."""
        parts = name.split("_")
        found = self.attachments.get("_".join(parts[:2]))
        if found is None and name.startswith("doc"):
            found = self.attachments.get("audio_message" + "_".join(parts[:2]).removeprefix("doc"))
        return found

    def event_payload(self, payload: str | None) -> Any:
        """Callback buttons bring their payload decoded."""
        try:
            return json.loads(payload) if payload else {}
        except ValueError:
            return payload
