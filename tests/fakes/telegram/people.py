"""What customers do in their private chats with the bot."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.fakes.record import Record
from tests.fakes.telegram.entities import found_entities
from tests.fakes.telegram.methods.media import SUFFIXES, kind_of, media
from tests.fakes.telegram.world import Chat

if TYPE_CHECKING:
    from tests.fakes.telegram.fake import FakeTelegram

PLAIN: dict[str, dict[str, Any]] = {
    "location": {"latitude": 55.7558, "longitude": 37.6173},
    "contact": {"phone_number": "+79001234567", "first_name": "Анна"},
    "dice": {"emoji": "🎲", "value": 4},
}


def text_content(text: str, entities: list[dict[str, Any]] | None) -> dict[str, Any]:
    marked = found_entities(text) if entities is None else entities
    return {"text": text} | ({"entities": marked} if marked else {})


def thing_content(
    fake: FakeTelegram, kind: str, content: bytes, caption: str | None, file_name: str | None, fields: dict[str, Any]
) -> dict[str, Any]:
    made: dict[str, Any]
    if kind in SUFFIXES:
        made = media(fake.world, kind, content, file_name, **fields)
    elif kind == "venue":
        place = {key: fields.get(key, PLAIN["location"][key]) for key in ("latitude", "longitude")}
        made = {
            "venue": {
                "location": place,
                "title": fields.get("title", "Офис"),
                "address": fields.get("address", "Тверская, 1"),
            },
            "location": place,
        }
    else:
        made = {kind: PLAIN[kind] | fields}
    return made | ({"caption": caption} if caption else {})


def find_button(
    messages: list[dict[str, Any]], button: str, message_id: int | None
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The newest message with that button: its data or label exactly, else a part of the label."""
    candidates = [m for m in reversed(messages) if message_id in (None, m["message_id"]) and "reply_markup" in m]
    for is_it in (
        lambda one: button in (one.get("callback_data"), one["text"]),
        lambda one: button.lower() in one["text"].lower(),
    ):
        for message in candidates:
            for row in message["reply_markup"]["inline_keyboard"]:
                for one in row:
                    if is_it(one):
                        return message, one
    return None


