"""What the journal of the Telegram fake is told, and how the chats look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.record import Record
from tests.fakes.telegram.methods.media import file_of, kind_of
from tests.fakes.telegram.world import Chat

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram


class Notes:
    """Mixed into FakeTelegram."""

    def note_sent(
        self: FakeTelegram,
        method: str,
        chat: Chat,
        message: dict[str, Any],
        markup: dict[str, Any] | None,
        reply_to: int | None,
        params: dict[str, Any],
    ) -> None:
        file = file_of(self.world, message)
        thread = message["message_thread_id"] if "is_topic_message" in message else None
        self._records[chat.id, message["message_id"]] = self.journal.add(
            self.journal.sent,
            method=method,
            chat=chat.id,
            thread=thread,
            message_id=message["message_id"],
            kind=kind_of(message),
            text=message.get("text"),
            caption=message.get("caption"),
            entities=message.get("entities") or message.get("caption_entities") or [],
            markup=markup,
            reply_to=reply_to,
            media_group_id=message.get("media_group_id"),
            content=file.content if file else None,
            file_name=file.name if file else None,
            edited=False,
            deleted=False,
            params={} if self.light else params,
        )

    def note_edited(self: FakeTelegram, method: str, chat: Chat, message: dict[str, Any]) -> None:
        record = self._records.get((chat.id, message["message_id"]))
        if record is not None:
            record["edited"] = True
        self.journal.add(
            self.journal.edits,
            method=method,
            chat=chat.id,
            message_id=message["message_id"],
            kind=kind_of(message),
            thread=self._thread_of(message) or None,
            text=message.get("text"),
            caption=message.get("caption"),
            markup=message.get("reply_markup"),
        )

    def note_deleted(self: FakeTelegram, chat: Chat, message: dict[str, Any]) -> None:
        record = self._records.get((chat.id, message["message_id"]))
        if record is not None:
            record["deleted"] = True
        self.journal.add(self.journal.deleted, chat=chat.id, message_id=message["message_id"])

    def note_action(self: FakeTelegram, chat: Chat, thread: int | None, **fields: Any) -> None:
        self.journal.add(self.journal.actions, chat=chat.id, thread=thread, **fields)

    def note_answer(self: FakeTelegram, query: Record, text: str, alert: bool) -> None:
        self.journal.add(
            self.journal.answers,
            query_id=query["query_id"],
            user=query["user"],
            chat=query["chat"],
            text=text,
            alert=alert,
        )

    def view(self: FakeTelegram, chat: int, thread: int | None = None) -> list[dict[str, Any]]:
        """The messages now visible, from everybody, oldest first."""
        with self.lock:
            found = self.world.chats[chat].messages.values()
            return [dict(message) for message in found if thread is None or self._thread_of(message) == thread]

    @staticmethod
    def _thread_of(message: dict[str, Any]) -> int:
        return int(message["message_thread_id"]) if "is_topic_message" in message else 0

    def topics(self: FakeTelegram, chat: int | None = None) -> list[Record]:
        with self.lock:
            lost = {
                (action["chat"], action["thread"]): action["answer_lost"]
                for action in self.journal.actions
                if action["kind"] == "topic"
            }
            where = self.forum(chat)
            return [
                Record(
                    thread=topic.thread,
                    name=topic.name,
                    closed=topic.closed,
                    deleted=topic.deleted,
                    creator=topic.creator,
                    answer_lost=lost.get((where.id, topic.thread), False),
                )
                for topic in where.topics.values()
            ]

    def reactions(self: FakeTelegram, chat: int, message_id: int) -> list[str]:
        with self.lock:
            return [one.get("emoji", "") for one in self.world.chats[chat].reactions.get(message_id, [])]

    def content(self: FakeTelegram, file: str) -> bytes:
        return self.world.files[file].content
