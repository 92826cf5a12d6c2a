"""What the journal of the VK fake is told, and how the dialogs look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.record import Record

if TYPE_CHECKING:
    from tests.fakes.vk.fake import FakeVk


class Notes:
    """Mixed into FakeVk."""

    def note_sent(
        self: FakeVk, method: str, message: dict[str, Any], keyboard: dict[str, Any] | None, params: dict[str, Any]
    ) -> None:
        attachments = message["attachments"]
        kind = attachments[0]["type"] if attachments else "location" if "geo" in message else "text"
        self._records[message["id"]] = self.journal.add(
            self.journal.sent,
            method=method,
            chat=message["peer_id"],
            thread=None,
            message_id=message["id"],
            cmid=message["conversation_message_id"],
            kind=kind,
            text=message["text"],
            caption=None,
            entities=[],
            keyboard=keyboard,
            markup=keyboard,
            attachments=attachments,
            content=self._content_of(attachments),
            random_id=message["random_id"],
            repeats=0,
            reply_to=message.get("reply_message", {}).get("conversation_message_id"),
            edited=False,
            deleted=False,
            params={} if self.light else {key: value for key, value in params.items() if key != "access_token"},
        )

    def _content_of(self: FakeVk, attachments: list[dict[str, Any]]) -> bytes | None:
        for one in attachments:
            thing = one[one["type"]]
            url = thing.get("url") or thing.get("link_ogg") or (thing["sizes"][-1]["url"] if "sizes" in thing else None)
            if url is not None:
                return self.world.files.get(url.removeprefix(self.base))
        return None

    def note_repeat(self: FakeVk, message: dict[str, Any]) -> None:
        if message["id"] in self._records:
            self._records[message["id"]]["repeats"] += 1

    def note_comment(self: FakeVk, comment: dict[str, Any], params: dict[str, Any]) -> None:
        self.journal.add(
            self.journal.sent,
            method="wall.createComment",
            chat=comment["owner_id"],
            thread=comment["post_id"],
            message_id=comment["id"],
            kind="comment",
            text=comment["text"],
            caption=None,
            entities=[],
            markup=None,
            reply_to=comment.get("reply_to_comment"),
            attachments=comment["attachments"],
            edited=False,
            deleted=False,
        )

    def note_edited(self: FakeVk, message: dict[str, Any]) -> None:
        if message["id"] in self._records:
            self._records[message["id"]]["edited"] = True
        self.journal.add(
            self.journal.edits,
            method="messages.edit",
            chat=message["peer_id"],
            thread=None,
            message_id=message["id"],
            cmid=message["conversation_message_id"],
            text=message["text"],
            caption=None,
            markup=message.get("keyboard"),
            attachments=message["attachments"],
        )

    def note_deleted(self: FakeVk, message: dict[str, Any]) -> None:
        if message["id"] in self._records:
            self._records[message["id"]]["deleted"] = True
        self.journal.add(
            self.journal.deleted,
            chat=message["peer_id"],
            message_id=message["id"],
            cmid=message["conversation_message_id"],
        )

    def note_action(self: FakeVk, peer: int, **fields: Any) -> None:
        self.journal.add(self.journal.actions, chat=peer, thread=None, **fields)

    def note_answer(self: FakeVk, press: Record, data: Any) -> None:
        text = data.get("text", "") if isinstance(data, dict) else ""
        self.journal.add(
            self.journal.answers,
            query_id=press["query_id"],
            user=press["user"],
            chat=press["chat"],
            text=text,
            data=data,
        )

    def group_card(self: FakeVk) -> dict[str, Any]:
        return {
            "id": self.group_id,
            "name": "Отклик",
            "screen_name": "otklik_fake",
            "is_closed": 0,
            "type": "group",
            "photo_50": f"{self.base}/files/0/50.jpg",
            "photo_100": f"{self.base}/files/0/100.jpg",
            "photo_200": f"{self.base}/files/0/200.jpg",
        }

    def view(self: FakeVk, chat: int, thread: int | None = None) -> list[dict[str, Any]]:
        """The messages now visible in the dialog, from everybody, oldest first."""
        with self.lock:
            return [dict(message) for message in self.world.dialogs[chat].messages.values()]

    def keyboard(self: FakeVk, user: int) -> dict[str, Any] | None:
        """The keyboard below the dialog; inline ones stand in their messages."""
        return self.world.dialogs[user].keyboard

    def content(self: FakeVk, file: str) -> bytes:
        path = file.removeprefix(self.base).partition("?")[0]
        return self.world.files[path]