class People:
    """Mixed into FakeTelegram."""

    def _meet(self: FakeTelegram, user: int) -> Chat:
        chat = self.world.private(user)
        if chat.blocked:
            raise PermissionError(f"{user} has blocked the bot")
        chat.met = True
        self.seen_users.add(user)
        return chat

    def _arrive(
        self: FakeTelegram, chat: Chat, sender: dict[str, Any], content: dict[str, Any], **where: Any
    ) -> Record:
        message = self.world.post(chat, sender, content, **where)
        number = self.tell("message", message) if self.hears(chat, message) else None
        made = Record(
            update_id=number,
            chat=chat.id,
            user=sender["id"],
            message_id=message["message_id"],
            thread=where.get("thread"),
            kind=kind_of(message),
            text=message.get("text") or message.get("caption"),
            at=time.time(),
        )
        self.journal.said.append(made)
        return made

    def hears(self: FakeTelegram, chat: Chat, message: dict[str, Any]) -> bool:
        """Privacy mode: in groups only commands and replies to the bot, unless it is an administrator."""
        if (
            chat.type == "private"
            or not self.privacy
            or chat.bot_status == "administrator"
            or kind_of(message) == "service"
        ):
            return True
        parent = message.get("reply_to_message")
        return str(message.get("text", "")).startswith("/") or bool(parent and self.world.is_own(parent))

    def add_user(self: FakeTelegram, user: int, **fields: Any) -> Record:
        with self.lock:
            return Record(self.world.user(user, **fields))

    def customer_says(
        self: FakeTelegram,
        user: int,
        text: str,
        entities: list[dict[str, Any]] | None = None,
        reply_to: int | None = None,
    ) -> Record:
        with self.lock:
            chat = self._meet(user)
            return self._arrive(chat, self.world.user(user), text_content(text, entities), reply_to=reply_to)

    def customer_sends(
        self: FakeTelegram,
        user: int,
        kind: str,
        content: bytes = b"bytes of a file",
        caption: str | None = None,
        reply_to: int | None = None,
        file_name: str | None = None,
        **fields: Any,
    ) -> Record:
        with self.lock:
            chat = self._meet(user)
            thing = thing_content(self, kind, content, caption, file_name, fields)
            return self._arrive(chat, self.world.user(user), thing, reply_to=reply_to)

    def customer_sends_album(
        self: FakeTelegram, user: int, kinds: list[str] | None = None, caption: str | None = None
    ) -> Record:
        with self.lock:
            return self._album(self._meet(user), self.world.user(user), kinds, caption)

    def _album(
        self: FakeTelegram,
        chat: Chat,
        sender: dict[str, Any],
        kinds: list[str] | None,
        caption: str | None,
        thread: int | None = None,
    ) -> Record:
        group, made = self.world.next_group_id(), []
        for number, kind in enumerate(kinds or ["photo", "photo"]):
            content = thing_content(
                self, kind, f"{kind} {number} of {group}".encode(), None if number else caption, None, {}
            )
            made.append(self._arrive(chat, sender, content, thread=thread, media_group_id=group))
        return Record(made[0], message_ids=[one["message_id"] for one in made], media_group_id=group)

    def customer_forwards(self: FakeTelegram, user: int, text: str, from_user: int | None = None) -> Record:
        with self.lock:
            now = int(time.time()) - 60
            origin = (
                {"type": "hidden_user", "date": now, "sender_user_name": "Кто-то"}
                if from_user is None
                else {"type": "user", "date": now, "sender_user": self.world.user(from_user)}
            )
            return self._arrive(
                self._meet(user), self.world.user(user), text_content(text, None), forward_origin=origin
            )

    def customer_edits(self: FakeTelegram, user: int, message_id: int, text: str) -> Record:
        """New text or, of a media message, a new caption."""
        with self.lock:
            return self._edit(self.world.private(user), user, message_id, text)

    def _edit(self: FakeTelegram, chat: Chat, user: int, message_id: int, text: str) -> Record:
        message = chat.messages[message_id]
        if message["from"]["id"] != user:
            raise PermissionError("only the author edits a message")
        for key in ("entities", "caption_entities"):
            message.pop(key, None)
        message.update(text_content(text, None) if "text" in message else {"caption": text})
        message["edit_date"] = int(time.time())
        number = self.tell("edited_message", message) if self.hears(chat, message) else None
        return Record(
            update_id=number,
            chat=chat.id,
            message_id=message_id,
            thread=message.get("message_thread_id"),
            at=time.time(),
        )

    def customer_presses(
        self: FakeTelegram, user: int, button: str, message_id: int | None = None, stale: bool = False
    ) -> Record:
        """An inline button by data or label, else a button of the reply keyboard.

        `stale`: `button` is data that is no longer shown.
        """
        with self.lock:
            chat = self._meet(user)
            if stale:
                return self._press(chat, user, chat.messages[message_id or max(chat.messages)], button)
            if found := find_button(list(chat.messages.values()), button, message_id):
                return self._press(chat, user, found[0], found[1].get("callback_data"))
            for row in (chat.keyboard or {}).get("keyboard", []) if message_id is None else []:
                for one in row:
                    if button.lower() in one["text"].lower():
                        if chat.keyboard and chat.keyboard.get("one_time_keyboard"):
                            chat.keyboard = None
                        return self._press_text(user, one)
            raise LookupError(f"no button {button!r} before {user}")

    def _press_text(self: FakeTelegram, user: int, button: dict[str, Any]) -> Record:
        if button.get("request_contact"):
            person = self.world.user(user)
            return self.customer_sends(user, "contact", first_name=person["first_name"], user_id=user)
        if button.get("request_location"):
            return self.customer_sends(user, "location")
        return self.customer_says(user, button["text"])

    def _press(self: FakeTelegram, chat: Chat, user: int, message: dict[str, Any], data: str | None) -> Record:
        if data is None:
            raise LookupError("the button has no data")
        query = str(next(self.query_ids))
        content = {
            "id": query,
            "from": self.world.user(user),
            "message": message,
            "chat_instance": str(chat.id * 7919 % 2**61),
            "data": data,
        }
        number = self.tell("callback_query", content, ("user", user))
        made = Record(
            update_id=number,
            query_id=query,
            chat=chat.id,
            user=user,
            message_id=message["message_id"],
            data=data,
            answered=False,
            at=time.time(),
        )
        self.queries[query] = made
        return made

    def customer_blocks(self: FakeTelegram, user: int) -> Record:
        with self.lock:
            chat = self.world.private(user)
            chat.blocked = True
            return self._my_status(chat, user, "member", "kicked")

    def customer_unblocks(self: FakeTelegram, user: int) -> Record:
        with self.lock:
            chat = self.world.private(user)
            chat.blocked = False
            return self._my_status(chat, user, "kicked", "member")

    def customer_deactivates(self: FakeTelegram, user: int) -> None:
        with self.lock:
            self.world.private(user).deactivated = True

    def _my_status(self: FakeTelegram, chat: Chat, by: int, old: str, new: str) -> Record:
        def status(name: str) -> dict[str, Any]:
            kept, chat.bot_status = chat.bot_status, name
            shown = self.world.member(chat, self.bot_id)
            chat.bot_status = kept
            return shown

        change = {
            "chat": chat.card,
            "from": self.world.user(by),
            "date": int(time.time()),
            "old_chat_member": status(old),
            "new_chat_member": status(new),
        }
        number = self.tell("my_chat_member", change, ("my_member", chat.id))
        return Record(update_id=number, chat=chat.id, at=time.time())

    def push(self: FakeTelegram, update: dict[str, Any]) -> Record:
        """Any update, as it is; the id is given if there is none."""
        with self.lock:
            queue = ("raw", 0)
            number = self.updates.add_raw(dict(update), queue)
            self.webhook.enqueue(number, queue)
            return Record(update_id=number, at=time.time())

    def push_poison(self: FakeTelegram) -> Record:
        """An update that no strict model accepts."""
        return self.push(
            {"message": {"message_id": "many", "date": None, "chat": {"type": "private"}, "text": ["no", "text"]}}
        )

    def jump_update_id(self: FakeTelegram, to: int) -> None:
        """As after a week without updates: the next id is whatever it is."""
        with self.lock:
            self.updates.next_id = to
