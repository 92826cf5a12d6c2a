"""Who and what there is: people, chats, topics, messages, files."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

ICON_COLOR = 7322096
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
)
SERVICE = (
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "pinned_message",
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
)
Json = dict[str, Any]


@dataclass(slots=True)
class Topic:
    thread: int
    name: str
    creator: int
    icon_color: int = ICON_COLOR
    closed: bool = False
    deleted: bool = False
    answer_lost: bool = False


@dataclass(slots=True)
class Chat:
    id: int
    card: Json
    messages: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    bot_rights: dict[str, bool] = field(default_factory=dict)
    met: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    keyboard: Json | None = None
    last_id: int = 1  # the message about the creation of the group; topic ids start behind it
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return str(self.card["type"])

    @property
    def is_forum(self) -> bool:
        return bool(self.card.get("is_forum"))

    def can(self, right: str) -> bool:
        return self.bot_status == "administrator" and self.bot_rights.get(right, False)


@dataclass(slots=True)
class File:
    id: str
    unique_id: str
    path: str
    content: bytes
    size: int
    name: str
    kind: str


class World:
    def __init__(self, bot: Json) -> None:
        self.bot = bot
        self.users: dict[int, Json] = {bot["id"]: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.paths: dict[str, File] = {}
        self._shared_id = 0
        self._group_number = 0

    # people and chats

    def user(self, number: int, **fields: Any) -> Json:
        known = self.users.get(number)
        if known is None:
            known = {"id": number, "is_bot": False, "first_name": f"Клиент {number}", "language_code": "ru"}
            self.users[number] = known
        known.update({key: value for key, value in fields.items() if value is not None})
        if number in self.chats:
            self.chats[number].card = self._private_card(known)
        return known

    @staticmethod
    def _private_card(user: Json) -> Json:
        names = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
        return {"id": user["id"], **names, "type": "private"}

    def private(self, number: int) -> Chat:
        chat = self.chats.get(number)
        if chat is None:
            chat = self.chats[number] = Chat(number, self._private_card(self.user(number)))
        return chat

    def find(self, reference: str) -> Chat | None:
        if reference.startswith("@"):
            name = reference[1:].lower()
            return next(
                (chat for chat in self.chats.values() if str(chat.card.get("username", "")).lower() == name), None
            )
        try:
            return self.chats.get(int(reference))
        except ValueError:
            return None

    def member(self, chat: Chat, number: int) -> Json:
        """ChatMember of a person or the bot."""
        user = self.users.get(number)
        if user is None:
            user = self.user(number)
        status = chat.bot_status if number == self.bot["id"] else chat.members.get(number, "left")
        if status == "administrator":
            rights = chat.bot_rights if number == self.bot["id"] else dict.fromkeys(RIGHTS, True)
            return {
                "status": status,
                "user": user,
                "can_be_edited": False,
                "is_anonymous": False,
                **{right: rights.get(right, False) for right in RIGHTS},
            }
        if status == "creator":
            return {"status": status, "user": user, "is_anonymous": False}
        return {"status": status, "user": user} | ({"until_date": 0} if status == "kicked" else {})

    # messages

    def next_message_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            chat.last_id += 1
            return chat.last_id
        self._shared_id += 1
        return self._shared_id

    def next_group_id(self) -> str:
        self._group_number += 1
        return str(13_000_000_000_000_000 + self._group_number)

    def post(
        self,
        chat: Chat,
        sender: Json,
        content: Json,
        *,
        thread: int | None = None,
        reply_to: int | None = None,
        **fields: Any,
    ) -> Json:
        """A new message in the chat, as the Bot API would show it."""
        number = self.next_message_id(chat)
        message: Json = {"message_id": number, "from": sender, "chat": chat.card, "date": int(time.time())}
        parent = chat.messages.get(reply_to) if reply_to else None
        if thread is not None:
            message["message_thread_id"] = thread
            message["is_topic_message"] = True
            if parent is None:
                parent = chat.messages.get(thread)
        elif parent is not None and chat.type == "supergroup":
            message["message_thread_id"] = parent.get("message_thread_id", parent["message_id"])
        if parent is not None:
            message["reply_to_message"] = {key: value for key, value in parent.items() if key != "reply_to_message"}
        message.update(fields)
        message.update(content)
        chat.messages[number] = message
        return message

    def post_topic(self, chat: Chat, creator: Json, name: str, icon: Json) -> tuple[Topic, Json]:
        """The service message that opens a topic gives the topic its id."""
        color = int(icon.get("icon_color") or ICON_COLOR)
        made = {"name": name, "icon_color": color} | {
            k: v for k, v in icon.items() if k == "icon_custom_emoji_id" and v
        }
        message = self.post(chat, creator, {"forum_topic_created": made})
        message["message_thread_id"] = message["message_id"]
        message["is_topic_message"] = True
        topic = chat.topics[message["message_id"]] = Topic(message["message_id"], name, creator["id"], color)
        return topic, message

    def delete_topic(self, chat: Chat, topic: Topic) -> None:
        topic.deleted = True
        gone = [
            number
            for number, message in chat.messages.items()
            if message.get("message_thread_id") == topic.thread and message.get("is_topic_message")
        ]
        for number in gone:
            del chat.messages[number]

    def is_own(self, message: Json) -> bool:
        return bool(message["from"]["id"] == self.bot["id"])

    # files

    def keep_file(self, kind: str, content: bytes, name: str, suffix: str, size: int | None = None) -> File:
        number = len(self.files) + 1
        path = f"{kind}s/file_{number}{suffix}"
        file = File(
            f"{kind}-AgACAgIAAxk{number:08d}",
            f"AQAD{number:08d}",
            path,
            content,
            len(content) if size is None else size,
            name,
            kind,
        )
        self.files[file.id] = self.paths[path] = file
        return file
